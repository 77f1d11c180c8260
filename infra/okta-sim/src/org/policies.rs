//! Policies, their rules, network zones and other settings that events name.

use crate::id;
use crate::org::Org;
use crate::random::mix;

/// A policy of the org.
#[derive(Debug)]
pub(crate) struct PolicyKind {
    pub(crate) name: &'static str,
    /// `type` in the API.
    pub(crate) kind: &'static str,
    /// `policyType` in events.
    pub(crate) log_kind: &'static str,
    pub(crate) rules: &'static [&'static str],
}

/// Position of the global session policy in [`POLICIES`].
pub(crate) const SESSION_POLICY: usize = 6;
/// Position of the policy of most apps in [`POLICIES`].
pub(crate) const APP_POLICY: usize = 0;
/// Position of the entity risk policy in [`POLICIES`].
pub(crate) const RISK_POLICY: usize = 2;

/// Sorted by type, as the API lists them one type at a time.
#[rustfmt::skip]
pub(crate) const POLICIES: &[PolicyKind] = &[
    PolicyKind { name: "Any two factors", kind: "ACCESS_POLICY", log_kind: "App:SignOn", rules: &["Trusted devices", "Catch-all Rule"] },
    PolicyKind { name: "Phishing resistant", kind: "ACCESS_POLICY", log_kind: "App:SignOn", rules: &["Admins only", "Catch-all Rule"] },
    PolicyKind { name: "Entity Risk Policy", kind: "ENTITY_RISK", log_kind: "Okta:EntityRisk", rules: &["High risk: end sessions", "Catch-all Rule"] },
    PolicyKind { name: "Idp Discovery Policy", kind: "IDP_DISCOVERY", log_kind: "Okta:IdpDiscovery", rules: &["Partners", "Default Rule"] },
    PolicyKind { name: "Contractors", kind: "MFA_ENROLL", log_kind: "Okta:MfaEnroll", rules: &["First sign-in"] },
    PolicyKind { name: "Default Policy", kind: "MFA_ENROLL", log_kind: "Okta:MfaEnroll", rules: &["Default Rule"] },
    PolicyKind { name: "Default Policy", kind: "OKTA_SIGN_ON", log_kind: "Okta:SignOn", rules: &["Off network", "Default Rule"] },
    PolicyKind { name: "Default Policy", kind: "PASSWORD", log_kind: "Okta:Password", rules: &["Default Rule"] },
    PolicyKind { name: "Default Policy", kind: "POST_AUTH_SESSION", log_kind: "Okta:PostAuthSession", rules: &["Catch-all Rule"] },
    PolicyKind { name: "Default Policy", kind: "PROFILE_ENROLLMENT", log_kind: "Okta:ProfileEnrollment", rules: &["Catch-all Rule"] },
];

/// Network zones: name and whether it blocks.
pub(crate) const ZONES: &[(&str, bool)] = &[
    ("BlockedIpZone", true),
    ("Corporate Offices", false),
    ("DefaultEnhancedDynamicZone", true),
    ("LegacyIpZone", false),
];

impl Org {
    /// The id of a policy.
    pub(crate) fn policy_id(&self, policy: usize) -> String {
        id::object("00p", mix(mix(self.config.seed, 0x9), policy as u64))
    }

    /// The id of a policy's rule.
    pub(crate) fn rule_id(&self, policy: usize, rule: usize) -> String {
        id::object("0pr", mix(mix(self.config.seed, 0x12), (policy * 100 + rule) as u64))
    }

    /// The id of a network zone.
    pub(crate) fn zone_id(&self, zone: usize) -> String {
        id::object("nzo", mix(mix(self.config.seed, 0x2), zone as u64))
    }

    /// The id of an object that there is one of, or few: an agent, an identity provider, an authorization server.
    pub(crate) fn single_id(&self, prefix: &str, number: u64) -> String {
        let kind = prefix.bytes().fold(0, |hash, byte| hash << 8 | u64::from(byte));
        id::object(prefix, mix(mix(self.config.seed, kind), number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_sorted_and_the_named_ones_are_where_they_should_be() {
        assert!(POLICIES.is_sorted_by_key(|policy| policy.kind), "sort POLICIES by kind");
        assert_eq!(POLICIES[SESSION_POLICY].kind, "OKTA_SIGN_ON");
        assert_eq!(POLICIES[APP_POLICY].kind, "ACCESS_POLICY");
        assert_eq!(POLICIES[RISK_POLICY].kind, "ENTITY_RISK");
        assert!(ZONES.is_sorted(), "sort ZONES");
    }
}
