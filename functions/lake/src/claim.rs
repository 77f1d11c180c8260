//! What is known about a set of records that Okta was asked for: the closed list of words that manifests, ledger, status
//! and events use. [`Claim::of`] alone makes a complete one, from [`Evidence`]. Pure.

pub mod evidence;
pub mod reason;
pub(crate) mod record;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::claim::evidence::Evidence;
use crate::claim::reason::{Cause, Reason};

/// What is known about an hour of the log, or about an entity of the inventory.
///
/// In JSON it is an object whose member `status` is the [`Word`]; it is made to be flattened into another object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Everything was read, and every record is accounted for: what is not in it does not exist.
    Complete(Complete),
    /// A part is missing, or was not confirmed.
    Partial(Partial),
    /// Okta's answers contradict each other or the lake, and still did when they were read again.
    Contradicted {
        /// What contradicts what; at least one reason.
        reasons: Vec<Reason>,
        /// What was read.
        evidence: Option<Evidence>,
    },
    /// Nothing was read.
    Unread(Unread),
    /// An hour that only the stream brought: the API could not be read for it.
    StreamOnly,
    /// Retention removed it, as a signed record says.
    Expired,
}

/// The proof that everything was read. Only [`Claim::of`] makes one, and a record of the lake that has the word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complete {
    evidence: Option<Evidence>,
}

/// What is missing, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partial {
    /// Why it is not complete; at least one reason.
    pub reasons: Vec<Reason>,
    /// How many parents were not read to their end. Nothing of these parents may be called removed.
    pub parents_unread: u64,
    /// What was read.
    pub evidence: Option<Evidence>,
}

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// In a word.
    pub why: UnreadCause,
    /// What Okta said, and what to do about it.
    pub reason: Option<Reason>,
}

/// Why nothing was read, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnreadCause {
    /// The credentials may not read it.
    Denied,
    /// The org does not have it.
    NotOffered,
    /// It could not be read.
    Failed,
    /// It depends on something that was not read.
    Skipped,
}

/// The words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// See [`Claim::Complete`].
    Complete,
    /// Complete, with no rows.
    Empty,
    /// See [`Claim::Partial`].
    Partial,
    /// See [`Claim::Contradicted`].
    Contradicted,
    /// See [`Claim::Unread`].
    Unread,
    /// See [`Claim::StreamOnly`].
    StreamOnly,
    /// See [`Claim::Expired`].
    Expired,
}

impl Claim {
    /// What `evidence` proves: complete if at least `required_reads` independent reads reached a confirmed end and every
    /// record is a row or a repeated record; contradicted if the reads contradict each other; else partial, with what
    /// is lacking.
    pub fn of(evidence: Evidence, required_reads: usize) -> Self {
        if let Some(contradiction) = evidence.contradiction() {
            return Self::Contradicted { reasons: vec![contradiction], evidence: Some(evidence) };
        }
        let reasons = evidence.shortfalls(required_reads);
        if reasons.is_empty() {
            return Self::Complete(Complete { evidence: Some(evidence) });
        }
        Self::Partial(Partial { reasons, parents_unread: evidence.parents_unread, evidence: Some(evidence) })
    }

    /// Nothing was read, for a reason that the word says.
    pub fn unread(why: UnreadCause) -> Self {
        Self::Unread(Unread { why, reason: None })
    }

    /// A part is missing for one reason.
    pub fn partial(reason: Reason) -> Self {
        Self::Partial(Partial { reasons: vec![reason], ..Partial::default() })
    }

    /// Adds a reason why a claim is not complete. What was never read stays so.
    #[must_use]
    pub fn because(self, reason: Reason) -> Self {
        match self {
            Self::Complete(Complete { evidence }) => {
                Self::Partial(Partial { reasons: vec![reason], parents_unread: 0, evidence })
            }
            Self::Partial(mut partial) => {
                partial.reasons.push(reason);
                Self::Partial(partial)
            }
            Self::Contradicted { mut reasons, evidence } => {
                reasons.push(reason);
                Self::Contradicted { reasons, evidence }
            }
            other => other,
        }
    }

    /// The word.
    pub fn word(&self) -> Word {
        match self {
            Self::Complete(complete) if complete.is_empty() => Word::Empty,
            Self::Complete(_) => Word::Complete,
            Self::Partial(_) => Word::Partial,
            Self::Contradicted { .. } => Word::Contradicted,
            Self::Unread(_) => Word::Unread,
            Self::StreamOnly => Word::StreamOnly,
            Self::Expired => Word::Expired,
        }
    }

    /// Whether absence of a record proves that Okta does not have it.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Complete(_))
    }

    /// Whether there may be rows.
    pub fn has_rows(&self) -> bool {
        !matches!(self, Self::Unread(_) | Self::Expired)
    }

    /// What was read, if it was recorded.
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Complete(complete) => complete.evidence(),
            Self::Partial(partial) => partial.evidence.as_ref(),
            Self::Contradicted { evidence, .. } => evidence.as_ref(),
            Self::Unread(_) | Self::StreamOnly | Self::Expired => None,
        }
    }

    /// Why it is not complete.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Partial(partial) => &partial.reasons,
            Self::Contradicted { reasons, .. } => reasons,
            Self::Unread(unread) => unread.reason.as_slice(),
            Self::Complete(_) | Self::StreamOnly | Self::Expired => &[],
        }
    }
}

impl Complete {
    /// Of a record from before evidence was recorded.
    fn recorded_without_evidence() -> Self {
        Self { evidence: None }
    }

    /// What proves it; none in records from before evidence was recorded.
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    fn is_empty(&self) -> bool {
        self.evidence.as_ref().is_some_and(|evidence| evidence.accounts.rows + evidence.accounts.taken_over == 0)
    }
}

impl From<UnreadCause> for Cause {
    fn from(why: UnreadCause) -> Self {
        match why {
            UnreadCause::Denied => Self::Denied,
            UnreadCause::NotOffered => Self::NotOffered,
            UnreadCause::Failed => Self::Failed,
            UnreadCause::Skipped => Self::Skipped,
        }
    }
}

impl Word {
    /// As it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Empty => "empty",
            Self::Partial => "partial",
            Self::Contradicted => "contradicted",
            Self::Unread => "unread",
            Self::StreamOnly => "stream_only",
            Self::Expired => "expired",
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::claim::evidence::{Accounts, Read};

    fn read(page_size: u64, records: u64) -> Read {
        let at = Timestamp::UNIX_EPOCH;
        Read { at, page_size, since: None, until: None, pages: 1, records, is_end_confirmed: true }
    }

    fn evidence(reads: &[Read], rows: u64) -> Evidence {
        let accounts = Accounts { api: rows, rows, ..Accounts::default() };
        Evidence { reads: reads.to_vec(), accounts, ..Evidence::default() }
    }

    fn causes(claim: &Claim) -> Vec<(Cause, u64)> {
        claim.reasons().iter().map(|reason| (reason.cause, reason.count)).collect()
    }

    #[test]
    fn complete_takes_evidence() {
        assert_eq!(Claim::of(evidence(&[read(10, 3)], 3), 1).word(), Word::Complete);
        assert_eq!(Claim::of(evidence(&[read(10, 0)], 0), 1).word(), Word::Empty);
        let never_read = Claim::of(Evidence::default(), 0);
        assert_eq!(causes(&never_read), [(Cause::ReadsMissing, 1)]);
    }

    #[test]
    fn each_shortfall_makes_it_partial() {
        let whole = evidence(&[read(10, 3)], 3);
        let accounts = |accounts| Evidence { accounts, ..whole.clone() };
        let open = Evidence { reads: vec![Read { is_end_confirmed: false, ..read(10, 3) }], ..whole.clone() };
        assert_eq!(causes(&Claim::of(open, 1)), [(Cause::EndUnconfirmed, 1), (Cause::ReadsMissing, 1)]);
        let quarantined = Accounts { api: 3, rows: 1, quarantined: 2, ..Accounts::default() };
        assert_eq!(causes(&Claim::of(accounts(quarantined), 1)), [(Cause::Quarantined, 2)]);
        let lost = Accounts { api: 3, rows: 1, ..Accounts::default() };
        assert_eq!(causes(&Claim::of(accounts(lost), 1)), [(Cause::Unaccounted, 2)]);
        let invented = Accounts { api: 2, rows: 2, ..Accounts::default() };
        assert_eq!(causes(&Claim::of(accounts(invented), 1)), [(Cause::Unaccounted, 1)]);
        let unread = Evidence { parents: 9, parents_unread: 4, ..whole.clone() };
        let Claim::Partial(partial) = Claim::of(unread, 1) else { panic!() };
        assert_eq!(partial.parents_unread, 4);
    }

    #[test]
    fn reads_count_if_they_are_independent() {
        let same = evidence(&[read(10, 3), read(10, 3)], 3);
        assert_eq!(causes(&Claim::of(same, 2)), [(Cause::ReadsMissing, 1)]);
        assert!(Claim::of(evidence(&[read(10, 3), read(7, 3)], 3), 2).is_complete());
    }

    #[test]
    fn a_later_read_with_fewer_records_is_a_contradiction() {
        let claim = Claim::of(evidence(&[read(10, 330), read(7, 0)], 0), 1);
        assert_eq!((claim.word(), causes(&claim)), (Word::Contradicted, vec![(Cause::Contradiction, 330)]));
        assert!(
            Claim::of(evidence(&[read(10, 3), read(7, 5)], 5), 2).is_complete(),
            "late events are no contradiction"
        );
    }

    #[test]
    fn a_reason_ends_completeness() {
        let claim = Claim::of(evidence(&[read(10, 3)], 3), 1).because(Reason::new(Cause::Contradiction, 1));
        assert_eq!(claim.word(), Word::Partial);
        assert!(claim.evidence().is_some());
    }
}
