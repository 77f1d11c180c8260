//! Facts about Okta that SQL is generated from: which factors there are and what they are worth, which events are a step of
//! multi-factor authentication, and which roles are an administrator's.

/// A kind of factor, as `factorType` of Okta's Factors API names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// `factorType`.
    pub kind: &'static str,
    /// Whether a site in the middle cannot relay it: it is bound to the origin (FIDO2) or to the device and the channel
    /// (Okta `FastPass`).
    pub is_phishing_resistant: bool,
    /// The stronger, the higher.
    pub strength: u32,
}

const fn factor(kind: &'static str, is_phishing_resistant: bool, strength: u32) -> Factor {
    Factor { kind, is_phishing_resistant, strength }
}

/// The factors of Okta's `UserFactorType`, sorted.
pub const FACTORS: &[Factor] = &[
    factor("call", false, 20),
    factor("email", false, 15),
    factor("push", false, 60),
    factor("question", false, 10),
    factor("signed_nonce", true, 90),
    factor("sms", false, 20),
    factor("token", false, 50),
    factor("token:hardware", false, 50),
    factor("token:hotp", false, 40),
    factor("token:software:totp", false, 40),
    factor("u2f", true, 95),
    factor("web", false, 30),
    factor("webauthn", true, 100),
];

/// Event types that are a step of multi-factor authentication: a challenge, or its answer. Sorted.
pub const MFA_STEPS: &[&str] = &[
    "system.email.challenge_factor_redeemed",
    "system.email.send_factor_verify_message",
    "system.push.send_factor_verify_push",
    "system.sms.send_factor_verify_message",
    "system.sms.send_okta_push_verify_message",
    "system.voice.send_mfa_challenge_call",
    "user.authentication.auth_via_mfa",
    "user.mfa.okta_verify",
    "user.mfa.okta_verify.deny_push",
    "user.mfa.okta_verify.deny_push_upgrade_needed",
];

/// Event types that give or take the rights of an administrator, of a person, a group or a client. Sorted.
pub const ADMIN_RIGHTS: &[&str] = &[
    "app.oauth2.client.privilege.grant",
    "app.oauth2.client.privilege.revoke",
    "group.privilege.grant",
    "group.privilege.revoke",
    "iam.resourceset.bindings.add",
    "iam.resourceset.bindings.delete",
    "iam.role.permissions.add",
    "user.account.privilege.grant",
    "user.account.privilege.revoke",
    "user.session.impersonation.grant",
    "user.session.impersonation.initiate",
];

/// Texts as a list of SQL, in brackets.
pub(crate) fn sql_list(texts: impl IntoIterator<Item = &'static str>) -> String {
    let quoted: Vec<_> = texts.into_iter().map(|text| format!("'{text}'")).collect();
    format!("({})", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(FACTORS.is_sorted_by_key(|factor| factor.kind), "sort FACTORS by kind");
        assert!(MFA_STEPS.is_sorted() && ADMIN_RIGHTS.is_sorted(), "sort MFA_STEPS and ADMIN_RIGHTS");
    }

    #[test]
    fn what_resists_phishing_is_stronger_than_what_does_not() {
        let weakest = FACTORS.iter().filter(|factor| factor.is_phishing_resistant).map(|factor| factor.strength).min();
        let strongest =
            FACTORS.iter().filter(|factor| !factor.is_phishing_resistant).map(|factor| factor.strength).max();
        assert!(weakest > strongest);
    }
}
