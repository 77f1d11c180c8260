//! Events on their way into the lake: each once, gathered by hour, one object an hour.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use jiff::Timestamp;
use normalize::ocsf::{Event, Text};
use normalize::{MAPPING_VERSION, Tenant};
use sha2::{Digest, Sha256};

use crate::encode::{EncodeError, Format};
use crate::layout;

/// One org's hour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// The org.
    pub tenant: Tenant,
    /// The start of the hour, UTC.
    pub hour: Timestamp,
}

/// The events of one partition. A row is some kilobytes wide: in a box it is moved once, not each time that the list
/// grows or is sorted.
pub type Rows<'a> = Vec<Box<Event<'a>>>;

/// Events by partition.
#[derive(Debug, Default)]
pub struct Batch<'a> {
    /// By org and uuid: the LogEvent.
    seen: HashMap<Tenant, HashMap<Text<'a>, Text<'a>>>,
    partitions: BTreeMap<Partition, Rows<'a>>,
}

/// What became of an event that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is in.
    New,
    /// The batch has it already: Okta, EventBridge and SQS all deliver more than once.
    Duplicate,
    /// The batch has another event of the same uuid. Readers know an event by its uuid, so this one cannot be a row.
    Conflict,
}

/// What is to be written for one partition.
#[derive(Debug)]
pub struct Object {
    /// Where.
    pub key: String,
    /// The media type of `body`.
    pub content_type: &'static str,
    /// How many events are in it.
    pub rows: usize,
    /// The bytes.
    pub body: Vec<u8>,
}

impl<'a> Batch<'a> {
    /// Adds an event unless the batch has one of its uuid.
    pub fn insert(&mut self, partition: Partition, event: Event<'a>) -> Inserted {
        let seen = self.seen.entry(partition.tenant.clone()).or_default();
        match seen.entry(event.metadata.uid.clone()) {
            Entry::Occupied(known) if is_same(known.get(), &event.raw_data) => Inserted::Duplicate,
            Entry::Occupied(_) => Inserted::Conflict,
            Entry::Vacant(place) => {
                place.insert(event.raw_data.clone());
                self.partitions.entry(partition).or_default().push(Box::new(event));
                Inserted::New
            }
        }
    }

    /// The partitions with their events, each sorted by time.
    pub fn into_partitions(self) -> impl Iterator<Item = (Partition, Rows<'a>)> {
        self.partitions.into_iter().map(|(partition, mut rows)| {
            rows.sort_by(|a, b| (a.time, &a.metadata.uid).cmp(&(b.time, &b.metadata.uid)));
            (partition, rows)
        })
    }
}

/// The object for a partition's sorted `rows`. Its key derives from what Okta sent and from the mapping, so the same
/// events give the same key, whenever and however often they come.
pub fn object(partition: &Partition, rows: Rows<'_>, format: Format) -> Result<Object, EncodeError> {
    let key = layout::live_key(partition, &digest(&rows), format);
    let count = rows.len();
    Ok(Object { key, content_type: format.content_type(), rows: count, body: format.encode(rows)? })
}

fn digest(rows: &[Box<Event<'_>>]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(MAPPING_VERSION.to_be_bytes());
    for event in rows {
        hasher.update((event.raw_data.len() as u64).to_be_bytes());
        hasher.update(event.raw_data.as_bytes());
    }
    hex(&hasher.finalize()[..16])
}

/// Whether two texts are the same LogEvent, be it in another order or spacing.
fn is_same(one: &str, other: &str) -> bool {
    let parse = |text| serde_json::from_str::<serde_json::Value>(text).ok();
    one == other || parse(one).is_some_and(|one| parse(other) == Some(one))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
