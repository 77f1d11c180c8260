//! AWS on one machine, as far as okta-lake uses it: S3 on plain files, SQS as Lambda's event source, the Lambda Runtime
//! API, EventBridge, STS and Secrets Manager. The real, unmodified function binaries run on it.

pub mod backfill_stack;
pub mod bus_server;
pub mod config;
pub mod credentials;
pub mod error;
pub mod fault;
pub mod function_binaries;
pub mod function_process;
pub mod metrics;
pub mod object_store;
pub mod private_files;
pub mod queue;
pub mod runtime_api;
pub mod s3_list;
pub mod s3_server;
pub mod secrets_server;
pub mod stream_stack;
pub mod sts_server;

mod bucket;
mod conditions;
mod digest;
mod environment;
mod function_log;
mod function_settings;
mod loopback;
mod queue_message;
mod queue_record;
mod s3_log;
mod signature;
mod upload;

pub use error::{Error, FunctionError};
