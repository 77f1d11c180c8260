//! The digests of an object's rows, by which it is named and proven. Pure.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::digest::{self, hex};
use crate::stored::StoredRow;

/// Digests over rows, in their order.
#[derive(Debug, Clone)]
pub struct RowDigests {
    rows: u64,
    uids: Sha256,
    content: Sha256,
    live: Sha256,
    first: Option<i64>,
    last: Option<i64>,
}

/// What the rows of an object come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSummary {
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of the uuids: see [`crate::Entry::digest`].
    pub uids: String,
    /// The digest that names a sealed object.
    pub content: String,
    /// The digest that names a live object.
    pub live: String,
    /// When the first event was published.
    pub first: Option<Timestamp>,
    /// When the last event was published.
    pub last: Option<Timestamp>,
}

impl RowDigests {
    /// Of no rows yet, for an object of this version of the mapping.
    pub fn new(mapping: u32) -> Self {
        let content = Sha256::new_with_prefix(mapping.to_be_bytes());
        Self { rows: 0, uids: Sha256::new(), live: content.clone(), content, first: None, last: None }
    }

    /// Adds the next row.
    pub fn add(&mut self, row: &StoredRow) {
        self.add_identity(row);
        let StoredRow { metadata, raw_data, .. } = row;
        for part in [raw_data, &metadata.source] {
            self.content.update((part.len() as u64).to_be_bytes());
            self.content.update(part.as_bytes());
        }
        self.content.update(metadata.logged_time.to_be_bytes());
        self.content.update(metadata.processed_time.to_be_bytes());
    }

    /// Adds the next row, but not its content.
    pub fn add_identity(&mut self, row: &StoredRow) {
        self.rows += 1;
        self.uids.update(row.metadata.uid.as_bytes());
        self.uids.update(b"\n");
        self.first = self.first.or(Some(row.time));
        self.last = Some(row.time);
    }

    /// Adds the next row of a live object, whose name covers less than that of a sealed one.
    pub fn add_live(&mut self, raw_data: &str) {
        self.live.update((raw_data.len() as u64).to_be_bytes());
        self.live.update(raw_data.as_bytes());
    }

    /// What the rows come to.
    pub fn finish(self) -> RowSummary {
        let time = |millis: Option<i64>| millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        RowSummary {
            rows: self.rows,
            uids: hex(&self.uids.finalize()),
            content: digest::name(self.content),
            live: digest::name(self.live),
            first: time(self.first),
            last: time(self.last),
        }
    }
}
