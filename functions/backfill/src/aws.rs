//! AWS besides S3: the bus, the signing key, the secrets, the stack, the metrics.

pub mod bus;
pub mod kms;
pub mod metrics;
pub mod secrets;
pub mod stack;
