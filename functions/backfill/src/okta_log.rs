//! The System Log API: its queries, the state of the log stream, and pages of it written to the lake.

pub mod page_writer;
pub(crate) mod query;
pub(crate) mod refused;
pub(crate) mod stream_state;
