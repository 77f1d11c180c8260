//! Numbers, times and names in the words of results. Names are written by whoever made the object.

use jiff::Timestamp;

/// How many characters of a name are kept.
const LONGEST_NAME: usize = 120;

/// A name as it may stand in a line: without control characters and marks that turn the writing direction, and not endless.
pub(crate) fn name(text: &str) -> String {
    let mut kept: String = text.chars().map(|sign| if is_printable(sign) { sign } else { '\u{fffd}' }).collect();
    if let Some((end, _)) = kept.char_indices().nth(LONGEST_NAME) {
        kept.truncate(end);
        kept.push('…');
    }
    kept
}

fn is_printable(sign: char) -> bool {
    let turns =
        matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !sign.is_control() && !turns
}

/// Minutes as a person says them: `15 min`, `12 h`, `30 d`.
pub(crate) fn minutes(minutes: i64) -> String {
    match minutes {
        minutes if minutes > 0 && minutes % 1440 == 0 => format!("{} d", minutes / 1440),
        minutes if minutes > 0 && minutes % 60 == 0 => format!("{} h", minutes / 60),
        minutes => format!("{minutes} min"),
    }
}

/// Whole days from one time to another; below zero if it lies ahead.
pub(crate) fn days(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).div_euclid(86_400)
}

/// A few names, and how many more there are.
pub(crate) fn some_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = all.iter().take(3).map(|text| name(text)).collect();
    let more = all.len() - shown.len();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_line() {
        assert_eq!(name("a\nb\u{202e}c\u{0}"), "a\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(name(&"é".repeat(500)).chars().count(), LONGEST_NAME + 1);
        assert_eq!(name("<b>"), "<b>", "what writes HTML escapes it");
    }

    #[test]
    fn durations_are_said_in_their_largest_unit() {
        assert_eq!([0, 15, 720, 43_200].map(minutes), ["0 min", "15 min", "12 h", "30 d"]);
    }

    #[test]
    fn a_list_of_names_has_an_end() {
        assert_eq!(some_of(["a", "b"]), "a, b");
        assert_eq!(some_of(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
