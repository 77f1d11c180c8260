//! The org's HTTP API: what a request goes through before it is answered, and what an answer goes through after.

pub(crate) mod active_faults;
pub(crate) mod answer;
pub(crate) mod buckets;
pub(crate) mod call;
pub(crate) mod cursor;
mod endpoint_context;
mod entities;
pub(crate) mod error;
mod fault_effects;
pub(crate) mod limits;
mod list_body;
mod logs;
mod open;
pub(crate) mod org_state;
mod page;
pub(crate) mod request_facts;
mod scim;
pub(crate) mod service;
