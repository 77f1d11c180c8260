//! An entry of the ledger, and its links to others. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::claim::Claim;
use crate::digest::sha256;
use crate::ledger::completeness;
use crate::ledger::lateness::Lateness;
use crate::signing::Signature;

/// The version of the format of new entries. Entries of version 1 have none of the members from `org_id` on.
pub const FORMAT: u32 = 2;

/// What the ledger says of one hour. The order of the members is that of the JSON, whose bytes are digested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version of the format.
    pub version: u32,
    /// The org.
    pub tenant: String,
    /// The start of the hour.
    pub hour: Timestamp,
    /// How often the hour has been sealed.
    pub generation: u64,
    /// The key of the object with its rows; none if it has none.
    pub object: Option<String>,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of the uuids, each with a line feed after it, in the order of the object: by time, then by uuid.
    pub digest: String,
    /// What is known about the hour: `completeness`, the word, and further members.
    #[serde(flatten, with = "completeness")]
    pub claim: Claim,
    /// The rows by the path on which they came.
    pub counts: Counts,
    /// How many rows repeated another one.
    pub duplicates: u64,
    /// How late events of the stream came.
    pub lateness: Lateness,
    /// When the first event was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// When the last event was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// The version of the mapping that made the rows.
    pub mapping: u32,
    /// When it was sealed.
    pub sealed: Timestamp,
    /// The names of the objects of the hour's folder in `live/` whose rows are in it, sorted.
    pub inputs: BTreeSet<String>,
    /// The entry of the hour before, as it was at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<EntryLink>,
    /// The generations before this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub generations: Vec<PastGeneration>,
    /// The id of the org in Okta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    /// The number of this entry among all that were ever written for the org, from 1 on and without gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// The entry with the number before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<EntryLink>,
    /// SHA-256 of the bytes of `object`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_digest: Option<String>,
    /// How many bytes `object` has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_bytes: Option<u64>,
    /// Why it was sealed again, if not for new rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SealReason>,
    /// The objects below the hour's folder in `sealed/`, such as `gen=1/<name>`, whose rows are in this entry or were
    /// found damaged: nothing else of that folder may be deleted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub superseded: BTreeSet<String>,
    /// The signature. It comes last, so that the signed bytes are those before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// Rows by the path on which they came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Only by the stream. In an hour that was read from the API to its end, these are unconfirmed.
    pub stream_only: u64,
    /// Only by the API: polled, collected or repaired.
    pub api_only: u64,
    /// By both.
    pub both: u64,
    /// Of those that only the API had: found missing when the hour was sealed.
    pub repaired: u64,
}

/// Why an hour was sealed again, if not for new rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealReason {
    /// The rows were normalized by a newer mapping.
    Renormalized,
    /// A person's data was erased.
    Erased,
    /// A damaged object was replaced by confirmed rows.
    Repaired,
    /// A further read confirmed what the hour has.
    Confirmed,
}

/// The place of another entry in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryLink {
    /// Its hour.
    pub hour: Timestamp,
    /// Its generation.
    pub generation: u64,
    /// [`Entry::digest_of_entry`] of it.
    pub digest: String,
}

/// A generation that a later one replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastGeneration {
    /// Which one.
    pub generation: u64,
    /// [`Entry::digest_of_entry`] of its entry.
    pub digest: String,
    /// How many rows it had.
    pub rows: u64,
    /// When it was sealed.
    pub sealed: Timestamp,
    /// [`Entry::sequence`] of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
}

impl Entry {
    /// SHA-256 of the entry's JSON without its signature, in hexadecimal.
    pub fn digest_of_entry(&self) -> Result<String, serde_json::Error> {
        if self.signature.is_none() {
            return Ok(sha256(&serde_json::to_vec(self)?));
        }
        let unsigned = Self { signature: None, ..self.clone() };
        Ok(sha256(&serde_json::to_vec(&unsigned)?))
    }

    /// The link to this entry.
    pub fn link(&self) -> Result<EntryLink, serde_json::Error> {
        Ok(EntryLink { hour: self.hour, generation: self.generation, digest: self.digest_of_entry()? })
    }

    /// The past generations of the generation after this one.
    pub fn history(&self) -> Result<Vec<PastGeneration>, serde_json::Error> {
        let Self { generation, rows, sealed, sequence, .. } = *self;
        let this = PastGeneration { generation, digest: self.digest_of_entry()?, rows, sealed, sequence };
        Ok(self.generations.iter().cloned().chain([this]).collect())
    }

    /// Whether `link` names this entry or a past generation of it. Otherwise somebody else changed one of the two.
    pub fn is_linked_by(&self, link: &EntryLink) -> Result<bool, serde_json::Error> {
        let is_past = |past: &PastGeneration| past.generation == link.generation && past.digest == link.digest;
        Ok(self.link()? == *link || (link.hour == self.hour && self.generations.iter().any(is_past)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(rows: u64) -> Entry {
        let text = include_str!("../../tests/ledger/version-1-minimal.json");
        Entry { rows, ..serde_json::from_str(text).unwrap() }
    }

    #[test]
    fn a_changed_entry_breaks_the_chain() {
        let first = entry(7);
        let link = first.link().unwrap();
        assert!(first.is_linked_by(&link).unwrap());
        assert!(!entry(6).is_linked_by(&link).unwrap());
        let second = Entry { generation: 2, generations: first.history().unwrap(), ..entry(8) };
        assert!(second.is_linked_by(&link).unwrap(), "a past generation is remembered");
        let forged = Entry { generation: 2, generations: entry(6).history().unwrap(), ..entry(8) };
        assert!(!forged.is_linked_by(&link).unwrap());
    }

    #[test]
    fn entries_of_version_1_keep_their_bytes() {
        for text in [
            include_str!("../../tests/ledger/version-1-minimal.json"),
            include_str!("../../tests/ledger/version-1-whole.json"),
            include_str!("../../tests/ledger/version-1-stream-only.json"),
        ] {
            let entry: Entry = serde_json::from_str(text.trim_end()).unwrap();
            assert_eq!(serde_json::to_string(&entry).unwrap(), text.trim_end());
            assert_eq!((entry.sequence, entry.claim.evidence(), &entry.signature), (None, None, &None));
        }
    }
}
