//! `after` of lists: where a page ends. Opaque to clients; it belongs to one query and can expire.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::api::call::Call;
use crate::random::mix;

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListCursor {
    /// The key of the last record that has been read; none at the beginning.
    pub(crate) after: Option<u64>,
    /// The number of the page that begins here, from 1.
    pub(crate) page: u32,
    /// When it was given out.
    pub(crate) issued_ms: i64,
    /// The query that it belongs to.
    query: u64,
}

impl ListCursor {
    /// A place in the list that `call` asks for.
    pub(crate) fn of(call: &Call, after: Option<u64>, page: u32, issued_ms: i64) -> Self {
        Self { after, page, issued_ms, query: digest(call) }
    }

    /// The cursor of a call; none if it has none or one that cannot be read.
    pub(crate) fn in_call(call: &Call) -> Option<Self> {
        Self::decode(call.query("after")?)
    }

    /// Whether it belongs to the query of `call`.
    pub(crate) fn belongs_to(&self, call: &Call) -> bool {
        self.query == digest(call)
    }

    pub(crate) fn encode(&self) -> String {
        let after = self.after.map_or_else(|| "-".to_owned(), |after| after.to_string());
        URL_SAFE_NO_PAD.encode(format!("{after} {} {} {}", self.page, self.issued_ms, self.query))
    }

    fn decode(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let parts: Vec<&str> = text.split(' ').collect();
        let [after, page, issued, query] = parts.as_slice() else { return None };
        Some(Self {
            after: if *after == "-" { None } else { Some(after.parse().ok()?) },
            page: page.parse().ok()?,
            issued_ms: issued.parse().ok()?,
            query: query.parse().ok()?,
        })
    }
}

/// Path and query. The page size is not part of it: Okta lets a client change it from page to page.
fn digest(call: &Call) -> u64 {
    let text = |hash, text: &str| text.bytes().fold(mix(hash, 0x2f), |hash, byte| mix(hash, u64::from(byte)));
    let parameters = call.queries().iter().filter(|(name, _)| name != "after" && name != "limit");
    // The order of the parameters means nothing.
    parameters.fold(text(0, &call.path), |hash, (name, value)| hash.wrapping_add(text(text(1, name), value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(path: &str, query: &str) -> Call {
        Call::new(String::new(), "GET", path, query, Vec::new())
    }

    #[test]
    fn a_cursor_survives_the_link() {
        let call = call("/api/v1/users", "limit=5");
        for after in [None, Some(7)] {
            let cursor = ListCursor::of(&call, after, 3, 1_772_452_800_000);
            assert_eq!(ListCursor::decode(&cursor.encode()), Some(cursor));
        }
        assert_eq!(ListCursor::decode("x"), None);
    }

    #[test]
    fn a_cursor_belongs_to_one_query_whatever_the_page_size() {
        let cursor = ListCursor::of(&call("/api/v1/users", "search=status+pr&limit=5&expand=a"), Some(1), 2, 0);
        assert!(cursor.belongs_to(&call("/api/v1/users", "after=x&expand=a&limit=7&search=status+pr")));
        assert!(!cursor.belongs_to(&call("/api/v1/users", "search=status+pr")));
        assert!(!cursor.belongs_to(&call("/api/v1/groups", "search=status+pr&expand=a")));
    }
}
