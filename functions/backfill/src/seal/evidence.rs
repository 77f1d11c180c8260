//! What the reads of an hour prove. Pure.

use jiff::{SignedDuration, Timestamp};
use lake::Claim;
use lake::claim::evidence::{Accounts, Evidence, Read};
use lake::claim::reason::{Cause, Reason};
use lake::ledger::Entry;

use crate::seal::due::{CONFIRM_AFTER, HOUR};
use crate::seal::read_plan::ReadPlan;

/// How many reads an entry keeps.
const READS_KEPT: usize = 4;

/// What became of the records of the last read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReadFacts {
    pub(crate) accounts: Accounts,
    /// How many events the lake has from the API that the read lacks.
    pub(crate) lacking: u64,
}

/// The reads that an entry rests on.
pub(crate) fn earlier_reads(before: Option<&Entry>) -> Vec<Read> {
    before.and_then(|entry| entry.claim.evidence()).map(|evidence| evidence.reads.clone()).unwrap_or_default()
}

/// Returns whether the next read asks in the alternate way: the other way than the last one.
pub(crate) fn next_is_alternate(before: Option<&Entry>, page: u64) -> bool {
    let last = earlier_reads(before).pop();
    last.is_some_and(|read| before.is_some_and(|entry| read.since == Some(ReadPlan::first(entry.hour, page).since)))
}

/// Returns what the reads prove. An hour that was read for the first time when its recheck should have been over takes two
/// reads, one later than the other.
pub(crate) fn claim(hour: Timestamp, reads: Vec<Read>, facts: &ReadFacts, recheck_after: SignedDuration) -> Claim {
    let reads = without_refuted(reads);
    let is_late = |read: &Read| read.at.duration_since(hour) >= HOUR + recheck_after;
    let needs_two = reads.first().is_some_and(is_late);
    let span =
        reads.first().zip(reads.last()).map_or(SignedDuration::ZERO, |(first, last)| last.at.duration_since(first.at));
    let evidence = Evidence { reads, accounts: facts.accounts, ..Evidence::default() };
    let is_too_soon = needs_two && span < CONFIRM_AFTER && evidence.independent_reads() > 1;
    let claim = Claim::of(evidence, if needs_two { 2 } else { 1 });
    let claim = if is_too_soon { claim.because(Reason::new(Cause::ReadsMissing, 1)) } else { claim };
    if facts.lacking == 0 {
        return claim;
    }
    let what = "the API does not give events that it gave before";
    let reason = Reason::new(Cause::Contradiction, facts.lacking).what(what);
    Claim::Contradicted { reasons: vec![reason], evidence: claim.evidence().cloned() }
}

/// Leaves out reads that had fewer records than one before them, once the last read has at least as many as any: what they
/// lacked is there.
fn without_refuted(mut reads: Vec<Read>) -> Vec<Read> {
    let most = reads.iter().map(|read| read.records).max().unwrap_or(0);
    if reads.last().is_some_and(|last| last.records == most) {
        let mut so_far = 0;
        reads.retain(|read| {
            let is_refuted = read.records < so_far;
            so_far = so_far.max(read.records);
            !is_refuted
        });
    }
    let surplus = reads.len().saturating_sub(READS_KEPT);
    reads.drain(..surplus);
    reads
}

#[cfg(test)]
mod tests {
    use lake::Word;

    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    /// A read `minutes` after the start of the hour.
    fn read(minutes: i64, page_size: u64, records: u64) -> Read {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        Read { at, page_size, since: None, until: None, pages: 1, records, is_end_confirmed: true }
    }

    fn word(reads: &[Read], lacking: u64) -> Word {
        let api = reads.last().unwrap().records;
        let accounts = Accounts { api, rows: api, ..Accounts::default() };
        claim(Timestamp::UNIX_EPOCH, reads.to_vec(), &ReadFacts { accounts, lacking }, DAY).word()
    }

    #[test]
    fn an_old_hour_takes_two_reads_one_later_than_the_other() {
        let (fresh, old) = (125, 26 * 60);
        assert_eq!(word(&[read(fresh, 10, 3)], 0), Word::Complete);
        assert_eq!(word(&[read(old, 10, 3)], 0), Word::Partial);
        assert_eq!(word(&[read(old, 10, 0)], 0), Word::Partial, "an empty answer most of all");
        assert_eq!(word(&[read(old, 10, 3), read(old + 20, 10, 3)], 0), Word::Partial, "asked for in the same way");
        assert_eq!(word(&[read(old, 10, 3), read(old + 1, 7, 3)], 0), Word::Partial, "too soon");
        assert_eq!(word(&[read(old, 10, 3), read(old + 20, 7, 3)], 0), Word::Complete);
        assert_eq!(word(&[read(fresh, 10, 3), read(old, 7, 3)], 0), Word::Complete);
    }

    #[test]
    fn what_a_later_read_lacks_is_a_contradiction_until_a_read_has_it_again() {
        assert_eq!(word(&[read(125, 10, 3), read(2_000, 7, 0)], 0), Word::Contradicted);
        assert_eq!(word(&[read(125, 10, 3), read(2_000, 7, 0), read(2_400, 10, 3)], 0), Word::Complete);
        assert_eq!(word(&[read(125, 10, 3), read(2_000, 7, 4)], 0), Word::Complete);
        assert_eq!(word(&[read(125, 10, 3)], 2), Word::Contradicted);
    }

    #[test]
    fn few_reads_are_kept() {
        let reads: Vec<_> = (0..9).map(|n| read(125 + n * 60, 10, 3)).collect();
        assert_eq!(without_refuted(reads).len(), READS_KEPT);
    }
}
