//! One run of a job: takes the lease, lets the workers read, tells how far they are, and writes how it ended.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures::future::{Either, join_all, select};
use futures::pin_mut;
use jiff::{SignedDuration, Timestamp};
use lake::{StateError, Version};
use normalize::Tenant;
use okta::{Client, Clock, Disposition, Error};

use crate::aws::bus::{Bus, Kind};
use crate::history::job::{Checkpoint, Job, State};
use crate::history::meter::{Meter, pace};
use crate::history::progress::{Effort, Progress, SliceView};
use crate::history::reader::WORKERS;
use crate::history::store::{ChangeError, Jobs};
use crate::okta_log::page_writer::{Sink, SinkError};
use crate::org::backoff::{STORE, Trouble};
use crate::org::lease::{Held, Owner};

/// The lease is renewed after so long, well before it runs out.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_secs(20);

/// What a run works with.
#[derive(Debug)]
pub struct Tools<'a> {
    /// The org, with the deadline of this invocation.
    pub client: &'a Client,
    /// Pauses and refusals, as the client tells them.
    pub meter: &'a Meter,
    /// The org's jobs.
    pub jobs: &'a Jobs,
    /// Where rows go.
    pub sink: &'a Sink,
    /// Where progress is told.
    pub bus: &'a Bus,
    /// The org.
    pub tenant: &'a Tenant,
    /// This machine's time.
    pub clock: &'a dyn Clock,
    /// This run.
    pub owner: &'a Owner,
    /// How many events are asked for at once.
    pub page: u64,
    /// How often progress is told.
    pub told_every: Duration,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ended {
    /// The job is over, or the time is up, or something stands in its way: the progress says which.
    With(Box<Progress>),
    /// Another run works on it.
    Held(Held),
}

/// Why a run stops before its job is done.
#[derive(Debug)]
pub(super) enum Stop {
    /// The deadline comes before the next call may go.
    Deadline,
    /// Another run has taken over.
    Held(Held),
    /// Somebody cancelled it.
    Over,
    /// The org.
    Okta(Box<Error>),
    /// Rows cannot be written.
    Sink(SinkError),
    /// State cannot be written.
    State(StateError),
}

/// A slice in this run.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) checkpoint: Checkpoint,
    pub(super) version: Version,
    pub(super) is_reading: bool,
    /// How far the page reaches that is being written.
    pub(super) writing_to: Option<Timestamp>,
    /// Whether a part of it is about to become another slice.
    pub(super) is_splitting: bool,
}

/// A run that has the lease.
pub(super) struct Run<'a> {
    pub(super) tools: &'a Tools<'a>,
    pub(super) job: RefCell<Job>,
    pub(super) slots: RefCell<Vec<Slot>>,
    /// One change of the job at a time; splitting and renewing would only get into each other's way.
    pub(super) changing: futures::lock::Mutex<()>,
    pub(super) stop: RefCell<Option<Stop>>,
    started: Timestamp,
    renewed: Cell<Timestamp>,
    pub(super) calls: Cell<u64>,
    before: Effort,
}

impl Slot {
    pub(super) fn new(checkpoint: Checkpoint, version: Version) -> Self {
        Self { checkpoint, version, is_reading: false, writing_to: None, is_splitting: false }
    }
}

/// Works on a job.
pub async fn work(tools: &Tools<'_>, id: &str) -> Result<Ended, StateError> {
    let now = tools.clock.now();
    let leased = tools.jobs.change(id, tools.owner, now, |_| {}).await;
    let job = match leased {
        Ok(stored) => stored.job,
        Err(ChangeError::Held(held)) => return Ok(Ended::Held(held)),
        Err(ChangeError::State(error)) => return Err(error),
        Err(ChangeError::Over(_) | ChangeError::Gone) => {
            let stored = tools.jobs.get(id).await?.ok_or_else(|| StateError::Lost(id.to_owned()))?;
            return summary(tools, &stored.job).await.map(|progress| Ended::With(Box::new(progress)));
        }
    };
    let slots = tools.jobs.checkpoints(&job).await?.into_iter();
    let slots = slots.map(|(checkpoint, version)| Slot::new(checkpoint, version)).collect();
    let before = job.progress.as_ref().map_or_else(Effort::default, |progress| progress.effort);
    let run = Run {
        tools,
        job: RefCell::new(job),
        slots: RefCell::new(slots),
        changing: futures::lock::Mutex::new(()),
        stop: RefCell::new(None),
        started: now,
        renewed: Cell::new(now),
        calls: Cell::new(0),
        before: Effort { runs: before.runs + 1, ..before },
    };
    Box::pin(run.finish()).await
}

/// The progress of a job that nobody works on.
pub async fn summary(tools: &Tools<'_>, job: &Job) -> Result<Progress, StateError> {
    if let Some(progress) = &job.progress {
        return Ok(progress.clone());
    }
    let checkpoints = tools.jobs.checkpoints(job).await?;
    let states = checkpoints.iter().map(|(checkpoint, _)| checkpoint);
    let view = |(slice, checkpoint)| SliceView { slice, checkpoint, is_reading: false };
    let views: Vec<_> = job.slices.iter().zip(states).map(view).collect();
    let (tenant, now) = (tools.tenant.as_str(), tools.clock.now());
    Ok(Progress::of(tenant, job, &views, pace(tools.client, 0, SignedDuration::ZERO), Effort::default(), now))
}

impl Run<'_> {
    async fn finish(self) -> Result<Ended, StateError> {
        {
            let workers = join_all((0..WORKERS).map(|_| self.work()));
            let telling = self.tell();
            pin_mut!(workers, telling);
            if let Either::Right(((), workers)) = select(workers, telling).await {
                workers.await;
            }
        }
        self.conclude().await
    }

    /// Tells how far it is, and renews the lease, for as long as the workers are at it.
    async fn tell(&self) {
        let Tools { clock, bus, told_every, .. } = self.tools;
        while self.stop.borrow().is_none() {
            clock.sleep((*told_every).min(RENEWED_AFTER.unsigned_abs())).await;
            let progress = self.progress();
            if self.renewed.get().saturating_add(RENEWED_AFTER).is_ok_and(|due| due <= clock.now()) {
                let _turn = self.changing.lock().await;
                let renewed = self.change(|job| job.progress = Some(progress.clone())).await;
                match renewed {
                    Ok(()) => {}
                    // The next renewal may succeed. If none does, another run takes over, and checkpoints tell this one.
                    Err(Stop::State(error)) => tracing::warn!(%error, "the lease is not renewed"),
                    Err(stop) => {
                        self.stop.borrow_mut().get_or_insert(stop);
                    }
                }
            }
            bus.publish(Kind::CollectionProgress, &progress).await;
        }
    }

    pub(super) async fn change(&self, change: impl Fn(&mut Job)) -> Result<(), Stop> {
        let id = self.job.borrow().id.clone();
        let now = self.tools.clock.now();
        let stored = self.tools.jobs.change(&id, self.tools.owner, now, change).await?;
        self.renewed.set(now);
        *self.job.borrow_mut() = stored.job;
        Ok(())
    }

    fn progress(&self) -> Progress {
        let (job, slots) = (self.job.borrow(), self.slots.borrow());
        let views: Vec<_> = job
            .slices
            .iter()
            .zip(slots.iter())
            .map(|(slice, slot)| SliceView { slice, checkpoint: &slot.checkpoint, is_reading: slot.is_reading })
            .collect();
        let now = self.tools.clock.now();
        let pace = pace(self.tools.client, self.calls.get(), now.duration_since(self.started));
        let effort = self.tools.meter.after(self.before);
        Progress::of(self.tools.tenant.as_str(), &job, &views, pace, effort, now)
    }

    /// Writes how it ended, and gives the lease back.
    async fn conclude(self) -> Result<Ended, StateError> {
        let now = self.tools.clock.now();
        let stop = self.stop.take();
        let trouble = match stop {
            Some(Stop::Held(held)) => return Ok(Ended::Held(held)),
            Some(Stop::Over) => {
                let id = self.job.borrow().id.clone();
                let stored = self.tools.jobs.get(&id).await?.ok_or(StateError::Lost(id))?;
                return summary(self.tools, &stored.job).await.map(|progress| Ended::With(Box::new(progress)));
            }
            None | Some(Stop::Deadline) => None,
            Some(Stop::Okta(ref error)) => Some((lake::quarantine::reason(error), error.remedy())),
            Some(Stop::Sink(ref error)) => Some((lake::quarantine::reason(error), STORE.to_owned())),
            Some(Stop::State(ref error)) => Some((lake::quarantine::reason(error), STORE.to_owned())),
        };
        let is_done = self.slots.borrow().iter().all(|slot| slot.checkpoint.is_done);
        let is_hopeless = matches!(&stop, Some(Stop::Okta(error)) if error.disposition() == Disposition::Rejected);
        {
            let mut job = self.job.borrow_mut();
            job.state = match () {
                () if is_done => State::Finished,
                () if is_hopeless => State::Failed,
                () => State::Running,
            };
            let before = job.trouble.take();
            job.trouble = trouble.map(|(what, remedy)| Trouble::after(before.as_ref(), what, remedy, now));
            if let Some(trouble) = &job.trouble {
                tracing::error!(what = trouble.what, remedy = trouble.remedy, "the collection stops");
            }
        }
        let progress = self.progress();
        self.job.borrow_mut().progress = Some(progress.clone());
        let ended = self.job.borrow().clone();
        let written = self.tools.jobs.change(&ended.id, self.tools.owner, now, |job| {
            job.state = ended.state;
            job.trouble.clone_from(&ended.trouble);
            job.progress.clone_from(&ended.progress);
            job.lease = None;
        });
        match written.await {
            Err(ChangeError::State(error)) => return Err(error),
            Err(ChangeError::Held(held)) => return Ok(Ended::Held(held)),
            // Or cancelled at the last moment: that stands.
            Ok(_) | Err(ChangeError::Over(_) | ChangeError::Gone) => {}
        }
        let kind = if ended.state == State::Running { Kind::CollectionProgress } else { Kind::CollectionFinished };
        self.tools.bus.publish(kind, &progress).await;
        Ok(Ended::With(Box::new(progress)))
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::TooLate(_) => Self::Deadline,
            error => Self::Okta(Box::new(error)),
        }
    }
}

impl From<SinkError> for Stop {
    fn from(error: SinkError) -> Self {
        Self::Sink(error)
    }
}

impl From<StateError> for Stop {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

impl From<ChangeError> for Stop {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Held(held) => Self::Held(held),
            ChangeError::Over(_) | ChangeError::Gone => Self::Over,
            ChangeError::State(error) => Self::State(error),
        }
    }
}
