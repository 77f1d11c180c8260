//! The scopes of the org's authorization server.

/// Names of scopes that have `.read` and `.manage`, without either. Sorted.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "okta.accessRequests.condition", "okta.accessRequests.request", "okta.agentPools", "okta.aiAgents", "okta.apiTokens",
    "okta.appGrants", "okta.apps", "okta.apps.interclientTrust", "okta.authenticators", "okta.authorizationServers",
    "okta.behaviors", "okta.botProtection", "okta.brands", "okta.captchas", "okta.clients",
    "okta.customTelephonyProvider", "okta.deviceAssurance", "okta.deviceIntegrations", "okta.devicePostureChecks",
    "okta.devices", "okta.directories.groups", "okta.domains", "okta.dr", "okta.emailDomains", "okta.emailServers",
    "okta.eventHooks", "okta.features", "okta.governance.accessCertifications", "okta.governance.collections",
    "okta.governance.delegates", "okta.governance.entitlements", "okta.governance.labels",
    "okta.governance.resourceOwner", "okta.governance.riskRule", "okta.governance.securityAccessReviews.admin",
    "okta.groups", "okta.identitySources", "okta.idps", "okta.inlineHooks", "okta.linkedObjects", "okta.logStreams",
    "okta.logs", "okta.networkZones", "okta.oauthIntegrations", "okta.orgs", "okta.personal.adminSettings",
    "okta.policies", "okta.principalRateLimits", "okta.profileMappings", "okta.pushProviders", "okta.rateLimits",
    "okta.realmAssignments", "okta.realms", "okta.roles", "okta.schemas", "okta.securityEventsProviders",
    "okta.serviceAccounts", "okta.serviceAccounts.okta", "okta.sessions", "okta.templates", "okta.threatInsights",
    "okta.trustedOrigins", "okta.uischemas", "okta.userRisk", "okta.userTypes", "okta.users", "ssf",
];

/// Which scopes an admin has granted to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// Every scope that there is.
    All,
    /// Every scope but these.
    AllBut(Vec<String>),
    /// These only.
    Only(Vec<String>),
}

impl Granted {
    /// Whether a scope is granted.
    pub fn has(&self, scope: &str) -> bool {
        match self {
            Self::All => true,
            Self::AllBut(missing) => !missing.iter().any(|name| name == scope),
            Self::Only(granted) => granted.iter().any(|name| name == scope),
        }
    }

    /// Takes a scope away.
    pub(crate) fn remove(&mut self, scope: &str) {
        match self {
            Self::All => *self = Self::AllBut(vec![scope.to_owned()]),
            Self::AllBut(missing) => missing.push(scope.to_owned()),
            Self::Only(granted) => granted.retain(|name| name != scope),
        }
    }
}

/// Whether the authorization server knows a scope.
pub(crate) fn is_known(scope: &str) -> bool {
    let name = scope.strip_suffix(".read").or_else(|| scope.strip_suffix(".manage"));
    name.is_some_and(|name| NAMES.binary_search(&name).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_known_by_name_and_verb() {
        assert!(NAMES.is_sorted(), "sort NAMES");
        for scope in ["okta.logs.read", "okta.users.manage", "okta.apps.interclientTrust.read", "ssf.read"] {
            assert!(is_known(scope), "{scope}");
        }
        for scope in ["okta.users", "okta.nothing.read", "openid", "", ".read"] {
            assert!(!is_known(scope), "{scope}");
        }
    }

    #[test]
    fn a_scope_can_be_taken_away() {
        let scope = "okta.logs.read";
        for mut granted in [Granted::All, Granted::AllBut(vec![]), Granted::Only(vec![scope.to_owned()])] {
            assert!(granted.has(scope));
            granted.remove(scope);
            assert!(!granted.has(scope), "{granted:?}");
        }
    }
}
