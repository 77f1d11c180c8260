//! What sealing came to: plain data.

use jiff::Timestamp;
use lake::Word;
use lake::ledger::{Entry, Recorded};
use serde::Serialize;

use crate::aws::metrics::HourCounts;
use crate::events::{Gap, SealedHour};
use crate::org::problem::Problem;

/// What became of an org's hours.
#[derive(Debug, Default, Serialize)]
pub struct ReconcileReport {
    /// The org.
    pub tenant: String,
    /// Whether every hour that is due has its seal.
    pub is_complete: bool,
    /// The hours that were sealed, in order.
    pub sealed: Vec<SealedHour>,
    /// What was missing and has been repaired.
    pub gaps: Vec<Gap>,
    /// Hours that are due and were not reached.
    pub due: u64,
    /// Hours whose claim waits for a further read of the API.
    pub unsettled: u64,
    /// When the first of these reads is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_recheck: Option<Timestamp>,
    /// Objects that were removed.
    pub removed: u64,
    /// Hours that an output got, whole.
    pub exported: u64,
    /// Hours that an output lacks, or a part of them.
    pub to_export: u64,
    /// Whether the time ended before all of them were tried, and those that were tried were written.
    #[serde(skip)]
    pub(crate) is_export_cut_short: bool,
    /// Until when another run has the lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// What went wrong.
    pub problems: Vec<Problem>,
}

impl ReconcileReport {
    /// Returns whether the time ended before every hour had its seal, or an output every hour.
    pub fn is_cut_short(&self) -> bool {
        let is_sealing = self.due > 0 && self.problems.is_empty();
        (is_sealing || self.is_export_cut_short) && self.held_until.is_none()
    }

    /// Returns the numbers of several orgs together.
    pub fn counts(reports: &[Self]) -> HourCounts {
        let mut counts = HourCounts::default();
        for report in reports {
            counts.sealed += report.sealed.len() as u64;
            counts.due += report.due;
            counts.repaired += report.gaps.iter().map(|gap| gap.missing).sum::<u64>();
            counts.unconfirmed += report.sealed.iter().map(unconfirmed).sum::<u64>();
            let is_contradicted = |hour: &&SealedHour| hour.completeness == Word::Contradicted;
            counts.contradicted += report.sealed.iter().filter(is_contradicted).count() as u64;
        }
        counts
    }
}

/// What the ledger says of a sealed hour.
pub(crate) fn sealed_hour(recorded: Recorded) -> SealedHour {
    let head = recorded.head();
    let Entry { tenant, hour, generation, object, rows, counts, duplicates, claim, .. } = recorded.entry;
    let quarantined = claim.evidence().map_or(0, |evidence| evidence.accounts.quarantined);
    // An hour without rows is complete in the ledger: the number of rows says that it is empty.
    let completeness = if claim.is_complete() { Word::Complete } else { claim.word() };
    SealedHour { tenant, hour, generation, object, rows, completeness, counts, quarantined, duplicates, head }
}

/// How many rows only the stream has, although the API was read.
pub(crate) fn unconfirmed(hour: &SealedHour) -> u64 {
    if hour.completeness == Word::StreamOnly { 0 } else { hour.counts.stream_only }
}
