//! `X-Rate-Limit-*`, read so that clock skew and repeated headers do not mislead.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use jiff::Timestamp;

use crate::server_time;

/// A reset further away is a mistake: Okta's windows last a minute.
const LONGEST_WINDOW: Duration = Duration::from_mins(5);

/// Both times are truncated to whole seconds, so the window has certainly ended after this much more.
const ROUNDING: Duration = Duration::from_secs(1);

/// What an answer says of its bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RateHeaders {
    /// Calls that the org allows this app per window.
    pub(crate) limit: u32,
    /// Calls left in this window, for all who share the bucket.
    pub(crate) remaining: u32,
    /// Time from the answer until the window is over for sure.
    pub(crate) reset_in: Duration,
}

impl RateHeaders {
    /// Reads the headers, if all three are there. `local` stands in when the answer has no `Date`.
    pub(crate) fn read(headers: &HeaderMap, local: Timestamp) -> Option<Self> {
        let limit = least(headers, "x-rate-limit-limit")?;
        let remaining = least(headers, "x-rate-limit-remaining")?;
        let reset = least(headers, "x-rate-limit-reset")?;
        // Reset and Date are of the same clock, so their difference is right however wrong ours is.
        let sent = server_time::date(headers).unwrap_or(local).as_second();
        let reset_in = Duration::from_secs(reset.saturating_sub(u64::try_from(sent).unwrap_or(0)));
        Some(Self {
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset_in: (reset_in + ROUNDING).min(LONGEST_WINDOW),
        })
    }

    /// A limit of zero means too many concurrent calls; its reset is only a guess.
    pub(crate) fn is_concurrency_limit(&self) -> bool {
        self.limit == 0
    }
}

/// `Retry-After` in seconds: Okta sends none, but proxies before it may.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    least(headers, RETRY_AFTER.as_str()).map(|seconds| Duration::from_secs(seconds).min(LONGEST_WINDOW))
}

/// The least of a header's values: where buckets nest, Okta repeats the header (so its Python SDK finds).
fn least(headers: &HeaderMap, name: &str) -> Option<u64> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|value| value.trim().parse().ok()).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: &str = "2020-01-01T00:00:00Z";

    fn read(headers: &[(&'static str, &str)]) -> Option<RateHeaders> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        RateHeaders::read(&map, LOCAL.parse().unwrap())
    }

    #[test]
    fn the_wait_is_reckoned_by_the_servers_clock() {
        let rate = read(&[
            ("x-rate-limit-limit", "600"),
            ("x-rate-limit-remaining", "598"),
            ("x-rate-limit-reset", "784111800"),
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ]);
        let expected = RateHeaders { limit: 600, remaining: 598, reset_in: Duration::from_secs(24) };
        assert_eq!(rate, Some(expected));
    }

    #[test]
    fn a_reset_that_cannot_be_is_bounded() {
        let reset_in = |reset: &str| {
            let headers = [("x-rate-limit-limit", "5"), ("x-rate-limit-remaining", "1"), ("x-rate-limit-reset", reset)];
            read(&headers).unwrap().reset_in.as_secs()
        };
        assert_eq!(reset_in("1577836860"), 61);
        assert_eq!(reset_in("1577836740"), 1);
        assert_eq!(reset_in("1577836800000"), 300);
    }

    #[test]
    fn repeated_headers_count_by_the_least() {
        let rate = read(&[
            ("x-rate-limit-limit", "600"),
            ("x-rate-limit-limit", "100, 300"),
            ("x-rate-limit-remaining", "7"),
            ("x-rate-limit-remaining", "9"),
            ("x-rate-limit-reset", "1577836801"),
        ]);
        assert_eq!(rate, Some(RateHeaders { limit: 100, remaining: 7, reset_in: Duration::from_secs(2) }));
    }

    #[test]
    fn a_limit_of_zero_means_too_many_at_once() {
        let zero = [("x-rate-limit-limit", "0"), ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1577836801")];
        assert!(read(&zero).unwrap().is_concurrency_limit());
        let one = [("x-rate-limit-limit", "1"), ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1577836801")];
        assert!(!read(&one).unwrap().is_concurrency_limit());
    }

    #[test]
    fn a_proxys_retry_after_counts_in_seconds_only_and_is_bounded() {
        let after = |value: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]));
        assert_eq!(after("7"), Some(Duration::from_secs(7)));
        assert_eq!(after("86400"), Some(LONGEST_WINDOW));
        assert_eq!(after("Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn without_all_three_nothing_is_known() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[("x-rate-limit-limit", "600"), ("x-rate-limit-remaining", "5")]), None);
        let text = [("x-rate-limit-limit", "many"), ("x-rate-limit-remaining", "5"), ("x-rate-limit-reset", "1")];
        assert_eq!(read(&text), None);
    }
}
