//! The commands: each file holds the arguments of one command, its help, and what it does.

pub(crate) mod cat;
pub(crate) mod demo;
pub(crate) mod event_types;
pub(crate) mod run;
pub(crate) mod send;
pub(crate) mod sim;
pub(crate) mod status;
pub(crate) mod test_connectivity;
pub(crate) mod verify;
pub(crate) mod views;
