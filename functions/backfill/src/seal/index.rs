//! The events of one hour and how each came. Pure.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::SignedDuration;
use lake::StoredRow;
use lake::digest::{Key, key};
use lake::ledger::{Counts, Lateness};
use normalize::IngestPath;

/// How an event came.
#[derive(Debug, Clone, Copy, Default)]
struct Ways {
    by_stream: bool,
    by_api: bool,
    repaired: bool,
}

/// The events of an hour.
#[derive(Debug, Default)]
pub(crate) struct Index {
    events: HashMap<Key, Ways>,
    /// Rows of events that were there already.
    pub(crate) duplicates: u64,
    /// How late the stream was.
    pub(crate) lateness: Lateness,
}

impl Index {
    /// Adds a row; whether it is the first of its event.
    pub(crate) fn add(&mut self, row: &StoredRow) -> bool {
        let entry = self.events.entry(key(&row.metadata.uid));
        let is_new = matches!(entry, Entry::Vacant(_));
        let ways = entry.or_default();
        let is_stream = row.metadata.source == IngestPath::Stream.as_str();
        if is_stream && !ways.by_stream {
            self.lateness.add(SignedDuration::from_millis(row.metadata.processed_time - row.time));
        }
        ways.by_stream |= is_stream;
        ways.by_api |= !is_stream;
        ways.repaired |= row.metadata.source == IngestPath::Repair.as_str();
        self.duplicates += u64::from(!is_new);
        is_new
    }

    /// The API has this event; whether the lake has it, too.
    pub(crate) fn confirm(&mut self, uid: &str) -> bool {
        self.events.get_mut(&key(uid)).map(|ways| ways.by_api = true).is_some()
    }

    /// Whether any event came by stream.
    pub(crate) fn has_stream(&self) -> bool {
        self.events.values().any(|ways| ways.by_stream)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events by how they came.
    pub(crate) fn counts(&self) -> Counts {
        self.events.values().fold(Counts::default(), |mut counts, ways| {
            match ways {
                Ways { by_stream: true, by_api: true, .. } => counts.both += 1,
                Ways { by_stream: true, .. } => counts.stream_only += 1,
                Ways { .. } => counts.api_only += 1,
            }
            counts.repaired += u64::from(ways.repaired && !ways.by_stream);
            counts
        })
    }
}

#[cfg(test)]
mod tests {
    use lake::stored::StoredMetadata;

    use super::*;

    fn row(uid: &str, source: &str) -> StoredRow {
        let metadata =
            StoredMetadata { uid: uid.to_owned(), source: source.to_owned(), logged_time: 0, processed_time: 90_000 };
        StoredRow { time: 0, metadata, raw_data: String::new() }
    }

    #[test]
    fn each_event_is_counted_once_by_all_its_ways() {
        let mut index = Index::default();
        let rows =
            [("a", "stream"), ("b", "stream"), ("c", "repair"), ("d", "history"), ("a", "history"), ("c", "stream")];
        let new: Vec<_> = rows.iter().map(|(uid, source)| index.add(&row(uid, source))).collect();
        assert_eq!(new, [true, true, true, true, false, false]);
        assert!(index.confirm("d") && !index.confirm("e"));
        let counts = Counts { stream_only: 1, api_only: 1, both: 2, repaired: 0 };
        assert_eq!((index.counts(), index.duplicates, index.lateness.quarter), (counts, 2, 3));
        assert!(index.has_stream() && !index.is_empty());
    }
}
