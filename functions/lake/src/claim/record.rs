//! Claims as JSON, in the present form and in those that older versions of okta-lake wrote.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::claim::evidence::Evidence;
use crate::claim::reason::{Cause, Reason, is_zero};
use crate::claim::{Claim, Complete, Partial, Unread, UnreadCause, Word};

/// A claim as a JSON object.
#[derive(Debug, Serialize, Deserialize)]
struct ClaimRecord {
    status: RecordedWord,
    #[serde(flatten)]
    details: Details,
}

/// What a claim says beyond its word: members of a JSON object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unread: Option<UnreadCause>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Reason>,
    #[serde(default, skip_serializing_if = "is_zero")]
    parents_unread: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    /// Only in older records.
    #[serde(default, skip_serializing)]
    what: Option<String>,
    /// Only in older records.
    #[serde(default, skip_serializing)]
    remedy: Option<String>,
}

/// A word, or what older records have in its place.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(untagged)]
enum RecordedWord {
    Word(Word),
    Old(OldWord),
}

/// The words that [`UnreadCause`] replaced.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OldWord {
    Denied,
    Unlicensed,
    Skipped,
    Failed,
}

impl Details {
    /// What `claim` says beyond its word.
    pub(crate) fn of(claim: &Claim) -> Self {
        let (unread, parents_unread) = match claim {
            Claim::Unread(unread) => (Some(unread.why), 0),
            Claim::Partial(partial) => (None, partial.parents_unread),
            _ => (None, 0),
        };
        let (reasons, evidence) = (claim.reasons().to_vec(), claim.evidence().cloned());
        Self { unread, reasons, parents_unread, evidence, ..Self::default() }
    }

    /// The claim of this word. A record that calls itself complete while its evidence says otherwise is not believed.
    pub(crate) fn claim(mut self, word: Word) -> Claim {
        self.adopt_old_reason(word);
        match (word, self.evidence) {
            (Word::Complete | Word::Empty, Some(evidence)) => Claim::of(evidence, 1),
            (Word::Complete | Word::Empty, None) => Claim::Complete(Complete::recorded_without_evidence()),
            (Word::Partial, evidence) => {
                Claim::Partial(Partial { reasons: self.reasons, parents_unread: self.parents_unread, evidence })
            }
            (Word::Contradicted, evidence) => Claim::Contradicted { reasons: self.reasons, evidence },
            (Word::Unread, _) => {
                let why = self.unread.unwrap_or(UnreadCause::Failed);
                Claim::Unread(Unread { why, reason: self.reasons.into_iter().next() })
            }
            (Word::StreamOnly, _) => Claim::StreamOnly,
            (Word::Expired, _) => Claim::Expired,
        }
    }

    fn adopt_old_reason(&mut self, word: Word) {
        let (what, remedy) = (self.what.take(), self.remedy.take());
        let is_owed = matches!(word, Word::Partial | Word::Contradicted);
        if self.reasons.is_empty() && (is_owed || what.is_some()) {
            let cause = self.unread.map_or(Cause::Unrecorded, Cause::from);
            self.reasons.push(Reason { cause, count: 0, what, remedy });
        }
    }
}

impl From<OldWord> for UnreadCause {
    fn from(old: OldWord) -> Self {
        match old {
            OldWord::Denied => Self::Denied,
            OldWord::Unlicensed => Self::NotOffered,
            OldWord::Skipped => Self::Skipped,
            OldWord::Failed => Self::Failed,
        }
    }
}

impl Serialize for Claim {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ClaimRecord { status: RecordedWord::Word(self.word()), details: Details::of(self) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ClaimRecord { status, mut details } = ClaimRecord::deserialize(deserializer)?;
        Ok(match status {
            RecordedWord::Word(word) => details.claim(word),
            RecordedWord::Old(old) => {
                details.unread = Some(old.into());
                details.claim(Word::Unread)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::claim::evidence::{Accounts, Read};

    fn evidence() -> Evidence {
        let at = Timestamp::UNIX_EPOCH;
        let read = Read { at, page_size: 10, since: None, until: None, pages: 1, records: 5, is_end_confirmed: true };
        let accounts = Accounts { api: 5, rows: 4, duplicates: 1, ..Accounts::default() };
        Evidence { reads: vec![read], accounts, ..Evidence::default() }
    }

    #[test]
    fn every_claim_comes_back() {
        let reason = || Reason::new(Cause::Failed, 3).what("500 for three groups").remedy("nothing");
        let partial = Partial { reasons: vec![reason()], parents_unread: 3, evidence: Some(evidence()) };
        let claims = [
            Claim::of(evidence(), 1),
            Claim::Partial(partial),
            Claim::Contradicted { reasons: vec![reason()], evidence: Some(evidence()) },
            Claim::Unread(Unread { why: UnreadCause::NotOffered, reason: Some(reason()) }),
            Claim::unread(UnreadCause::Skipped),
            Claim::StreamOnly,
            Claim::Expired,
        ];
        for claim in claims {
            let text = serde_json::to_string(&claim).unwrap();
            assert_eq!(serde_json::from_str::<Claim>(&text).unwrap(), claim, "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["status"], claim.word().as_str());
        }
    }

    #[test]
    fn manifests_of_older_versions_are_read() {
        let read = |value| serde_json::from_value::<Claim>(value).unwrap();
        let complete = read(json!({"status": "complete"}));
        assert!(complete.is_complete() && complete.evidence().is_none());
        assert!(read(json!({"status": "empty"})).is_complete());
        let why = |value| match read(value) {
            Claim::Unread(unread) => (unread.why, unread.reason),
            other => panic!("{other:?}"),
        };
        let (denied, reason) = why(json!({"status": "denied", "what": "403", "remedy": "grant it"}));
        assert_eq!(denied, UnreadCause::Denied);
        assert_eq!(reason, Some(Reason::new(Cause::Denied, 0).what("403").remedy("grant it")));
        assert_eq!(why(json!({"status": "unlicensed"})).0, UnreadCause::NotOffered);
        assert_eq!(why(json!({"status": "skipped"})).0, UnreadCause::Skipped);
        assert_eq!(why(json!({"status": "failed"})).0, UnreadCause::Failed);
        let partial = read(json!({"status": "partial", "what": "a part", "remedy": "again"}));
        assert_eq!(partial.reasons(), [Reason::new(Cause::Unrecorded, 0).what("a part").remedy("again")]);
        assert!(serde_json::from_value::<Claim>(json!({"status": "fine"})).is_err());
    }

    #[test]
    fn a_record_that_calls_itself_complete_against_its_evidence_is_not_believed() {
        let mut record = serde_json::to_value(Claim::of(evidence(), 1)).unwrap();
        record["evidence"]["accounts"]["quarantined"] = json!(1);
        let claim = serde_json::from_value::<Claim>(record).unwrap();
        assert_eq!(claim.word(), Word::Partial);
    }
}
