//! The ledger: for each hour of each org, what its seal says. The entry is the atomic switch: a reader takes the rows of
//! the object that it names, and those of objects in `live/` that it does not name.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::digest::sha256;

/// The seal of one hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Of this format.
    pub version: u32,
    /// The org.
    pub tenant: String,
    /// The start of the hour.
    pub hour: Timestamp,
    /// How often it has been sealed.
    pub generation: u64,
    /// The key of the object with its rows; none if it has none.
    pub object: Option<String>,
    /// How many rows that are.
    pub rows: u64,
    /// SHA-256 of the uuids, each with a line feed after it, in the order of the object: by time, then by uuid.
    pub digest: String,
    /// What the hour was compared with.
    pub completeness: Completeness,
    /// The rows by how they came.
    pub counts: Counts,
    /// Records of the API and rows of the lake that are in quarantine instead.
    #[serde(default)]
    pub quarantined: u64,
    /// Rows that were there more than once.
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
    /// The names of the objects of the hour's folder in `live/` that are in it, sorted.
    pub inputs: BTreeSet<String>,
    /// The keys of the objects in `sealed/` whose rows are in it: they may be removed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub superseded: BTreeSet<String>,
    /// The entry of the hour before, as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Link>,
    /// The generations before this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub generations: Vec<Former>,
}

/// What a sealed hour was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// With the System Log API: nothing that it has is missing.
    Complete,
    /// With the System Log API, whose answers leave something open: records in quarantine, or an end that is not proven.
    Partial,
    /// With the System Log API, whose answers contradict each other or the lake, also when it was asked again.
    Contradicted,
    /// With nothing: the API could not be read. It is what the stream brought.
    StreamOnly,
}

/// Rows by how they came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Only by the stream.
    pub stream_only: u64,
    /// Only by the API: polled, collected or repaired.
    pub api_only: u64,
    /// By both.
    pub both: u64,
    /// Of those that only the API had: found missing when the hour was sealed.
    pub repaired: u64,
}

/// How long after they were published rows of the stream were written. Each count is of what no earlier one counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lateness {
    /// Within a minute.
    pub minute: u64,
    /// Within a quarter of an hour.
    pub quarter: u64,
    /// Within an hour.
    pub hour: u64,
    /// Within six hours.
    pub six_hours: u64,
    /// Within a day.
    pub day: u64,
    /// Later.
    pub later: u64,
}

/// The entry of another hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// That hour.
    pub hour: Timestamp,
    /// Its generation.
    pub generation: u64,
    /// [`Entry::fingerprint`] of it.
    pub digest: String,
}

/// A generation that is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// Which one.
    pub generation: u64,
    /// [`Entry::fingerprint`] of its entry.
    pub digest: String,
    /// How many rows it had.
    pub rows: u64,
    /// When it was sealed.
    pub sealed: Timestamp,
}

impl Entry {
    /// SHA-256 of the entry's object, in hexadecimal: of its JSON, byte by byte as it lies in the lake.
    pub fn fingerprint(&self) -> Result<String, serde_json::Error> {
        Ok(sha256(&serde_json::to_vec(self)?))
    }

    /// The link to this entry.
    pub fn link(&self) -> Result<Link, serde_json::Error> {
        Ok(Link { hour: self.hour, generation: self.generation, digest: self.fingerprint()? })
    }

    /// The history of the generation after this one.
    pub fn history(&self) -> Result<Vec<Former>, serde_json::Error> {
        let former =
            Former { generation: self.generation, digest: self.fingerprint()?, rows: self.rows, sealed: self.sealed };
        Ok(self.generations.iter().cloned().chain([former]).collect())
    }

    /// Whether `link` is to this entry or to a generation of it that is no more. Otherwise one of the two was changed by
    /// somebody else.
    pub fn is_linked_by(&self, link: &Link) -> Result<bool, serde_json::Error> {
        let is_former = |former: &Former| former.generation == link.generation && former.digest == link.digest;
        Ok(self.link()? == *link || (link.hour == self.hour && self.generations.iter().any(is_former)))
    }
}

impl Lateness {
    const MINUTES: [i64; 5] = [1, 15, 60, 360, 1_440];

    /// Counts an event that was written so long after it was published.
    pub fn add(&mut self, late: SignedDuration) {
        let counts = self.counts_mut();
        let bucket = Self::MINUTES.iter().position(|minutes| late <= SignedDuration::from_mins(*minutes));
        *counts[bucket.unwrap_or(Self::MINUTES.len())] += 1;
    }

    /// What an older and a newer hour say together; the older one counts half.
    #[must_use]
    pub fn faded_into(mut self, newer: Self) -> Self {
        let newer = { newer }.counts();
        for (count, new) in self.counts_mut().into_iter().zip(newer) {
            *count = *count / 2 + new;
        }
        self
    }

    /// The time within which all but one of a thousand events have come; a day at most.
    pub fn allowance(mut self) -> SignedDuration {
        let counts = self.counts();
        let total: u64 = counts.iter().sum();
        let mut late = total;
        for (count, minutes) in counts.iter().zip(Self::MINUTES) {
            late -= count;
            if late * 1_000 <= total {
                return SignedDuration::from_mins(minutes);
            }
        }
        SignedDuration::from_hours(24)
    }

    fn counts(&mut self) -> [u64; 6] {
        self.counts_mut().map(|count| *count)
    }

    fn counts_mut(&mut self) -> [&mut u64; 6] {
        let Self { minute, quarter, hour, six_hours, day, later } = self;
        [minute, quarter, hour, six_hours, day, later]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(rows: u64) -> Entry {
        Entry {
            version: 1,
            tenant: "acme".to_owned(),
            hour: Timestamp::UNIX_EPOCH,
            generation: 1,
            object: None,
            rows,
            digest: String::new(),
            completeness: Completeness::Complete,
            counts: Counts::default(),
            quarantined: 0,
            duplicates: 0,
            lateness: Lateness::default(),
            first: None,
            last: None,
            mapping: 1,
            sealed: Timestamp::UNIX_EPOCH,
            inputs: BTreeSet::new(),
            superseded: BTreeSet::new(),
            previous: None,
            generations: Vec::new(),
        }
    }

    #[test]
    fn a_changed_entry_breaks_the_chain() {
        let first = entry(7);
        let link = first.link().unwrap();
        assert!(first.is_linked_by(&link).unwrap());
        assert!(!entry(6).is_linked_by(&link).unwrap());
        let second = Entry { generation: 2, generations: first.history().unwrap(), ..entry(8) };
        assert!(second.is_linked_by(&link).unwrap(), "a generation that is no more is remembered");
        let forged = Entry { generation: 2, generations: entry(6).history().unwrap(), ..entry(8) };
        assert!(!forged.is_linked_by(&link).unwrap());
    }

    #[test]
    fn the_allowance_is_learned() {
        let mut lateness = Lateness::default();
        assert_eq!(lateness.allowance(), SignedDuration::from_mins(1));
        (0..10_000).for_each(|_| lateness.add(SignedDuration::from_secs(20)));
        (0..10).for_each(|_| lateness.add(SignedDuration::from_hours(30)));
        assert_eq!(lateness.allowance(), SignedDuration::from_mins(1), "one of a thousand is no rule");
        (0..10).for_each(|_| lateness.add(SignedDuration::from_hours(2)));
        assert_eq!(lateness.allowance(), SignedDuration::from_hours(6));
        let faded = lateness.faded_into(Lateness { minute: 1_000_000, ..Lateness::default() });
        assert_eq!(faded.allowance(), SignedDuration::from_mins(1));
    }
}
