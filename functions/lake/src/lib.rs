//! The lake in S3: where objects lie, what is in them, and the only place that writes them.

pub mod batch;
pub mod encode;
pub mod inventory;
pub mod layout;
pub mod ledger;
mod pages;
pub mod quarantine;
pub mod schema;
pub mod seal;
pub mod security_lake;
mod sort;
pub mod state;
pub mod stored;
pub mod write;

pub use batch::{Batch, Object, Partition};
pub use encode::{EncodeError, Format};
pub use ledger::Entry;
pub use quarantine::Rejected;
pub use sort::Sorter;
pub use state::{StateError, Version};
pub use stored::StoredRow;
pub use write::{Lake, Put, WriteError};
