//! What a command does: one file for each action.

pub(crate) mod connectivity;
pub(crate) mod inventory;
pub mod logs;
pub(crate) mod quarantine_report;
pub(crate) mod secret_rotation;
