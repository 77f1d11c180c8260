//! Why an action was not begun.

use lake::StateError;

use crate::aws::secrets::SecretsError;

/// Why an action was not begun.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// It is for every tenant of the lake, and the lake cannot be listed.
    #[error(transparent)]
    State(#[from] StateError),
    /// An entity that nobody knows.
    #[error("entities: {0:?} is no entity of the inventory: see docs/inventory.md")]
    Entity(String),
    /// It is for every tenant, and nobody knows them.
    #[error("{0}: let the function's role list and read the secrets under its prefix")]
    Secrets(#[from] SecretsError),
}
