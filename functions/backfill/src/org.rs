//! One org in one invocation: what every kind of work needs of it.

pub mod backoff;
pub mod binding;
pub mod context;
pub mod deadline;
pub mod lease;
pub(crate) mod leased_state;
pub mod problem;
