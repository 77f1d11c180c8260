//! Segments of a path without their escapes, to compare and to check them. Pure.

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

/// Whether a path has a segment that leads to another path: every URL parser takes `.` and `..` for a step, also escaped.
pub(crate) fn has_steps(path: &str) -> bool {
    path.split('/').any(|segment| matches!(unescape(segment).as_str(), "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_unescaped_once() {
        for (segment, expected) in
            [("a%2F..%2Fb", "a/../b"), ("%C3%A4%20b", "ä b"), ("100%25", "100%"), ("%2525", "%25"), ("%G1%", "%G1%")]
        {
            assert_eq!(unescape(segment), expected);
        }
    }

    #[test]
    fn steps_are_found_however_they_are_written() {
        for path in ["/a/../b", "/a/./b", "/a/%2e%2E/b", "/a/.%2e", "/%2E"] {
            assert!(has_steps(path), "{path}");
        }
        for path in ["/a/.../b", "/a/..b", "/a/%252e%252e/b", "/a//b", "/"] {
            assert!(!has_steps(path), "{path}");
        }
    }
}
