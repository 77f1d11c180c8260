//! The action `logs`: plans a collection of the log, goes on with it, polls, cancels, and tells.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lake::StateError;
use normalize::Tenant;
use okta::{Client, Error};
use serde::Serialize;

use crate::app::App;
use crate::aws::bus::Kind;
use crate::command::Logs;
use crate::data_type::{LOG_STREAMS, LOGS};
use crate::history::job::{Job, OVERLAP, Request, State};
use crate::history::meter::{Meter, pace};
use crate::history::plan::{RETENTION, Range, Slice};
use crate::history::poll::{self, Poll};
use crate::history::probe::probe;
use crate::history::progress::{Eta, Progress};
use crate::history::run;
use crate::history::store::Jobs;
use crate::okta_log::page_writer::Sink;
use crate::okta_log::stream_state::{StreamState, stream_state};
use crate::org::context::{OrgContext, OrgError};
use crate::org::deadline::Deadline;
use crate::org::lease::Owner;
use crate::org::problem::Problem;

/// What became of the log of one org.
#[derive(Debug, Default, Serialize)]
pub struct LogsReport {
    /// The org.
    pub tenant: String,
    /// Whether nothing is left to do: every collection is over, the poll has caught up, nothing stands in the way.
    pub is_complete: bool,
    /// The plan that was made, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The collections.
    pub jobs: Vec<Progress>,
    /// The poll, if this org has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Whether the time was up before there was a plan: the same command must be given again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_too_late: bool,
    /// Until when another run has the lease of something that this one would have worked on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// What stood in the way.
    pub problems: Vec<Problem>,
}

/// What will be read, and what it will take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// The org.
    pub tenant: String,
    /// The job.
    pub job: String,
    /// Its range.
    #[serde(flatten)]
    pub range: Range,
    /// Its filter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub event_types: Vec<String>,
    /// How many events there should be.
    pub events: u64,
    /// How many calls it should take.
    pub calls: u64,
    /// How many calls the plan took.
    pub probe_calls: u64,
    /// When it should be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta: Option<Eta>,
    /// The parts.
    pub slices: Vec<Slice>,
}

/// What a run was asked to do with the log of an org.
#[derive(Debug, Clone, Copy)]
pub enum Wish<'a> {
    /// This.
    Collect(&'a Logs),
    /// To go on with what is not finished.
    Continue,
    /// To tell how far it is.
    Tell,
}

/// Why an org's turn ends early.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Org(#[from] OrgError),
    #[error(transparent)]
    Okta(#[from] Error),
    #[error(transparent)]
    State(#[from] StateError),
}

/// Does it, for the org whose secret has this name.
pub async fn run(function: &App, name: &str, wish: Wish<'_>, deadline: &Deadline) -> LogsReport {
    let mut report = LogsReport { tenant: name.to_owned(), ..LogsReport::default() };
    if let Err(trouble) = Box::pin(turn(function, name, wish, deadline, &mut report)).await {
        report.problem(&trouble);
    }
    let is_over = |job: &Progress| job.state != State::Running;
    let is_caught_up = |poll: &Poll| !poll.is_on || (poll.is_caught_up && poll.trouble.is_none());
    report.is_complete = report.problems.is_empty()
        && !report.is_too_late
        && report.held_until.is_none()
        && report.jobs.iter().all(is_over)
        && report.poll.as_ref().is_none_or(is_caught_up);
    report
}

async fn turn(
    function: &App,
    name: &str,
    wish: Wish<'_>,
    deadline: &Deadline,
    report: &mut LogsReport,
) -> Result<(), Trouble> {
    let meter = Arc::new(Meter::default());
    let org = OrgContext::open(function, name, deadline, meter.observer()).await?;
    let OrgContext { client, tenant, owner, .. } = &org;
    tenant.as_str().clone_into(&mut report.tenant);
    let turn = Turn {
        function,
        client,
        jobs: Jobs::new(function.sink.lake.clone(), tenant.clone()),
        sink: &function.sink,
        meter: &meter,
        tenant,
        owner,
    };
    match wish {
        Wish::Tell => Box::pin(turn.tell(report)).await,
        Wish::Collect(logs) if logs.cancel => Box::pin(turn.cancel(report)).await,
        Wish::Collect(logs) => Box::pin(turn.collect(logs, report)).await,
        Wish::Continue => Box::pin(turn.go_on(report)).await,
    }
}

/// One org's turn in an invocation.
struct Turn<'a> {
    function: &'a App,
    client: &'a Client,
    jobs: Jobs,
    sink: &'a Sink,
    meter: &'a Meter,
    tenant: &'a Tenant,
    owner: &'a Owner,
}

impl Turn<'_> {
    /// Plans what is asked for, unless that is done, and works on it.
    async fn collect(&self, logs: &Logs, report: &mut LogsReport) -> Result<(), Trouble> {
        let grants = self.client.discover_scopes(&[LOGS.scope, LOG_STREAMS.scope]).await?;
        let known = self.known(report).await?;
        let request = self.request(logs, &known);
        let job = if let Some(job) = known.into_iter().find(|job| job.request == request) {
            job
        } else {
            let (plan, job) = self.plan(request).await?;
            let plan = report.plan.insert(plan);
            if logs.dry_run {
                return Ok(());
            }
            self.function.bus.publish(Kind::CollectionPlanned, plan).await;
            self.jobs.create(job).await?
        };
        if logs.dry_run {
            report.jobs.push(run::summary(&self.tools(), &job).await?);
            return Ok(());
        }
        if logs.is_everything() {
            let is_on = match logs.poll {
                Some(is_on) => is_on,
                // A poll that is not needed costs a call a minute; one that is missing costs events. Neither the lack
                // of the scope nor that of the feature says that there is a stream.
                None => !matches!(stream_state(self.client, &grants).await, Ok(StreamState::Active(_))),
            };
            let since = job.request.range.until.saturating_sub(OVERLAP).unwrap_or(job.request.range.until);
            poll::switch(&self.sink.lake, self.tenant, is_on, since).await?;
        }
        self.work(&job.id, report).await?;
        self.poll(true, report).await
    }

    /// Polls first: that is short, and what is new is wanted most.
    async fn go_on(&self, report: &mut LogsReport) -> Result<(), Trouble> {
        let now = self.function.clock.now();
        let due: Vec<_> = self.known(report).await?.into_iter().filter(|job| job.is_due(now)).collect();
        self.client.use_scopes(vec![LOGS.scope.to_owned()]).await;
        self.poll(false, report).await?;
        for job in due {
            self.work(&job.id, report).await?;
        }
        Ok(())
    }

    async fn cancel(&self, report: &mut LogsReport) -> Result<(), Trouble> {
        for job in self.known(report).await?.iter().filter(|job| job.state == State::Running) {
            if self.jobs.cancel(&job.id, self.function.clock.now()).await?
                && let Some(stored) = self.jobs.get(&job.id).await?
            {
                let progress = run::summary(&self.tools(), &stored.job).await?;
                self.function.bus.publish(Kind::CollectionFinished, &progress).await;
                report.jobs.push(progress);
            }
        }
        Ok(())
    }

    async fn tell(&self, report: &mut LogsReport) -> Result<(), Trouble> {
        for job in self.known(report).await? {
            report.jobs.push(run::summary(&self.tools(), &job).await?);
        }
        report.poll = poll::read(&self.sink.lake, self.tenant).await?.0;
        Ok(())
    }

    /// The jobs that can be read; the others are problems.
    async fn known(&self, report: &mut LogsReport) -> Result<Vec<Job>, Trouble> {
        let mut known = Vec::new();
        for job in self.jobs.all().await? {
            match job {
                Ok(job) => known.push(job),
                Err(error) => report.problem(&Trouble::State(error)),
            }
        }
        Ok(known)
    }

    /// What is asked for, in full. Without a range it is what no collection has begun with yet.
    fn request(&self, logs: &Logs, known: &[Job]) -> Request {
        let now = whole_second(self.client.cautious_now());
        let until = logs.until.map_or(now, |until| until.min(now));
        let earliest = now.saturating_sub(RETENTION).unwrap_or(Timestamp::UNIX_EPOCH);
        let same = |job: &&Job| job.request.event_types == logs.event_types;
        if logs.since.is_none() && logs.until.is_none() {
            if let Some(job) = known.iter().filter(same).find(|job| job.state == State::Running) {
                return job.request.clone();
            }
            let ended = known.iter().filter(same).filter(|job| job.state == State::Finished);
            let ended = ended.map(|job| job.request.range.until).max();
            let since = ended.and_then(|ended| ended.checked_sub(OVERLAP).ok()).map_or(earliest, |it| it.max(earliest));
            let range = Range { since, until };
            return Request { range, event_types: logs.event_types.clone(), newest_first: logs.newest_first };
        }
        let since = logs.since.unwrap_or_else(|| until.saturating_sub(RETENTION).unwrap_or(earliest));
        let range = Range { since, until: until.max(since) };
        Request { range, event_types: logs.event_types.clone(), newest_first: logs.newest_first }
    }

    async fn plan(&self, request: Request) -> Result<(Plan, Job), Trouble> {
        let probe = probe(self.client, &request, self.function.page).await?;
        let slices = probe.density.slices(self.function.page);
        let calls = slices.iter().map(|slice| slice.calls).sum();
        let now = self.function.clock.now();
        let plan = Plan {
            tenant: self.tenant.to_string(),
            job: request.id(),
            range: request.range,
            event_types: request.event_types.clone(),
            events: probe.density.total(),
            calls,
            probe_calls: probe.calls,
            eta: pace(self.client, 0, SignedDuration::ZERO).eta(calls, now),
            slices: slices.clone(),
        };
        tracing::info!(job = plan.job, events = plan.events, calls, slices = slices.len(), "planned");
        Ok((plan, Job::new(request, slices, now)))
    }

    async fn work(&self, id: &str, report: &mut LogsReport) -> Result<(), Trouble> {
        match run::work(&self.tools(), id).await? {
            run::Ended::With(progress) => {
                if let Some(trouble) = &progress.trouble {
                    report.problems.push(Problem { what: trouble.what.clone(), remedy: trouble.remedy.clone() });
                }
                report.jobs.push(*progress);
            }
            run::Ended::Held(held) => report.held_until = report.held_until.max(Some(held.until)),
        }
        Ok(())
    }

    async fn poll(&self, is_asked_for: bool, report: &mut LogsReport) -> Result<(), Trouble> {
        let App { clock, page, .. } = self.function;
        let (client, sink, tenant, owner) = (self.client, self.sink, self.tenant, self.owner);
        let tools = poll::Tools { client, sink, tenant, clock: &**clock, owner, page: *page };
        match poll::work(&tools, is_asked_for).await? {
            poll::Ended::With(poll) => {
                if let Some(trouble) = &poll.trouble {
                    report.problems.push(Problem { what: trouble.what.clone(), remedy: trouble.remedy.clone() });
                }
                report.poll = Some(*poll);
            }
            poll::Ended::Held(held) => report.held_until = report.held_until.max(Some(held.until)),
            poll::Ended::Off => {}
        }
        Ok(())
    }

    fn tools(&self) -> run::Tools<'_> {
        run::Tools {
            client: self.client,
            meter: self.meter,
            jobs: &self.jobs,
            sink: self.sink,
            bus: &self.function.bus,
            tenant: self.tenant,
            clock: &*self.function.clock,
            owner: self.owner,
            page: self.function.page,
            told_every: self.function.told_every,
        }
    }
}

impl Logs {
    /// Whether it is the whole log that is wanted.
    fn is_everything(&self) -> bool {
        self.since.is_none() && self.until.is_none() && self.event_types.is_empty()
    }
}

impl LogsReport {
    fn problem(&mut self, trouble: &Trouble) {
        let remedy = match trouble {
            Trouble::Okta(Error::TooLate(_)) => return self.is_too_late = true,
            Trouble::Okta(error) => error.remedy(),
            Trouble::State(error) => error.remedy().to_owned(),
            Trouble::Org(error) => error.remedy(),
        };
        let what = lake::quarantine::reason(trouble);
        tracing::error!(tenant = self.tenant, what, remedy, "a problem");
        self.problems.push(Problem { what, remedy });
    }
}

/// Seconds are enough for a range that somebody will read.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
