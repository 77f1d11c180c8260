//! How many records a page is asked for. A page that Okta cannot make, or that is too large to keep, is asked for with
//! half as many, and the size grows again later. Pure: the size is in the address.

use url::Url;

/// The smallest page. If this one fails too, its size is not the reason.
const FLOOR: u32 = 10;

/// After this number of pages, a page that was made smaller is doubled.
const GROWS_EVERY: u64 = 4;

const LIMIT: &str = "limit=";

/// The number of records that an address asks for, if it says one.
pub(crate) fn limit(url: &Url) -> Option<u32> {
    url.query()?.split('&').find_map(|pair| pair.strip_prefix(LIMIT))?.parse().ok()
}

/// The address with another number of records. Everything else stays byte for byte: a cursor is opaque.
pub(crate) fn with_limit(url: &Url, limit: u32) -> Url {
    let pairs = url.query().unwrap_or_default().split('&');
    let limit = format!("{LIMIT}{limit}");
    let pairs: Vec<_> = pairs.map(|pair| if pair.starts_with(LIMIT) { limit.as_str() } else { pair }).collect();
    let mut changed = url.clone();
    changed.set_query(Some(&pairs.join("&")));
    changed
}

/// The address after `times` failures that a smaller page may avoid.
pub(crate) fn shrunk(url: &Url, times: u32) -> Url {
    match limit(url) {
        Some(asked) if times > 0 && asked > FLOOR => {
            with_limit(url, (asked.checked_shr(times).unwrap_or_default()).max(FLOOR))
        }
        _ => url.clone(),
    }
}

/// Whether the page could still be smaller.
pub(crate) fn can_shrink(url: &Url) -> bool {
    limit(url).is_some_and(|limit| limit > FLOOR)
}

/// The next page with as many records as are wanted, approached from below.
pub(crate) fn grown(next: Url, wanted: Option<u32>, pages: u64) -> Url {
    match (limit(&next), wanted) {
        (Some(present), Some(wanted)) if present < wanted && pages.is_multiple_of(GROWS_EVERY) => {
            with_limit(&next, present.saturating_mul(2).min(wanted))
        }
        _ => next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(query: &str) -> Url {
        Url::parse(&format!("https://acme.okta.com/api/v1/users?{query}")).unwrap()
    }

    #[test]
    fn a_page_halves_to_the_floor_and_the_rest_of_the_address_stays() {
        let first = url("after=a%3D%3D+b&limit=1000&q=limit");
        for (times, expected) in [(0, 1000), (1, 500), (6, 15), (7, 10), (40, 10)] {
            let expected = url(&format!("after=a%3D%3D+b&limit={expected}&q=limit"));
            assert_eq!(shrunk(&first, times), expected, "{times}");
        }
        for same in ["limit=5", "limit=10", "limit=-1", "after=x", ""] {
            assert_eq!(shrunk(&url(same), 3), url(same));
            assert!(!can_shrink(&url(same)), "{same}");
        }
        assert!(can_shrink(&url("limit=11")));
    }

    #[test]
    fn it_grows_again_but_never_above_what_was_asked_for() {
        let wanted = Some(200);
        assert_eq!(grown(url("after=x&limit=50"), wanted, 4), url("after=x&limit=100"));
        assert_eq!(grown(url("after=x&limit=50"), wanted, 5), url("after=x&limit=50"));
        assert_eq!(grown(url("after=x&limit=150"), wanted, 8), url("after=x&limit=200"));
        assert_eq!(grown(url("after=x&limit=200"), wanted, 8), url("after=x&limit=200"));
        assert_eq!(grown(url("after=x"), wanted, 8), url("after=x"));
    }
}
