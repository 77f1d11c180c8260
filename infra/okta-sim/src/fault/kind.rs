//! What can go wrong.

use std::time::Duration;

use crate::fault::record_edit::RecordEdit;
use crate::fault::refusal::{Refusal, Reply};
use crate::identity::clients::Role;

/// What goes wrong. [`FaultKind::scope`] says whether it happens to single answers or to the whole org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    // Answers that replace the org's own. Of these, only the first that applies happens to a request.
    /// 429 with limit 0: too many requests at once.
    Concurrency,
    /// The connection ends in the middle of the body.
    Cut,
    /// A resource asks for a nonce in the DPoP proof.
    DpopNonce,
    /// An HTML page with status 200: a proxy's, not Okta's.
    Html,
    /// 500 E0000009 after this time, for pages of at least this size: Okta cannot compute them.
    PageTooLarge(usize, Duration),
    /// 429: the bucket is empty.
    RateLimited,
    /// 302 to another host.
    Redirect,
    /// A refusal in Okta's form, with the org's rate-limit headers.
    Refused(Refusal),
    /// Any answer, without the org's own headers.
    Reply(Reply),
    /// A 5xx of a gateway, with this status and an HTML page.
    ServerError(u16),
    /// The answer takes this long.
    Slow(Duration),
    // Changes to the org's own answer. All that apply happen, in the order in which they were injected.
    /// `Date` is shifted by this many seconds.
    DateShift(i64),
    /// A list without records and without a `next` link.
    EmptyList,
    /// Lists without records, each with a `next` link to another one.
    EmptyPagesForever,
    /// `Date` is shifted by this many seconds, on answers with status 400 and above.
    ErrorDateShift(i64),
    /// The last page has a `next` link to itself.
    LastPageLoops,
    /// These `Link` relations are missing.
    LinksMissing(LinkLoss),
    /// The `next` link leads to another host, which is nobody's.
    NextElsewhere,
    /// The links, in headers and in the body, begin with this origin instead of the org's.
    LinkOrigin(String),
    /// The `next` link leads to the same page again.
    NextLoop,
    /// The `next` link of every so many pages leads to the first page.
    NextLoopOf(u32),
    /// The `next` link has this path.
    NextPath(String),
    /// The `next` link lacks this parameter.
    NextWithout(String),
    /// From the second page on, a page begins with the last record of the page before.
    OverlappingPages,
    /// The body is at least this long, for pages of at least this size.
    Oversize(usize, usize),
    /// Records are changed. `share`, `record` and `hour` of the conditions choose which.
    Record(RecordEdit),
    /// Every object of the answer has secrets in structures, addresses and sentences, with the text [`PLANTED`].
    SecretsInStructures,
    /// Every object of the answer has secrets in it: the text [`PLANTED`] stands in each of them.
    SecretsPlanted,
    /// Pages are shorter than was asked for, although more follow.
    ShortPages,
    /// The last page has a `next` link, to an empty page.
    TrailingNext,
    /// The body is JSON that ends too early, with a matching length.
    Truncated,
    /// A good status with a body of the wrong kind.
    WrongBody(WrongBody),
    // States of the org, which last until the faults are cleared.
    /// The org is on Classic Engine.
    ClassicEngine,
    /// The `Date` header and the rate-limit reset are off by this many seconds.
    ClockSkew(i64),
    /// Cursors expire after this time, by the org's clock.
    CursorLifetime(Duration),
    /// The org cannot be reached; with a duration, for this long by the machine's clock.
    Down(Outage, Option<Duration>),
    /// Every client must use DPoP from now on.
    DpopRequired,
    /// The log streams are these instead of the org's own.
    LogStreams(Vec<LogStreamSpec>),
    /// The org has this id.
    OrgId(String),
    /// The clients' role becomes this one.
    Role(Role),
    /// No role is enough for the paths that the conditions choose.
    RoleMissing,
    /// A scope is taken away from every client; tokens that have it keep it.
    ScopeMissing(String),
    /// `search` and `filter` on users see the org as it was this long ago.
    SearchLag(Duration),
    /// Secrets, keys and API tokens are deactivated, and all tokens with them.
    SecretsRevoked,
    /// The log stream is deactivated.
    StreamDisabled,
    /// All tokens given out so far are revoked.
    TokensRevoked,
    /// The paths that the conditions choose are not licensed.
    Unlicensed,
}

/// Text that stands in every secret of [`FaultKind::SecretsPlanted`].
pub const PLANTED: &str = "planted-secret";

/// Which links are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkLoss {
    /// All.
    All,
    /// Only `next`.
    Next,
    /// Only `self`.
    Itself,
}

/// A body of the wrong kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongBody {
    /// Nothing at all.
    Empty,
    /// Okta's error object.
    ErrorObject,
    /// The right body, as `text/html`.
    ContentType,
    /// `null`.
    Null,
    /// A list becomes an object, an object becomes a list.
    Shape,
    /// Text that is no JSON.
    Text,
}

/// How the org cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// Connections are accepted and never answered.
    Hang,
    /// Connections are refused.
    Refused,
    /// Connections are accepted and closed.
    Reset,
}

/// A log stream of the org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogStreamSpec {
    /// Its name.
    pub name: String,
    /// Whether it is active.
    pub is_active: bool,
    /// The AWS account that it sends to.
    pub account: String,
    /// The AWS region.
    pub region: String,
    /// `eventSourceName`.
    pub event_source: String,
}

/// Whether a fault happens to single answers or to the whole org.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultScope {
    /// It replaces an answer.
    Replacement,
    /// It changes an answer.
    Change,
    /// It is a state of the org.
    Org,
}

impl Default for LogStreamSpec {
    /// The stream that an org has: active, to okta-lake's bus.
    fn default() -> Self {
        Self {
            name: "okta-lake".to_owned(),
            is_active: true,
            account: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            event_source: "okta-lake".to_owned(),
        }
    }
}

impl FaultKind {
    /// A refusal with the usual summary of its code.
    pub fn refused(status: u16, code: &str) -> Self {
        Self::Refused(Refusal::new(status, code))
    }

    /// Whether it happens to answers, and how, or to the org.
    pub const fn scope(&self) -> FaultScope {
        match self {
            Self::Concurrency
            | Self::Cut
            | Self::DpopNonce
            | Self::Html
            | Self::PageTooLarge(..)
            | Self::RateLimited
            | Self::Redirect
            | Self::Refused(_)
            | Self::Reply(_)
            | Self::ServerError(_)
            | Self::Slow(_)
            // These change the answer, but one after the other, as tests of retries inject them.
            | Self::Truncated => FaultScope::Replacement,
            Self::DateShift(_)
            | Self::EmptyList
            | Self::EmptyPagesForever
            | Self::ErrorDateShift(_)
            | Self::LastPageLoops
            | Self::LinksMissing(_)
            | Self::NextElsewhere
            | Self::LinkOrigin(_)
            | Self::NextLoop
            | Self::NextLoopOf(_)
            | Self::NextPath(_)
            | Self::NextWithout(_)
            | Self::OverlappingPages
            | Self::Oversize(..)
            | Self::Record(_)
            | Self::SecretsInStructures
            | Self::SecretsPlanted
            | Self::ShortPages
            | Self::TrailingNext
            | Self::WrongBody(_) => FaultScope::Change,
            Self::ClassicEngine
            | Self::ClockSkew(_)
            | Self::CursorLifetime(_)
            | Self::Down(..)
            | Self::DpopRequired
            | Self::LogStreams(_)
            | Self::OrgId(_)
            | Self::Role(_)
            | Self::RoleMissing
            | Self::ScopeMissing(_)
            | Self::SearchLag(_)
            | Self::SecretsRevoked
            | Self::StreamDisabled
            | Self::TokensRevoked
            | Self::Unlicensed => FaultScope::Org,
        }
    }
}
