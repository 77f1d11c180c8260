//! A snapshot of the inventory as plain data: for each entity its records, and how much of it is known.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What exists in an org, as one collection of the inventory found it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// The org.
    pub tenant: String,
    /// When the collection began: what happened before is in it.
    pub as_of: Timestamp,
    /// Which of Okta's two engines the org runs on; none if that could not be read.
    pub engine: Option<Engine>,
    /// The entities, by the names of the inventory's table (`users`, `group_members`, …).
    pub entities: BTreeMap<String, Entity>,
}

/// Which engine an org runs on, as `pipeline` of `/.well-known/okta-organization` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Engine {
    /// Okta Identity Engine.
    #[serde(rename = "idx")]
    Identity,
    /// The engine before it.
    #[serde(rename = "v1")]
    Classic,
}

/// One kind of thing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entity {
    /// How much of it is known.
    pub known: Known,
    /// The records that were read, in the order of their ids.
    pub records: Vec<Record>,
}

/// How much of an entity is known. Only of a complete one may be said that something does not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Known {
    /// Everything was read.
    Complete,
    /// A part is missing.
    Partial {
        /// What is missing and why, in words.
        reasons: Vec<String>,
        /// How many parents were not read to their end.
        parents_unread: u64,
    },
    /// Nothing was read.
    Unread {
        /// Why, in a word.
        why: Unread,
        /// What Okta said, and what to do about it, in words; empty if nothing is known.
        reason: String,
    },
    /// The collection did not ask for it.
    #[default]
    NotCollected,
}

/// Why nothing of an entity was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// The credentials may not read it.
    Denied,
    /// The org does not have it.
    NotOffered,
    /// It could not be read.
    Failed,
    /// It depends on something that was not read.
    Skipped,
}

/// One object of an org.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its key within the entity: the ids of its parents and its own, separated by slashes and percent-encoded.
    pub id: String,
    /// The id of its parent.
    pub parent: Option<String>,
    /// The object as Okta sent it, without secrets.
    pub json: Value,
}

impl Inventory {
    /// Returns how much of an entity is known.
    pub fn known(&self, entity: &str) -> &Known {
        self.entities.get(entity).map_or(&Known::NotCollected, |entity| &entity.known)
    }

    /// Returns what was read of an entity.
    pub fn records(&self, entity: &str) -> &[Record] {
        self.entities.get(entity).map_or(&[], |entity| &entity.records)
    }
}

impl Known {
    /// Whether what is not in the entity does not exist.
    pub fn is_complete(&self) -> bool {
        *self == Self::Complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_collected_is_not_known() {
        let inventory = Inventory {
            tenant: "acme".to_owned(),
            as_of: Timestamp::UNIX_EPOCH,
            engine: None,
            entities: BTreeMap::new(),
        };
        assert_eq!(inventory.known("users"), &Known::NotCollected);
        assert!(!inventory.known("users").is_complete());
        assert!(inventory.records("users").is_empty());
    }
}
