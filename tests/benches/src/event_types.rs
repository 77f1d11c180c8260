//! The event types of the bench: those that make up most of a real log, in about their shares.

/// What tells one type's events from another's; all else is as in any event.
#[derive(Debug)]
pub struct EventType {
    /// How many of 100 events are of this type.
    pub share: usize,
    /// `eventType`.
    pub name: &'static str,
    /// `displayMessage`.
    pub message: &'static str,
    /// `legacyEventType`.
    pub legacy: &'static str,
    /// `outcome`.
    pub outcome: &'static str,
    /// `authenticationContext.credentialType`.
    pub credential: &'static str,
    /// What is in `debugData` besides the request.
    pub debug: &'static str,
    /// `target`.
    pub target: &'static str,
}

const SUCCESS: &str = r#"{"result":"SUCCESS","reason":null}"#;

/// The types, most frequent first.
pub const EVENT_TYPES: [EventType; 11] = [
    EventType {
        share: 28,
        name: "user.authentication.sso",
        message: "User single sign on to app",
        legacy: "app.auth.sso",
        outcome: SUCCESS,
        credential: "null",
        debug: r#""initiationType":"Service Provider Initiated","redirectUri":"https://app.example.com/sso/callback","authnRequestId":"${request.id}","signOnMode":"SAML 2.0""#,
        target: concat!(
            r#"[{"id":"${app.id}","type":"AppInstance","alternateId":"${app.name}","displayName":"${app.name}","detailEntry":{"signOnModeType":"SAML_2_0","signOnModeEvaluationResult":"AUTHENTICATED"}},"#,
            r#"{"id":"${app.user}","type":"AppUser","alternateId":"${user.login}","displayName":"${user.name}","detailEntry":null}]"#
        ),
    },
    EventType {
        share: 22,
        name: "policy.evaluate_sign_on",
        message: "Evaluation of sign-on policy",
        legacy: "null",
        outcome: r#"{"result":"ALLOW","reason":"Sign-on policy evaluation resulted in ALLOW"}"#,
        credential: "null",
        debug: r#""authnRequestId":"${request.id}","risk":"{level=LOW}","behaviors":"{New Geo-Location=NEGATIVE, New Device=NEGATIVE, New IP=POSITIVE, New State=NEGATIVE, New Country=NEGATIVE, Velocity=NEGATIVE, New City=NEGATIVE}","logOnlySecurityData":"{\"risk\":{\"level\":\"LOW\"},\"behaviors\":{\"New Geo-Location\":\"NEGATIVE\",\"New Device\":\"NEGATIVE\",\"New IP\":\"POSITIVE\"}}""#,
        target: concat!(
            r#"[{"id":"rst1pol1cyR0ot1d6","type":"PolicyEntity","alternateId":"unknown","displayName":"Any two factors","detailEntry":{"policyType":"ACCESS_POLICY"}},"#,
            r#"{"id":"rul1cat4hAll0u1d6","type":"PolicyRule","alternateId":"00pol1cyR0ot1d6","displayName":"Catch-all Rule","detailEntry":null},"#,
            r#"{"id":"${app.id}","type":"AppInstance","alternateId":"${app.name}","displayName":"${app.name}","detailEntry":null}]"#
        ),
    },
    EventType {
        share: 17,
        name: "user.authentication.auth_via_mfa",
        message: "Authentication of user via MFA",
        legacy: "core.user.factor.attempt_success",
        outcome: SUCCESS,
        credential: "null",
        debug: r#""authnRequestId":"${request.id}","deviceFingerprint":"${fingerprint}","factor":"OKTA_VERIFY_PUSH","factorIntent":"AUTHENTICATION","oktaUserAgentExtended":"okta-auth-js/7.0.1 okta-signin-widget-7.11.0","traceId":"${trace}""#,
        target: concat!(
            r#"[{"id":"${user.id}","type":"User","alternateId":"${user.login}","displayName":"${user.name}","detailEntry":null},"#,
            r#"{"id":"pfd1p0v2Mfa0o1d6","type":"AuthenticatorEnrollment","alternateId":"unknown","displayName":"Okta Verify","detailEntry":{"methodTypeUsed":"Get a push notification","methodUsedVerifiedProperties":"[USER_PRESENCE]"}}]"#
        ),
    },
    EventType {
        share: 13,
        name: "user.session.start",
        message: "User login to Okta",
        legacy: "core.user_auth.login_success",
        outcome: SUCCESS,
        credential: "null",
        debug: r#""authnRequestId":"${request.id}","deviceFingerprint":"${fingerprint}","origin":"https://acme.okta.com","traceId":"${trace}""#,
        target: concat!(
            r#"[{"id":"lae1pas5w0rd1d6","type":"AuthenticatorEnrollment","alternateId":"unknown","displayName":"Password","detailEntry":null},"#,
            r#"{"id":"${app.id}","type":"AppInstance","alternateId":"${app.name}","displayName":"${app.name}","detailEntry":null}]"#
        ),
    },
    EventType {
        share: 6,
        name: "user.session.start",
        message: "User login to Okta",
        legacy: "core.user_auth.login_failed",
        outcome: r#"{"result":"FAILURE","reason":"INVALID_CREDENTIALS"}"#,
        credential: r#""PASSWORD""#,
        debug: r#""authnRequestId":"${request.id}","deviceFingerprint":"${fingerprint}","loginResult":"INVALID_CREDENTIALS","origin":"https://acme.okta.com","traceId":"${trace}""#,
        target: r#"[{"id":"lae1pas5w0rd1d6","type":"AuthenticatorEnrollment","alternateId":"unknown","displayName":"Password","detailEntry":null}]"#,
    },
    EventType {
        share: 4,
        name: "user.session.end",
        message: "User logout from Okta",
        legacy: "core.user_auth.logout_success",
        outcome: SUCCESS,
        credential: "null",
        debug: r#""authnRequestId":"${request.id}""#,
        target: "null",
    },
    EventType {
        share: 4,
        name: "group.user_membership.add",
        message: "Add user to group membership",
        legacy: "core.user_group_member.user_add",
        outcome: SUCCESS,
        credential: "null",
        debug: r#""traceId":"${trace}""#,
        target: concat!(
            r#"[{"id":"${other.id}","type":"User","alternateId":"${other.login}","displayName":"${other.name}","detailEntry":null},"#,
            r#"{"id":"${group.id}","type":"UserGroup","alternateId":"unknown","displayName":"${group.name}","detailEntry":null}]"#
        ),
    },
    EventType {
        share: 2,
        name: "user.account.update_password",
        message: "User update password for Okta",
        legacy: "core.user.config.password_update.success",
        outcome: SUCCESS,
        credential: "null",
        debug: r#""traceId":"${trace}""#,
        target: OTHER_USER_ALONE,
    },
    EventType {
        share: 2,
        name: "user.mfa.factor.activate",
        message: "Enroll a user in a factor",
        legacy: "core.user.factor.activate",
        outcome: r#"{"result":"SUCCESS","reason":"User set up OKTA_VERIFY_PUSH factor"}"#,
        credential: "null",
        debug: r#""factor":"OKTA_VERIFY_PUSH","traceId":"${trace}""#,
        target: OTHER_USER_ALONE,
    },
    EventType {
        share: 1,
        name: "user.lifecycle.create",
        message: "Create okta user",
        legacy: "core.user.config.user_creation.success",
        outcome: SUCCESS,
        credential: "null",
        debug: r#""traceId":"${trace}""#,
        target: OTHER_USER_ALONE,
    },
    EventType {
        share: 1,
        name: "application.user_membership.add",
        message: "Add user to application membership",
        legacy: "app.generic.provision.assign_user_to_app",
        outcome: SUCCESS,
        credential: "null",
        debug: r#""traceId":"${trace}""#,
        target: concat!(
            r#"[{"id":"${app.user}","type":"AppUser","alternateId":"${other.login}","displayName":"${other.name}","detailEntry":null},"#,
            r#"{"id":"${app.id}","type":"AppInstance","alternateId":"${app.name}","displayName":"${app.name}","detailEntry":null},"#,
            r#"{"id":"${other.id}","type":"User","alternateId":"${other.login}","displayName":"${other.name}","detailEntry":null}]"#
        ),
    },
];

const OTHER_USER_ALONE: &str = r#"[{"id":"${other.id}","type":"User","alternateId":"${other.login}","displayName":"${other.name}","detailEntry":null}]"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_of_a_hundred() {
        assert_eq!(EVENT_TYPES.iter().map(|kind| kind.share).sum::<usize>(), 100);
    }
}
