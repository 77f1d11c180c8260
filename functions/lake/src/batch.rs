//! Events on their way into the lake: each once, by hour, one object for each hour.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use normalize::ocsf::{Event, Text};
use normalize::{MAPPING_VERSION, Tenant};

use crate::encode::{EncodeError, encode};
use crate::format::Format;
use crate::layout;
use crate::partition::Partition;
use crate::row_digests::RowDigests;

/// The events of one partition. An event is some kilobytes wide: in a box it is moved once, not each time that the list
/// grows or is sorted.
pub type Rows<'a> = Vec<Box<Event<'a>>>;

/// Events by partition.
#[derive(Debug, Default)]
pub struct Batch<'a> {
    /// By org and uuid: the LogEvent.
    seen: HashMap<Tenant, HashMap<Text<'a>, Text<'a>>>,
    partitions: BTreeMap<Partition, Rows<'a>>,
}

/// What became of an event that was given to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is in.
    New,
    /// The batch has it already: Okta, EventBridge and SQS all deliver more than once.
    Duplicate,
    /// The batch has another event with the same uuid. Readers identify an event by its uuid, so this one cannot be a row.
    /// All events of a batch came by the same path: neither has precedence over the other.
    Conflict,
}

/// The object to write for one partition.
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
    /// Adds an event unless the batch has one with its uuid.
    pub fn insert(&mut self, partition: Partition, event: Event<'a>) -> Inserted {
        let seen = self.seen.entry(partition.tenant.clone()).or_default();
        match seen.entry(event.metadata.uid.clone()) {
            Entry::Occupied(known) if is_same(known.get(), raw(&event)) => Inserted::Duplicate,
            Entry::Occupied(_) => Inserted::Conflict,
            Entry::Vacant(place) => {
                place.insert(event.raw_data.clone().unwrap_or_default());
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

/// The object for a partition's sorted `rows`. Its key derives from what Okta sent and from the version of the mapping:
/// the same events give the same key, however often they come.
pub fn object(partition: &Partition, rows: Rows<'_>, format: Format) -> Result<Object, EncodeError> {
    let key = layout::live_key(partition, &content(&rows), format);
    let count = rows.len();
    Ok(Object { key, content_type: format.content_type(), rows: count, body: encode(rows, format)? })
}

fn content(rows: &[Box<Event<'_>>]) -> String {
    let mut digests = RowDigests::new(MAPPING_VERSION);
    for event in rows {
        digests.add_live(raw(event));
    }
    digests.finish().live
}

/// What Okta sent: all events of the lake have it.
fn raw<'e>(event: &'e Event<'_>) -> &'e str {
    event.raw_data.as_deref().unwrap_or_default()
}

/// Whether two texts are the same LogEvent, perhaps with another order of members or other spacing.
fn is_same(one: &str, other: &str) -> bool {
    let parse = |text| serde_json::from_str::<serde_json::Value>(text).ok();
    one == other || parse(one).is_some_and(|one| parse(other) == Some(one))
}
