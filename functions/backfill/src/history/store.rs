//! Jobs and their slices as state objects: `state/tenant=T/logs/<job>/job.json` and `.../slice-<n>.json`.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use lake::{Lake, StateError, Version, layout};
use normalize::Tenant;
use serde::de::IgnoredAny;

use crate::history::checkpoint::Checkpoint;
use crate::history::job::Job;
use crate::history::plan::Slice;
use crate::history::request::State;

/// State objects read at once.
const READS_AT_ONCE: usize = 16;

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

impl Jobs {
    /// The jobs of an org.
    pub fn new(lake: Lake, tenant: Tenant) -> Self {
        Self { lake, tenant }
    }

    /// Every job, the oldest range first. One that cannot be read does not hide the others.
    pub async fn all(&self) -> Result<Vec<Result<Job, StateError>>, StateError> {
        let keys = self.lake.keys(&layout::state_key(&self.tenant, "logs/")).await?;
        let keys = keys.into_iter().filter(|key| key.ends_with("/job.json"));
        let reads = keys.map(|key| async move {
            let job = self.lake.read_state::<Job>(&key).await.map(|(job, _)| job).transpose()?;
            Some(job.and_then(|job| self.own(&key, job)))
        });
        Ok(stream::iter(reads).buffered(READS_AT_ONCE).filter_map(std::future::ready).collect().await)
    }

    /// One job.
    pub async fn get(&self, id: &str) -> Result<Option<Stored>, StateError> {
        let key = self.key(id);
        let (job, version) = self.lake.read_state(&key).await?;
        job.map(|job| Ok(Stored { job: self.own(&key, job)?, version })).transpose()
    }

    /// Makes a wish durable: writes a job that is new, and makes one go on that has failed or was cancelled. One that cannot
    /// be read is begun anew: what it has written stays, and its checkpoints count if they can be read.
    pub async fn wish(&self, job: Job) -> Result<Job, StateError> {
        let key = self.key(&job.id);
        loop {
            let (found, version) = self.lake.inspect_state::<Job>(&key).await?;
            let wished = match found.map(|found| found.and_then(|found| self.own(&key, found))) {
                Some(Ok(found)) if matches!(found.state, State::Running | State::Finished) => return Ok(found),
                Some(Ok(mut found)) => {
                    found.reopen();
                    found
                }
                Some(Err(error)) => {
                    tracing::error!(%error, remedy = "nothing: the collection is begun anew", "a collection cannot be read");
                    job.clone()
                }
                None => job.clone(),
            };
            match self.lake.write_state(&key, &wished, &version).await {
                Err(StateError::Lost(_)) => {}
                written => return written.map(|_| wished),
            }
        }
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
            match self.lake.write_state(&self.key(id), &job, &version).await {
                Err(StateError::Lost(_)) => {}
                done => return done.map(|_| true),
            }
        }
    }

    /// How far the slices of a job are, in its order. A checkpoint that cannot be read, or is another slice's, is begun anew:
    /// what is written twice is shown once.
    pub async fn checkpoints(&self, job: &Job) -> Result<Vec<(Checkpoint, Version)>, StateError> {
        let reads = job.slices.iter().enumerate().map(|(index, slice)| async move {
            let key = self.slice_key(&job.id, index);
            let (found, version) = self.lake.inspect_state::<Checkpoint>(&key).await?;
            let checkpoint = match found {
                Some(Ok(found)) if self.is_of(&found, slice) => found.for_end(slice.range.until),
                Some(Ok(_)) => {
                    tracing::error!(key, "a checkpoint is another org's or slice's: the slice is begun anew");
                    Checkpoint::default()
                }
                Some(Err(error)) => {
                    tracing::error!(key, %error, "a checkpoint cannot be read: the slice is begun anew");
                    Checkpoint::default()
                }
                None => Checkpoint::default(),
            };
            Ok((checkpoint, version))
        });
        stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await
    }

    /// The version of the checkpoint of a slice that is about to be made. A collection that was begun anew may find one that
    /// it left behind.
    pub(crate) async fn checkpoint_version(&self, id: &str, slice: usize) -> Result<Version, StateError> {
        Ok(self.lake.inspect_state::<IgnoredAny>(&self.slice_key(id, slice)).await?.1)
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

    fn is_of(&self, checkpoint: &Checkpoint, slice: &Slice) -> bool {
        checkpoint.since.is_none_or(|since| since == slice.range.since)
            && checkpoint.tenant.as_deref().is_none_or(|tenant| tenant == self.tenant.as_str())
    }

    /// Refuses a job that is another org's, or that lies where another one belongs.
    fn own(&self, key: &str, job: Job) -> Result<Job, StateError> {
        let is_ours = job.tenant.as_deref().is_none_or(|tenant| tenant == self.tenant.as_str());
        if is_ours && self.key(&job.id) == *key { Ok(job) } else { Err(self.lake.misplaced(key)) }
    }

    /// The key of a job's object.
    pub(crate) fn key(&self, id: &str) -> String {
        layout::state_key(&self.tenant, &format!("logs/{id}/job.json"))
    }

    fn slice_key(&self, id: &str, slice: usize) -> String {
        layout::state_key(&self.tenant, &format!("logs/{id}/slice-{slice:04}.json"))
    }
}
