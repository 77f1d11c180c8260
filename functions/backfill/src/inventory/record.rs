//! One record of an entity, made ready for the lake. Pure.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use lake::digest::hex;
use lake::inventory::Row;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::inventory::entity::{Entity, Envelope, VOLATILE};
use crate::inventory::redact::redact;

/// What an id is put together with from the ids of its parents.
const SEPARATOR: char = '/';

/// Addresses among the links that say something that nothing else says.
const TELLING_LINKS: &[&str] = &["accessPolicy", "profileEnrollment"];

/// Members that people know a record by, the most telling first.
const NAMES: &[&str] = &[
    "/profile/login",
    "/profile/name",
    "/name",
    "/label",
    "/displayName",
    "/profile/displayName",
    "/client_name",
    "/domain",
];

/// Members that say when a record was made.
const CREATED: &[&str] = &["/created", "/createdDate", "/createdAt"];

/// Members that say when a record was changed.
const LAST_UPDATED: &[&str] = &["/lastUpdated", "/lastUpdate", "/lastUpdatedDate", "/lastUpdatedAt"];

/// Why a record is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("not JSON: {0}")]
    Json(String),
    #[error("expected a JSON object")]
    NoObject,
    #[error("the record has no {0}, which identifies it")]
    NoKey(&'static str),
}

/// A record with what it is known by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) row: Row,
    /// Secrets that were taken out of it.
    pub(crate) redacted: u64,
}

/// What a record was read for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin<'a> {
    /// The id of its parent.
    pub(crate) parent: Option<&'a str>,
    /// The value of the query that is part of its id.
    pub(crate) value: Option<&'a str>,
}

/// Parses a record and takes the secrets out of it. What is not a record comes back without its secrets, too.
pub(crate) fn record(
    entity: &Entity,
    origin: Origin<'_>,
    text: &str,
    fetched: Timestamp,
) -> Result<Record, (RecordError, String)> {
    let mut value: Value =
        serde_json::from_str(text).map_err(|error| (RecordError::Json(error.to_string()), String::new()))?;
    let redacted = redact(&mut value, entity.redacted);
    let id = match id(entity, origin, &value) {
        Ok(id) => id,
        Err(error) => return Err((error, value.to_string())),
    };
    let hash = hash(entity, &value);
    let member = |paths: &[&str]| {
        let texts = paths.iter().filter_map(|path| value.pointer(path).and_then(Value::as_str));
        texts.filter(|text| !text.is_empty()).map(str::to_owned).next()
    };
    let row = Row {
        parent: origin.parent.map(str::to_owned),
        name: member(NAMES),
        status: member(&["/status"]),
        kind: member(&["/type", "/signOnMode", "/factorType"]),
        created: member(CREATED).map(|time| in_one_form(&time)),
        last_updated: member(LAST_UPDATED).map(|time| in_one_form(&time)),
        fetched: fetched.as_millisecond(),
        hash,
        json: if entity.is_relationship { only_key(entity, &value).to_string() } else { value.to_string() },
        id,
    };
    Ok(Record { row, redacted })
}

/// A record that another entity implies: only the id, the time and the name of the other end.
pub(crate) fn implied(entity: &Entity, parent: &str, other: &Row) -> Row {
    let value = serde_json::json!({"id": ids(&other.id).last()});
    Row {
        id: format!("{parent}{SEPARATOR}{}", other.id),
        parent: Some(parent.to_owned()),
        hash: hash(entity, &value),
        json: value.to_string(),
        ..other.clone()
    }
}

/// The ids of the parents, percent-encoded, and the record's own.
fn id(entity: &Entity, origin: Origin<'_>, value: &Value) -> Result<String, RecordError> {
    if !value.is_object() {
        return Err(RecordError::NoObject);
    }
    let own = match entity.envelope {
        Envelope::One => None,
        _ => Some(own_id(entity.key, value)?),
    };
    let above = origin.parent.map(str::to_owned).or_else(|| origin.value.map(encode));
    let segments: Vec<_> = above.into_iter().chain(own).collect();
    Ok(if segments.is_empty() { entity.name.to_owned() } else { segments.join(&SEPARATOR.to_string()) })
}

/// The members of the key, by commas. Those after the first may be missing.
fn own_id(key: &[&'static str], value: &Value) -> Result<String, RecordError> {
    let part = |path: &&'static str| match value.pointer(&format!("/{}", path.replace('.', "/"))) {
        Some(Value::String(part)) if !part.is_empty() => Some(encode(part)),
        Some(Value::Number(part)) => Some(part.to_string()),
        _ => None,
    };
    let (first, rest) = key.split_first().ok_or(RecordError::NoKey("key"))?;
    let first = part(first).ok_or(RecordError::NoKey(first))?;
    Ok(rest.iter().filter_map(part).fold(first, |id, part| format!("{id},{part}")))
}

/// Only what tells the record from others.
fn only_key(entity: &Entity, value: &Value) -> Value {
    let names = entity.key.iter().filter_map(|path| path.split('.').next());
    let present = names.filter_map(|name| Some((name.to_owned(), value.get(name)?.clone())));
    Value::Object(present.collect())
}

/// The digest of what makes the record what it is.
fn hash(entity: &Entity, value: &Value) -> String {
    let kept = if entity.is_relationship { Value::Null } else { kept(entity, value.clone()) };
    let digest = Sha256::digest(kept.to_string().as_bytes());
    hex(&digest[..16])
}

/// The object of a row without what changes by itself.
pub(crate) fn lasting(entity: &Entity, json: &str) -> Value {
    kept(entity, serde_json::from_str(json).unwrap_or(Value::Null))
}

fn kept(entity: &Entity, mut value: Value) -> Value {
    let links = TELLING_LINKS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value.pointer(&format!("/_links/{name}/href"))?.clone())));
    let links: Map<_, _> = links.collect();
    if let Value::Object(members) = &mut value {
        members.retain(|name, _| !VOLATILE.contains(&name.as_str()));
        members.extend((!links.is_empty()).then(|| ("_links".to_owned(), Value::Object(links))));
    }
    entity.volatile.iter().for_each(|path| remove(&mut value, path));
    value
}

/// Removes what is at a path, in every element of the lists on the way.
fn remove(value: &mut Value, path: &str) {
    match (value, path.split_once('.')) {
        (Value::Array(elements), _) => elements.iter_mut().for_each(|element| remove(element, path)),
        (Value::Object(members), Some((first, rest))) => {
            members.get_mut(first).into_iter().for_each(|member| remove(member, rest));
        }
        (Value::Object(members), None) => drop(members.remove(path)),
        _ => {}
    }
}

/// A time as RFC 3339 has it, in UTC with milliseconds; as it is, if it is not one of the forms that Okta uses.
fn in_one_form(text: &str) -> String {
    let with_zone = text.parse::<Timestamp>().ok();
    let without_zone = || TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
    with_zone.or_else(without_zone).map_or_else(|| text.to_owned(), |time| format!("{time:.3}"))
}

/// The ids that a record's id is made of, decoded.
pub(crate) fn ids(id: &str) -> impl Iterator<Item = String> + '_ {
    id.split(SEPARATOR).map(decode)
}

/// An id as a segment of a path: what is no plain letter is percent-encoded (RFC 3986, section 2.1).
fn encode(id: &str) -> String {
    let mut encoded = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'@' | b':' | b'+') {
            encoded.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn decode(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Fills the places of a path with the last ids that an id is made of, from left to right. Returns none if one of them
/// cannot be a segment of a path: an address does not keep `.` and `..`, however they are written.
pub(crate) fn fill(path: &str, id: &str) -> Option<String> {
    let segments: Vec<_> = id.split(SEPARATOR).collect();
    let first = segments.len().saturating_sub(path.matches("{}").count());
    let segments = &segments[first..];
    let is_kept = segments.iter().all(|segment| !matches!(*segment, "." | ".."));
    is_kept.then(|| segments.iter().fold(path.to_owned(), |path, segment| path.replacen("{}", segment, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::table::find;

    fn made(entity: &str, parent: Option<&str>, text: &str) -> Result<Record, (RecordError, String)> {
        let origin = Origin { parent, value: None };
        record(find(entity).unwrap(), origin, text, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_record_is_known_by_its_parents_and_itself() {
        let row = made("group_member", Some("00g1"), r#"{"id":"00u1","profile":{"login":"a@b"},"x":1}"#).unwrap().row;
        assert_eq!(
            (row.id.as_str(), row.json.as_str(), row.name.as_deref()),
            ("00g1/00u1", r#"{"id":"00u1"}"#, Some("a@b"))
        );
        let slash = made("oauth_client", None, r#"{"client_id":"a/b c"}"#).unwrap().row;
        assert_eq!((slash.id.as_str(), ids(&slash.id).collect::<Vec<_>>()), ("a%2Fb%20c", vec!["a/b c".to_owned()]));
        assert_eq!(fill("/oauth2/v1/clients/{}/roles", &slash.id).unwrap(), "/oauth2/v1/clients/a%2Fb%20c/roles");
        assert_eq!(made("org", None, "{}").unwrap().row.id, "org");
        let rules = "/api/v1/authorizationServers/{}/policies/{}/rules";
        let filled = "/api/v1/authorizationServers/aus1/policies/00p1/rules";
        assert_eq!(fill(rules, "aus1/00p1").as_deref(), Some(filled));
        assert_eq!(fill("/api/v1/policies/{}/rules", "aus1/.."), None, "an address would lead elsewhere");
    }

    #[test]
    fn keys_tell_apart_what_one_member_does_not() {
        let target = |text: &str| made("user_role_app_target", Some("u1/r1"), text).unwrap().row;
        let (one, other) = (target(r#"{"name":"box","id":"0oa1"}"#), target(r#"{"name":"box","id":"0oa2"}"#));
        assert_eq!((one.id.as_str(), other.id.as_str()), ("u1/r1/box,0oa1", "u1/r1/box,0oa2"));
        assert_eq!(target(r#"{"name":"box"}"#).id, "u1/r1/box");
        assert!(one.json.contains("0oa1"), "{}", one.json);
        let subscription = find("role_subscription").unwrap();
        let origin = Origin { parent: None, value: Some("SUPER_ADMIN") };
        let text = r#"{"notificationType":"AGENT"}"#;
        let row = record(subscription, origin, text, Timestamp::UNIX_EPOCH).unwrap().row;
        assert_eq!(row.id, "SUPER_ADMIN/AGENT");
    }

    #[test]
    fn times_have_one_form_in_the_columns() {
        let updated = |time: &str| {
            let text = format!(r#"{{"id":"1","lastUpdated":"{time}"}}"#);
            made("behavior", None, &text).unwrap().row.last_updated.unwrap()
        };
        let form = "2026-01-02T03:04:05.000Z";
        for time in
            [form, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05-00:00", "2026-01-02 03:04:05.0", "2026-01-02 03:04:05"]
        {
            assert_eq!(updated(time), form, "{time}");
        }
        assert_eq!(updated("yesterday"), "yesterday");
    }

    #[test]
    fn what_changes_by_itself_is_no_change() {
        let hash = |text: &str| made("user", None, text).unwrap().row.hash;
        let first = hash(r#"{"id":"1","status":"ACTIVE","lastLogin":"a","lastUpdated":"b","_links":{}}"#);
        assert_eq!(first, hash(r#"{"_links":{"x":1},"lastLogin":null,"status":"ACTIVE","id":"1"}"#));
        assert_ne!(first, hash(r#"{"id":"1","status":"SUSPENDED"}"#));
        let app = |text: &str| made("app", None, text).unwrap().row.hash;
        let policy = |id: &str| format!(r#"{{"id":"1","_links":{{"accessPolicy":{{"href":"{id}"}}}}}}"#);
        assert_ne!(app(&policy("a")), app(&policy("b")), "only a link says which policy an app has");
        let device = |users: &str| {
            made("device", None, &format!(r#"{{"id":"1","_embedded":{{"users":{users}}}}}"#)).unwrap().row.hash
        };
        let one = r#"[{"user":{"id":"00u1","lastLogin":"a"}}]"#;
        assert_eq!(device(one), device(r#"[{"user":{"id":"00u1","lastLogin":"b"}}]"#));
        assert_ne!(device(one), device("[]"), "who uses a device is what the device is about");
    }

    #[test]
    fn what_is_no_record_comes_back_without_its_secrets() {
        assert_eq!(made("user", None, "7").unwrap_err(), (RecordError::NoObject, "7".to_owned()));
        let (error, rest) = made("user", None, r#"{"id":null,"password":"s3cret"}"#).unwrap_err();
        assert_eq!((error, rest.contains("s3cret")), (RecordError::NoKey("id"), false));
    }
}
