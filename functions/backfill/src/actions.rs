//! What a command does: one file for each action, and what they share.

pub mod answer;
pub(crate) mod connectivity;
pub mod error;
pub(crate) mod fan_out;
pub mod inventory;
pub mod logs;
pub(crate) mod quarantine_report;
pub(crate) mod repairs;
pub(crate) mod resume;
pub mod seals;
pub(crate) mod secret_rotation;
pub mod verify;
