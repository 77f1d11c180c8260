//! What became of records that were written.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// What became of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteCounts {
    /// Rows in objects that are durable.
    pub events: u64,
    /// Objects in `live/`.
    pub objects: u64,
    /// Records in quarantine.
    pub quarantined: u64,
}

impl AddAssign for WriteCounts {
    fn add_assign(&mut self, other: Self) {
        self.events += other.events;
        self.objects += other.objects;
        self.quarantined += other.quarantined;
    }
}
