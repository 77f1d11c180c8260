//! What a verification finds: the detail of the bus event `LedgerViolation`, and a row of `okta-lake verify --json`. Pure.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long Okta keeps the System Log (Okta, "System Log API": 90 days).
const OKTA_RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Something in the lake that is not as okta-lake wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The org.
    pub tenant: String,
    /// The start of the hour, if it concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<Timestamp>,
    /// What is wrong, in a word.
    pub kind: FindingKind,
    /// The key of the object that is wrong or missing.
    pub key: String,
    /// What was expected and what was found. It quotes no event.
    pub detail: String,
    /// How it can be repaired, best first; nothing can repair it if there is no remedy.
    pub remedies: Vec<Remedy>,
}

/// What is wrong, in a word. Sorted by what it concerns: the ledger, its signatures, objects with rows, the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// An entry that is no entry.
    EntryUnreadable,
    /// An entry about another hour or org than its key says.
    EntryMisplaced,
    /// An hour without an entry, although another entry or a sealed object says that it had one.
    EntryMissing,
    /// An entry of another org's id than the others.
    OrgDiffers,
    /// A link to an entry that is not what the ledger has: one of the two was changed, or a newer one was removed.
    LinkBroken,
    /// A number that no entry has: an entry was removed or replaced by an older one.
    SequenceMissing,
    /// A number that two entries have.
    SequenceRepeated,
    /// The numbers of rows in an entry contradict each other.
    CountsDiffer,
    /// An entry without a signature after signing began.
    Unsigned,
    /// A signature that the key did not make for this entry.
    SignatureInvalid,
    /// A signature by a key that is not trusted.
    KeyUntrusted,
    /// The ledger ends before a published head.
    HeadMissing,
    /// The entry with the number of a published head is another one.
    HeadDiffers,
    /// The object that an entry names is gone.
    ObjectMissing,
    /// An object that cannot be read: cut, overwritten, or broken.
    ObjectUnreadable,
    /// An object with other bytes than the entry, or its own name, says.
    ObjectAltered,
    /// An object with other rows than the entry says.
    RowsDiffer,
    /// Rows whose columns contradict the event in them.
    RowsDamaged,
    /// Rows of another hour than the object's folder.
    RowsMisplaced,
    /// An object that no entry names and no entry has superseded.
    ObjectUnlisted,
    /// A manifest that is no manifest.
    ManifestUnreadable,
    /// A part that a manifest counts is gone.
    PartMissing,
    /// A part that cannot be read.
    PartUnreadable,
    /// Parts with other rows than the manifest says.
    PartsDiffer,
    /// A part that no manifest counts.
    PartUnlisted,
}

/// How something can be repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Remedy {
    /// Okta still has the hour: read it again.
    Okta {
        /// Until when.
        until: Timestamp,
    },
    /// The bucket may have a version of the object with this SHA-256, which a valid signature covers.
    Version {
        /// The SHA-256.
        digest: String,
    },
    /// The object can stay or be sealed with its hour: no row is lost.
    Seal,
}

impl Remedy {
    /// Reading the hour again, if Okta still has all of it.
    pub(crate) fn okta(hour: Timestamp, now: Timestamp) -> Option<Self> {
        let until = hour.checked_add(OKTA_RETENTION).ok()?;
        (now < until).then_some(Self::Okta { until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_finding() {
        let page = include_str!("../../../../docs/ledger.md");
        let rows = page.split_once("## What `verify` finds").unwrap().1.lines().filter(|line| line.starts_with("| `"));
        let kinds: Vec<FindingKind> =
            rows.map(|row| serde_json::from_value(row.split('`').nth(1).into()).unwrap()).collect();
        assert!(kinds.is_sorted_by(|a, b| a < b), "docs/ledger.md: put the rows into the order of the type");
        let last = FindingKind::PartUnlisted;
        assert_eq!(kinds.len(), last as usize + 1, "docs/ledger.md: a row for each kind");
    }
}
