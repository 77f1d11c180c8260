//! Values on the command line that several commands take: tenants, times, OCSF classes.

use anyhow::ensure;
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};
use normalize::Tenant;
use normalize::ocsf::Class;

/// `--since` and `--until`.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct TimeRange {
    /// Start: a time such as 2026-05-04T10:00:00Z, a day (UTC), or a time ago such as 24h or 7d
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) since: Option<Timestamp>,

    /// End, which is not included, in the same forms
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<Timestamp>,
}

impl TimeRange {
    /// Refuses a range that holds nothing.
    pub(crate) fn check(self) -> anyhow::Result<Self> {
        if let Self { since: Some(since), until: Some(until) } = self {
            ensure!(since < until, "--since ({since}) is not before --until ({until})");
        }
        Ok(self)
    }
}

/// An Okta subdomain.
pub(crate) fn tenant(text: &str) -> Result<Tenant, String> {
    Tenant::parse(text).map_err(|cause| cause.to_string())
}

/// An OCSF class, by its uid or by its name.
pub(crate) fn class(text: &str) -> Result<u32, String> {
    if let Ok(uid) = text.parse() {
        return Ok(uid);
    }
    let name = text.to_lowercase().replace([' ', '-'], "_");
    let known = || Class::all().map(|class| format!("{} {}", class.uid(), class.name())).collect::<Vec<_>>().join(", ");
    Class::parse(&name).map(|class| class.uid().into()).ok_or_else(|| format!("expected one of: {}", known()))
}

/// An instant: a time, a day (UTC), or a time ago.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    time_at(text, Timestamp::now())
}

fn time_at(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let as_day = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let as_age = |span: Span| now.checked_sub(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok();
    let parsed = text.parse().ok().or_else(|| as_day(text.parse().ok()?)).or_else(|| as_age(text.parse().ok()?));
    parsed.ok_or_else(|| {
        "expected a time such as 2026-05-04T10:00:00Z, a day such as 2026-05-04, or a time ago such as 24h".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_instants_days_or_ages() {
        let now: Timestamp = "2026-05-05T00:00:00Z".parse().unwrap();
        for text in ["2026-05-04", "2026-05-04T02:00:00+02:00", "24h", "1d"] {
            assert_eq!(time_at(text, now).unwrap().to_string(), "2026-05-04T00:00:00Z", "{text}");
        }
        assert!(time_at("yesterday", now).unwrap_err().contains("2026-05-04T10:00:00Z"));
    }

    #[test]
    fn a_range_is_not_empty() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        assert!(TimeRange { since: at(1), until: at(2) }.check().is_ok());
        assert!(TimeRange { since: at(2), until: at(2) }.check().is_err());
        assert!(TimeRange { since: at(2), until: None }.check().is_ok());
    }

    #[test]
    fn a_class_has_a_uid_and_a_name() {
        assert_eq!(["3002", "authentication", "Account Change"].map(|text| class(text).unwrap()), [3002, 3002, 3001]);
        assert!(class("sign-in").unwrap_err().contains("3002 authentication"));
    }
}
