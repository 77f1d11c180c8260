//! The rows of one hour, each event once. Of two versions of an event the API's wins over the stream's, for anybody who can
//! write to the queue can forge the stream's; every version that loses is returned, to be kept in quarantine.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::SignedDuration;
use normalize::IngestPath;

use crate::digest::{Key, key};
use crate::json_identity::JsonIdentity;
use crate::ledger::{Counts, Lateness};
use crate::sort::{SortError, Sorted, Sorter};
use crate::stored::StoredRow;

/// Gathers the rows of an hour in any order. Memory grows with the number of events by some fifty bytes each.
#[derive(Debug, Default)]
pub struct HourRows {
    index: HourIndex,
    sorter: Sorter,
}

/// The events of an hour, how each came, and which version of it wins.
#[derive(Debug, Default)]
pub struct HourIndex {
    events: HashMap<Key, Known>,
    identity: JsonIdentity,
    duplicates: u64,
    lateness: Lateness,
}

/// What is known of an event.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// The version that wins.
    version: EventVersion,
    paths: Paths,
    /// Whether more than one version was added.
    is_disputed: bool,
}

/// The paths on which an event came.
#[derive(Debug, Clone, Copy, Default)]
struct Paths {
    by_stream: bool,
    by_api: bool,
    repaired: bool,
}

/// A version of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct EventVersion {
    identity: u64,
    logged: i64,
    is_from_api: bool,
}

/// What became of a row that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is the first of its event.
    New,
    /// The hour has the same event.
    Duplicate,
    /// The hour has another version of the event; which of them wins is decided.
    Conflict,
}

/// What the hour has of an event that the API gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The event as the API gave it.
    Same,
    /// Only another version, which the stream brought: add the API's as a row, and it wins.
    OtherVersion,
    /// Nothing: the stream lost it.
    Missing,
}

/// The rows by time, then by uuid, each with whether its version wins.
pub struct DecidedRows {
    index: HourIndex,
    rows: Sorted,
}

/// A row of an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// It is the row of its event.
    Winner(StoredRow),
    /// Another version of the event is the row: this one belongs into quarantine.
    Loser(StoredRow),
}

impl HourRows {
    /// Adds a row.
    pub fn add(&mut self, row: StoredRow) -> Result<Added, SortError> {
        let added = self.index.add(&row);
        if added != Added::Duplicate {
            self.sorter.add(row)?;
        }
        Ok(added)
    }

    /// The events so far.
    pub fn index(&self) -> &HourIndex {
        &self.index
    }

    /// Records that the API has an event.
    pub fn confirm(&mut self, uuid: &str, raw_data: &str) -> Confirmed {
        self.index.confirm(uuid, raw_data)
    }

    /// Returns the rows, in order.
    pub fn finish(self) -> Result<DecidedRows, SortError> {
        Ok(DecidedRows { index: self.index, rows: self.sorter.finish()? })
    }
}

impl HourIndex {
    fn add(&mut self, row: &StoredRow) -> Added {
        let version = self.version(row);
        let is_stream = !version.is_from_api;
        let (known, added) = match self.events.entry(key(&row.metadata.uid)) {
            Entry::Vacant(place) => (place.insert(Known::new(version)), Added::New),
            Entry::Occupied(known) => {
                let known = known.into_mut();
                let added = known.dispute(version);
                (known, added)
            }
        };
        let paths = &mut known.paths;
        if is_stream && !paths.by_stream {
            self.lateness.add(SignedDuration::from_millis(row.metadata.processed_time - row.time));
        }
        paths.by_stream |= is_stream;
        paths.by_api |= !is_stream;
        paths.repaired |= row.metadata.source == IngestPath::Repair.as_str();
        self.duplicates += u64::from(added == Added::Duplicate);
        added
    }

    fn confirm(&mut self, uuid: &str, raw_data: &str) -> Confirmed {
        let identity = self.identity.of(raw_data);
        let Some(known) = self.events.get_mut(&key(uuid)) else { return Confirmed::Missing };
        if known.version.identity != identity && !known.version.is_from_api {
            return Confirmed::OtherVersion;
        }
        known.paths.by_api = true;
        Confirmed::Same
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether the hour has this event.
    pub fn contains(&self, uuid: &str) -> bool {
        self.events.contains_key(&key(uuid))
    }

    /// Whether any event came by the stream.
    pub fn has_stream(&self) -> bool {
        self.events.values().any(|known| known.paths.by_stream)
    }

    /// How many rows repeated another one.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// How late the stream's events came.
    pub fn lateness(&self) -> Lateness {
        self.lateness
    }

    /// The events by the path on which they came.
    pub fn counts(&self) -> Counts {
        self.events.values().fold(Counts::default(), |mut counts, known| {
            match known.paths {
                Paths { by_stream: true, by_api: true, .. } => counts.both += 1,
                Paths { by_stream: true, .. } => counts.stream_only += 1,
                Paths { .. } => counts.api_only += 1,
            }
            counts.repaired += u64::from(known.paths.repaired && !known.paths.by_stream);
            counts
        })
    }

    fn version(&self, row: &StoredRow) -> EventVersion {
        EventVersion {
            identity: self.identity.of(&row.raw_data),
            logged: row.metadata.logged_time,
            is_from_api: row.metadata.source != IngestPath::Stream.as_str(),
        }
    }

    fn decide(&mut self, row: StoredRow) -> Decided {
        let version = self.version(&row);
        match self.events.get(&key(&row.metadata.uid)) {
            Some(known) if known.is_disputed && known.version != version => Decided::Loser(row),
            _ => Decided::Winner(row),
        }
    }
}

impl Known {
    fn new(version: EventVersion) -> Self {
        Self { version, paths: Paths::default(), is_disputed: false }
    }

    fn dispute(&mut self, version: EventVersion) -> Added {
        if version.identity == self.version.identity {
            return Added::Duplicate;
        }
        self.is_disputed = true;
        if version.wins_over(self.version) {
            self.version = version;
        }
        Added::Conflict
    }
}

impl EventVersion {
    /// The API's version wins over the stream's. Of two by the same path the later answer of the API wins, for Okta may
    /// have completed the event, and the earlier message of the stream, for a forger has to have seen the event.
    fn wins_over(self, other: Self) -> bool {
        match (self.is_from_api, other.is_from_api) {
            (true, false) => true,
            (false, true) => false,
            (true, true) => self.logged > other.logged,
            (false, false) => self.logged < other.logged,
        }
    }
}

impl Iterator for DecidedRows {
    type Item = Result<Decided, SortError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(row.map(|row| self.index.decide(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stored::StoredMetadata;

    fn row(uid: &str, source: &str, body: &str, logged: i64) -> StoredRow {
        let (uid, source) = (uid.to_owned(), source.to_owned());
        let metadata = StoredMetadata { uid, source, logged_time: logged, processed_time: 90_000 };
        StoredRow { time: 0, metadata, raw_data: body.to_owned() }
    }

    /// The winners and losers of rows that were added in this order, by uuid, path and text.
    fn decided(rows: &[StoredRow]) -> (Vec<String>, Vec<String>) {
        let mut hour = HourRows::default();
        for row in rows {
            hour.add(row.clone()).unwrap();
        }
        let name = |row: StoredRow| format!("{} {} {}", row.metadata.uid, row.metadata.source, row.raw_data);
        let (mut winners, mut losers) = (Vec::new(), Vec::new());
        for row in hour.finish().unwrap() {
            match row.unwrap() {
                Decided::Winner(row) => winners.push(name(row)),
                Decided::Loser(row) => losers.push(name(row)),
            }
        }
        (winners, losers)
    }

    #[test]
    fn each_event_is_counted_once_by_all_its_paths() {
        let mut hour = HourRows::default();
        let rows =
            [("a", "stream"), ("b", "stream"), ("c", "repair"), ("d", "history"), ("a", "history"), ("c", "stream")];
        let added: Vec<_> = rows.iter().map(|(uid, source)| hour.add(row(uid, source, "{}", 0)).unwrap()).collect();
        assert_eq!(added, [Added::New, Added::New, Added::New, Added::New, Added::Duplicate, Added::Duplicate]);
        assert_eq!((hour.confirm("d", "{}"), hour.confirm("e", "{}")), (Confirmed::Same, Confirmed::Missing));
        let index = hour.index();
        let counts = Counts { stream_only: 1, api_only: 1, both: 2, repaired: 0 };
        assert_eq!((index.counts(), index.duplicates(), index.lateness().quarter), (counts, 2, 3));
        assert!(index.has_stream() && !index.is_empty() && index.len() == 4 && index.contains("d"));
    }

    #[test]
    fn the_version_of_the_api_wins_in_whatever_order() {
        let (forged, real) = (row("a", "stream", r#"{"x":2}"#, 1), row("a", "repair", r#"{"x":1}"#, 9));
        for rows in [[forged.clone(), real.clone()], [real, forged]] {
            let (winners, losers) = decided(&rows);
            assert_eq!(
                (winners, losers),
                (vec![r#"a repair {"x":1}"#.to_owned()], vec![r#"a stream {"x":2}"#.to_owned()])
            );
        }
    }

    #[test]
    fn every_losing_version_is_returned() {
        let rows = [
            row("a", "stream", r#"{"x":2}"#, 5),
            row("b", "stream", r#"{"x":2}"#, 5),
            row("a", "stream", r#"{"x":3}"#, 4),
            row("a", "poll", r#"{"x":4}"#, 1),
            row("a", "history", r#"{"x":5}"#, 2),
        ];
        let (winners, losers) = decided(&rows);
        assert_eq!(winners, [r#"a history {"x":5}"#, r#"b stream {"x":2}"#]);
        assert_eq!(losers.len(), 3);
    }

    #[test]
    fn another_spelling_is_no_other_version() {
        let rows = [row("a", "stream", r#"{"x":1,"y":2}"#, 1), row("a", "poll", r#"{ "y":2, "x":1 }"#, 2)];
        let (winners, losers) = decided(&rows);
        assert_eq!((winners.len(), losers.len()), (1, 0));
        let mut hour = HourRows::default();
        hour.add(rows[0].clone()).unwrap();
        assert_eq!(hour.confirm("a", r#"{"y":2,"x":1}"#), Confirmed::Same);
        assert_eq!(hour.confirm("a", r#"{"y":2,"x":3}"#), Confirmed::OtherVersion);
        assert_eq!(hour.index().counts().both, 1);
    }
}
