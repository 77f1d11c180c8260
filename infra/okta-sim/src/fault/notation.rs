//! How faults are written on a command line.

use std::fmt::Write as _;
use std::str::FromStr;

use jiff::Timestamp;

use crate::fault::kind::FaultKind;
use crate::fault::names::ROWS;
use crate::fault::spec::Fault;

/// A condition by its name.
struct ConditionRow {
    name: &'static str,
    value: &'static str,
    about: &'static str,
    apply: fn(Fault, &str) -> Option<Fault>,
}

/// Sorted by name.
#[rustfmt::skip]
const CONDITIONS: &[ConditionRow] = &[
    ConditionRow { name: "hour", value: "TIME", about: "requests for this hour of the log; for record faults, its events", apply: |fault, value| Some(fault.hour(value.parse::<Timestamp>().ok()?)) },
    ConditionRow { name: "page", value: "NUMBER", about: "this page of a list, counted from 1", apply: |fault, value| Some(fault.page(value.parse().ok()?)) },
    ConditionRow { name: "parent", value: "ID", about: "paths that have this id; can be given several times", apply: |fault, value| Some(fault.parent(value)) },
    ConditionRow { name: "query", value: "NAME:VALUE", about: "this value of a query parameter", apply: |fault, value| value.split_once(':').map(|(name, value)| fault.query(name, value)) },
    ConditionRow { name: "record", value: "ID", about: "the record with this id; can be given several times", apply: |fault, value| Some(fault.record(value)) },
    ConditionRow { name: "share", value: "PER_MILLE[/SEED]", about: "a share of the paths; for record faults, of the records", apply: share },
    ConditionRow { name: "skip", value: "REQUESTS", about: "spares the first requests", apply: |fault, value| Some(fault.skip(value.parse().ok()?)) },
];

/// Why a fault cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No such name.
    #[error("there is no fault {0:?}; there are: {names}", names = names())]
    Unknown(String),
    /// The value after the colon is missing, wrong, or one too many.
    #[error("the fault is written {0}")]
    Value(String),
    /// What follows the asterisk is neither a number nor `all`.
    #[error("{0:?} is no number of times: write *3, or *all")]
    Times(String),
    /// What follows a semicolon is no condition.
    #[error("{0:?} is no condition; there are: {conditions}", conditions = conditions())]
    Condition(String),
}

impl Fault {
    /// How faults are written, for people.
    pub fn help() -> String {
        let mut help = String::from("NAME[:VALUE][*TIMES|*all][@PATH][;CONDITION=VALUE]..., where NAME is one of\n");
        for row in ROWS {
            // Writing to a string cannot fail.
            let _ = writeln!(help, "  {:<34} {}", row.written(), row.about);
        }
        help.push_str("PATH is the beginning of a path, or a whole path with * for one segment. CONDITION is one of\n");
        for row in CONDITIONS {
            let _ = writeln!(help, "  {:<34} {}", format!("{}={}", row.name, row.value), row.about);
        }
        help
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    /// `NAME[:VALUE][*TIMES][@PATH][;CONDITION=VALUE]...`, as in `server-error:503*3@/api/v1/users;page=2`.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (rest, conditions) = split(text, ';');
        let (rest, path) = split(rest, '@');
        let (rest, times) = split(rest, '*');
        let (name, value) = split(rest, ':');
        let kind = kind(name, value)?;
        let mut fault = match times {
            None => kind.once(),
            Some("all") => kind.always(),
            Some(times) => kind.times(times.parse().map_err(|_| FaultError::Times(times.to_owned()))?),
        };
        fault = match path {
            Some(path) if path.contains('*') => fault.at(path),
            Some(path) => fault.under(path),
            None => fault,
        };
        conditions.unwrap_or_default().split(';').filter(|text| !text.is_empty()).try_fold(fault, narrowed)
    }
}

fn narrowed(fault: Fault, text: &str) -> Result<Fault, FaultError> {
    let (name, value) = split(text, '=');
    let found = CONDITIONS.iter().find(|row| row.name == name);
    let applied = found.and_then(|row| (row.apply)(fault, value.unwrap_or_default()));
    applied.ok_or_else(|| FaultError::Condition(text.to_owned()))
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn kind(name: &str, value: Option<&str>) -> Result<FaultKind, FaultError> {
    let row = ROWS.iter().find(|row| row.name == name).ok_or_else(|| FaultError::Unknown(name.to_owned()))?;
    let is_allowed = if row.value.is_empty() { value.is_none() } else { value.is_some() || row.value.starts_with('[') };
    let kind = if is_allowed { (row.parse)(value.unwrap_or_default()) } else { None };
    kind.ok_or_else(|| FaultError::Value(row.written()))
}

fn names() -> String {
    ROWS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}

fn conditions() -> String {
    CONDITIONS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}

fn share(fault: Fault, value: &str) -> Option<Fault> {
    let (per_mille, seed) = split(value, '/');
    Some(fault.share(per_mille.parse().ok()?, seed.map_or(Some(1), |seed| seed.parse().ok())?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fault::record_edit::RecordEdit;

    /// Faults that need a value, with one.
    const VALUES: &[(&str, &str)] = &[
        ("clock-skew", ":-300"),
        ("cursor-lifetime", ":60"),
        ("date-shift", ":86400"),
        ("down", ":refused/20"),
        ("error-date-shift", ":-5"),
        ("link-origin", ":https://acme-admin.okta.com"),
        ("log-stream", ":999999999999/us-east-1"),
        ("next-path", ":/api/v1/groups"),
        ("next-without", ":filter"),
        ("org-id", ":00oAnother"),
        ("oversize", ":500/70000000"),
        ("page-too-large", ":1000/30"),
        ("record", ":set/uuid=12"),
        ("refused", ":422/E0000001"),
        ("role", ":read-only"),
        ("scope-missing", ":okta.logs.read"),
        ("search-lag", ":30"),
        ("slow", ":20"),
        ("wrong-body", ":shape"),
    ];

    #[test]
    fn every_row_can_be_written_and_helps() {
        assert!(ROWS.is_sorted_by(|left, right| left.name < right.name), "sort ROWS by name");
        assert!(CONDITIONS.is_sorted_by(|left, right| left.name < right.name), "sort CONDITIONS by name");
        for row in ROWS {
            let value = VALUES.iter().find(|(name, _)| *name == row.name).map_or("", |(_, value)| value);
            let text = format!("{}{value}", row.name);
            assert!(text.parse::<Fault>().is_ok(), "{text}: add a value to VALUES");
            assert!(Fault::help().contains(row.name));
        }
    }

    #[test]
    fn a_fault_has_a_value_times_a_path_and_conditions() {
        let parse = |text: &str| text.parse::<Fault>();
        assert_eq!(parse("cut"), Ok(FaultKind::Cut.once()));
        assert_eq!(parse("rate-limited*20"), Ok(FaultKind::RateLimited.times(20)));
        assert_eq!(parse("html*all"), Ok(FaultKind::Html.always()));
        let expected = FaultKind::ServerError(503).times(3).under("/api/v1/users").page(2).skip(1);
        assert_eq!(parse("server-error:503*3@/api/v1/users;page=2;skip=1"), Ok(expected));
        let expected = FaultKind::refused(403, "E0000006").always().at("/api/v1/users/*/factors").share(500, 7);
        assert_eq!(parse("refused:403/E0000006*all@/api/v1/users/*/factors;share=500/7"), Ok(expected));
        let expected = FaultKind::Record(RecordEdit::Set("actor.id".to_owned(), json!(7))).once();
        assert_eq!(parse("record:set/actor.id=7;record=a;record=b"), Ok(expected.record("a").record("b")));
        assert_eq!(parse("clock-skew:-300"), Ok(FaultKind::ClockSkew(-300).once()));
        let in_hour = parse("empty-list@/api/v1/logs;hour=2026-03-02T05:00:00Z").unwrap();
        assert_eq!(in_hour.conditions.hour_ms, Some(1_772_427_600_000));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert!(message("cat").contains("there are: classic-engine, "), "{}", message("cat"));
        assert_eq!(message("slow"), "the fault is written slow:MILLISECONDS");
        assert_eq!(message("cut:1"), "the fault is written cut");
        assert_eq!(message("server-error:404"), "the fault is written server-error[:STATUS]");
        assert_eq!(message("refused:200/E0000001"), "the fault is written refused:STATUS/CODE");
        assert_eq!(message("cut*often"), r#""often" is no number of times: write *3, or *all"#);
        assert!(message("cut;moon=full").contains("there are: hour, page, "), "{}", message("cut;moon=full"));
    }
}
