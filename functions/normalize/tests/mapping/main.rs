//! The mapping as a whole: any LogEvent becomes a valid OCSF event that has lost nothing.

#![allow(clippy::unwrap_used)] // A test that cannot go on panics.

mod events;
mod fixtures;
mod homes;
mod leaves;
mod properties;
mod row;
mod shapes;
mod tree;
mod types;
mod version;
