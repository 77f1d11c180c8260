//! The client against a real HTTP server, which answers whatever a test wants.

#![allow(clippy::unwrap_used)] // A test that cannot go on panics.

mod authorization;
mod failures;
mod paging;
mod rate_limits;
mod secrecy;
mod server;
mod simulated_bucket;
mod tls;
