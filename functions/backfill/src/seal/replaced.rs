//! What an hour had before it was repaired, and what is known of it afterwards. Pure.

use lake::Claim;
use lake::claim::reason::{Cause, Reason};
use lake::ledger::Entry;

/// What a repair replaces.
#[derive(Debug)]
pub(crate) struct Replaced {
    /// The last generation that there may have been.
    pub(crate) generation: u64,
    /// What the hour had; none if nobody knows.
    pub(crate) had: Option<Had>,
}

/// What an hour had, as its sound entry says.
#[derive(Debug)]
pub(crate) struct Had {
    rows: u64,
    digest: String,
    stream_only: u64,
}

impl Had {
    /// What an entry says.
    pub(crate) fn of(entry: &Entry) -> Self {
        Self { rows: entry.rows, digest: entry.digest.clone(), stream_only: entry.counts.stream_only }
    }
}

impl Replaced {
    /// What is known of the hour now that it has these rows: those of before, or it is contradicted.
    pub(crate) fn settle(&self, claim: Claim, rows: u64, digest: &str) -> Claim {
        let lost = match &self.had {
            Some(had) if had.digest == digest => return claim,
            // Every row was the API's, and the API has no fewer.
            Some(had) if had.stream_only == 0 && rows >= had.rows => return claim,
            Some(had) => had.rows.saturating_sub(rows).max(1),
            None => 1,
        };
        contradicted(&claim, Reason::new(Cause::Damaged, lost).what(LOST))
    }
}

const LOST: &str = "rows of a damaged seal that the API does not confirm";

/// What a repair could not confirm stays so, whatever later reads of the API say.
pub(crate) fn carried(before: Option<&Entry>, claim: Claim) -> Claim {
    let reasons = before.map(|entry| entry.claim.reasons()).unwrap_or_default();
    match reasons.iter().find(|reason| reason.cause == Cause::Damaged) {
        Some(lost) => contradicted(&claim, lost.clone()),
        None => claim,
    }
}

fn contradicted(claim: &Claim, reason: Reason) -> Claim {
    let reasons = claim.reasons().iter().cloned().chain([reason]).collect();
    Claim::Contradicted { reasons, evidence: claim.evidence().cloned() }
}

#[cfg(test)]
mod tests {
    use lake::Word;

    use super::*;

    fn replaced(had: Option<(u64, &str, u64)>) -> Replaced {
        let had = had.map(|(rows, digest, stream_only)| Had { rows, digest: digest.to_owned(), stream_only });
        Replaced { generation: 1, had }
    }

    #[test]
    fn only_what_is_had_again_is_not_contradicted() {
        let word = |had, rows, digest| replaced(had).settle(Claim::StreamOnly, rows, digest).word();
        let kept = Word::StreamOnly;
        assert_eq!(word(Some((3, "a", 1)), 3, "a"), kept, "the same rows");
        assert_eq!(word(Some((3, "a", 0)), 4, "b"), kept, "the API had all of them, and has more");
        assert_eq!(word(Some((3, "a", 1)), 4, "b"), Word::Contradicted, "one was only streamed");
        assert_eq!(word(Some((3, "a", 0)), 2, "b"), Word::Contradicted);
        assert_eq!(word(None, 3, "a"), Word::Contradicted, "nobody knows what it had");
    }
}
