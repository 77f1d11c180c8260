//! The names of faults on a command line, and how their values are read.

use std::time::Duration;

use serde_json::Value;

use crate::fault::kind::{FaultKind, LinkLoss, LogStreamSpec, Outage, WrongBody};
use crate::fault::record_edit::RecordEdit;
use crate::identity::clients::Role;

/// A fault by its name.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// How its value is written; optional in brackets, none if empty.
    pub(crate) value: &'static str,
    pub(crate) about: &'static str,
    /// The value is empty if none was written.
    pub(crate) parse: fn(&str) -> Option<FaultKind>,
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
pub(crate) const ROWS: &[Row] = &[
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
    row("secrets-in-structures", "", "every object of the answer has secrets in structures", |_| Some(FaultKind::SecretsInStructures)),
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

impl Row {
    /// Name and value, as they are written.
    pub(crate) fn written(&self) -> String {
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

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}
