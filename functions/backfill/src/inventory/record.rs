//! One record of an entity, made ready for the lake. Pure.

use std::fmt::Write as _;

use jiff::Timestamp;
use lake::digest::hex;
use lake::inventory::Row;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::inventory::entity::{Entity, Shape, VOLATILE};
use crate::inventory::redact::redact;

/// What an id is put together with from the ids of its parents.
const SEPARATOR: char = '/';

/// Addresses among the links that say something that nothing else says.
const TELLING_LINKS: &[&str] = &["accessPolicy", "profileEnrollment"];

/// A record that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("not JSON: {0}")]
    Json(String),
    #[error("expected a JSON object")]
    NoObject,
    #[error("the record has no {0}, which tells it from the others")]
    NoKey(&'static str),
}

/// A record with what it is known by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) row: Row,
    /// Secrets that were taken out of it.
    pub(crate) redacted: u64,
}

/// Parses a record and takes the secrets out of it. What is no record comes back without them, too.
pub(crate) fn record(
    entity: &Entity,
    parent: Option<&str>,
    text: &str,
    fetched: Timestamp,
) -> Result<Record, (RecordError, String)> {
    let mut value: Value =
        serde_json::from_str(text).map_err(|error| (RecordError::Json(error.to_string()), String::new()))?;
    let redacted = redact(&mut value, entity.redacted);
    let id = match id(entity, parent, &value) {
        Ok(id) => id,
        Err(error) => return Err((error, value.to_string())),
    };
    let hash = hash(entity, &value);
    let member =
        |paths: &[&str]| paths.iter().find_map(|path| value.pointer(path)).and_then(Value::as_str).map(str::to_owned);
    let row = Row {
        parent: parent.map(str::to_owned),
        name: member(&[
            "/profile/login",
            "/profile/name",
            "/name",
            "/label",
            "/displayName",
            "/profile/displayName",
            "/client_name",
        ]),
        status: member(&["/status"]),
        kind: member(&["/type", "/signOnMode", "/factorType"]),
        created: member(&["/created"]),
        last_updated: member(&["/lastUpdated"]),
        fetched: fetched.as_millisecond(),
        hash,
        json: if entity.is_edge { edge(entity, &value).to_string() } else { value.to_string() },
        id,
    };
    Ok(Record { row, redacted })
}

/// The ids of the parents, percent-encoded, and the record's own.
fn id(entity: &Entity, parent: Option<&str>, value: &Value) -> Result<String, RecordError> {
    if !value.is_object() {
        return Err(RecordError::NoObject);
    }
    let own = match entity.shape {
        Shape::One => String::new(),
        Shape::List => {
            let path = format!("/{}", entity.key.replace('.', "/"));
            match value.pointer(&path) {
                Some(Value::String(own)) if !own.is_empty() => encode(own),
                Some(Value::Number(own)) => own.to_string(),
                _ => return Err(RecordError::NoKey(entity.key)),
            }
        }
    };
    Ok(match (parent, own.is_empty()) {
        (Some(parent), false) => format!("{parent}{SEPARATOR}{own}"),
        (Some(parent), true) => parent.to_owned(),
        (None, false) => own,
        (None, true) => entity.name.to_owned(),
    })
}

/// Only what the record is known by.
fn edge(entity: &Entity, value: &Value) -> Value {
    let own = entity.key.split('.').next().unwrap_or_default();
    Value::Object(Map::from_iter([(own.to_owned(), value[own].clone())]))
}

/// The digest of what makes the record what it is.
fn hash(entity: &Entity, value: &Value) -> String {
    let kept = if entity.is_edge { Value::Null } else { kept(entity, value.clone()) };
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

fn remove(value: &mut Value, path: &str) {
    match (value.as_object_mut(), path.split_once('.')) {
        (Some(members), Some((first, rest))) => {
            members.get_mut(first).into_iter().for_each(|member| remove(member, rest));
        }
        (Some(members), None) => drop(members.remove(path)),
        (None, _) => {}
    }
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

/// The path of an entity for a parent: its last ids, from left to right.
pub(crate) fn path(entity: &Entity, parent: Option<&str>) -> String {
    let Some(parent) = parent else { return entity.path.to_owned() };
    let segments: Vec<_> = parent.split(SEPARATOR).collect();
    let places = entity.path.matches("{}").count();
    let first = segments.len().saturating_sub(places);
    segments[first..].iter().fold(entity.path.to_owned(), |path, segment| path.replacen("{}", segment, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::table::find;

    fn made(entity: &str, parent: Option<&str>, text: &str) -> Result<Record, (RecordError, String)> {
        record(find(entity).unwrap(), parent, text, Timestamp::UNIX_EPOCH)
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
        assert_eq!(path(find("client_role").unwrap(), Some(&slash.id)), "/oauth2/v1/clients/a%2Fb%20c/roles");
        assert_eq!(made("org", None, "{}").unwrap().row.id, "org");
        let rule = find("authorization_server_policy_rule").unwrap();
        assert_eq!(path(rule, Some("aus1/00p1")), "/api/v1/authorizationServers/aus1/policies/00p1/rules");
    }

    #[test]
    fn what_changes_by_itself_is_no_change() {
        let hash = |text: &str| made("user", None, text).unwrap().row.hash;
        let first = hash(r#"{"id":"1","status":"ACTIVE","lastLogin":"a","lastUpdated":"b","_links":{}}"#);
        assert_eq!(first, hash(r#"{"_links":{"x":1},"lastLogin":null,"status":"ACTIVE","id":"1"}"#));
        assert_ne!(first, hash(r#"{"id":"1","status":"SUSPENDED"}"#));
        let app = |text: &str| made("app", None, text).unwrap().row.hash;
        let policy = |id: &str| format!(r#"{{"id":"1","_links":{{"accessPolicy":{{"href":"{id}"}}}}}}"#);
        assert_ne!(app(&policy("a")), app(&policy("b")), "which policy an app has is told by a link alone");
    }

    #[test]
    fn what_is_no_record_comes_back_without_its_secrets() {
        assert_eq!(made("user", None, "7").unwrap_err(), (RecordError::NoObject, "7".to_owned()));
        let (error, rest) = made("user", None, r#"{"id":null,"password":"s3cret"}"#).unwrap_err();
        assert_eq!((error, rest.contains("s3cret")), (RecordError::NoKey("id"), false));
    }
}
