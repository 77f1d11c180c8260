//! What an event type is: its OCSF class and activity and what it acts upon, decided row by row in
//! `data/event_types.csv`. An exact row wins, then the family row with the longest prefix.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::ocsf::{Activity, Class};
use crate::subject::{self, Subject};

/// The home of an event type in OCSF.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    /// The OCSF class.
    pub class: Class,
    /// What happens, in that class.
    pub activity: Activity,
    /// What it happens to.
    pub subject: &'static Subject,
    /// Why, where that is not obvious.
    pub note: &'static str,
}

/// How a decision was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The table has this very type.
    Exact,
    /// The table knows the family only: a type newer than the table.
    Family,
}

/// One row of the table, as written.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The type, or the family with its `.*`.
    pub event_type: &'static str,
    /// Its home.
    pub decision: Decision,
}

/// Why the table cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("event_types.csv line {line}: {reason}")]
pub struct TableError {
    line: usize,
    reason: String,
}

const TABLE: &str = include_str!("../data/event_types.csv");
const HEADER: &str = "event_type,class,activity,subject,note";

// The embedded table is parsed by this module's tests: a table that cannot be used cannot be released.
#[allow(clippy::expect_used)]
static ROWS: LazyLock<HashMap<&'static str, Decision>> = LazyLock::new(|| {
    rows().map(|row| row.map(|row| (row.event_type, row.decision))).collect::<Result<_, _>>().expect("tested table")
});

/// The home of `event_type`. Case counts: Okta's types are not all lower case.
pub fn decide(event_type: &str) -> (Decision, Basis) {
    if let Some(decision) = ROWS.get(event_type) {
        return (*decision, Basis::Exact);
    }
    let mut families = event_type.rmatch_indices('.').map(|(dot, _)| &event_type[..dot]);
    let known = families.find_map(|prefix| ROWS.get(format!("{prefix}.*").as_str()));
    (*known.unwrap_or(&ROWS["*"]), Basis::Family)
}

/// Whether a text has the form of Okta's new event types: a short name of small letters, digits, dots and underscores.
/// Any other text may be content of an event, which has no place in a log.
pub fn is_name(event_type: &str) -> bool {
    const LONGEST: usize = 100;
    let is_in_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'_';
    event_type.len() <= LONGEST
        && event_type.bytes().all(is_in_name)
        && event_type.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Every row of the table, in its order.
pub fn rows() -> impl Iterator<Item = Result<Row, TableError>> {
    let lines = TABLE.lines().enumerate().filter(|(_, line)| *line != HEADER);
    lines.map(|(index, line)| row(line).map_err(|reason| TableError { line: index + 1, reason }))
}

fn row(line: &'static str) -> Result<Row, String> {
    let mut cells = line.splitn(5, ',');
    let mut cell = || cells.next().unwrap_or_default();
    let (event_type, class, activity, subject, note) = (cell(), cell(), cell(), cell(), cell());
    let class = Class::parse(class).ok_or_else(|| format!("no class is called {class:?}"))?;
    let activity = class.activity(activity).ok_or_else(|| format!("{class} has no activity {activity:?}"))?;
    let subject = subject::find(subject).ok_or_else(|| format!("subjects.csv has no {subject:?}"))?;
    let note = note.trim_matches('"');
    Ok(Row { event_type, decision: Decision { class, activity, subject, note } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_usable_and_in_its_place() {
        let rows: Vec<Row> = rows().map(|row| row.unwrap()).collect();
        for pair in rows.windows(2) {
            let (before, after) = (pair[0].event_type, pair[1].event_type);
            assert!(before < after, "move {after} in event_types.csv: it stands after {before}");
        }
        assert!(rows.iter().any(|row| row.event_type == "*"), "the last resort is missing");
    }

    #[test]
    fn only_a_short_plain_name_is_one() {
        assert!(is_name("user.session.teleport_2.begin"));
        for content in ["", "ada@example.com", "198.51.100.7", "User", "a b", "é", &"a".repeat(101)] {
            assert!(!is_name(content), "{content}");
        }
    }

    #[test]
    fn the_longest_known_prefix_decides() {
        let (exact, basis) = decide("user.session.start");
        assert_eq!((exact.class, exact.activity.name, basis), (Class::Authentication, "Logon", Basis::Exact));
        let (family, basis) = decide("user.session.teleport.begin");
        assert_eq!((family.class, basis), (Class::Authentication, Basis::Family));
        assert_eq!(decide("brand_new").1, Basis::Family);
        assert_eq!(decide("").1, Basis::Family);
    }
}
