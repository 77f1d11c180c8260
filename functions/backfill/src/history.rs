//! A range of the System Log into the lake: planned by measured density, read in slices side by side, each with its own
//! checkpoint, over as many invocations as it takes.

pub mod job;
pub mod meter;
pub mod plan;
pub mod poll;
pub mod probe;
pub mod progress;
mod reader;
pub mod run;
pub mod store;
