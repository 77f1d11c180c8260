//! The local AWS from outside: over the wire and with real processes.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on should say where.

#[path = "local_aws/function_process.rs"]
mod function_process;
#[path = "local_aws/runtime_api.rs"]
mod runtime_api;
#[path = "local_aws/s3_server.rs"]
mod s3_server;
#[path = "local_aws/stack.rs"]
mod stack;
#[path = "local_aws/strangers.rs"]
mod strangers;
