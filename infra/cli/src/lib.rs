//! The whole system on one machine: an embedded S3-compatible server, a queue, and the Lambda Runtime API, so that the
//! real, unmodified function binaries run without AWS. The `okta-lake` command and the integration tests stand on it.

pub mod backfill;
pub mod bus_server;
pub mod config;
pub mod coverage;
pub mod error;
pub mod event_bus;
pub mod fault;
pub mod function_binaries;
pub mod function_process;
pub mod hours;
pub mod input;
pub mod listing;
pub mod local_stack;
pub mod metrics;
pub mod object_store;
pub mod quarantine;
pub mod queue;
pub mod row_file;
pub mod runtime_api;
pub mod s3_server;
pub mod secrets_server;
pub mod sending;
pub mod sts_server;
pub mod survey;
pub mod view;

mod bucket;
mod conditions;
mod digest;
mod document;
mod environment;
mod function_log;
mod hour_sort;
mod loopback;
mod queue_record;
mod row_json;
mod upload;

pub use error::{Error, FunctionError};
