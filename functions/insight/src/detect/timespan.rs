//! Time spans as Sigma writes them: `10m`, `1h`, `7d`.

use super::error::RuleError;

/// Reads a time span, in seconds.
///
/// # Errors
/// If it is no number of one of s, m, h, d, w, or is nothing.
pub(crate) fn seconds(text: &str) -> Result<u64, RuleError> {
    let refuse = || RuleError::Timespan(text.to_owned());
    let unit = match text.chars().last().ok_or_else(refuse)? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(refuse()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| refuse())?;
    number.checked_mul(unit).filter(|span| (1..=31_622_400).contains(span)).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_a_unit() {
        assert_eq!((seconds("90s"), seconds("10m"), seconds("2h")), (Ok(90), Ok(600), Ok(7_200)));
        assert_eq!((seconds("1d"), seconds("1w")), (Ok(86_400), Ok(604_800)));
        for bad in ["", "m", "10", "10M", "-1m", "1.5h", "0s", "99999999999999999999d", "9999999999d", "ä"] {
            assert_eq!(seconds(bad), Err(RuleError::Timespan(bad.to_owned())), "{bad}");
        }
    }
}
