//! Milliseconds since 1970, and how they are written.

use jiff::Timestamp;

/// One day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Milliseconds since 1970 as a timestamp; values out of range become the nearest timestamp.
pub(crate) fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// A time as the API writes it.
pub(crate) fn iso(at_ms: i64) -> String {
    format!("{:.3}", timestamp(at_ms))
}
