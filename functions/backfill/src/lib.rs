//! The backfill function: history, polling, sealing, inventory and checks through the Okta API. The binary is the cold start; what it does
//! is in [`handler`].

pub mod bus;
pub mod command;
pub mod config;
mod connectivity;
mod data_type;
pub mod figures;
pub mod function;
pub mod handler;
pub mod history;
pub mod inventory;
pub mod lease;
mod leased;
pub mod logs;
pub mod poll;
mod quarantine_watch;
pub mod reconcile;
mod refused;
pub mod report;
pub mod rows;
mod secret_watch;
pub mod secrets;
pub mod security_lake;
pub mod stack;
pub mod trouble;
