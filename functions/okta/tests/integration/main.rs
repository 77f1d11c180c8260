//! The client against a real HTTP server, which answers whatever a test wants.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod authorization;
mod failures;
mod paging;
mod rate_limits;
mod secrecy;
mod server;
mod simulated_bucket;
mod skipping_clock;
mod tls;
