//! Who works on a job: two invocations must never work on the same one. A lease runs out by itself, so that a run that
//! was killed holds nobody up for long. It keeps runs from doing the same work twice; what keeps a run that lost its
//! lease without noticing from doing harm is that every checkpoint is a compare-and-set.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// So long a lease is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(60);

/// A run, told from all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner(String);

/// Somebody's right to work on something, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    owner: Owner,
    until: Timestamp,
}

/// State with a lease in it.
pub(crate) trait LeasedState: Serialize + DeserializeOwned {
    /// The lease.
    fn lease(&mut self) -> &mut Option<Lease>;
}

/// State of which each org has one object, and which can be rebuilt from nothing.
pub(crate) trait PersistedState: LeasedState + Default {
    /// The name of its object below `state/tenant=T/`.
    const NAME: &'static str;
}

/// Somebody else holds the lease.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another run is at it: its lease ends at {until:.0}")]
pub struct Held {
    /// When it runs out, unless it is renewed.
    pub until: Timestamp,
}

impl Owner {
    /// A new run. The id is not a secret; the standard library's random keys are unique enough.
    pub fn new() -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self(format!("{:016x}{:016x}", random(), random()))
    }
}

impl Default for Owner {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Lease {
    /// Takes or renews a lease at `now`, given the present one.
    pub fn take(present: Option<&Self>, owner: &Owner, now: Timestamp) -> Result<Self, Held> {
        match present {
            Some(lease) if lease.owner != *owner && lease.until > now => Err(Held { until: lease.until }),
            _ => Ok(Self { owner: owner.clone(), until: now.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX) }),
        }
    }

    /// Whether it is this run's.
    pub fn is_of(&self, owner: &Owner) -> bool {
        self.owner == *owner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_one_owners_until_it_runs_out() {
        let (one, other) = (Owner::new(), Owner::new());
        let start = Timestamp::UNIX_EPOCH;
        let lease = Lease::take(None, &one, start).unwrap();
        let soon = start + SignedDuration::from_secs(59);
        assert_eq!(Lease::take(Some(&lease), &other, soon).unwrap_err().until, lease.until);
        let renewed = Lease::take(Some(&lease), &one, soon).unwrap();
        assert!(renewed.until > lease.until && renewed.is_of(&one));
        assert!(Lease::take(Some(&lease), &other, lease.until).unwrap().is_of(&other));
    }
}
