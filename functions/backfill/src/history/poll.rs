//! Continuous collection for orgs without Log Streaming: a poll of the log in the order in which Okta stores events,
//! which misses none, however late. A cursor is kept once the page before it is durable.

use std::collections::HashSet;

use jiff::Timestamp;
use lake::{Lake, StateError, Version, layout};
use normalize::{IngestContext, IngestPath, Tenant};
use okta::{Client, Error, Page, Shape, Url};

use crate::data_type::LOG_STREAMS;
use crate::history::poll_state::{PageEnd, Poll};
use crate::history::session::{Session, StopReason};
use crate::okta_log::page_writer::{Admission, gather};
use crate::okta_log::query::{LOGS, stamp};
use crate::okta_log::refused::is_refused;
use crate::okta_log::stream_state::{StreamState, stream_state};
use crate::org::backoff::Trouble;
use crate::org::context::OrgContext;
use crate::org::lease::Held;
use crate::org::leased_state::{LeaseError, Leased};

/// How a poll ended.
#[derive(Debug)]
pub(crate) enum PollOutcome {
    /// With this state.
    Ended(Box<Poll>),
    /// Another run is at it.
    Held(Held),
    /// The log of this org is not polled, or not yet again.
    NotDue,
}

/// What is remembered of an org's poll, if it has one.
pub async fn read(lake: &Lake, tenant: &Tenant) -> Result<(Option<Poll>, Version), StateError> {
    let key = key(tenant);
    let (found, version) = lake.inspect_state::<Poll>(&key).await?;
    match found {
        Some(Ok(poll)) if poll.tenant.as_deref().is_none_or(|owner| owner == tenant.as_str()) => {
            Ok((Some(poll), version))
        }
        Some(Ok(_)) => Err(lake.misplaced(&key)),
        Some(Err(error)) => Err(error),
        None => Ok((None, version)),
    }
}

/// Switches the poll of an org on, from `since` if it was never on, or off.
pub async fn switch(lake: &Lake, tenant: &Tenant, is_on: bool, since: Timestamp) -> Result<(), StateError> {
    change(lake, tenant, |poll| match poll {
        // What happened while it was off is still behind its cursor.
        Some(poll) => Some(Poll { is_on, is_decided: true, ..poll }),
        None => is_on.then(|| Poll::new(tenant.as_str(), true, since)),
    })
    .await
}

/// Makes the wish to poll durable: on or off, or as it turns out when the org is asked whether it has a log stream.
pub(crate) async fn wish(org: &OrgContext<'_>, is_on: Option<bool>, since: Timestamp) -> Result<(), StateError> {
    match is_on {
        Some(is_on) => switch(org.lake(), &org.tenant, is_on, since).await,
        None => {
            change(org.lake(), &org.tenant, |poll| {
                let poll = poll.unwrap_or_else(|| Poll::new(org.tenant.as_str(), false, since));
                Some(Poll { is_decided: false, ..poll })
            })
            .await
        }
    }
}

/// Writes another state of the poll. One that cannot be read is begun anew: what it missed is repaired with the hours.
async fn change(lake: &Lake, tenant: &Tenant, change: impl Fn(Option<Poll>) -> Option<Poll>) -> Result<(), StateError> {
    let key = key(tenant);
    loop {
        let (poll, version) = match read(lake, tenant).await {
            Err(error @ (StateError::Unreadable { .. } | StateError::Misplaced { .. })) => {
                tracing::error!(%error, remedy = "nothing: the poll is begun anew", "a poll cannot be read");
                (None, lake.inspect_state::<Poll>(&key).await?.1)
            }
            read => read?,
        };
        let Some(changed) = change(poll.clone()).filter(|changed| Some(changed) != poll.as_ref()) else {
            return Ok(());
        };
        match lake.write_state(&key, &changed, &version).await {
            Err(StateError::Lost(_)) => {}
            written => return written.map(drop),
        }
    }
}

/// Polls until nothing more is there, the time is up, or something stands in the way. What is not due is left alone,
/// unless somebody asked for it.
pub(crate) async fn poll(session: &Session<'_>, is_asked_for: bool) -> Result<PollOutcome, StateError> {
    let org = session.org;
    let (found, version) = read(org.lake(), &org.tenant).await?;
    let is_undecided = |poll: &Poll| !poll.is_decided && is_allowed(poll, is_asked_for, org.app.clock.now());
    let is_on = |poll: &Poll| poll.is_on && is_allowed(poll, is_asked_for, org.app.clock.now());
    let Some(poll) = found.filter(|poll| is_on(poll) || is_undecided(poll)) else { return Ok(PollOutcome::NotDue) };
    let leased = match Leased::hold(org, key(&org.tenant), poll, version).await {
        Ok(leased) => leased,
        Err(LeaseError::Held(held)) => return Ok(PollOutcome::Held(held)),
        Err(LeaseError::State(error)) => return Err(error),
    };
    let mut run = Run { org, leased };
    let stop = match org.confirm().await {
        Ok(_) => Box::pin(run.finish()).await.err(),
        Err(error) => Some(error.into()),
    };
    run.conclude(stop).await
}

fn is_allowed(poll: &Poll, is_asked_for: bool, now: Timestamp) -> bool {
    is_asked_for || poll.trouble.as_ref().is_none_or(|trouble| trouble.not_before <= now)
}

struct Run<'a> {
    org: &'a OrgContext<'a>,
    leased: Leased<'a, Poll>,
}

impl Run<'_> {
    async fn finish(&mut self) -> Result<(), StopReason> {
        if !self.leased.state.is_decided {
            self.decide().await?;
        }
        let (mut is_restarted, mut is_repeated) = (false, false);
        let mut seen = HashSet::new();
        while self.leased.state.is_on {
            let address = self.address()?;
            if !seen.insert(address.to_string()) && !is_repeated {
                return Err(StopReason::Contradiction);
            }
            let page = match self.org.client.get_as(&address, Shape::List).await {
                Ok(page) => page,
                Err(error) if self.leased.state.cursor.is_some() && !is_restarted && is_refused(&error) => {
                    tracing::warn!(%error, "the polling cursor is refused: the poll goes back to before the last page");
                    is_restarted = true;
                    self.leased.state.restart();
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            match self.keep(&page).await? {
                PageEnd::CaughtUp => return Ok(()),
                PageEnd::Contradiction if is_repeated => return Err(StopReason::Contradiction),
                // It is read again, once.
                end => is_repeated = end == PageEnd::Contradiction,
            }
            self.leased.keep().await?;
        }
        Ok(())
    }

    /// Asks the org whether it has a log stream. A poll that is not needed costs a call a minute; one that is missing costs
    /// events: neither the lack of the scope nor that of the feature says that there is a stream.
    async fn decide(&mut self) -> Result<(), StopReason> {
        let grants = self.org.client.discover_scopes(&[crate::data_type::LOGS.scope, LOG_STREAMS.scope]).await?;
        let is_on = match stream_state(self.org.app, &self.org.client, &grants).await {
            Ok(state) => !matches!(state, StreamState::Active(_)),
            Err(error @ Error::TooLate(_)) => return Err(error.into()),
            Err(_) => true,
        };
        (self.leased.state.is_on, self.leased.state.is_decided) = (is_on, true);
        Ok(self.leased.keep().await?)
    }

    fn address(&self) -> Result<Url, Error> {
        match &self.leased.state.cursor {
            Some(cursor) => {
                let state = &self.leased.state;
                self.org.client.resume_growing(cursor, self.org.app.page, state.calls)
            }
            None => first(&self.org.client, self.leased.state.since, self.org.app.page),
        }
    }

    async fn keep(&mut self, page: &Page) -> Result<PageEnd, StopReason> {
        let now = self.org.app.clock.now();
        let logged = page.sent().unwrap_or(now);
        let receipt = IngestContext { tenant: &self.org.tenant, path: IngestPath::Poll, logged, processed: now };
        let records = page.records()?;
        let written = self.org.app.sink.write(gather(&records, &receipt, |_| Admission::Wanted)).await?;
        let poll = &mut self.leased.state;
        let next = page.next().ok().flatten().map(Url::as_str);
        let end = PageEnd::of(page.is_full(), next, page.url().as_str());
        poll.written += written;
        poll.calls += 1;
        poll.answered = Some(logged);
        poll.is_caught_up = end == PageEnd::CaughtUp;
        if end != PageEnd::Contradiction {
            poll.cursor = next.map(str::to_owned);
        }
        Ok(end)
    }

    /// Writes how it ended, and gives the lease back.
    async fn conclude(mut self, stop: Option<StopReason>) -> Result<PollOutcome, StateError> {
        let before = self.leased.state.trouble.take();
        self.leased.state.trouble = match stop {
            // Another run has taken over, or somebody has switched it off.
            Some(StopReason::Held(held)) => return Ok(PollOutcome::Held(held)),
            None | Some(StopReason::Deadline) => None,
            Some(reason) => {
                let (what, remedy) = (lake::quarantine::reason(&reason), reason.remedy());
                tracing::error!(what, remedy, "the poll stops");
                Some(Trouble::after(before.as_ref(), what, remedy, self.org.app.clock.now()))
            }
        };
        match self.leased.give_back().await {
            Ok(poll) => Ok(PollOutcome::Ended(Box::new(poll))),
            Err(LeaseError::Held(held)) => Ok(PollOutcome::Held(held)),
            Err(LeaseError::State(error)) => Err(error),
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
