//! A state object in the hands of the run that has its lease: read, changed and kept by compare-and-set.

use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use lake::{Lake, Rejected, StateError, Version, layout};
use okta::Clock;

use crate::org::context::OrgContext;
use crate::org::lease::{Held, Lease, LeasedState, Owner, PersistedState};

/// The lease is renewed after this time, well before it ends.
const RENEWED_AFTER: Duration = Duration::from_secs(20);

/// State whose lease this run holds.
#[derive(Debug)]
pub(crate) struct Leased<'a, S> {
    lake: &'a Lake,
    clock: &'a dyn Clock,
    owner: &'a Owner,
    key: String,
    version: Version,
    /// When the lease was renewed, by the steady clock.
    renewed: Duration,
    pub(crate) state: S,
}

/// Why this run does not hold, or no longer holds, the lease.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LeaseError {
    #[error(transparent)]
    Held(#[from] Held),
    #[error(transparent)]
    State(#[from] StateError),
}

impl<'a, S: PersistedState> Leased<'a, S> {
    /// Takes the lease of the org's object of this kind, which begins empty.
    pub(crate) async fn take<C>(org: &'a OrgContext<'_, C>) -> Result<Self, LeaseError> {
        let key = layout::state_key(&org.tenant, S::NAME);
        let (state, version) = match org.lake().read_state::<S>(&key).await {
            Err(error @ StateError::Unreadable { .. }) => {
                tracing::error!(key, %error, "a state object is damaged: it is kept in quarantine and built anew");
                let (bytes, version) = org.lake().read_versioned(&key).await?;
                keep_damaged(org, &key, bytes.as_deref().unwrap_or_default()).await;
                (None, version)
            }
            read => read?,
        };
        Self::hold(org, key, state.unwrap_or_default(), version).await
    }
}

/// Keeps a damaged state object in the org's quarantine, where a person looks for what was lost.
async fn keep_damaged<C>(org: &OrgContext<'_, C>, key: &str, bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes);
    let (tenant, received) = (Some(org.tenant.clone()), org.app.clock.now());
    let reason = format!("{key} is not what okta-lake wrote");
    let rejected = Rejected { tenant, reason, message_id: None, received, body: &body, body_base64: None };
    let Ok(object) = serde_json::to_vec(&rejected) else { return };
    if let Err(error) = org.lake().put_new(&rejected.key(), "application/json", object).await {
        tracing::error!(key, %error, remedy = error.remedy(), "the damaged state object is not kept");
    }
}

impl<'a, S: LeasedState> Leased<'a, S> {
    /// Takes the lease of a state object that was read in this version.
    pub(crate) async fn hold<C>(
        org: &'a OrgContext<'_, C>,
        key: String,
        mut state: S,
        version: Version,
    ) -> Result<Self, LeaseError> {
        let clock = &*org.app.clock;
        Lease::take(state.lease().as_ref(), &org.owner, clock.now())?;
        let renewed = clock.elapsed();
        let mut leased = Self { lake: org.lake(), clock, owner: &org.owner, key, version, renewed, state };
        leased.keep().await?;
        Ok(leased)
    }

    /// Writes the state and renews the lease.
    pub(crate) async fn keep(&mut self) -> Result<(), LeaseError> {
        self.renewed = self.clock.elapsed();
        *self.state.lease() = Lease::take(None, self.owner, self.clock.now()).ok();
        self.write().await
    }

    /// Writes the state and gives the lease back.
    pub(crate) async fn give_back(mut self) -> Result<S, LeaseError> {
        *self.state.lease() = None;
        self.write().await?;
        Ok(self.state)
    }

    /// Runs a future and renews the lease as often as necessary until it ends. If the lease is lost, the future is dropped.
    pub(crate) async fn during<T>(&mut self, future: impl Future<Output = T>) -> Result<T, Held> {
        let mut future = pin!(future);
        loop {
            let due = RENEWED_AFTER.saturating_sub(self.clock.elapsed().saturating_sub(self.renewed));
            let sleep = self.clock.sleep(due);
            if let Either::Left((value, _)) = select(future.as_mut(), sleep).await {
                return Ok(value);
            }
            let (value, kept) = match select(future.as_mut(), pin!(self.keep())).await {
                // A write that is under way must end: its version is the one to be seen next.
                Either::Left((value, keep)) => (Some(value), keep.await),
                Either::Right((kept, _)) => (None, kept),
            };
            match kept {
                Err(LeaseError::Held(held)) => return Err(held),
                // The next renewal may succeed. If none does, another run takes over, and compare-and-set stops this one.
                Err(LeaseError::State(error)) => tracing::warn!(key = self.key, %error, "the lease is not renewed"),
                Ok(()) => {}
            }
            if let Some(value) = value {
                return Ok(value);
            }
        }
    }

    async fn write(&mut self) -> Result<(), LeaseError> {
        match self.lake.write_state(&self.key, &self.state, &self.version).await {
            Ok(version) => self.version = version,
            // Another run has taken over.
            Err(StateError::Lost(_)) => return Err(Held { until: self.clock.now() }.into()),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
