//! Everything that exists in an org, entity by entity, with a manifest of what is known, and what has changed since the last
//! collection.

mod claims;
mod collect;
mod compare;
mod count;
mod entity;
mod envelope;
mod log_changes;
pub mod manifest;
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
mod restore;
pub(crate) mod run;
mod scope;
mod session;
mod state;
mod steps;
mod stop;
pub mod stored;
pub mod summary;
mod table;
