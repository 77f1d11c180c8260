//! What is kept of an event that a rule found: its time, its uid, and the fields that rules compare.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::node::Node;
use super::path::Path;

/// An event that some rule found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    pub(crate) time: Timestamp,
    pub(crate) uid: String,
    /// The values of each field of the projection.
    values: Vec<Vec<String>>,
}

/// The fields that some rule compares.
#[derive(Debug)]
pub(crate) struct Projection {
    positions: BTreeMap<String, usize>,
    paths: Vec<Path>,
}

/// The values that make a group, in lower case.
pub(crate) type GroupKey = Vec<String>;

impl Projection {
    pub(crate) fn new(fields: BTreeSet<String>) -> Self {
        let paths = fields.iter().map(|field| Path::new(field)).collect();
        Self { positions: fields.into_iter().enumerate().map(|(at, field)| (field, at)).collect(), paths }
    }

    pub(crate) fn see<'a, N: Node<'a>>(&self, time: Timestamp, uid: String, event: N) -> Arc<Seen> {
        Arc::new(Seen { time, uid, values: self.paths.iter().map(|path| path.values(event)).collect() })
    }

    /// The values of a field.
    pub(crate) fn values<'s>(&self, seen: &'s Seen, field: &str) -> &'s [String] {
        self.positions.get(field).map_or(&[], |at| &seen.values[*at])
    }

    /// The first value of a field as a number.
    pub(crate) fn number(&self, seen: &Seen, field: &str) -> Option<f64> {
        self.values(seen, field).first()?.parse().ok()
    }

    /// The groups that an event belongs to: one for each combination of values, none if a field has no value.
    pub(crate) fn groups(&self, seen: &Seen, fields: &[String]) -> Vec<GroupKey> {
        fields.iter().fold(vec![Vec::new()], |keys, field| {
            let values = self.values(seen, field);
            let longer = |key: &GroupKey| -> Vec<GroupKey> {
                values.iter().map(|value| key.iter().cloned().chain([value.to_lowercase()]).collect()).collect()
            };
            keys.iter().flat_map(longer).collect()
        })
    }

    /// A group's value as the event has it.
    pub(crate) fn as_written(&self, seen: &Seen, field: &str, key: &str) -> String {
        let values = self.values(seen, field);
        values.iter().find(|value| value.to_lowercase() == key).map_or_else(|| key.to_owned(), Clone::clone)
    }
}
