//! A simulated Okta org: who is in it and what happened there, as a pure function of a seed; and a server that answers
//! for it as Okta does, strict enough for Okta's own SDK.
//!
//! # Faults
//!
//! A [`Fault`] is a [`FaultKind`] with conditions and a number of times. Inject it with [`Simulator::inject`], or write it
//! on a command line ([`Fault::help`]). Conditions: [`Fault::under`] and [`Fault::at`] (path), [`Fault::page`],
//! [`Fault::parent`], [`Fault::query`], [`Fault::hour`], [`Fault::record`], [`Fault::share`] (seeded), [`Fault::skip`].
//! Of the kinds that replace an answer, one happens to a request, in the order of injection; all kinds that change an
//! answer happen together. [`Simulator::clear_faults`] ends them all.
//!
//! | what goes wrong | fault |
//! |---|---|
//! | an hour of the log answers `200 []` without `next`, once | `EmptyList.once().under("/api/v1/logs").hour(start)` |
//! | the log lacks some events of an hour | `Record(Drop).always().under("/api/v1/logs").hour(start)`, with `share` or `record` |
//! | events without `eventType`, with a numeric `uuid`, without a zone | `Record(Remove("eventType"))`, `Record(Set("uuid", 7))`, `Record(CutZone)`, each with `record(uuid)` |
//! | an event dated past its slice, or before it | `Record(Set("published", "2098-…"))` with `record(uuid)` |
//! | one uuid with other content; in another hour | `Record(Copy("displayMessage", …))`; `Record(Copy("published", …))` |
//! | a full page without `next`; a list without `self`; without any link | `LinksMissing(Next)`, `LinksMissing(Itself)`, `LinksMissing(All)` |
//! | chosen parents are refused, or page 2 of one | `refused(400, "E0000001").always().at("/api/v1/users/*/factors")` with `share`, `parent`, `page(2)` |
//! | one policy type is refused | `refused(401, "E0000015").always().under("/api/v1/policies").query("type", "PASSWORD")` |
//! | page 2 of a list: cursor expired, gone, a firewall's page | `refused(400, "E0000029")`, `refused(404, "E0000007")`, `Reply(…)`, each with `page(2)` |
//! | a parent that always answers 500 | `refused(500, "E0000009").always().parent(id)`, or `ServerError(500)` for a gateway's |
//! | objects that cannot be read | `Record(Set("id", {}))`, `Record(Remove("id"))`, `Record(Replace("text"))` |
//! | a good status with the wrong body | `Html`, `Truncated`, `WrongBody(…)` |
//! | a host that is no org | `Reply(Reply::no_such_org())` |
//! | `Date` is off: on one answer, on all, on errors | `DateShift(s).once()`, `ClockSkew(s)`, `ErrorDateShift(s)` |
//! | `next` leads back: after 1 page, after `n` | `NextLoop`, `NextLoopOf(n)` |
//! | empty pages without end; a last page that links to itself | `EmptyPagesForever`, `LastPageLoops` |
//! | a page that Okta cannot compute at size 1,000; one of 70 MB | `PageTooLarge(1000, time)`, `Oversize(1000, 70_000_000)` |
//! | a foreign link; the org's other names | `NextElsewhere`; `LinkOrigin("https://acme-admin.okta.com")` |
//! | `next` has another path, or lost its filter | `NextPath(path)`, `NextWithout("filter")` |
//! | `next` on the last page, short pages, a record on two pages | `TrailingNext`, `ShortPages`, `OverlappingPages` |
//! | cursors expire; searches lag behind | `CursorLifetime(time)`, `SearchLag(time)` |
//! | the org is down | `Down(Refused \| Reset \| Hang, time)`, or [`Simulator::set_outage`] |
//! | the secret is of another org; Classic Engine | `OrgId(id)`; `ClassicEngine` |
//! | log streams of other accounts or regions, or of several | `LogStreams(…)` |
//!
//! Several orgs run in one process, each a [`Simulator`] with its own subdomain, port and seed. [`OrgConfig::dense_hour`]
//! makes an hour of millions of events, which costs no memory. [`SimConfig::tls`] serves over TLS. The answers of
//! every list have `rel="self"`, and cursors belong to one query.

// Its numbers are of people, pages and seconds: far below where a cast would change them.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]

mod api;
mod clock;
mod fault;
mod id;
mod identity;
mod listener;
mod log;
mod org;
mod outage;
mod random;
mod server;
mod simulated_org;
mod simulator;
mod time;
mod tls;
mod traffic;

pub use crate::api::buckets::Plan;
pub use crate::api::limits::LimitsConfig;
pub use crate::clock::{Clock, ClockControl};
pub use crate::fault::kind::{FaultKind, FaultScope, LinkLoss, LogStreamSpec, Outage, PLANTED, WrongBody};
pub use crate::fault::notation::FaultError;
pub use crate::fault::record_edit::RecordEdit;
pub use crate::fault::refusal::{Refusal, Reply};
pub use crate::fault::spec::Fault;
pub use crate::identity::clients::{ClientAuth, ClientSpec, Role};
pub use crate::identity::keys::{KeyError, KeyKind};
pub use crate::identity::scopes::Granted;
pub use crate::log::event::Event;
pub use crate::org::config::{DenseHour, OrgConfig};
pub use crate::org::posture::Posture;
pub use crate::org::story::{StoryKind, StorySpec};
pub use crate::simulated_org::{Org, StoryTruth};
pub use crate::simulator::{SimConfig, Simulator, StartError};
pub use crate::tls::{TlsConfig, TlsError};
pub use crate::traffic::{RecordedRequest, Traffic};
