//! The graph, as its users see it.

// A test that cannot go on should say where; the one of sizes shows what it measured.
#![allow(clippy::needless_for_each, clippy::print_stdout, clippy::unwrap_used)]

mod access;
mod bad_input;
mod history;
mod naive;
mod oracle;
mod org;
mod output;
mod patterns;
mod random;
mod size;
mod unknown;
