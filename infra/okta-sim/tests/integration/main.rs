//! The simulator as a client meets it: over HTTP, with Okta's rules.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod coverage;
mod dpop;
mod faults;
mod http;
mod inventory;
mod limits;
mod logs;
mod scopes;
mod sign;
mod test_org;
mod tls;
mod token;
