//! Jobs and their slices as state objects: `state/tenant=T/logs/<job>/job.json` and `.../slice-<n>.json`.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use lake::{Lake, StateError, Version, layout};
use normalize::Tenant;

use crate::history::job::{Checkpoint, Job, State};
use crate::org::lease::{Held, Lease, Owner};

/// State objects read at once.
const READS_AT_ONCE: usize = 16;

/// How often a change is tried that others keep being faster than.
const TRIES: usize = 8;

/// One org's jobs.
#[derive(Debug, Clone)]
pub struct Jobs {
    lake: Lake,
    tenant: Tenant,
}

/// A job as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The job.
    pub job: Job,
    /// Which version of it.
    pub version: Version,
}

/// Why a job was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Somebody else works on it.
    #[error(transparent)]
    Held(#[from] Held),
    /// It is not running any more.
    #[error("the collection is {0:?}")]
    Over(State),
    /// It was deleted.
    #[error("the collection was deleted")]
    Gone,
    /// The state cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
}

impl Jobs {
    /// The jobs of an org.
    pub fn new(lake: Lake, tenant: Tenant) -> Self {
        Self { lake, tenant }
    }

    /// Every job, the oldest range first. One that cannot be read does not hide the others.
    pub async fn all(&self) -> Result<Vec<Result<Job, StateError>>, StateError> {
        let keys = self.lake.keys(&layout::state_key(&self.tenant, "logs/")).await?;
        let keys = keys.into_iter().filter(|key| key.ends_with("/job.json"));
        let reads =
            keys.map(|key| async move { self.lake.read_state::<Job>(&key).await.map(|(job, _)| job).transpose() });
        Ok(stream::iter(reads).buffered(READS_AT_ONCE).filter_map(std::future::ready).collect().await)
    }

    /// One job.
    pub async fn get(&self, id: &str) -> Result<Option<Stored>, StateError> {
        let (job, version) = self.lake.read_state(&self.job_key(id)).await?;
        Ok(job.map(|job| Stored { job, version }))
    }

    /// Writes a job that is new; the one that is there, if somebody was faster.
    pub async fn create(&self, job: Job) -> Result<Job, StateError> {
        match self.lake.write_state(&self.job_key(&job.id), &job, &Version::Absent).await {
            Ok(_) => Ok(job),
            Err(StateError::Lost(key)) => match self.get(&job.id).await? {
                Some(stored) => Ok(stored.job),
                None => Err(StateError::Lost(key)),
            },
            Err(error) => Err(error),
        }
    }

    /// Takes or renews the lease of a running job, and changes it.
    pub async fn change(
        &self,
        id: &str,
        owner: &Owner,
        now: Timestamp,
        change: impl Fn(&mut Job),
    ) -> Result<Stored, ChangeError> {
        let mut lost = None;
        for _ in 0..TRIES {
            let Some(Stored { mut job, version }) = self.get(id).await? else { return Err(ChangeError::Gone) };
            if job.state != State::Running {
                return Err(ChangeError::Over(job.state));
            }
            job.lease = Some(Lease::take(job.lease.as_ref(), owner, now)?);
            change(&mut job);
            match self.lake.write_state(&self.job_key(id), &job, &version).await {
                Ok(version) => return Ok(Stored { job, version }),
                Err(StateError::Lost(key)) => lost = Some(StateError::Lost(key)),
                Err(error) => return Err(error.into()),
            }
        }
        Err(lost.map_or(ChangeError::Gone, ChangeError::State))
    }

    /// Cancels a job, whoever works on it: that run notices at its next change. True if it was running.
    pub async fn cancel(&self, id: &str, now: Timestamp) -> Result<bool, StateError> {
        loop {
            let Some(Stored { mut job, version }) = self.get(id).await? else { return Ok(false) };
            if job.state != State::Running {
                return Ok(false);
            }
            job.state = State::Cancelled;
            job.lease = None;
            if let Some(progress) = &mut job.progress {
                (progress.state, progress.updated, progress.eta) = (State::Cancelled, now, None);
                progress.reading.clear();
            }
            match self.lake.write_state(&self.job_key(id), &job, &version).await {
                Err(StateError::Lost(_)) => {}
                done => return done.map(|_| true),
            }
        }
    }

    /// How far the slices of a job are, in its order.
    pub async fn checkpoints(&self, job: &Job) -> Result<Vec<(Checkpoint, Version)>, StateError> {
        let reads = (0..job.slices.len()).map(|slice| async move {
            let (checkpoint, version) = self.lake.read_state(&self.slice_key(&job.id, slice)).await?;
            Ok((checkpoint.unwrap_or_default(), version))
        });
        stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await
    }

    /// Writes how far a slice is, unless another run has written it meanwhile.
    pub async fn checkpoint(
        &self,
        id: &str,
        slice: usize,
        checkpoint: &Checkpoint,
        seen: &Version,
    ) -> Result<Version, StateError> {
        self.lake.write_state(&self.slice_key(id, slice), checkpoint, seen).await
    }

    fn job_key(&self, id: &str) -> String {
        layout::state_key(&self.tenant, &format!("logs/{id}/job.json"))
    }

    fn slice_key(&self, id: &str, slice: usize) -> String {
        layout::state_key(&self.tenant, &format!("logs/{id}/slice-{slice:04}.json"))
    }
}
