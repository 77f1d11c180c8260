//! Policies, their rules, network zones and other settings that events name.

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
pub(crate) const SESSION_POLICY: usize = 7;
/// Position of the policy of most apps in [`POLICIES`].
pub(crate) const APP_POLICY: usize = 0;
/// Position of the entity risk policy in [`POLICIES`].
pub(crate) const RISK_POLICY: usize = 3;

/// Sorted by type, as the API lists them one type at a time.
#[rustfmt::skip]
pub(crate) const POLICIES: &[PolicyKind] = &[
    PolicyKind { name: "Any two factors", kind: "ACCESS_POLICY", log_kind: "App:SignOn", rules: &["Trusted devices", "Catch-all Rule"] },
    PolicyKind { name: "Phishing resistant", kind: "ACCESS_POLICY", log_kind: "App:SignOn", rules: &["Admins only", "Catch-all Rule"] },
    PolicyKind { name: "Password only", kind: "ACCESS_POLICY", log_kind: "App:SignOn", rules: &["Catch-all Rule"] },
    PolicyKind { name: "Entity Risk Policy", kind: "ENTITY_RISK", log_kind: "Okta:EntityRisk", rules: &["High risk: end sessions", "Catch-all Rule"] },
    PolicyKind { name: "Idp Discovery Policy", kind: "IDP_DISCOVERY", log_kind: "Okta:IdpDiscovery", rules: &["Partners", "Default Rule"] },
    PolicyKind { name: "Contractors", kind: "MFA_ENROLL", log_kind: "Okta:MfaEnroll", rules: &["First sign-in"] },
    PolicyKind { name: "Default Policy", kind: "MFA_ENROLL", log_kind: "Okta:MfaEnroll", rules: &["Default Rule"] },
    PolicyKind { name: "Default Policy", kind: "OKTA_SIGN_ON", log_kind: "Okta:SignOn", rules: &["Off network", "Default Rule"] },
    PolicyKind { name: "Default Policy", kind: "PASSWORD", log_kind: "Okta:Password", rules: &["Default Rule"] },
    PolicyKind { name: "Default Policy", kind: "POST_AUTH_SESSION", log_kind: "Okta:PostAuthSession", rules: &["Catch-all Rule"] },
    PolicyKind { name: "Default Policy", kind: "PROFILE_ENROLLMENT", log_kind: "Okta:ProfileEnrollment", rules: &["Catch-all Rule"] },
    PolicyKind { name: "Session Violation Detection", kind: "SESSION_VIOLATION_DETECTION", log_kind: "Okta:SessionViolationDetection", rules: &["Catch-all Rule"] },
];

/// What the identity provider of an attacker is called.
pub(crate) const ROGUE_IDP: &str = "SSO backup";

/// Network zones: name and whether it blocks.
pub(crate) const ZONES: &[(&str, bool)] = &[
    ("BlockedIpZone", true),
    ("Corporate Offices", false),
    ("DefaultEnhancedDynamicZone", true),
    ("LegacyIpZone", false),
];

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
