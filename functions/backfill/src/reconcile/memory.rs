//! What reconciling remembers of an org between invocations.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lake::ledger::Lateness;
use lake::{Lake, StateError, Version, layout};
use normalize::Tenant;
use serde::{Deserialize, Serialize};

use crate::lease::{Held, Lease, Owner};

/// `state/tenant=T/reconcile.json`. Everything in it can be found again, so that it may be deleted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// Of this format.
    pub(crate) version: u32,
    /// The first hour that must have a seal.
    pub(crate) since: Option<Timestamp>,
    /// Whether events ever came by stream, so that their lack is a gap.
    pub(crate) has_stream: bool,
    /// How late the stream is, the last hours counting most.
    pub(crate) lateness: Lateness,
    /// Sealed hours for which the API is asked again, and from when on: those that were sealed when it could not be read,
    /// and every hour once more later, since Okta stores some events late.
    #[serde(default)]
    pub(crate) again: BTreeMap<Timestamp, Timestamp>,
    /// Hours with objects that nobody needs any more, and from when on these may go.
    #[serde(default)]
    pub(crate) superseded: BTreeMap<Timestamp, Timestamp>,
    /// The state of the log stream that was told last.
    #[serde(default)]
    pub(crate) stream: Option<String>,
    /// Who is at it.
    pub(crate) lease: Option<Lease>,
}

/// The memory in the hands of the run that has the lease.
#[derive(Debug)]
pub(crate) struct Leased<'a> {
    lake: &'a Lake,
    key: String,
    owner: &'a Owner,
    version: Version,
    pub(crate) memory: Memory,
}

/// Why the memory is not this run's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MemoryError {
    #[error(transparent)]
    Held(#[from] Held),
    #[error(transparent)]
    State(#[from] StateError),
}

impl<'a> Leased<'a> {
    /// Takes the lease.
    pub(crate) async fn take(
        lake: &'a Lake,
        tenant: &Tenant,
        owner: &'a Owner,
        now: Timestamp,
    ) -> Result<Self, MemoryError> {
        let key = layout::state_key(tenant, "reconcile.json");
        let (memory, version) = lake.read_state::<Memory>(&key).await?;
        let memory = memory.unwrap_or_else(|| Memory { version: 1, ..Memory::default() });
        Lease::take(memory.lease.as_ref(), owner, now)?;
        let mut leased = Self { lake, key, owner, version, memory };
        leased.keep(now).await?;
        Ok(leased)
    }

    /// Writes what is remembered, and renews the lease.
    pub(crate) async fn keep(&mut self, now: Timestamp) -> Result<(), MemoryError> {
        self.memory.lease = Lease::take(None, self.owner, now).ok();
        self.write(now).await
    }

    /// Writes what is remembered, and gives the lease back.
    pub(crate) async fn give_back(mut self, now: Timestamp) -> Result<(), MemoryError> {
        self.memory.lease = None;
        self.write(now).await
    }

    async fn write(&mut self, now: Timestamp) -> Result<(), MemoryError> {
        match self.lake.write_state(&self.key, &self.memory, &self.version).await {
            Ok(version) => self.version = version,
            // Another run has taken over.
            Err(StateError::Lost(_)) => return Err(Held { until: now }.into()),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
