//! How faults are written on a command line.

use std::fmt::Write as _;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::fault::kind::{FaultKind, LinkLoss, LogStreamSpec, Outage, WrongBody};
use crate::fault::record_edit::RecordEdit;
use crate::fault::spec::Fault;
use crate::identity::clients::Role;

/// A fault by its name.
struct Row {
    name: &'static str,
    /// How its value is written; optional in brackets, none if empty.
    value: &'static str,
    about: &'static str,
    /// The value is empty if none was written.
    parse: fn(&str) -> Option<FaultKind>,
}

const fn row(
    name: &'static str,
    value: &'static str,
    about: &'static str,
    parse: fn(&str) -> Option<FaultKind>,
) -> Row {
    Row { name, value, about, parse }
}

/// Sorted by name.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("classic-engine", "", "the org is on Classic Engine", |_| Some(FaultKind::ClassicEngine)),
    row("clock-skew", ":SECONDS", "the org's clock is off", |value| value.parse().ok().map(FaultKind::ClockSkew)),
    row("concurrency", "", "429 for too many requests at once", |_| Some(FaultKind::Concurrency)),
    row("cursor-lifetime", ":SECONDS", "cursors expire", |value| seconds(value).map(FaultKind::CursorLifetime)),
    row("cut", "", "the connection ends in the middle of the body", |_| Some(FaultKind::Cut)),
    row("date-shift", ":SECONDS", "the Date header of an answer is off", |value| value.parse().ok().map(FaultKind::DateShift)),
    row("down", ":refused|reset|hang[/SECONDS]", "the org cannot be reached", down),
    row("dpop-nonce", "", "a resource asks for a nonce in the DPoP proof", |_| Some(FaultKind::DpopNonce)),
    row("dpop-required", "", "every client must use DPoP", |_| Some(FaultKind::DpopRequired)),
    row("empty-list", "", "a list without records and without a next link", |_| Some(FaultKind::EmptyList)),
    row("empty-pages", "", "lists without records that never end", |_| Some(FaultKind::EmptyPagesForever)),
    row("error-date-shift", ":SECONDS", "the Date header of errors is off", |value| value.parse().ok().map(FaultKind::ErrorDateShift)),
    row("html", "", "an HTML page instead of JSON, with status 200", |_| Some(FaultKind::Html)),
    row("last-page-loops", "", "the last page has a next link to itself", |_| Some(FaultKind::LastPageLoops)),
    row("link-origin", ":URL", "links begin with this origin", |value| text(value).map(FaultKind::LinkOrigin)),
    row("links-missing", "[:next|self]", "links are missing, all or one", links_missing),
    row("log-stream", ":ACCOUNT/REGION[/SOURCE]", "the log stream sends to another bus", log_stream),
    row("next-elsewhere", "", "the next link leads to another host", |_| Some(FaultKind::NextElsewhere)),
    row("next-loop", "[:PAGES]", "the next link leads back, after one page or more", next_loop),
    row("next-path", ":PATH", "the next link has another path", |value| text(value).map(FaultKind::NextPath)),
    row("next-without", ":PARAMETER", "the next link lacks a parameter", |value| text(value).map(FaultKind::NextWithout)),
    row("org-id", ":ID", "the org has this id", |value| text(value).map(FaultKind::OrgId)),
    row("overlapping-pages", "", "a page begins with the last record of the page before", |_| Some(FaultKind::OverlappingPages)),
    row("oversize", ":SIZE/BYTES", "a body of this length, for pages of at least SIZE", oversize),
    row("page-too-large", ":SIZE[/MILLISECONDS]", "500 after a time, for pages of at least SIZE", page_too_large),
    row("rate-limited", "", "429 for an empty bucket", |_| Some(FaultKind::RateLimited)),
    row("record", ":drop|twice|cut-zone|remove/MEMBER|set/MEMBER=JSON|copy/MEMBER=JSON|replace=JSON", "records are changed", record),
    row("redirect", "", "a redirect to another host", |_| Some(FaultKind::Redirect)),
    row("refused", ":STATUS/CODE", "a refusal in Okta's form", refused),
    row("role", ":none|read-only|read-only-iam|org-admin|super-admin", "the clients' admin role", |value| role(value).map(FaultKind::Role)),
    row("role-missing", "", "no role is enough for the chosen paths", |_| Some(FaultKind::RoleMissing)),
    row("scope-missing", ":SCOPE", "a scope is taken away from every client", |value| text(value).map(FaultKind::ScopeMissing)),
    row("search-lag", ":SECONDS", "search on users shows the past", |value| seconds(value).map(FaultKind::SearchLag)),
    row("secrets-planted", "", "every object of the answer has secrets in it", |_| Some(FaultKind::SecretsPlanted)),
    row("secrets-revoked", "", "secrets, keys and API tokens are deactivated", |_| Some(FaultKind::SecretsRevoked)),
    row("server-error", "[:STATUS]", "a gateway's 5xx, 500 by default", server_error),
    row("short-pages", "", "pages are shorter than was asked for", |_| Some(FaultKind::ShortPages)),
    row("slow", ":MILLISECONDS", "the answer takes this long", |value| milliseconds(value).map(FaultKind::Slow)),
    row("stream-disabled", "", "the log stream is deactivated", |_| Some(FaultKind::StreamDisabled)),
    row("tokens-revoked", "", "all tokens given out so far are revoked", |_| Some(FaultKind::TokensRevoked)),
    row("trailing-next", "", "the last page has a next link, to an empty page", |_| Some(FaultKind::TrailingNext)),
    row("truncated", "", "the JSON ends too early", |_| Some(FaultKind::Truncated)),
    row("unlicensed", "", "the chosen paths are not licensed", |_| Some(FaultKind::Unlicensed)),
    row("wrong-body", ":empty|error|type|null|shape|text", "a body of the wrong kind, with a good status", |value| wrong_body(value).map(FaultKind::WrongBody)),
];

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

impl Row {
    fn written(&self) -> String {
        format!("{}{}", self.name, self.value)
    }
}

fn text(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn seconds(value: &str) -> Option<Duration> {
    value.parse().ok().map(Duration::from_secs)
}

fn milliseconds(value: &str) -> Option<Duration> {
    value.parse().ok().map(Duration::from_millis)
}

fn server_error(value: &str) -> Option<FaultKind> {
    let status = if value.is_empty() { Some(500) } else { value.parse().ok() };
    status.filter(|status| (500..600).contains(status)).map(FaultKind::ServerError)
}

fn refused(value: &str) -> Option<FaultKind> {
    let (status, code) = value.split_once('/')?;
    let status = status.parse().ok().filter(|status| (400..600).contains(status))?;
    Some(FaultKind::refused(status, code))
}

fn down(value: &str) -> Option<FaultKind> {
    let (mode, time) = split(value, '/');
    let outage = match mode {
        "hang" => Outage::Hang,
        "refused" => Outage::Refused,
        "reset" => Outage::Reset,
        _ => return None,
    };
    match time.map(seconds) {
        None => Some(FaultKind::Down(outage, None)),
        Some(time) => time.map(|time| FaultKind::Down(outage, Some(time))),
    }
}

fn links_missing(value: &str) -> Option<FaultKind> {
    Some(FaultKind::LinksMissing(match value {
        "" => LinkLoss::All,
        "next" => LinkLoss::Next,
        "self" => LinkLoss::Itself,
        _ => return None,
    }))
}

fn next_loop(value: &str) -> Option<FaultKind> {
    match value {
        "" => Some(FaultKind::NextLoop),
        pages => pages.parse().ok().filter(|pages| *pages > 0).map(FaultKind::NextLoopOf),
    }
}

fn log_stream(value: &str) -> Option<FaultKind> {
    let mut parts = value.split('/');
    let usual = LogStreamSpec::default();
    let (account, region) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let event_source = parts.next().map_or_else(|| usual.event_source.clone(), str::to_owned);
    Some(FaultKind::LogStreams(vec![LogStreamSpec { account, region, event_source, ..usual }]))
}

fn page_too_large(value: &str) -> Option<FaultKind> {
    let (size, time) = split(value, '/');
    let time = time.map_or(Some(Duration::ZERO), milliseconds)?;
    Some(FaultKind::PageTooLarge(size.parse().ok()?, time))
}

fn oversize(value: &str) -> Option<FaultKind> {
    let (size, bytes) = value.split_once('/')?;
    Some(FaultKind::Oversize(size.parse().ok()?, bytes.parse().ok()?))
}

fn wrong_body(value: &str) -> Option<WrongBody> {
    Some(match value {
        "empty" => WrongBody::Empty,
        "error" => WrongBody::ErrorObject,
        "null" => WrongBody::Null,
        "shape" => WrongBody::Shape,
        "text" => WrongBody::Text,
        "type" => WrongBody::ContentType,
        _ => return None,
    })
}

fn role(name: &str) -> Option<Role> {
    Some(match name {
        "none" => Role::None,
        "read-only" => Role::ReadOnly,
        "read-only-iam" => Role::ReadOnlyAndIam,
        "org-admin" => Role::OrgAdmin,
        "super-admin" => Role::SuperAdmin,
        _ => return None,
    })
}

fn record(value: &str) -> Option<FaultKind> {
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    let member = |text: &str| text.split_once('=').and_then(|(name, value)| Some((name.to_owned(), json(value)?)));
    let edit = match value {
        "cut-zone" => RecordEdit::CutZone,
        "drop" => RecordEdit::Drop,
        "twice" => RecordEdit::Twice,
        _ => match split(value, '/') {
            ("remove", Some(name)) => RecordEdit::Remove(name.to_owned()),
            ("set", Some(rest)) => member(rest).map(|(name, value)| RecordEdit::Set(name, value))?,
            ("copy", Some(rest)) => member(rest).map(|(name, value)| RecordEdit::Copy(name, value))?,
            _ => RecordEdit::Replace(json(value.strip_prefix("replace=")?)?),
        },
    };
    Some(FaultKind::Record(edit))
}

fn share(fault: Fault, value: &str) -> Option<Fault> {
    let (per_mille, seed) = split(value, '/');
    Some(fault.share(per_mille.parse().ok()?, seed.map_or(Some(1), |seed| seed.parse().ok())?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
