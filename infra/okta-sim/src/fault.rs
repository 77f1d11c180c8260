//! Faults: what can go wrong on request, to which requests, how often, and how to write it on a command line.

pub(crate) mod conditions;
pub(crate) mod kind;
pub(crate) mod names;
pub(crate) mod notation;
pub(crate) mod record_edit;
pub(crate) mod refusal;
pub(crate) mod spec;
