//! What a kind of work remembers of an org between invocations, in the hands of the run that has its lease.

use jiff::Timestamp;
use lake::{Lake, StateError, Version, layout};
use normalize::Tenant;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::org::lease::{Held, Lease, Owner};

/// Something that is remembered, with a lease in it.
pub(crate) trait Remembered: Default + Serialize + DeserializeOwned {
    /// The name of its object below `state/tenant=T/`.
    const NAME: &'static str;

    /// Who is at it.
    fn lease(&mut self) -> &mut Option<Lease>;
}

/// It, in the hands of the run that has the lease.
#[derive(Debug)]
pub(crate) struct Leased<'a, M> {
    lake: &'a Lake,
    key: String,
    owner: &'a Owner,
    version: Version,
    pub(crate) memory: M,
}

/// Why it is not this run's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MemoryError {
    #[error(transparent)]
    Held(#[from] Held),
    #[error(transparent)]
    State(#[from] StateError),
}

impl<'a, M: Remembered> Leased<'a, M> {
    /// Takes the lease.
    pub(crate) async fn take(
        lake: &'a Lake,
        tenant: &Tenant,
        owner: &'a Owner,
        now: Timestamp,
    ) -> Result<Self, MemoryError> {
        let key = layout::state_key(tenant, M::NAME);
        let (memory, version) = lake.read_state::<M>(&key).await?;
        let mut memory = memory.unwrap_or_default();
        Lease::take(memory.lease().as_ref(), owner, now)?;
        let mut leased = Self { lake, key, owner, version, memory };
        leased.keep(now).await?;
        Ok(leased)
    }

    /// Writes what is remembered, and renews the lease.
    pub(crate) async fn keep(&mut self, now: Timestamp) -> Result<(), MemoryError> {
        *self.memory.lease() = Lease::take(None, self.owner, now).ok();
        self.write(now).await
    }

    /// Writes what is remembered, and gives the lease back.
    pub(crate) async fn give_back(mut self, now: Timestamp) -> Result<(), MemoryError> {
        *self.memory.lease() = None;
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
