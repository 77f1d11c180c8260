//! A simulated Okta org: who is in it and what happened there, as a pure function of a seed; and a server that answers
//! for it as Okta does, strict enough for Okta's own SDK.

// Its numbers are of people, pages and seconds: far below where a cast would change them.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]

mod api;
mod clock;
mod fault;
mod id;
mod identity;
mod log;
mod org;
mod random;
mod server;
mod simulator;
mod traffic;

pub use crate::api::buckets::Plan;
pub use crate::api::limits::LimitsConfig;
pub use crate::clock::{Clock, Hand};
pub use crate::fault::{Fault, FaultError, FaultKind, PLANTED};
pub use crate::identity::clients::{ClientAuth, ClientSpec, Role};
pub use crate::identity::keys::{KeyError, KeyKind};
pub use crate::identity::scopes::Granted;
pub use crate::log::Event;
pub use crate::org::{Org, OrgConfig};
pub use crate::simulator::{SimConfig, Simulator, StartError};
pub use crate::traffic::{Seen, Traffic};
