//! What it costs to turn Okta's events into the lake's objects: the stages one by one, the whole way,
//! and the two things to compare them with. All of it runs on one thread.

pub mod baseline;
pub mod event_types;
pub mod events;
pub mod random;
pub mod stages;
pub mod stopwatch;
pub mod vector;
