//! What Okta calls a factor.

/// `FastPass`: a key that is bound to the device, for which OCSF has no type.
pub(super) const FASTPASS: &str = "Okta FastPass";

/// Okta's words for factors, in any case, and OCSF's `factor_type_id` and caption. The same factor has
/// many names: in `debugData`, as an authenticator's method, as its name, in `credentialType`.
const WORDS: [(&str, i32, &str); 42] = [
    ("CALL", 3, "Phone Call"),
    ("CALL_FACTOR", 3, "Phone Call"),
    ("EMAIL", 8, "Email"),
    ("EMAIL_FACTOR", 8, "Email"),
    ("Enter a code", 7, "OTP"),
    ("FIDO2_WEBAUTHN", 10, "WebAuthn"),
    ("FIDO_U2F", 9, "U2F"),
    ("FIDO_WEBAUTHN", 10, "WebAuthn"),
    ("GOOGLE_AUTHENTICATOR", 7, "OTP"),
    ("Get a push notification", 5, "Push Notification"),
    ("Google Authenticator", 7, "OTP"),
    ("HOTP", 7, "OTP"),
    ("OKTA_SOFT_TOKEN", 7, "OTP"),
    ("OKTA_VERIFY_PUSH", 5, "Push Notification"),
    ("OTP", 7, "OTP"),
    ("PASSWORD", 11, "Password"),
    ("PASSWORD_AS_FACTOR", 11, "Password"),
    ("PUSH", 5, "Push Notification"),
    ("QUESTION", 2, "Security Question"),
    ("RSA_TOKEN", 6, "Hardware Token"),
    ("SECURITY_QUESTION", 2, "Security Question"),
    ("SIGNED_NONCE", 99, FASTPASS),
    ("SMART_CARD", 6, "Hardware Token"),
    ("SMS", 1, "SMS"),
    ("SMS_FACTOR", 1, "SMS"),
    ("SOFT_TOKEN", 7, "OTP"),
    ("SYMANTEC_VIP", 7, "OTP"),
    ("Security Key or Biometric", 10, "WebAuthn"),
    ("Security Question", 2, "Security Question"),
    ("Smart Card Authenticator", 6, "Hardware Token"),
    ("TOKEN:HARDWARE", 6, "Hardware Token"),
    ("TOKEN:HOTP", 7, "OTP"),
    ("TOKEN:SOFTWARE:TOTP", 7, "OTP"),
    ("TOTP", 7, "OTP"),
    ("U2F", 9, "U2F"),
    ("Use Okta FastPass", 99, FASTPASS),
    ("VOICE", 3, "Phone Call"),
    ("VOICE_CALL", 3, "Phone Call"),
    ("WEBAUTHN", 10, "WebAuthn"),
    ("YUBIKEY", 6, "Hardware Token"),
    ("YUBIKEY_TOKEN", 6, "Hardware Token"),
    ("YubiKey Authenticator", 6, "Hardware Token"),
];

/// OCSF's factor type and caption for a word of Okta's.
pub(super) fn kind_of(okta: &str) -> Option<(i32, &'static str)> {
    WORDS.iter().find(|(word, ..)| word.eq_ignore_ascii_case(okta)).map(|&(_, id, caption)| (id, caption))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted() {
        for pair in WORDS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "move {} in WORDS: it stands after {}", pair[1].0, pair[0].0);
        }
    }

    #[test]
    fn one_factor_has_many_names() {
        for (name, id) in [("SMS_FACTOR", 1), ("sms", 1), ("OKTA_VERIFY_PUSH", 5), ("push", 5), ("signed_nonce", 99)] {
            assert_eq!(kind_of(name).map(|(id, _)| id), Some(id), "{name}");
        }
        assert_eq!(kind_of("ASSERTION"), None);
    }
}
