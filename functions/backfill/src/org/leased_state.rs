//! A state object in the hands of the run that has its lease: read, changed and kept by compare-and-set.

use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use lake::{Lake, StateError, Version, layout};
use normalize::Tenant;
use okta::Clock;
use serde::de::DeserializeOwned;
use serde_json::Value;

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
    tenant: &'a Tenant,
    key: String,
    version: Version,
    /// When the lease was renewed, by the steady clock.
    renewed: Duration,
    pub(crate) state: S,
}

/// State that is begun anew if it cannot be read.
pub(crate) fn rebuilt<S: Default>(key: &str, found: Result<S, StateError>) -> S {
    found.unwrap_or_else(|error| {
        tracing::error!(key, %error, remedy = REBUILT, "state cannot be read: it is begun anew");
        S::default()
    })
}

/// The state in an object, if it is this org's. An object of an older version does not say whose it is.
fn own<S: DeserializeOwned>(tenant: &Tenant, found: Value) -> Option<S> {
    let is_own = found.get("tenant").is_none_or(|owner| owner == tenant.as_str());
    is_own.then(|| serde_json::from_value(found).ok()).flatten()
}

/// What becomes of state that cannot be read.
const REBUILT: &str = "nothing: everything in it is found again; see who else writes to the bucket";

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
        let (found, version) = org.lake().inspect_state::<Value>(&key).await?;
        let state = match found {
            None => S::default(),
            Some(found) => found.ok().and_then(|found| own(&org.tenant, found)).unwrap_or_else(|| {
                tracing::error!(key, remedy = REBUILT, "state cannot be read, or is another org's: it is begun anew");
                S::default()
            }),
        };
        Self::hold(org, key, state, version).await
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
        let mut leased =
            Self { lake: org.lake(), clock, owner: &org.owner, tenant: &org.tenant, key, version, renewed, state };
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

    /// The state as it is written: with the org that it is of, so that another org's is not taken for it.
    fn owned(&self) -> Result<Value, StateError> {
        let encoded = serde_json::to_value(&self.state);
        let mut state = encoded.map_err(|source| StateError::Encode { key: self.key.clone(), source })?;
        if let Value::Object(members) = &mut state {
            members.insert("tenant".to_owned(), self.tenant.as_str().into());
        }
        Ok(state)
    }

    async fn write(&mut self) -> Result<(), LeaseError> {
        let state = self.owned()?;
        match self.lake.write_state(&self.key, &state, &self.version).await {
            Ok(version) => self.version = version,
            // Another run has taken over.
            Err(StateError::Lost(_)) => return Err(Held { until: self.clock.now() }.into()),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
