//! Why a run on an org's hours ends early.

use lake::StateError;

use crate::org::binding::BindingError;
use crate::org::lease::Held;
use crate::org::leased_state::LeaseError;
use crate::org::problem::Problem;
use crate::seal::error::HourError;

/// Why a run ends early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error(transparent)]
    Binding(#[from] BindingError),
    #[error(transparent)]
    Hour(#[from] HourError),
}

impl From<StateError> for RunError {
    fn from(error: StateError) -> Self {
        Self::Hour(error.into())
    }
}

impl From<Held> for RunError {
    fn from(held: Held) -> Self {
        Self::Lease(held.into())
    }
}

impl RunError {
    /// Returns until when another run has the lease, if that is why.
    pub(crate) fn held(&self) -> Option<&Held> {
        match self {
            Self::Lease(LeaseError::Held(held)) => Some(held),
            _ => None,
        }
    }

    /// The problem as a person reads it.
    pub(crate) fn problem(&self, tenant: &str) -> Problem {
        let remedy = match self {
            Self::Lease(LeaseError::State(error)) => error.remedy().to_owned(),
            Self::Lease(LeaseError::Held(_)) => "nothing: the other run does the work".to_owned(),
            Self::Binding(error) => error.remedy(),
            Self::Hour(error) => error.remedy(),
        };
        Problem::told(tenant, lake::quarantine::reason(self), remedy)
    }
}
