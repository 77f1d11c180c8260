//! A simulated Okta org: who is in it and what happened there, as a pure function of a seed.

mod id;
mod log;
mod org;
mod random;

pub use crate::log::Event;
pub use crate::org::{Org, OrgConfig};
