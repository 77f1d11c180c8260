//! How a command ended, as the local command's exit status says it. Pure.

use serde::{Deserialize, Serialize};

/// How a command ended. Of several orgs the worst counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything is done (exit status 0).
    #[default]
    Complete,
    /// Something is left, denied, or in quarantine (exit status 1).
    Incomplete,
    /// Nothing could be done (exit status 2).
    Failed,
}
