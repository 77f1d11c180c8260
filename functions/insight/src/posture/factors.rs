//! How strong enrolled factors are.

use crate::inventory::Record;
use crate::posture::fields::Fields;

/// How hard it is to take a factor from somebody (NIST SP 800-63B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// Known, not had: a password, an answer.
    Knowledge,
    /// Passed on by others: a text message, a call, a mail.
    OutOfBand,
    /// A code that a person types, wherever a page asks for it.
    Code,
    /// A question on a device that a person confirms.
    Push,
    /// Bound to the page that asks.
    PhishingResistant,
}

/// How strong a factor is; none if its type is not known here, which is never taken for a strong one.
pub(crate) fn strength(factor: &Record) -> Option<Strength> {
    Some(match factor.text("/factorType") {
        "question" | "password" => Strength::Knowledge,
        "sms" | "call" | "email" => Strength::OutOfBand,
        "token" | "token:hardware" | "token:hotp" | "token:software:totp" => Strength::Code,
        "push" | "web" => Strength::Push,
        "signed_nonce" | "u2f" | "webauthn" => Strength::PhishingResistant,
        _ => return None,
    })
}

/// The factors that are in use.
pub(crate) fn active<'a>(factors: &'a [&'a Record]) -> impl Iterator<Item = &'a Record> {
    factors.iter().copied().filter(|factor| factor.text("/status") == "ACTIVE")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_that_is_not_known_has_no_strength() {
        let factor = |kind: &str| Record { id: "u/f".to_owned(), parent: None, json: json!({"factorType": kind}) };
        for kind in ["quantum", "", "WEBAUTHN", "webauthn2", "signed_nonce "] {
            assert_eq!(strength(&factor(kind)), None, "{kind}");
        }
        assert_eq!(strength(&factor("webauthn")), Some(Strength::PhishingResistant));
    }
}
