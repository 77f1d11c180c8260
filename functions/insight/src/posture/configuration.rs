//! The configuration of the posture as it is written: typed, and a mistake is an error with its line and its column.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use crate::posture::profile::Profile;
use crate::posture::settings::{CheckSettings, Declared, Settings, Waiver};
use crate::posture::table::find;

/// How long a waiver may last.
pub const LONGEST_WAIVER_DAYS: i32 = 365;

/// A configuration that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct SettingsError {
    /// Counted from one.
    pub line: u64,
    /// Counted from one.
    pub column: u64,
    /// What is wrong, and what is right.
    pub what: String,
}

/// As it is written.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Written {
    profile: Profile,
    declared: Declared,
    checks: Vec<WrittenCheck>,
    waivers: Vec<WrittenWaiver>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCheck {
    id: Spanned<String>,
    #[serde(default)]
    enabled: Option<bool>,
    #[serde(default)]
    limit: Option<Spanned<i64>>,
    #[serde(default)]
    ignore: BTreeSet<String>,
    #[serde(default)]
    include: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWaiver {
    check: Spanned<String>,
    #[serde(default)]
    resource: Option<String>,
    reason: Spanned<String>,
    owner: Spanned<String>,
    expires: Spanned<String>,
}

/// Reads the section from YAML. `today` bounds the waivers.
pub fn parse(yaml: &str, today: Date) -> Result<Settings, SettingsError> {
    if yaml.trim().is_empty() {
        return Ok(Settings::default());
    }
    let written: Written = serde_saphyr::from_str(yaml).map_err(|error| {
        let place = error.location().unwrap_or(Location::UNKNOWN);
        let what = error.without_snippet().to_string();
        // The place is said once, as fields.
        let what = what.lines().next().and_then(|line| line.split(" at line ").next()).unwrap_or("no YAML").to_owned();
        SettingsError { line: place.line(), column: place.column(), what }
    })?;
    let checks = written.checks.into_iter().map(check_settings).collect::<Result<_, _>>()?;
    let waivers = written.waivers.into_iter().map(|waiver| accepted(waiver, today)).collect::<Result<_, _>>()?;
    Ok(Settings { profile: written.profile, declared: written.declared, checks, waivers })
}

fn check_settings(written: WrittenCheck) -> Result<(&'static str, CheckSettings), SettingsError> {
    let id = known_check(&written.id)?;
    let limit = match written.limit {
        Some(limit) if limit.value < 0 => return Err(at(&limit, "a limit is not below zero".to_owned())),
        Some(limit) if find(id).is_some_and(|check| check.limit.is_none()) => {
            return Err(at(&limit, format!("{id} has no limit")));
        }
        limit => limit.map(|limit| limit.value),
    };
    Ok((id, CheckSettings { enabled: written.enabled, limit, ignore: written.ignore, include: written.include }))
}

fn accepted(written: WrittenWaiver, today: Date) -> Result<Waiver, SettingsError> {
    let check = known_check(&written.check)?;
    for text in [&written.reason, &written.owner] {
        if text.value.trim().is_empty() {
            return Err(at(text, "a waiver has a reason and an owner".to_owned()));
        }
    }
    let no_date = |_| at(&written.expires, format!("{:?} is no date like 2026-12-31", written.expires.value));
    let expires: Date = written.expires.value.parse().map_err(no_date)?;
    let days = today.until(expires).map_or(i32::MAX, |span| span.get_days());
    if days > LONGEST_WAIVER_DAYS {
        return Err(at(&written.expires, format!("a waiver lasts at most {LONGEST_WAIVER_DAYS} days, not {days}")));
    }
    let (reason, owner) = (written.reason.value, written.owner.value);
    Ok(Waiver { check, resource: written.resource, reason, owner, expires })
}

fn known_check(id: &Spanned<String>) -> Result<&'static str, SettingsError> {
    let unknown = || at(id, format!("there is no check {:?}: docs/posture.md lists them", id.value));
    find(&id.value).map(|check| check.id).ok_or_else(unknown)
}

fn at<T>(value: &Spanned<T>, what: String) -> SettingsError {
    SettingsError { line: value.referenced.line(), column: value.referenced.column(), what }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(yaml: &str) -> Result<Settings, SettingsError> {
        parse(yaml, date(2026, 6, 1))
    }

    #[test]
    fn thresholds_exceptions_and_waivers_are_read() {
        let settings = read(
            "profile: stig
declared:
  domains: [acme.example]
checks:
  - id: session-global-idle
    limit: 30
    ignore: [kiosk]
  - id: app-unused
    enabled: false
waivers:
  - check: admin-super-count
    reason: two companies are being merged
    owner: ada@acme.example
    expires: 2026-09-30
",
        );
        let settings = settings.unwrap();
        assert_eq!(settings.profile, Profile::Stig);
        assert_eq!(settings.checks["session-global-idle"].limit, Some(30));
        assert_eq!(settings.checks["app-unused"].enabled, Some(false));
        assert_eq!(settings.waivers[0].expires, date(2026, 9, 30));
        assert_eq!(read("").unwrap(), Settings::default());
    }

    #[test]
    fn a_mistake_has_a_line_and_a_column() {
        let waiver = |expires: &str| {
            format!("waivers:\n  - check: admin-super-count\n    reason: r\n    owner: o\n    expires: {expires}\n")
        };
        let cases = [
            ("checks:\n  - id: nonsense\n".to_owned(), 2, 9, "there is no check"),
            ("checks:\n  - id: session-global-idle\n    limit: -1\n".to_owned(), 3, 12, "below zero"),
            ("checks:\n  - id: session-persistent-cookie\n    limit: 1\n".to_owned(), 3, 12, "has no limit"),
            ("checks:\n  - id: session-global-idle\n    limit: much\n".to_owned(), 3, 12, ""),
            ("profile: best\n".to_owned(), 1, 10, "best"),
            ("prophile: stig\n".to_owned(), 1, 1, "prophile"),
            ("profile: [\n".to_owned(), 1, 10, ""),
            (waiver("2027-06-02"), 5, 14, "at most 365 days, not 366"),
            (waiver("soon"), 5, 14, "no date"),
            (waiver("2026-07-01").replace("owner: o", "owner: ''"), 4, 12, "a reason and an owner"),
        ];
        for (yaml, line, column, words) in cases {
            let error = read(&yaml).unwrap_err();
            assert_eq!((error.line, error.column), (line, column), "{yaml}: {error}");
            assert!(error.what.contains(words), "{yaml}: {error}");
        }
        assert!(read(&waiver("2027-06-01")).is_ok());
    }
}
