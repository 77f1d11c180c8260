//! The server's clock, as its `Date` headers tell: neither tokens nor waits may depend on the local clock being right.

use std::sync::atomic::{AtomicI64, Ordering};

use http::HeaderMap;
use http::header::DATE;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// `Date` has whole seconds and answers take a while: smaller differences are not a wrong clock.
const TOLERANCE_MS: i64 = 3_000;

/// How far the local clock is from the server's.
#[derive(Debug, Default)]
pub(crate) struct ServerTime {
    ahead_ms: AtomicI64,
}

impl ServerTime {
    /// Compares an answer's `Date` with the local clock.
    pub(crate) fn observe(&self, headers: &HeaderMap, local: Timestamp) {
        let Some(date) = date(headers) else { return };
        let ahead = date.as_millisecond() - local.as_millisecond();
        let ahead = if ahead.abs() > TOLERANCE_MS { ahead } else { 0 };
        self.ahead_ms.store(ahead, Ordering::Relaxed);
    }

    /// What the server's clock shows when the local one shows `local`.
    pub(crate) fn at(&self, local: Timestamp) -> Timestamp {
        local.saturating_add(self.ahead()).unwrap_or(local)
    }

    /// How far the server's clock is ahead; zero if it is not known to be.
    pub(crate) fn ahead(&self) -> SignedDuration {
        SignedDuration::from_millis(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Whether the local clock has been seen to be wrong.
    pub(crate) fn is_off(&self) -> bool {
        !self.ahead().is_zero()
    }
}

/// The `Date` header. Its format is the "IMF-fixdate" of RFC 9110, a subset of RFC 2822's.
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(headers.get(DATE)?.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(date: &str) -> HeaderMap {
        HeaderMap::from_iter([(DATE, date.parse().unwrap())])
    }

    fn seen(date: &str, local: &str) -> String {
        let time = ServerTime::default();
        let local = local.parse().unwrap();
        time.observe(&headers(date), local);
        format!("{} {}", time.at(local), time.is_off())
    }

    #[test]
    fn a_wrong_clock_is_corrected_and_a_right_one_left_alone() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(seen(date, "1994-11-06T08:49:35.1Z"), "1994-11-06T08:49:35.1Z false");
        assert_eq!(seen(date, "1994-11-06T07:49:37Z"), "1994-11-06T08:49:37Z true");
        assert_eq!(seen(date, "1994-11-06T09:49:37Z"), "1994-11-06T08:49:37Z true");
        assert_eq!(seen("yesterday", "1994-11-06T09:49:37Z"), "1994-11-06T09:49:37Z false");
    }
}
