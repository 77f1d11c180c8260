//! The events of one hour: how each came, and which of several contents counts. Pure.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use lake::StoredRow;
use lake::digest::{Key, key};
use lake::ledger::{Counts, Lateness};
use normalize::{IngestPath, LogEvent, hour_of};

use crate::seal::content::{Content, ContentHasher};

/// An event as the API gave it: its key, and the hash of its content.
pub(crate) type Mark = (Key, u64);

const BY_STREAM: u8 = 1;
const BY_API: u8 = 2;
const REPAIRED: u8 = 4;
/// The row of the content that counts is among the rows.
const HAS_ROW: u8 = 8;
/// The present read of the API had it.
const SEEN: u8 = 16;

/// What is known about an event. An hour has millions of them: the hash is kept as bytes, for it needs no alignment then.
#[derive(Debug, Clone, Copy, Default)]
struct Event {
    content: [u8; 8],
    flags: u8,
}

/// The events of an hour.
#[derive(Debug)]
pub(crate) struct Index {
    hour: Timestamp,
    hasher: ContentHasher,
    events: HashMap<Key, Event>,
    /// Events of which a row with another content was taken before the content that counts was known.
    contested: HashSet<Key>,
    /// Rows of events that were there already.
    pub(crate) duplicates: u64,
    /// How late the stream was.
    pub(crate) lateness: Lateness,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowVerdict {
    /// It is the first of its event.
    New,
    /// Its event has a row.
    Duplicate,
    /// It cannot be sealed.
    Rejected(&'static str),
}

/// What becomes of a record of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordVerdict {
    /// The lake has it.
    Known,
    /// The lake does not have it, or has another content under its uuid: the API's counts.
    Missing,
    /// This read had it before.
    Repeated,
    /// This read had another content under its uuid.
    Contradicts,
}

/// Why rows are rejected.
const OTHER_UUID: &str = "the row's uuid or time is not that of its raw_data";
const NO_PATH: &str = "the row came by no known path";
const OTHER_HOUR: &str = "the row lies in the folder of another hour";
const CONFLICT: &str = "another event of the same uuid counts: Okta's API has that one, or it came first";

impl Index {
    /// No events yet. A read that goes on brings the hasher that it began with.
    pub(crate) fn new(hour: Timestamp, hasher: ContentHasher) -> Self {
        let (events, contested) = (HashMap::new(), HashSet::new());
        Self { hour, hasher, events, contested, duplicates: 0, lateness: Lateness::default() }
    }

    /// The hasher of contents.
    pub(crate) fn hasher(&self) -> ContentHasher {
        self.hasher
    }

    /// Takes a row of the lake.
    pub(crate) fn add(&mut self, row: &StoredRow) -> RowVerdict {
        let content = match self.content(row) {
            Ok(content) => content.to_le_bytes(),
            Err(reason) => return RowVerdict::Rejected(reason),
        };
        let key = key(&row.metadata.uid);
        let is_stream = row.metadata.source == IngestPath::Stream.as_str();
        let event = self.events.entry(key).or_insert(Event { content, flags: 0 });
        let is_authority = event.flags & SEEN != 0 || (event.flags & BY_API != 0) || is_stream;
        if event.content != content {
            if is_authority {
                return RowVerdict::Rejected(CONFLICT);
            }
            // The stream's content counted so far; the API's does from now on.
            *event = Event { content, flags: event.flags & !HAS_ROW };
            self.contested.insert(key);
        }
        if is_stream && event.flags & BY_STREAM == 0 {
            self.lateness.add(SignedDuration::from_millis(row.metadata.processed_time - row.time));
        }
        event.flags |= if is_stream { BY_STREAM } else { BY_API };
        if row.metadata.source == IngestPath::Repair.as_str() {
            event.flags |= REPAIRED;
        }
        if event.flags & HAS_ROW != 0 {
            self.duplicates += 1;
            return RowVerdict::Duplicate;
        }
        event.flags |= HAS_ROW;
        RowVerdict::New
    }

    /// Returns whether a row that was taken as new still counts.
    pub(crate) fn counts_row(&self, row: &StoredRow) -> Result<(), &'static str> {
        if self.contested.is_empty() {
            return Ok(());
        }
        let key = key(&row.metadata.uid);
        let Some(event) = self.events.get(&key).filter(|_| self.contested.contains(&key)) else { return Ok(()) };
        match self.content(row) {
            Ok(content) if content.to_le_bytes() == event.content => Ok(()),
            _ => Err(CONFLICT),
        }
    }

    /// Takes a record of the API.
    pub(crate) fn confirm(&mut self, uuid: &str, raw: &str) -> RecordVerdict {
        let content = self.hash(raw).to_le_bytes();
        let key = key(uuid);
        let event = self.events.entry(key).or_insert(Event { content, flags: 0 });
        if event.flags & SEEN != 0 {
            return if event.content == content { RecordVerdict::Repeated } else { RecordVerdict::Contradicts };
        }
        if event.content != content {
            if event.flags & HAS_ROW != 0 {
                self.contested.insert(key);
            }
            *event = Event { content, flags: event.flags & !HAS_ROW };
        }
        let is_known = event.flags & HAS_ROW != 0;
        event.flags |= SEEN | BY_API;
        if is_known { RecordVerdict::Known } else { RecordVerdict::Missing }
    }

    /// Begins another read of the API.
    pub(crate) fn begin_read(&mut self) {
        self.events.values_mut().for_each(|event| event.flags &= !SEEN);
    }

    /// Goes on with a read: what it had so far. To be called before any row is taken.
    pub(crate) fn resume(&mut self, marks: impl IntoIterator<Item = Mark>) {
        let event = |hash: u64| Event { content: hash.to_le_bytes(), flags: SEEN | BY_API };
        self.events.extend(marks.into_iter().map(|(key, hash)| (key, event(hash))));
    }

    /// What the present read had so far.
    pub(crate) fn marks(&self) -> impl Iterator<Item = Mark> + '_ {
        let seen = self.events.iter().filter(|(_, event)| event.flags & SEEN != 0);
        seen.map(|(key, event)| (*key, u64::from_le_bytes(event.content)))
    }

    /// How many events the lake has from the API that the present read lacks.
    pub(crate) fn lacking(&self) -> u64 {
        self.count(BY_API | SEEN, BY_API)
    }

    /// How many events the present read had that have no row.
    pub(crate) fn without_row(&self) -> u64 {
        self.count(SEEN | HAS_ROW, SEEN)
    }

    /// How many events the present read had.
    pub(crate) fn seen(&self) -> u64 {
        self.count(SEEN, SEEN)
    }

    /// How many rows only the stream has.
    pub(crate) fn stream_only(&self) -> u64 {
        self.count(BY_STREAM | BY_API | HAS_ROW, BY_STREAM | HAS_ROW)
    }

    /// Returns whether any event came by stream.
    pub(crate) fn has_stream(&self) -> bool {
        self.events.values().any(|event| event.flags & BY_STREAM != 0)
    }

    /// The rows by how they came.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for flags in self.events.values().map(|event| event.flags).filter(|flags| flags & HAS_ROW != 0) {
            match (flags & BY_STREAM != 0, flags & BY_API != 0) {
                (true, true) => counts.both += 1,
                (true, false) => counts.stream_only += 1,
                _ => counts.api_only += 1,
            }
            counts.repaired += u64::from(flags & (REPAIRED | BY_STREAM) == REPAIRED);
        }
        counts
    }

    fn count(&self, mask: u8, wanted: u8) -> u64 {
        self.events.values().filter(|event| event.flags & mask == wanted).count() as u64
    }

    /// The hash of a row's content, if the row says what its `raw_data` says and belongs to the hour.
    fn content(&self, row: &StoredRow) -> Result<u64, &'static str> {
        if IngestPath::parse(&row.metadata.source).is_none() {
            return Err(NO_PATH);
        }
        let content = self.hasher.read(&row.raw_data);
        let hash = match content.filter(|content| is_of(content, row)) {
            Some(content) => content.hash,
            // JSON that only okta-lake's own parser reads, or a row that was altered.
            None if is_parsed_so(row) => self.hasher.text(&row.raw_data),
            None => return Err(OTHER_UUID),
        };
        let hour = Timestamp::from_millisecond(row.time).map(hour_of);
        if hour.is_ok_and(|hour| hour == self.hour) { Ok(hash) } else { Err(OTHER_HOUR) }
    }

    fn hash(&self, raw: &str) -> u64 {
        self.hasher.read(raw).map_or_else(|| self.hasher.text(raw), |content| content.hash)
    }
}

fn is_of(content: &Content, row: &StoredRow) -> bool {
    content.uuid == row.metadata.uid
        && content.published.parse::<Timestamp>().is_ok_and(|published| published.as_millisecond() == row.time)
}

fn is_parsed_so(row: &StoredRow) -> bool {
    LogEvent::parse(&row.raw_data)
        .is_ok_and(|log| log.uuid == row.metadata.uid && log.published.as_millisecond() == row.time)
}

#[cfg(test)]
mod tests {
    use lake::stored::StoredMetadata;

    use super::*;

    fn raw(uid: &str, rest: &str) -> String {
        format!(r#"{{"uuid":"{uid}","published":"1970-01-01T00:30:00Z","eventType":"a"{rest}}}"#)
    }

    fn row(uid: &str, source: &str) -> StoredRow {
        let time = 1_800_000;
        let metadata = StoredMetadata {
            uid: uid.to_owned(),
            source: source.to_owned(),
            logged_time: 0,
            processed_time: time + 90_000,
        };
        StoredRow { time, metadata, raw_data: raw(uid, "") }
    }

    fn with(rest: &str, row: StoredRow) -> StoredRow {
        StoredRow { raw_data: raw(&row.metadata.uid, rest), ..row }
    }

    fn index() -> Index {
        Index::new(Timestamp::UNIX_EPOCH, ContentHasher::new())
    }

    #[test]
    fn each_event_is_counted_once_by_all_its_ways() {
        let mut index = index();
        let rows =
            [("a", "stream"), ("b", "stream"), ("c", "repair"), ("d", "history"), ("a", "history"), ("c", "stream")];
        let verdicts: Vec<_> = rows.iter().map(|(uid, source)| index.add(&row(uid, source))).collect();
        let (new, duplicate) = (RowVerdict::New, RowVerdict::Duplicate);
        assert_eq!(verdicts, [new, new, new, new, duplicate, duplicate]);
        assert_eq!(index.confirm("d", &raw("d", "")), RecordVerdict::Known);
        assert_eq!(index.confirm("d", &raw("d", "")), RecordVerdict::Repeated);
        assert_eq!(index.confirm("e", &raw("e", "")), RecordVerdict::Missing);
        let counts = Counts { stream_only: 1, api_only: 1, both: 2, repaired: 0 };
        assert_eq!((index.counts(), index.duplicates, index.lateness.quarter), (counts, 2, 3));
        assert_eq!((index.seen(), index.lacking(), index.without_row()), (2, 2, 1));
        assert!(index.has_stream());
    }

    #[test]
    fn the_content_of_the_api_counts() {
        let forged = || with(r#","x":1"#, row("a", "stream"));
        let rejected = RowVerdict::Rejected(CONFLICT);
        // The stream's first, then the API's, by a page or by a row.
        let mut index = index();
        assert_eq!(index.add(&forged()), RowVerdict::New);
        assert_eq!(index.confirm("a", &raw("a", "")), RecordVerdict::Missing);
        assert_eq!(index.add(&row("a", "repair")), RowVerdict::New);
        assert_eq!((index.counts_row(&forged()), index.counts_row(&row("a", "repair"))), (Err(CONFLICT), Ok(())));
        assert_eq!(index.add(&forged()), rejected);
        let mut polled = self::index();
        assert_eq!((polled.add(&forged()), polled.add(&row("a", "poll"))), (RowVerdict::New, RowVerdict::New));
        assert_eq!((polled.counts_row(&forged()), polled.counts().both), (Err(CONFLICT), 1));
        // The API's first.
        let mut honest = self::index();
        assert_eq!((honest.add(&row("a", "poll")), honest.add(&forged())), (RowVerdict::New, rejected));
        assert_eq!(honest.confirm("a", &raw("a", "")), RecordVerdict::Known);
        assert_eq!(honest.confirm("a", &raw("a", r#","x":2"#)), RecordVerdict::Contradicts);
        // Of two that only the stream brought, the first.
        let mut stream = self::index();
        assert_eq!((stream.add(&row("a", "stream")), stream.add(&forged())), (RowVerdict::New, rejected));
    }

    #[test]
    fn altered_and_misplaced_rows_are_rejected() {
        let mut index = index();
        let altered = StoredRow { raw_data: raw("b", ""), ..row("a", "stream") };
        assert_eq!(index.add(&altered), RowVerdict::Rejected(OTHER_UUID));
        let moved = StoredRow { time: 1_800_001, ..row("a", "stream") };
        assert_eq!(index.add(&moved), RowVerdict::Rejected(OTHER_UUID));
        let mut other = Index::new(Timestamp::UNIX_EPOCH - SignedDuration::from_hours(1), ContentHasher::new());
        assert_eq!(other.add(&row("a", "stream")), RowVerdict::Rejected(OTHER_HOUR));
        assert_eq!((index.counts(), other.counts()), (Counts::default(), Counts::default()));
    }

    #[test]
    fn a_read_goes_on_where_it_was() {
        let mut index = index();
        index.add(&row("a", "stream"));
        index.confirm("a", &raw("a", ""));
        index.confirm("b", &raw("b", ""));
        let mut later = Index::new(Timestamp::UNIX_EPOCH, index.hasher());
        later.resume(index.marks());
        later.add(&row("a", "stream"));
        assert_eq!((later.seen(), later.without_row()), (2, 1));
        later.add(&row("b", "repair"));
        assert_eq!((later.counts().both, later.counts().repaired, later.without_row()), (1, 1, 0));
        assert_eq!(later.confirm("b", &raw("b", "")), RecordVerdict::Repeated);
        later.begin_read();
        assert_eq!((later.seen(), later.lacking()), (0, 2));
    }
}
