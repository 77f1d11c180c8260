//! What both functions start with: their environment variables, the configuration of the AWS clients, logs and metrics.
//! The tables of variables and of metrics are the only declarations of either; the pages of the documentation are
//! generated from them.

pub mod aws;
pub mod environment;
mod function;
pub mod logs;
pub mod metrics;
pub mod variables;

pub use crate::environment::{ConfigError, Environment};
pub use crate::function::Function;
