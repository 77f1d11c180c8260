//! The lake in S3: where objects lie, what is in them, and the only place that writes them.

pub mod batch;
pub mod encode;
pub mod layout;
mod pages;
pub mod quarantine;
pub mod schema;
pub mod state;
pub mod write;

pub use batch::{Batch, Object, Partition};
pub use encode::{EncodeError, Format};
pub use quarantine::Rejected;
pub use state::{StateError, Version};
pub use write::{Lake, Put, WriteError};
