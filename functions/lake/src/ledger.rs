//! The ledger: for each hour of each org, an entry that says what is sealed. The entry is the atomic switch: a reader takes
//! the rows of the object that it names, and those of objects in `live/` that it does not name.
//!
//! Entries form chains. Each names the entry of the hour before, the generations of its own hour that it replaces, and,
//! since format version 2, the entry that was written before it. Pure.

mod completeness;
mod entry;
mod lateness;
mod recorded;
mod superseded;

pub use entry::{Counts, Entry, EntryLink, FORMAT, PastGeneration, SealReason};
pub use lateness::Lateness;
pub use recorded::{EntryError, Head, Recorded};
pub use superseded::{HourObjects, inputs, superseded};
