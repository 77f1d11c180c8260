//! Everything that exists in an org, entity by entity, with a manifest of what could be read, and what has changed since
//! the last collection.

mod collect;
mod compare;
mod entity;
mod events;
pub mod manifest;
mod page;
mod parts;
pub mod plan;
mod reader;
mod record;
mod redact;
pub mod run;
mod scope;
mod store;
mod table;
mod turn;
