//! The client against a real HTTP server, which answers whatever a test wants.

mod authorization;
mod failures;
mod paging;
mod rate_limits;
mod secrecy;
mod server;
mod simulated_bucket;
mod tls;
