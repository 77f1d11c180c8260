//! Every closed hour is compared with the API, repaired, sealed and entered into the ledger.

mod api_read;
mod blocking;
mod checkpoint;
mod checkpoint_key;
mod clear;
mod commit;
mod compare;
mod content;
pub mod due;
mod error;
mod evidence;
mod export;
mod hour;
mod index;
mod quarantine;
mod read_plan;
mod rebuild;
mod recheck;
pub(crate) mod repair;
mod replaced;
pub mod report;
mod rows;
pub mod run;
pub(crate) mod run_error;
pub(crate) mod session;
mod state;
mod stream_health;
