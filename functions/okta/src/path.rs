//! Ids in a path: everything that is not plain is escaped, so that an id never leaves its segment. Pure.

use std::fmt::Write;

/// The bytes that stand for themselves in a segment (RFC 3986, `pchar` without the ones that are escaped by some).
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'@' | b':')
}

/// A template such as `/api/v1/groups/{}/users` with its places filled, or nothing if an id cannot be in a path: an
/// empty one, `.` and `..`, which every URL parser takes for a step to another path even when they are escaped.
pub(crate) fn fill(template: &str, ids: &[&str]) -> Option<String> {
    let mut parts = template.split("{}");
    let mut path = parts.next()?.to_owned();
    let mut ids = ids.iter();
    for part in parts {
        path.push_str(&escape(ids.next()?)?);
        path.push_str(part);
    }
    ids.next().is_none().then_some(path)
}

fn escape(id: &str) -> Option<String> {
    if matches!(id, "" | "." | "..") {
        return None;
    }
    let mut escaped = String::with_capacity(id.len());
    for byte in id.bytes() {
        if is_plain(byte) {
            escaped.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    Some(escaped)
}

/// A segment without its escapes. What is not valid UTF-8 is replaced: the result is only compared.
pub(crate) fn unescape(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_in_its_segment() {
        let fill = |id: &str| fill("/api/v1/users/{}/roles", &[id]);
        for (id, expected) in [
            ("00u1-_.~", "00u1-_.~"),
            ("a/../b", "a%2F..%2Fb"),
            ("...", "..."),
            ("a?b#c", "a%3Fb%23c"),
            ("ä b\\", "%C3%A4%20b%5C"),
            ("100%", "100%25"),
            ("a+b@c:d", "a%2Bb@c:d"),
        ] {
            assert_eq!(fill(id), Some(format!("/api/v1/users/{expected}/roles")));
            assert_eq!(unescape(expected), id);
        }
        for id in ["", ".", ".."] {
            assert_eq!(fill(id), None, "{id}");
        }
    }

    #[test]
    fn there_is_an_id_for_each_place() {
        assert_eq!(fill("/a/{}/b/{}", &["1", "2"]).as_deref(), Some("/a/1/b/2"));
        assert_eq!(fill("/a", &[]).as_deref(), Some("/a"));
        assert_eq!(fill("/a/{}", &[]), None);
        assert_eq!(fill("/a/{}", &["1", "2"]), None);
    }
}
