//! Every closed hour is compared with the API, repaired, sealed and entered into the ledger.

mod clear;
mod due;
mod export;
pub mod hour;
mod index;
pub mod report;
pub mod run;
mod state;
mod stream_health;
