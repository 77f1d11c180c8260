//! With what: the factors of a sign-in or of an enrolment.

mod words;

use words::{FASTPASS, kind_of};

use super::{debug_data, target};
use crate::json::Object;
use crate::ocsf::{AuthFactor, Event, Text, non_empty};

/// Okta's types of an authenticator, of a person's enrolment in it, or of a factor.
const TYPES: [&str; 5] = ["Authenticator", "AuthenticatorEnrollment", "AuthenticatorMethod", "Factor", "Factor Type"];

/// The authenticators of a whole sign-in, as `key:method:id`, in their order.
const METHODS: [&str; 3] = ["authMethodFirstType", "authMethodSecondType", "authMethodThirdType"];

/// Where the keys of `detailEntry` name the method of an enrolment.
const ENTRY_METHODS: [&str; 2] = ["methodTypeUsed", "methodType"];

/// OCSF's `factor_type_id` of a password.
const PASSWORD: i32 = 11;

/// Event types that are about one factor, by how they start.
const EVENT_TYPES: [(&str, &str); 5] = [
    ("system.email.", "EMAIL"),
    ("system.push.", "PUSH"),
    ("system.sms.", "SMS"),
    ("system.voice.", "VOICE"),
    ("user.mfa.okta_verify.deny_push", "PUSH"),
];

/// The factors of a sign-in or of one of its steps.
pub(super) fn of_sign_in<'a>(event: &Event<'a>, members: &mut Object<'a>) -> Option<Vec<AuthFactor<'a>>> {
    let event_type = event.metadata.event_code.as_ref();
    let mut factors = Factors::default();
    let of_type = EVENT_TYPES.iter().find(|(prefix, _)| event_type.starts_with(prefix));
    if let Some((id, caption)) = of_type.and_then(|(_, word)| kind_of(word)) {
        factors.add((id, caption.into()), None);
    }
    factors.take_named(members);
    factors.take_methods(members);
    factors.take_credential(members);
    factors.look_at_reason(event.status_detail.as_deref());
    non_empty(factors.0)
}

/// The factors that an account gets or loses. How the actor had signed in is another matter.
pub(super) fn of_account<'a>(event: &Event<'a>, members: &mut Object<'a>) -> Option<Vec<AuthFactor<'a>>> {
    let mut factors = Factors::default();
    factors.take_named(members);
    factors.look_at_reason(event.status_detail.as_deref());
    non_empty(factors.0)
}

/// Whether the factors are those of multi-factor authentication; none if they do not show it. Identity Engine
/// also logs a mere password as a factor.
pub(super) fn is_mfa(factors: &[AuthFactor<'_>]) -> Option<bool> {
    let is_second =
        |factor: &AuthFactor<'_>| !matches!(factor.factor_type_id, 0 | 99 | PASSWORD) || factor.factor_type == FASTPASS;
    let is_password = |factor: &AuthFactor<'_>| factor.factor_type_id == PASSWORD;
    match factors {
        [] => None,
        _ if factors.iter().any(is_second) => Some(true),
        _ if factors.iter().all(is_password) => Some(false),
        _ => None,
    }
}

/// Factors, each type once: events name the same one in up to four places.
#[derive(Default)]
struct Factors<'a>(Vec<AuthFactor<'a>>);

impl<'a> Factors<'a> {
    fn add(&mut self, (factor_type_id, factor_type): (i32, Text<'a>), provider: Option<Text<'a>>) {
        let is_same =
            |known: &AuthFactor<'a>| known.factor_type_id == factor_type_id && known.factor_type == factor_type;
        let is_open = |known: &AuthFactor<'a>| is_same(known) && known.provider.is_none();
        if provider.is_none() && self.0.iter().any(is_same) {
            return;
        }
        match self.0.iter_mut().find(|known| is_open(known)) {
            Some(known) => known.provider = provider,
            None => self.0.push(AuthFactor { factor_type_id, factor_type, provider }),
        }
    }

    /// `debugData.factor`, and the authenticators among the targets.
    fn take_named(&mut self, members: &mut Object<'a>) {
        if let Some(kind) = debug_data::of(members).and_then(|debug| take_kind(debug, "factor")) {
            self.add(kind, None);
        }
        for target in target::of_types(members, &TYPES) {
            self.take_target(target);
        }
    }

    /// An authenticator: its method if it names one, and its name as the provider.
    fn take_target(&mut self, target: &mut Object<'a>) {
        let entry = target.object("detailEntry");
        let method = entry.and_then(|entry| ENTRY_METHODS.iter().find_map(|key| take_kind(entry, key)));
        let named = || target.text("displayName").and_then(kind_of).map(|(id, caption)| (id, caption.into()));
        let kind = method.or_else(named);
        target.take_repeated("displayName", kind.as_ref().map(|(_, caption)| caption.as_ref()));
        let provider = target.take_text("displayName");
        match (kind, provider) {
            (Some(kind), provider) => self.add(kind, provider),
            (None, Some(provider)) => self.add_provider(provider),
            (None, None) => {}
        }
    }

    /// An authenticator of which only the name is known can be the provider of the one factor.
    fn add_provider(&mut self, provider: Text<'a>) {
        match self.0.as_mut_slice() {
            [only] if only.provider.is_none() => only.provider = Some(provider),
            _ => self.add((0, "Unknown".into()), Some(provider)),
        }
    }

    /// `authMethodFirstType` and so on: looked at, for only a part of the text is the method.
    fn take_methods(&mut self, members: &Object<'a>) {
        let Some(debug) = debug_data::at(members) else { return };
        let methods = METHODS.iter().filter_map(|key| debug.text(key)?.split(':').nth(1));
        for method in methods.filter(|method| !method.is_empty()) {
            match kind_of(method) {
                Some((id, caption)) => self.add((id, caption.into()), None),
                None => self.add((99, Text::Owned(method.to_owned())), None),
            }
        }
    }

    /// The factor that only the reason names (`User set up EMAIL_FACTOR factor`).
    fn look_at_reason(&mut self, reason: Option<&str>) {
        let Some((before, _)) = reason.filter(|_| self.0.is_empty()).and_then(|it| it.split_once(" factor")) else {
            return;
        };
        let word = before.rsplit(' ').next().unwrap_or_default();
        let is_word = word.contains(|letter: char| letter.is_ascii_uppercase())
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_:".contains(&byte));
        match kind_of(word) {
            Some((id, caption)) => self.add((id, caption.into()), None),
            None if is_word => self.add((99, Text::Owned(word.to_owned())), None),
            None => {}
        }
    }

    /// `authenticationContext.credentialType` and `.credentialProvider`.
    fn take_credential(&mut self, members: &mut Object<'a>) {
        let Some(context) = members.object("authenticationContext") else { return };
        let kind = take_kind(context, "credentialType");
        let provider = context.take_text("credentialProvider");
        match (kind, provider) {
            (None, None) => {}
            (Some(kind), provider) => self.add(kind, provider),
            (None, Some(provider)) => self.add_provider(provider),
        }
    }
}

/// OCSF's factor type for the word at `key`, or the word itself. It is taken only if it is the caption.
fn take_kind<'a>(object: &mut Object<'a>, key: &str) -> Option<(i32, Text<'a>)> {
    match kind_of(object.text(key)?) {
        Some((id, caption)) => {
            object.take_repeated(key, Some(caption));
            Some((id, caption.into()))
        }
        None => object.take_text(key).map(|word| (99, word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_may_stand_in_the_reason_only() {
        let of = |reason: &str| {
            let mut factors = Factors::default();
            factors.look_at_reason(Some(reason));
            factors.0.into_iter().map(|factor| (factor.factor_type_id, factor.factor_type.into_owned())).next()
        };
        assert_eq!(of("User set up EMAIL_FACTOR factor"), Some((8, "Email".to_owned())));
        assert_eq!(of("User reset SMOKE_SIGNAL factor"), Some((99, "SMOKE_SIGNAL".to_owned())));
        assert_eq!(of("User reset all factors"), None);
        assert_eq!(of("INVALID_CREDENTIALS"), None);
    }

    #[test]
    fn a_password_alone_is_no_mfa() {
        let factor =
            |id: i32, kind: &'static str| AuthFactor { factor_type_id: id, factor_type: kind.into(), provider: None };
        assert_eq!(is_mfa(&[factor(11, "Password")]), Some(false));
        assert_eq!(is_mfa(&[factor(11, "Password"), factor(5, "Push Notification")]), Some(true));
        assert_eq!(is_mfa(&[factor(99, FASTPASS)]), Some(true));
        assert_eq!(is_mfa(&[factor(99, "ASSERTION")]), None);
    }
}
