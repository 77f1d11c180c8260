//! What can go wrong on request, and how to ask for it.

use std::fmt::Write as _;
use std::str::FromStr;
use std::time::Duration;

use crate::identity::clients::Role;

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// To how many requests it happens; to all, if none. Means nothing for faults of the org, which last.
    pub times: Option<u32>,
    /// Only to requests whose path begins so.
    pub under: Option<String>,
}

/// What goes wrong. Up to `Truncated` it happens to answers, from `ClassicEngine` on to the org until it is cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 with limit 0: too many requests at once.
    Concurrency,
    /// The connection ends in the middle of the body.
    Cut,
    /// A resource asks for a nonce in the DPoP proof.
    DpopNonce,
    /// An HTML page with status 200: a proxy's, not Okta's.
    Html,
    /// The `next` link leads to another host.
    NextElsewhere,
    /// The `next` link leads to the same page again.
    NextLoop,
    /// 429: the bucket is empty.
    RateLimited,
    /// 302 to another host.
    Redirect,
    /// A 5xx with this status.
    ServerError(u16),
    /// Every object of the answer has secrets in it: the text [`PLANTED`] stands in each of them.
    SecretsPlanted,
    /// The answer takes this long.
    Slow(Duration),
    /// The body is JSON that ends too early, with a matching length.
    Truncated,
    /// The org is on Classic Engine.
    ClassicEngine,
    /// The `Date` header and the rate-limit reset are off by so many seconds.
    ClockSkew(i64),
    /// Every client must use DPoP from now on.
    DpopRequired,
    /// The clients' role becomes this one.
    Role(Role),
    /// No role is enough for the paths below `under`.
    RoleMissing,
    /// A scope is taken away from every client; tokens that have it keep it.
    ScopeMissing(String),
    /// Secrets, keys and API tokens are deactivated, and all tokens with them.
    SecretsRevoked,
    /// The log stream is deactivated.
    StreamDisabled,
    /// All tokens given out so far are revoked.
    TokensRevoked,
    /// The paths below `under` are not licensed.
    Unlicensed,
}

/// What stands in every secret of [`FaultKind::SecretsPlanted`].
pub const PLANTED: &str = "planted-secret";

/// How a fault is written on the command line.
#[derive(Debug)]
struct Row {
    name: &'static str,
    value: &'static str,
    about: &'static str,
}

const fn row(name: &'static str, value: &'static str, about: &'static str) -> Row {
    Row { name, value, about }
}

/// Sorted by name.
const ROWS: &[Row] = &[
    row("classic-engine", "", "the org is on Classic Engine"),
    row("clock-skew", ":SECONDS", "the org's clock is off"),
    row("concurrency", "", "429 for too many requests at once"),
    row("cut", "", "the connection ends in the middle of the body"),
    row("dpop-nonce", "", "a resource asks for a nonce in the DPoP proof"),
    row("dpop-required", "", "every client must use DPoP"),
    row("html", "", "an HTML page instead of JSON"),
    row("next-elsewhere", "", "the next link leads to another host"),
    row("next-loop", "", "the next link leads to the same page again"),
    row("rate-limited", "", "429 for an empty bucket"),
    row("redirect", "", "a redirect to another host"),
    row("role", ":none|read-only|read-only-iam|org-admin|super-admin", "the clients' admin role"),
    row("role-missing", "", "no role is enough for the paths below @PATH"),
    row("scope-missing", ":SCOPE", "a scope is taken away from every client"),
    row("secrets-planted", "", "every object of the answer has secrets in it"),
    row("secrets-revoked", "", "secrets, keys and API tokens are deactivated"),
    row("server-error", "[:STATUS]", "a 5xx, 500 if not said otherwise"),
    row("slow", ":MILLISECONDS", "the answer takes this long"),
    row("stream-disabled", "", "the log stream is deactivated"),
    row("tokens-revoked", "", "all tokens given out so far are revoked"),
    row("truncated", "", "the JSON ends too early"),
    row("unlicensed", "", "the paths below @PATH are not licensed"),
];

/// A fault that nobody knows.
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
}

impl FaultKind {
    /// Whether it happens to answers, one by one, and not to the org as a whole.
    pub const fn is_of_answers(&self) -> bool {
        matches!(
            self,
            Self::Concurrency
                | Self::Cut
                | Self::DpopNonce
                | Self::Html
                | Self::NextElsewhere
                | Self::NextLoop
                | Self::RateLimited
                | Self::Redirect
                | Self::SecretsPlanted
                | Self::ServerError(_)
                | Self::Slow(_)
                | Self::Truncated
        )
    }

    /// It, once.
    pub const fn once(self) -> Fault {
        Fault { kind: self, times: Some(1), under: None }
    }

    /// It, so many times.
    pub const fn times(self, times: u32) -> Fault {
        Fault { kind: self, times: Some(times), under: None }
    }

    /// It, always.
    pub const fn always(self) -> Fault {
        Fault { kind: self, times: None, under: None }
    }
}

impl Fault {
    /// Only for requests whose path begins with `path`.
    #[must_use]
    pub fn under(mut self, path: impl Into<String>) -> Self {
        self.under = Some(path.into());
        self
    }

    /// How faults are written, for people.
    pub fn help() -> String {
        let mut help = String::from("NAME[:VALUE][*TIMES|*all][@PATH], where NAME is one of\n");
        for row in ROWS {
            // Writing to a string cannot fail.
            let _ = writeln!(help, "  {:<34} {}", format!("{}{}", row.name, row.value), row.about);
        }
        help
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    /// `NAME[:VALUE][*TIMES][@PATH]`, as in `server-error:503*3@/api/v1/users`.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (rest, under) = split(text, '@');
        let (rest, times) = split(rest, '*');
        let (name, value) = split(rest, ':');
        let times = match times {
            None => Some(1),
            Some("all") => None,
            Some(times) => Some(times.parse().map_err(|_| FaultError::Times(times.to_owned()))?),
        };
        Ok(Self { kind: kind(name, value)?, times, under: under.map(str::to_owned) })
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn kind(name: &str, value: Option<&str>) -> Result<FaultKind, FaultError> {
    let row = ROWS.iter().find(|row| row.name == name).ok_or_else(|| FaultError::Unknown(name.to_owned()))?;
    if row.value.is_empty() && value.is_some() {
        return Err(row.misused());
    }
    match value {
        Some(value) => with_value(name, value),
        None => plain(name),
    }
    .ok_or_else(|| row.misused())
}

fn plain(name: &str) -> Option<FaultKind> {
    Some(match name {
        "classic-engine" => FaultKind::ClassicEngine,
        "concurrency" => FaultKind::Concurrency,
        "cut" => FaultKind::Cut,
        "dpop-nonce" => FaultKind::DpopNonce,
        "dpop-required" => FaultKind::DpopRequired,
        "html" => FaultKind::Html,
        "next-elsewhere" => FaultKind::NextElsewhere,
        "next-loop" => FaultKind::NextLoop,
        "rate-limited" => FaultKind::RateLimited,
        "redirect" => FaultKind::Redirect,
        "role-missing" => FaultKind::RoleMissing,
        "secrets-planted" => FaultKind::SecretsPlanted,
        "secrets-revoked" => FaultKind::SecretsRevoked,
        "server-error" => FaultKind::ServerError(500),
        "stream-disabled" => FaultKind::StreamDisabled,
        "tokens-revoked" => FaultKind::TokensRevoked,
        "truncated" => FaultKind::Truncated,
        "unlicensed" => FaultKind::Unlicensed,
        _ => return None,
    })
}

fn with_value(name: &str, value: &str) -> Option<FaultKind> {
    match name {
        "clock-skew" => value.parse().ok().map(FaultKind::ClockSkew),
        "role" => role(value).map(FaultKind::Role),
        "scope-missing" => Some(FaultKind::ScopeMissing(value.to_owned())).filter(|_| !value.is_empty()),
        "server-error" => value.parse().ok().filter(|status| (500..600).contains(status)).map(FaultKind::ServerError),
        "slow" => value.parse().ok().map(|milliseconds| FaultKind::Slow(Duration::from_millis(milliseconds))),
        _ => None,
    }
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

fn names() -> String {
    ROWS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}

impl Row {
    fn misused(&self) -> FaultError {
        FaultError::Value(format!("{}{}", self.name, self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_written_and_helps() {
        assert!(ROWS.is_sorted_by(|left, right| left.name < right.name), "sort ROWS by name");
        for row in ROWS {
            let value = match row.name {
                "clock-skew" => ":-300",
                "role" => ":read-only",
                "scope-missing" => ":okta.logs.read",
                "slow" => ":20",
                _ => "",
            };
            assert!(format!("{}{value}", row.name).parse::<Fault>().is_ok(), "{}", row.name);
            assert!(Fault::help().contains(row.name));
        }
    }

    #[test]
    fn a_fault_has_a_value_times_and_a_path() {
        let parse = |text: &str| text.parse::<Fault>();
        assert_eq!(parse("cut"), Ok(FaultKind::Cut.once()));
        assert_eq!(parse("rate-limited*20"), Ok(FaultKind::RateLimited.times(20)));
        assert_eq!(parse("html*all"), Ok(FaultKind::Html.always()));
        let expected = FaultKind::ServerError(503).times(3).under("/api/v1/users");
        assert_eq!(parse("server-error:503*3@/api/v1/users"), Ok(expected));
        assert_eq!(parse("clock-skew:-300"), Ok(FaultKind::ClockSkew(-300).once()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert!(message("cat").contains("there are: classic-engine, "), "{}", message("cat"));
        assert_eq!(message("slow"), "the fault is written slow:MILLISECONDS");
        assert_eq!(message("cut:1"), "the fault is written cut");
        assert_eq!(message("server-error:404"), "the fault is written server-error[:STATUS]");
        assert_eq!(message("cut*often"), r#""often" is no number of times: write *3, or *all"#);
    }
}
