//! Our rules: each finds the events that it must, and not those that it must not.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // A test that cannot go on panics, and counts are told.

#[path = "detect/agreement.rs"]
mod agreement;
#[path = "detect/case.rs"]
mod case;
#[path = "detect/independence.rs"]
mod independence;
#[path = "detect/limits.rs"]
mod limits;
#[path = "detect/rules.rs"]
mod rules;
