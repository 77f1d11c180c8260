//! A principal as Okta names it (an actor or a target) as an OCSF user.

use super::named::{Named, is_known, take_named};
use crate::json::Object;
use crate::ocsf::{Account, Text, User};

/// Takes the principal that `object` names, `None` if it names none.
pub(super) fn take<'a>(object: &mut Object<'a>) -> Option<User<'a>> {
    let uid = object.take_text_if("id", is_known);
    let name = object.take_text_if("alternateId", is_known);
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

/// `person` with the `account` in an app that a target names.
pub(super) fn with_account<'a>(mut person: User<'a>, account: &mut Object<'a>) -> User<'a> {
    account.take_repeated("displayName", person.full_name.as_deref());
    if person.full_name.is_none() {
        person.full_name = account.take_text("displayName");
    }
    person.account = take_account(account);
    person
}

/// The person of whom only the account in an app is known.
pub(super) fn of_account<'a>(target: &mut Object<'a>) -> Option<User<'a>> {
    let account = take_account(target)?;
    let full_name = target.take_text("displayName");
    let name = account.name.clone();
    let email_addr = name.clone().filter(|name| is_email(name));
    let kind = Some("User".into());
    Some(User { name, full_name, email_addr, account: Some(account), type_id: Some(1), kind, ..User::default() })
}

/// Takes an `AppUser`: its alternate id is the name that the person has in the app.
fn take_account<'a>(target: &mut Object<'a>) -> Option<Account<'a>> {
    let name = target.take_text_if("alternateId", is_known);
    let Named { uid, name } = match name {
        Some(name) => Named { uid: target.take_text_if("id", is_known), name: Some(name) },
        None => take_named(target)?,
    };
    Some(Account { uid, name, type_id: Some(99), kind: target.take_text("type") })
}

/// A user about whom nothing is known, where OCSF requires one.
pub(super) fn unknown<'a>() -> User<'a> {
    User { name: Some("unknown".into()), type_id: Some(0), kind: Some("Unknown".into()), ..User::default() }
}

/// `type_id` and caption. Okta's own word is taken only where OCSF repeats it.
fn take_kind<'a>(object: &mut Object<'a>) -> (i32, Text<'a>) {
    let known = match object.text("type") {
        None => (0, "Unknown"),
        Some("User" | "NewUser") => (1, "User"),
        Some("SystemPrincipal") => (3, "System"),
        Some("AppInstance" | "PublicClientApp" | "PublicClientAppEntity" | "WorkloadPrincipal" | "ServiceClient") => {
            (4, "Service")
        }
        Some(_) => return (99, object.take_text("type").unwrap_or_default()),
    };
    object.take_repeated("type", Some(known.1));
    (known.0, known.1.into())
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
        let named = |uid: Option<&str>, name: Option<&str>, id| {
            Some((uid.map(str::to_owned), name.map(str::to_owned), Some(id)))
        };
        assert_eq!(taken(r#"{"id":"00u1","type":"User"}"#), named(Some("00u1"), None, 1));
        assert_eq!(taken(r#"{"id":"unknown","alternateId":"eve","type":"User"}"#), named(None, Some("eve"), 1));
        assert_eq!(
            taken(r#"{"displayName":"Okta System","type":"SystemPrincipal"}"#),
            named(None, Some("Okta System"), 3)
        );
        assert_eq!(taken(r#"{"id":"x","type":"Robot"}"#), named(Some("x"), None, 99));
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
