//! What proves a claim: reads that reached a confirmed end, and an account of every record. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::claim::reason::{Cause, Reason, is_zero};

/// Reads of the same records, and what became of the records of the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The reads, in the order in which they ended.
    pub reads: Vec<Read>,
    /// What became of every record of the last read.
    pub accounts: Accounts,
    /// How many parents there are, for an entity that is read parent by parent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parents: u64,
    /// How many of them were not read to their end.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parents_unread: u64,
}

/// One read from its first page to its last; of an entity that is read parent by parent, all these together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// When its last page was answered.
    pub at: Timestamp,
    /// How many records a page may have.
    pub page_size: u64,
    /// From when, for a read of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Until when, for a read of the log; exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// How many pages were answered.
    pub pages: u64,
    /// How many records they had, of those that the claim is about.
    pub records: u64,
    /// Whether the last page proved to be the last: a list with `rel="self"` and without `next`, that is not full, or
    /// whose end a further request confirmed.
    pub is_end_confirmed: bool,
}

/// What became of the records that the API gave. Each is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// Records that the API gave.
    pub api: u64,
    /// Records that are rows of the lake.
    pub rows: u64,
    /// Rows that no answer of the read has: taken over from an earlier claim that is complete, or implied by one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub taken_over: u64,
    /// Records that repeat another record of the same read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicates: u64,
    /// Records that are in quarantine.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub quarantined: u64,
}

impl Evidence {
    /// What is lacking for the proof that everything was read, by at least `required_reads` independent reads. Nothing is
    /// lacking if there are no reasons.
    pub fn shortfalls(&self, required_reads: usize) -> Vec<Reason> {
        let counted = [
            (Cause::EndUnconfirmed, self.reads.iter().filter(|read| !read.is_end_confirmed).count() as u64),
            (Cause::ReadsMissing, required_reads.max(1).saturating_sub(self.independent_reads()) as u64),
            (Cause::Quarantined, self.accounts.quarantined),
            (Cause::Unaccounted, self.unaccounted()),
            (Cause::Failed, self.parents_unread),
        ];
        let present = counted.into_iter().filter(|(_, count)| *count > 0);
        present.map(|(cause, count)| Reason::new(cause, count)).collect()
    }

    /// What the reads contradict each other about: a later read has fewer records than an earlier one. More of them are
    /// no contradiction, for Okta has some events late.
    pub fn contradiction(&self) -> Option<Reason> {
        let records = self.reads.iter().map(|read| read.records);
        let lost = records.clone().zip(records.skip(1)).find(|(earlier, later)| later < earlier);
        lost.map(|(earlier, later)| {
            let what = format!("a read had {earlier} records, and the next one {later}");
            Reason::new(Cause::Contradiction, earlier - later).what(what)
        })
    }

    /// How many reads differ from all others in what they asked for, and reached a confirmed end.
    pub fn independent_reads(&self) -> usize {
        let confirmed = self.reads.iter().filter(|read| read.is_end_confirmed);
        confirmed.map(|read| (read.page_size, read.since, read.until)).collect::<BTreeSet<_>>().len()
    }

    /// By how many records the accounts and the last read differ.
    fn unaccounted(&self) -> u64 {
        let Accounts { api, rows, duplicates, quarantined, taken_over: _ } = self.accounts;
        let read = self.reads.last().map_or(0, |read| read.records);
        api.abs_diff(rows + duplicates + quarantined).max(api.abs_diff(read))
    }
}
