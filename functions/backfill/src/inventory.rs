//! Everything that exists in an org, entity by entity, with a manifest of what is known, and what has changed since the last
//! collection.

pub(crate) mod claims;
mod collect;
mod compare;
pub(crate) mod count;
pub(crate) mod entity;
mod envelope;
mod log_changes;
pub(crate) mod manifest;
mod page_reader;
mod parts;
pub mod plan;
mod reader;
mod record;
mod redact;
pub mod reference;
mod refusal;
pub mod report;
pub(crate) mod request;
pub(crate) mod restore;
pub(crate) mod run;
mod scope;
pub(crate) mod session;
pub(crate) mod state;
pub(crate) mod stop;
pub(crate) mod table;
