//! Members of records, and the ids that a record's own is made of.

use serde_json::Value;

use crate::inventory::Record;

/// The text at a pointer; empty if there is none.
pub(crate) fn text<'a>(json: &'a Value, pointer: &str) -> &'a str {
    json.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The texts of the list at a pointer.
pub(crate) fn texts<'a>(json: &'a Value, pointer: &str) -> impl Iterator<Item = &'a str> {
    json.pointer(pointer).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Whether something is not said to be other than active.
pub(crate) fn is_active(json: &Value) -> bool {
    matches!(text(json, "/status"), "" | "ACTIVE" | "ENABLED")
}

/// The first text that there is.
pub(crate) fn first<'a>(json: &'a Value, pointers: &[&str]) -> &'a str {
    pointers.iter().map(|pointer| text(json, pointer)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The ids that a record's id is made of, decoded (RFC 3986, section 2.1).
pub(crate) fn ids(record: &Record) -> Vec<String> {
    record.id.split('/').map(decode).collect()
}

fn decode(segment: &str) -> String {
    if !segment.contains('%') {
        return segment.to_owned();
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(segment.len()), segment.as_bytes());
    while let Some((first, tail)) = rest.split_first() {
        let escaped = tail.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_decoded() {
        let record = |id: &str| Record { id: id.to_owned(), parent: None, json: Value::Null };
        assert_eq!(ids(&record("a%2Fb%20c/d")), ["a/b c", "d"]);
        assert_eq!(ids(&record("%zz/%2")), ["%zz", "%2"], "what is no escape stays");
    }
}
