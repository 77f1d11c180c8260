//! The client against a real HTTP server, which answers whatever a test wants.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod authorization;
mod contradictions;
mod failures;
mod identity;
mod page_sizes;
mod paging;
mod proxies;
mod rate_limits;
mod secrecy;
mod server;
mod simulated_bucket;
mod skipping_clock;
mod tls;
