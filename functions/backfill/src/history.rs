//! A range of the System Log into the lake: planned by measured density, read in slices side by side, each with its own
//! checkpoint, over as many invocations as it takes.

pub mod checkpoint;
pub mod client_stats;
mod drive;
mod estimate;
pub mod job;
pub mod measure;
pub mod plan;
pub mod poll;
pub mod poll_state;
pub mod probe;
pub mod progress;
pub mod report;
pub mod request;
pub(crate) mod run;
pub(crate) mod session;
mod slices;
pub mod store;
mod worker;
