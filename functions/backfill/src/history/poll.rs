//! Continuous collection for orgs without Log Streaming: a poll of the log in the order in which Okta stores events,
//! which misses none, however late. Its `next` link never ends (System Log API, "Polling requests"); it is kept once the
//! page before it is durable.

use jiff::{SignedDuration, Timestamp};
use lake::{Lake, StateError, Version, layout};
use normalize::{IngestContext, IngestPath, Tenant};
use okta::{Client, Clock, Error, Page, Url};
use serde::{Deserialize, Serialize};

use crate::okta_log::page_writer::{Sink, SinkError, gather};
use crate::okta_log::query::{LOGS, stamp};
use crate::okta_log::refused::is_refused;
use crate::org::backoff::{STORE, Trouble};
use crate::org::lease::{Held, Lease, Owner};
use crate::written::WriteCounts;

/// When a cursor is refused, the poll goes back so far from the last page: events are stored late, but rarely later.
const GO_BACK: SignedDuration = SignedDuration::from_hours(1);

/// A poll, as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    /// Of this format.
    pub version: u32,
    /// Whether the log is polled.
    pub is_on: bool,
    /// Where the first page began, by the time at which Okta stored events.
    pub since: Timestamp,
    /// The page that comes next; none before the first.
    pub cursor: Option<String>,
    /// When Okta answered the last page, by its clock.
    pub answered: Option<Timestamp>,
    /// Whether that page was a short one: nothing more was there.
    pub is_caught_up: bool,
    /// Pages read.
    pub calls: u64,
    /// What was written.
    #[serde(flatten)]
    pub written: WriteCounts,
    /// Who polls.
    pub lease: Option<Lease>,
    /// What stands in its way.
    pub trouble: Option<Trouble>,
}

/// What a poll works with.
#[derive(Debug)]
pub struct Tools<'a> {
    /// The org, with the deadline of this invocation.
    pub client: &'a Client,
    /// The lake.
    pub sink: &'a Sink,
    /// The org.
    pub tenant: &'a Tenant,
    /// This machine's time.
    pub clock: &'a dyn Clock,
    /// This run.
    pub owner: &'a Owner,
    /// How many events are asked for at once.
    pub page: u64,
}

/// Why a poll stops before it has caught up.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Okta(#[from] Error),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    State(#[from] StateError),
}

/// How a poll ended.
#[derive(Debug)]
pub enum Ended {
    /// With this state.
    With(Box<Poll>),
    /// Another run is at it.
    Held(Held),
    /// The log of this org is not polled.
    Off,
}

impl Poll {
    fn new(since: Timestamp) -> Self {
        Self {
            version: 1,
            is_on: true,
            since,
            cursor: None,
            answered: None,
            is_caught_up: false,
            calls: 0,
            written: WriteCounts::default(),
            lease: None,
            trouble: None,
        }
    }

    /// Whether an unattended run may go on with it at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.is_on && self.trouble.as_ref().is_none_or(|trouble| trouble.not_before <= now)
    }

    /// The cursor is refused: back to a time by which everything had been read.
    fn restart(&mut self) {
        self.cursor = None;
        let answered = self.answered.and_then(|answered| answered.checked_sub(GO_BACK).ok());
        self.since = answered.map_or(self.since, |back| back.max(self.since));
    }
}

/// What is remembered of an org's poll, if it has one.
pub async fn read(lake: &Lake, tenant: &Tenant) -> Result<(Option<Poll>, Version), StateError> {
    lake.read_state(&key(tenant)).await
}

/// Switches the poll of an org on, from `since` if it was never on, or off.
pub async fn switch(lake: &Lake, tenant: &Tenant, is_on: bool, since: Timestamp) -> Result<(), StateError> {
    loop {
        let (poll, version) = read(lake, tenant).await?;
        let switched = match poll {
            Some(poll) if poll.is_on == is_on => return Ok(()),
            // What happened while it was off is still behind its cursor.
            Some(poll) => Poll { is_on, ..poll },
            None if is_on => Poll::new(since),
            None => return Ok(()),
        };
        match lake.write_state(&key(tenant), &switched, &version).await {
            Err(StateError::Lost(_)) => {}
            written => return written.map(drop),
        }
    }
}

/// Polls until nothing more is there, the time is up, or something stands in the way. What is not due is left alone,
/// unless somebody asked for it.
pub async fn work(tools: &Tools<'_>, is_asked_for: bool) -> Result<Ended, StateError> {
    let lake = &tools.sink.lake;
    let (poll, version) = read(lake, tools.tenant).await?;
    let now = tools.clock.now();
    let Some(mut poll) = poll.filter(|poll| poll.is_on && (is_asked_for || poll.is_due(now))) else {
        return Ok(Ended::Off);
    };
    match Lease::take(poll.lease.as_ref(), tools.owner, now) {
        Ok(lease) => poll.lease = Some(lease),
        Err(held) => return Ok(Ended::Held(held)),
    }
    let version = match lake.write_state(&key(tools.tenant), &poll, &version).await {
        Err(StateError::Lost(_)) => return Ok(Ended::Held(Held { until: now })),
        written => written?,
    };
    let mut run = Run { tools, poll, version };
    let stop = run.finish().await.err();
    run.conclude(stop).await
}

struct Run<'a> {
    tools: &'a Tools<'a>,
    poll: Poll,
    version: Version,
}

impl Run<'_> {
    async fn finish(&mut self) -> Result<(), Stop> {
        let mut is_restarted = false;
        loop {
            match self.page().await {
                Ok(page) => self.keep(&page).await?,
                Err(error) if self.poll.cursor.is_some() && !is_restarted && is_refused(&error) => {
                    tracing::warn!(%error, "the polling cursor is refused: back to before the last page");
                    is_restarted = true;
                    self.poll.restart();
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            if self.poll.is_caught_up {
                return Ok(());
            }
            self.write().await?;
        }
    }

    async fn page(&self) -> Result<Page, Error> {
        let client = self.tools.client;
        let address = match &self.poll.cursor {
            Some(cursor) => client.resume(cursor)?,
            None => first(client, self.poll.since, self.tools.page)?,
        };
        client.get(&address).await
    }

    async fn keep(&mut self, page: &Page) -> Result<(), Stop> {
        let now = self.tools.clock.now();
        let logged = page.sent().unwrap_or(now);
        let receipt = IngestContext { tenant: self.tools.tenant, path: IngestPath::Poll, logged, processed: now };
        let records = page.records()?;
        self.poll.written += self.tools.sink.write(gather(&records, &receipt, |_| true)).await?;
        self.poll.calls += 1;
        self.poll.answered = Some(logged);
        self.poll.is_caught_up = !page.is_full();
        if let Some(next) = page.next()? {
            self.poll.cursor = Some(next.to_string());
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<(), StateError> {
        let now = self.tools.clock.now();
        if self.poll.lease.is_some() {
            self.poll.lease = Lease::take(None, self.tools.owner, now).ok();
        }
        self.version = self.tools.sink.lake.write_state(&key(self.tools.tenant), &self.poll, &self.version).await?;
        Ok(())
    }

    /// Writes how it ended, and gives the lease back.
    async fn conclude(mut self, stop: Option<Stop>) -> Result<Ended, StateError> {
        let now = self.tools.clock.now();
        let before = self.poll.trouble.take();
        let trouble = match stop {
            // Another run has taken over, or somebody has switched it off.
            Some(Stop::State(StateError::Lost(_))) => return Ok(Ended::Held(Held { until: now })),
            None | Some(Stop::Okta(Error::TooLate(_))) => None,
            Some(Stop::Okta(error)) => Some((lake::quarantine::reason(&error), error.remedy())),
            Some(stop) => Some((lake::quarantine::reason(&stop), STORE.to_owned())),
        };
        self.poll.trouble = trouble.map(|(what, remedy)| Trouble::after(before.as_ref(), what, remedy, now));
        self.poll.lease = None;
        match self.write().await {
            Ok(()) => Ok(Ended::With(Box::new(self.poll))),
            Err(StateError::Lost(_)) => Ok(Ended::Held(Held { until: now })),
            Err(error) => Err(error),
        }
    }
}

/// The first page. Without `until` and ascending it is a polling request.
fn first(client: &Client, since: Timestamp, page: u64) -> Result<Url, Error> {
    let (since, limit) = (stamp(since), page.to_string());
    client.url(LOGS, &[("since", &since), ("sortOrder", "ASCENDING"), ("limit", &limit)])
}

fn key(tenant: &Tenant) -> String {
    layout::state_key(tenant, "poll.json")
}
