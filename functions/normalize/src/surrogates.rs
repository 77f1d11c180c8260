//! Lone surrogate escapes (`"\ud800"`): JSON's grammar allows them, UTF-8 cannot hold them.

use crate::json::Json;

/// Parses `text` with every unpaired surrogate escape read as U+FFFD; `None` if it has none or is
/// broken for another reason too.
pub(crate) fn parse_replaced(text: &str) -> Option<Json<'static>> {
    let replaced = replace_unpaired(text)?;
    Json::parse(&replaced).ok().map(Json::into_owned)
}

/// `text` with `\ufffd` for each unpaired surrogate escape, or `None` if there is none.
fn replace_unpaired(text: &str) -> Option<String> {
    let mut replaced = text.as_bytes().to_vec();
    let mut position = 0;
    let mut found = false;
    while position < replaced.len() {
        if replaced[position] != b'\\' {
            position += 1;
            continue;
        }
        match (escaped_unit(&replaced[position..]), escaped_unit(replaced.get(position + 6..).unwrap_or_default())) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => position += 12,
            (Some(0xd800..=0xdfff), _) => {
                replaced[position..position + 6].copy_from_slice(b"\\ufffd");
                found = true;
                position += 6;
            }
            (Some(_), _) => position += 6,
            (None, _) => position += 2,
        }
    }
    // Only ASCII was replaced by ASCII of the same length.
    if found { String::from_utf8(replaced).ok() } else { None }
}

/// The UTF-16 unit that `\uXXXX` at the start of `bytes` stands for.
fn escaped_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unpaired_surrogates_are_replaced() {
        let replaced = |text: &str| replace_unpaired(text);
        assert_eq!(replaced(r#""\ud83d\ude00 \u00e4 \\ud800""#), None, "pairs, others and an escaped backslash stay");
        assert_eq!(replaced(r#""\ud83d""#).as_deref(), Some(r#""\ufffd""#));
        assert_eq!(replaced(r#""\ude00\ud83d\ude00""#).as_deref(), Some(r#""\ufffd\ud83d\ude00""#));
        assert_eq!(replaced(r#""\ud83d\ud83d\ude00\"#).as_deref(), Some(r#""\ufffd\ud83d\ude00\"#));
    }
}
