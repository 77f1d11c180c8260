//! Why work on the inventory stops before its end.

use lake::{StateError, WriteError};
use okta::Error;

use crate::inventory::parts::PartError;
use crate::org::binding::BindingError;
use crate::org::leased_state::LeaseError;

/// Why an entity, or the run, is not done now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StopReason {
    #[error("the deadline has come")]
    Deadline,
    #[error(transparent)]
    Okta(Error),
    #[error(transparent)]
    Binding(BindingError),
    #[error(transparent)]
    Part(#[from] PartError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Leased(#[from] LeaseError),
    #[error("{0} was lost while it was needed")]
    Lost(String),
    #[error("a record has no JSON form")]
    Json(#[from] serde_json::Error),
}

impl From<BindingError> for StopReason {
    fn from(error: BindingError) -> Self {
        match error {
            BindingError::Okta(error) => error.into(),
            BindingError::State(error) => Self::State(error),
            error => Self::Binding(error),
        }
    }
}

impl From<Error> for StopReason {
    fn from(error: Error) -> Self {
        match error {
            Error::TooLate(_) => Self::Deadline,
            error => Self::Okta(error),
        }
    }
}
