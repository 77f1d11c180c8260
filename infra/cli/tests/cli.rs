//! The `okta-lake` command, as a shell runs it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on should say where.

#[path = "cli/command.rs"]
mod command;
#[path = "cli/exit_status.rs"]
mod exit_status;
#[path = "cli/graph.rs"]
mod graph;
#[path = "cli/lake_files.rs"]
mod lake_files;
#[path = "cli/stopping.rs"]
mod stopping;
#[path = "cli/verify.rs"]
mod verify;
#[path = "cli/view.rs"]
mod view;
