//! AWS besides S3: the bus, the secrets, the stack, the metrics.

pub mod bus;
pub mod metrics;
pub mod secrets;
pub mod stack;
