//! A principal as Okta names it (an actor or a target) as an OCSF user.

use crate::json::Object;
use crate::ocsf::{Text, User};

/// Takes the principal that `object` names, `None` if it names none.
pub(super) fn take<'a>(object: &mut Object<'a>) -> Option<User<'a>> {
    // Okta writes "unknown" where a sign-in named nobody that it knows: no id to join on.
    let known = |text: &str| !text.eq_ignore_ascii_case("unknown");
    let uid = object.take_text_if("id", known);
    let name = object.take_text_if("alternateId", known);
    let full_name = object.take_text("displayName");
    // OCSF wants a user to have a uid or a name.
    let name = name.or_else(|| full_name.clone().filter(|_| uid.is_none()));
    if uid.is_none() && name.is_none() {
        return None;
    }
    let (type_id, kind) = take_kind(object);
    let email_addr = name.clone().filter(|name| is_email(name));
    Some(User { uid, name, full_name, email_addr, type_id: Some(type_id), kind: Some(kind), ..User::default() })
}

/// A user about whom nothing is known, where OCSF requires one.
pub(super) fn unknown<'a>() -> User<'a> {
    User { name: Some("unknown".into()), type_id: Some(0), kind: Some("Unknown".into()), ..User::default() }
}

/// `type_id` and caption. Okta's own word is taken only where OCSF repeats it.
fn take_kind<'a>(object: &mut Object<'a>) -> (i32, Text<'a>) {
    match object.text("type") {
        None => (0, "Unknown".into()),
        Some("User") => {
            object.take_text("type");
            (1, "User".into())
        }
        Some("SystemPrincipal") => (3, "System".into()),
        Some("PublicClientApp" | "PublicClientAppEntity" | "WorkloadPrincipal" | "ServiceClient") => {
            (4, "Service".into())
        }
        Some(_) => (99, object.take_text("type").unwrap_or_default()),
    }
}

/// Whether `text` has the form of OCSF's `email_t`.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let Some((host, rest)) = domain.split_once('.') else { return false };
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !local.is_empty()
        && local.bytes().all(is_local)
        && !host.is_empty()
        && host.bytes().all(is_label)
        && !rest.is_empty()
        && rest.bytes().all(|byte| is_label(byte) || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    fn taken(json: &str) -> Option<(Option<String>, Option<String>, Option<i32>)> {
        let Json::Object(mut object) = Json::parse(json).unwrap() else { panic!("not an object") };
        let own = |text: Text<'_>| text.into_owned();
        take(&mut object).map(|user| (user.uid.map(own), user.name.map(own), user.type_id))
    }

    #[test]
    fn a_user_needs_an_id_or_a_name() {
        let named = |uid: Option<&str>, name: Option<&str>, id| Some((uid.map(str::to_owned), name.map(str::to_owned), Some(id)));
        assert_eq!(taken(r#"{"id":"00u1","type":"User"}"#), named(Some("00u1"), None, 1));
        assert_eq!(taken(r#"{"id":"unknown","alternateId":"eve","type":"User"}"#), named(None, Some("eve"), 1));
        assert_eq!(taken(r#"{"displayName":"Okta System","type":"SystemPrincipal"}"#), named(None, Some("Okta System"), 3));
        assert_eq!(taken(r#"{"id":"x","type":"IP address"}"#), named(Some("x"), None, 99));
        assert_eq!(taken(r#"{"id":"unknown","alternateId":"unknown"}"#), None);
    }

    #[test]
    fn only_addresses_are_email() {
        assert!(is_email("a.b+c@example-1.co.uk"));
        for no in ["a", "@b.c", "a@b", "a@.c", "a b@c.d", "ä@b.c", "a@b.c/d", "a@b@c.d", "a@b."] {
            assert!(!is_email(no), "{no}");
        }
    }
}
