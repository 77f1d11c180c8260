//! `after`: where a page of the log ended. Opaque to clients.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A place in the log's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The instant that reading goes on from.
    pub(crate) at_ms: i64,
    /// How many events of exactly that instant have been read already.
    pub(crate) read: u32,
    /// The end of a bounded request, fixed when its first page was read.
    pub(crate) until_ms: Option<i64>,
    pub(crate) is_descending: bool,
    /// Where the part of the log begins that is asked for.
    pub(crate) since_ms: i64,
    /// The number of the page that begins here, from 1.
    pub(crate) page: u32,
    /// The filter and keywords that it belongs to.
    pub(crate) query: u64,
}

impl Cursor {
    pub(crate) fn encode(&self) -> String {
        let until = self.until_ms.map_or_else(String::new, |until| until.to_string());
        let order = if self.is_descending { "d" } else { "a" };
        let Self { at_ms, read, since_ms, page, query, .. } = self;
        let text = format!("{at_ms}_{read}_{until}_{order}_{since_ms}_{page}_{query}");
        URL_SAFE_NO_PAD.encode(text)
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let parts: Vec<&str> = text.split('_').collect();
        let [at, read, until, order, since, page, query] = parts.as_slice() else { return None };
        Some(Self {
            at_ms: at.parse().ok()?,
            read: read.parse().ok()?,
            until_ms: if until.is_empty() { None } else { Some(until.parse().ok()?) },
            is_descending: *order == "d",
            since_ms: since.parse().ok()?,
            page: page.parse().ok()?,
            query: query.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_link() {
        let polling = Cursor {
            at_ms: 1_772_452_800_123,
            read: 2,
            until_ms: None,
            is_descending: false,
            since_ms: 0,
            page: 1,
            query: 9,
        };
        let bounded = Cursor { until_ms: Some(5), is_descending: true, since_ms: -3, ..polling };
        for cursor in [polling, bounded] {
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
        for text in ["", "x", "1772452800123_1"] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }
}
