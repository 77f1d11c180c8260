//! The backfill function: history, polling, sealing, inventory and checks through the Okta API. The binary is the cold
//! start; [`handler`] receives a command and hands it to an action. Arrows point down: `handler` → `actions` → `history`,
//! `inventory`, `seal` → `org`, `okta_log`, `outputs`, `aws` → plain data (`command`, `events`, `written`, `check`).

pub mod actions;
pub mod app;
pub mod aws;
pub mod check;
pub mod command;
pub mod config;
mod data_type;
pub mod events;
pub mod handler;
pub mod history;
pub mod inventory;
pub mod okta_log;
pub mod org;
pub mod outcome;
pub mod outputs;
pub mod seal;
pub mod written;
