//! What a command does: one file for each action.

pub(crate) mod connectivity;
pub mod logs;
pub(crate) mod quarantine_report;
pub mod reconcile;
pub mod renormalize;
pub(crate) mod secret_rotation;
