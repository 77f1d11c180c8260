//! The org's HTTP API: what a request goes through before it is answered, and what an answer goes through after.

pub(crate) mod answer;
pub(crate) mod buckets;
pub(crate) mod call;
mod desk;
mod entities;
pub(crate) mod error;
pub(crate) mod limits;
mod logs;
pub(crate) mod mischief;
mod open;
mod page;
mod scim;
pub(crate) mod world;
