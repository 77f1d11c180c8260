//! What the `okta-lake` command reads and sends: rows, hours and quarantine of a lake, events out of files.

pub mod coverage;
pub mod error;
pub mod event_bus;
pub mod hours;
pub mod input;
pub mod quarantine;
pub mod row_file;
pub mod sending;
pub mod survey;
pub mod view;

mod document;
mod hour_sort;
mod row_json;

pub use error::Error;
