//! The local stack from outside: over the wire, with real processes, and by its command line.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on should say where.

#[path = "local/command.rs"]
mod command;
#[path = "local/function_process.rs"]
mod function_process;
#[path = "local/lake_files.rs"]
mod lake_files;
#[path = "local/runtime_api.rs"]
mod runtime_api;
#[path = "local/s3_server.rs"]
mod s3_server;
#[path = "local/stack.rs"]
mod stack;
#[path = "local/view.rs"]
mod view;
