//! The lake in S3: keys, schema, encoding, the object store, state, ledger and seal.

pub mod action;
pub mod batch;
pub mod claim;
pub mod digest;
pub mod encode;
pub mod format;
pub mod inventory;
pub mod key;
pub mod layout;
pub mod ledger;
pub mod object_store;
mod parquet_layout;
pub mod partition;
pub mod quarantine;
pub mod schema;
pub mod seal;
pub mod security_lake;
pub mod signing;
pub mod sort;
pub mod stored;

pub use action::Action;
pub use batch::{Batch, Object};
pub use claim::{Claim, Word};
pub use encode::EncodeError;
pub use format::Format;
pub use key::Key;
pub use ledger::Entry;
pub use object_store::{Lake, Put, StateError, Version, WriteError};
pub use partition::Partition;
pub use quarantine::Rejected;
pub use sort::Sorter;
pub use stored::StoredRow;
