//! Durations as Okta writes them (ISO 8601).

use jiff::{Span, SpanRelativeTo};

/// The minutes of `PT12H`; none if it is no duration. A day has 24 hours.
pub(crate) fn minutes(text: &str) -> Option<i64> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(duration.as_secs() / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_okta_are_read() {
        let read = ["PT0S", "PT2H", "PT15M", "PT43800H", "P30D", "P1W"].map(minutes);
        assert_eq!(read, [Some(0), Some(120), Some(15), Some(2_628_000), Some(43_200), Some(10_080)]);
        assert_eq!(["", "12h later", "PT", "P1M"].map(minutes), [None; 4]);
    }
}
