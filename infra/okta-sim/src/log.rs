//! The System Log of the org.

pub(crate) mod actor_kind;
mod base_record;
mod dense_events;
pub(crate) mod event;
pub(crate) mod event_type;
mod persistence;
pub(crate) mod planned_event;
pub(crate) mod record;
mod scenario;
mod scenario_context;
pub(crate) mod scenarios;
mod target;
pub(crate) mod timeline;
