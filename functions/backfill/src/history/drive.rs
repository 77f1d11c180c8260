//! One run of a collection: takes the lease, plans, lets up to eight pages be on their way at once, publishes how far it is,
//! and writes how it ended.

use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, LocalBoxFuture, select};
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use lake::StateError;
use okta::{Disposition, Error};

use crate::events::Event;
use crate::history::client_stats::pace;
use crate::history::estimate::plan;
use crate::history::job::Job;
use crate::history::measure::{SliceView, progress_of};
use crate::history::progress::{Effort, Plan, Progress};
use crate::history::request::State;
use crate::history::session::{Session, StopReason};
use crate::history::slices::{Next, RunSlice, Slices};
use crate::history::store::Stored;
use crate::history::worker::{Arrived, Durable, Fetched, fetch, write};
use crate::org::backoff::Trouble;
use crate::org::lease::Held;
use crate::org::leased_state::Leased;

/// Pages that are on their way at once. Okta answers a page of the log in about a second, so this many can use any share.
const WORKERS: usize = 8;

/// How a run ended.
#[derive(Debug)]
pub(crate) enum RunOutcome {
    /// The job is over, or the time was up, or something stands in its way: the progress says which.
    Ended { progress: Box<Progress>, plan: Option<Box<Plan>> },
    /// Another run works on it.
    Held(Held),
}

/// A run that has the lease.
struct Run<'a> {
    session: &'a Session<'a>,
    leased: Leased<'a, Job>,
    slices: Slices,
    started: Timestamp,
    /// Calls of this run.
    calls: u64,
    before: Effort,
    /// Why slices are blocked.
    blocked: Option<StopReason>,
    published: Duration,
}

/// What a task came to.
enum Done {
    Fetched(usize, Result<Fetched, StopReason>),
    Written(usize, Result<Box<Durable>, StopReason>),
}

type Tasks<'a> = FuturesUnordered<LocalBoxFuture<'a, Done>>;

/// Works on a job until it is over, the time is up, or something stands in its way.
pub(crate) async fn drive(session: &Session<'_>, id: &str) -> Result<RunOutcome, StateError> {
    let Stored { job, version } = session.jobs.get(id).await?.ok_or_else(|| StateError::Lost(id.to_owned()))?;
    if job.state != State::Running {
        return over(session, &job).await;
    }
    let mut leased = match Leased::hold(session.org, session.jobs.key(id), job, version).await {
        Ok(leased) => leased,
        Err(error) => return lost(session, id, error.into()).await,
    };
    let planned = match session.org.confirm().await {
        Err(error) => Err(error.into()),
        Ok(_) if leased.state.is_planned => Ok(None),
        Ok(_) => Box::pin(planned(session, &mut leased)).await.map(Some),
    };
    let mut run = Run::new(session, leased).await?;
    let (stop, plan) = match planned {
        Ok(plan) => (Box::pin(run.finish()).await.err(), plan),
        Err(stop) => (Some(stop), None),
    };
    run.conclude(stop, plan).await
}

/// The progress of a job that nobody works on.
pub(crate) async fn summary(session: &Session<'_>, job: &Job) -> Result<Progress, StateError> {
    if let Some(progress) = &job.progress {
        return Ok(progress.clone());
    }
    let checkpoints = session.jobs.checkpoints(job).await?;
    let views = job.slices.iter().zip(&checkpoints);
    let views: Vec<_> =
        views.map(|(slice, (checkpoint, _))| SliceView { slice, checkpoint, is_reading: false }).collect();
    let pace = pace(&session.org.client, 0, SignedDuration::ZERO);
    let now = session.org.app.clock.now();
    Ok(progress_of(session.org.tenant.as_str(), job, &views, pace, Effort::default(), now))
}

async fn over(session: &Session<'_>, job: &Job) -> Result<RunOutcome, StateError> {
    Ok(RunOutcome::Ended { progress: Box::new(summary(session, job).await?), plan: None })
}

/// The lease is another run's, or somebody has cancelled the job.
async fn lost(session: &Session<'_>, id: &str, stop: StopReason) -> Result<RunOutcome, StateError> {
    match (stop, session.jobs.get(id).await?) {
        (StopReason::Held(_), Some(Stored { job, .. })) if job.state != State::Running => over(session, &job).await,
        (StopReason::Held(held), _) => Ok(RunOutcome::Held(held)),
        (StopReason::State(error), _) => Err(error),
        _ => Err(StateError::Lost(id.to_owned())),
    }
}

/// Plans a job and publishes the plan. What was read without a plan is kept: such a job keeps its one slice.
async fn planned(session: &Session<'_>, leased: &mut Leased<'_, Job>) -> Result<Plan, StopReason> {
    let request = leased.state.request.clone();
    let plan = Box::pin(leased.during(plan(session, &request))).await??;
    leased.state.is_planned = true;
    leased.state.slices.clone_from(&plan.slices);
    leased.keep().await?;
    session.org.app.bus.publish(&Event::CollectionPlanned(plan.clone())).await;
    Ok(plan)
}

impl<'a> Run<'a> {
    async fn new(session: &'a Session<'a>, leased: Leased<'a, Job>) -> Result<Self, StateError> {
        let job = &leased.state;
        let checkpoints = session.jobs.checkpoints(job).await?.into_iter();
        let slices = job.slices.iter().zip(checkpoints);
        let slices = slices.map(|(slice, (checkpoint, version))| RunSlice::new(*slice, checkpoint, version));
        let slices = Slices::new(slices.collect(), job.request.newest_first);
        let before = job.progress.as_ref().map_or_else(Effort::default, |progress| progress.effort);
        let clock = &session.org.app.clock;
        Ok(Self {
            session,
            leased,
            slices,
            started: clock.now(),
            calls: 0,
            before: Effort { runs: before.runs + 1, ..before },
            blocked: None,
            published: clock.elapsed(),
        })
    }

    /// Reads until every slice is done or blocked, or the run stops. What is under way then is let come to its end.
    async fn finish(&mut self) -> Result<(), StopReason> {
        let mut tasks = Tasks::new();
        let mut stop = None;
        loop {
            while stop.is_none() && tasks.len() < WORKERS {
                match self.slices.next() {
                    Some(Next::Read(index)) => tasks.push(self.fetch(index)),
                    Some(Next::Split(index, split)) => {
                        let (id, next) = (self.leased.state.id.clone(), self.slices.next_index());
                        let version = self.session.jobs.checkpoint_version(&id, next).await?;
                        self.slices.split(index, split, version);
                        self.leased.state.slices = self.slices.plan();
                        self.leased.keep().await?;
                    }
                    None => break,
                }
            }
            let Some(done) = self.next(&mut tasks).await? else { break };
            match self.apply(done) {
                Ok(task) => tasks.extend(task),
                // The first reason counts: the others follow from it.
                Err(reason) => stop = stop.or(Some(reason)),
            }
        }
        stop.or_else(|| self.blocked.take()).map_or(Ok(()), Err)
    }

    /// Waits for a task to end; keeps the lease and publishes progress meanwhile. Nothing, if there is no task.
    async fn next(&mut self, tasks: &mut Tasks<'_>) -> Result<Option<Done>, Held> {
        let clock = std::sync::Arc::clone(&self.session.org.app.clock);
        loop {
            let due = self.published + self.session.org.app.progress_interval;
            let sleep = clock.sleep(due.saturating_sub(clock.elapsed()));
            let waited = async {
                match select(pin!(tasks.next()), sleep).await {
                    Either::Left((done, _)) => Some(done),
                    Either::Right(_) => None,
                }
            };
            if let Some(done) = self.leased.during(waited).await? {
                return Ok(done);
            }
            self.published = clock.elapsed();
            let progress = self.progress();
            self.session.org.app.bus.publish(&Event::CollectionProgress(progress)).await;
        }
    }

    /// Notes what a task came to; returns what follows from it at once.
    fn apply(&mut self, done: Done) -> Result<Option<LocalBoxFuture<'a, Done>>, StopReason> {
        match done {
            Done::Fetched(index, Ok(Fetched::Page(arrived))) => Ok(Some(self.write(index, *arrived))),
            Done::Fetched(index, Ok(Fetched::Restarted(durable))) => {
                self.note(index, *durable);
                Ok(None)
            }
            Done::Fetched(index, Ok(Fetched::Blocked(reason))) => {
                self.block(index, reason);
                Ok(None)
            }
            Done::Written(index, Ok(durable)) => {
                self.calls += 1;
                self.note(index, *durable);
                Ok(None)
            }
            Done::Fetched(index, Err(reason)) | Done::Written(index, Err(reason)) => {
                self.slices.block(index);
                Err(reason)
            }
        }
    }

    fn note(&mut self, index: usize, Durable { checkpoint, version, blocked }: Durable) {
        self.slices.written(index, checkpoint, version);
        if let Some(reason) = blocked {
            self.block(index, reason);
        }
    }

    fn block(&mut self, index: usize, reason: StopReason) {
        tracing::error!(slice = index, %reason, remedy = reason.remedy(), "a slice cannot be read: the others go on");
        self.slices.block(index);
        self.blocked.get_or_insert(reason);
    }

    fn fetch(&mut self, index: usize) -> LocalBoxFuture<'a, Done> {
        let slice = self.slices.reading(index).clone();
        let (session, request, id) = (self.session, self.leased.state.request.clone(), self.leased.state.id.clone());
        Box::pin(async move { Done::Fetched(index, fetch(session, &request, &id, index, slice).await) })
    }

    fn write(&mut self, index: usize, arrived: Arrived) -> LocalBoxFuture<'a, Done> {
        let slice = self.slices.writing(index, &arrived.facts).clone();
        let (session, id) = (self.session, self.leased.state.id.clone());
        Box::pin(async move { Done::Written(index, write(session, &id, index, slice, arrived).await.map(Box::new)) })
    }

    fn progress(&self) -> Progress {
        let Session { org, stats, .. } = self.session;
        let now = org.app.clock.now();
        let pace = pace(&org.client, self.calls, now.duration_since(self.started));
        let effort = stats.after(self.before);
        progress_of(org.tenant.as_str(), &self.leased.state, &self.slices.views(), pace, effort, now)
    }

    /// Writes how the run ended, and gives the lease back.
    async fn conclude(mut self, stop: Option<StopReason>, plan: Option<Plan>) -> Result<RunOutcome, StateError> {
        let (session, id) = (self.session, self.leased.state.id.clone());
        if let Some(stop @ StopReason::Held(_)) = stop {
            return lost(session, &id, stop).await;
        }
        let now = session.org.app.clock.now();
        self.leased.state.state = match &stop {
            _ if self.leased.state.is_planned && self.slices.is_done() => State::Finished,
            Some(reason) if is_hopeless(reason) => State::Failed,
            _ => State::Running,
        };
        let before = self.leased.state.trouble.take();
        self.leased.state.trouble = stop.filter(|reason| !matches!(reason, StopReason::Deadline)).map(|reason| {
            let trouble = Trouble::after(before.as_ref(), lake::quarantine::reason(&reason), reason.remedy(), now);
            tracing::error!(what = trouble.what, remedy = trouble.remedy, "the collection stops");
            trouble
        });
        let progress = self.progress();
        self.leased.state.progress = Some(progress.clone());
        if let Err(error) = self.leased.give_back().await {
            return lost(session, &id, error.into()).await;
        }
        session
            .org
            .app
            .bus
            .publish(&match progress.state {
                State::Running => Event::CollectionProgress(progress.clone()),
                _ => Event::CollectionFinished(progress.clone()),
            })
            .await;
        Ok(RunOutcome::Ended { progress: Box::new(progress), plan: plan.map(Box::new) })
    }
}

/// Whether Okta itself refuses the request, so that only a person can go on. A wrong answer is tried again.
fn is_hopeless(reason: &StopReason) -> bool {
    matches!(reason, StopReason::Okta(error @ Error::Api { .. }) if error.disposition() == Disposition::Rejected)
}
