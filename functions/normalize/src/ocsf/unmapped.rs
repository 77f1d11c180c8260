//! What OCSF has no place for: every leaf by its path in the LogEvent.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use super::value::Text;

/// Leaves by path (`debugContext.debugData.dtHash`, `target[1].id`): a string-to-string map in
/// Parquet and an object in JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unmapped<'a>(BTreeMap<String, Text<'a>>);

impl<'a> Unmapped<'a> {
    /// Adds a leaf. A path that is there already (JSON may repeat a key) gets a `#2`, `#3`...
    pub fn insert(&mut self, path: &str, value: Text<'a>) {
        let mut unused = path.to_owned();
        for repeat in 2.. {
            match self.0.entry(unused) {
                Entry::Vacant(place) => {
                    place.insert(value);
                    return;
                }
                Entry::Occupied(_) => unused = format!("{path}#{repeat}"),
            }
        }
    }

    /// Whether there is no leaf.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The leaves, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, value)| (path.as_str(), value.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_stands_once() {
        let mut unmapped = Unmapped::default();
        for (path, value) in [("b", "1"), ("b#2", "2"), ("a", "3"), ("b", "4"), ("b", "5")] {
            unmapped.insert(path, value.into());
        }
        let leaves: Vec<_> = unmapped.iter().collect();
        assert_eq!(leaves, [("a", "3"), ("b", "1"), ("b#2", "2"), ("b#3", "4"), ("b#4", "5")]);
    }
}
