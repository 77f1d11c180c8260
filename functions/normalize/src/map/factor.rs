//! With what: the factor of a sign-in or of an enrolment.

use crate::json::Object;
use crate::ocsf::{AuthFactor, Text};

/// The factor that the event names: in `debugData.factor`, or as `authenticationContext.credentialType`.
pub(super) fn take<'a>(members: &mut Object<'a>) -> Option<Vec<AuthFactor<'a>>> {
    let factor = super::debug_data::of(members).and_then(|debug| debug.take_text("factor"));
    let context = members.object("authenticationContext");
    let (credential, provider) = context.map_or((None, None), |context| {
        (context.take_text("credentialType"), context.take_text("credentialProvider"))
    });
    let named = factor.into_iter().chain(credential).map(|name| factor_named(name, provider.clone()));
    let factors: Vec<_> = named.collect();
    match (factors.is_empty(), provider) {
        (true, Some(provider)) => Some(vec![factor_of((0, "Unknown".into()), Some(provider))]),
        _ => super::non_empty(factors),
    }
}

/// Whether Okta's name of a credential or factor is a second one, as far as the name tells.
pub(super) fn is_second(factor: &AuthFactor<'_>) -> bool {
    !matches!(factor.factor_type_id, 0 | 11 | 99)
}

fn factor_named<'a>(name: Text<'a>, provider: Option<Text<'a>>) -> AuthFactor<'a> {
    factor_of(factor_type(name), provider)
}

fn factor_of<'a>((factor_type_id, factor_type): (i32, Text<'a>), provider: Option<Text<'a>>) -> AuthFactor<'a> {
    AuthFactor { factor_type_id, factor_type, provider }
}

/// OCSF's factor type for Okta's name; its own name where OCSF has none. Okta writes the same factor
/// in several ways (`SMS`, `SMS_FACTOR`, `sms`; `OKTA_VERIFY_PUSH`, `push`).
fn factor_type(okta: Text<'_>) -> (i32, Text<'_>) {
    let known: (i32, &'static str) = match okta.to_ascii_uppercase().trim_end_matches("_FACTOR") {
        "SMS" => (1, "SMS"),
        "QUESTION" | "SECURITY_QUESTION" => (2, "Security Question"),
        "CALL" | "PHONE" | "VOICE_CALL" => (3, "Phone Call"),
        "OKTA_VERIFY_PUSH" | "PUSH" => (5, "Push Notification"),
        "YUBIKEY_TOKEN" | "YUBIKEY" | "TOKEN:HARDWARE" | "RSA_TOKEN" | "SMART_CARD" => (6, "Hardware Token"),
        "OTP" | "OKTA_SOFT_TOKEN" | "GOOGLE_AUTHENTICATOR" | "TOKEN:SOFTWARE:TOTP" => (7, "OTP"),
        "EMAIL" => (8, "Email"),
        "U2F" | "FIDO_U2F" => (9, "U2F"),
        "WEBAUTHN" | "FIDO_WEBAUTHN" | "FIDO2_WEBAUTHN" | "SIGNED_NONCE" => (10, "WebAuthn"),
        "PASSWORD" | "PASSWORD_AS" => (11, "Password"),
        _ => return (99, okta),
    };
    (known.0, known.1.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_factor_has_many_names() {
        for (name, id) in [("SMS_FACTOR", 1), ("sms", 1), ("OKTA_VERIFY_PUSH", 5), ("PASSWORD", 11), ("ASSERTION", 99)] {
            assert_eq!(factor_type(name.into()).0, id, "{name}");
        }
    }
}
