//! A manifest in short: a line for each entity, for answers and events. Pure.

use lake::claim::reason::Reason;
use lake::claim::{Claim, UnreadCause, Word};
use serde::{Deserialize, Serialize};

use crate::inventory::manifest::{Collected, Manifest};
use crate::inventory::state::Changes;

/// A reason has at most this many characters.
const TEXT_LIMIT: usize = 160;

/// A manifest in short.
pub type ManifestSummary = Manifest<EntitySummary>;

/// An entity in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntitySummary {
    /// The word of its claim; absent while it is being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Word>,
    /// Why it was not read, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<UnreadCause>,
    /// The first reason, on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// What a person does about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Its rows.
    pub rows: u64,
    /// Its files.
    pub parts: u32,
    /// How many seconds it took, waiting included.
    pub seconds: u64,
    /// The calls that it took.
    pub calls: u64,
    /// How many parents it is read for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parents: u64,
    /// How many of them are done.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parents_done: u64,
    /// How many of them could not be read to their end.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parents_unread: u64,
    /// Secrets that were taken out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redacted: u64,
    /// Records in quarantine.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub quarantined: u64,
    /// Records that came twice.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicates: u64,
    /// What has changed since the last complete collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changes: Option<Changes>,
}

impl Manifest {
    /// Returns the manifest in short.
    pub(crate) fn summary(&self) -> ManifestSummary {
        self.map(|collected| collected.into())
    }
}

impl ManifestSummary {
    /// Whether everything that was asked for is known: complete, or not offered by the org.
    pub fn is_everything_known(&self) -> bool {
        self.entities.values().all(EntitySummary::is_known)
    }
}

impl EntitySummary {
    fn is_known(&self) -> bool {
        let is_complete = matches!(self.status, Some(Word::Complete | Word::Empty));
        is_complete || self.unread == Some(UnreadCause::NotOffered)
    }
}

impl From<&Collected> for EntitySummary {
    fn from(collected: &Collected) -> Self {
        let Collected { rows, parts, calls, seconds, parents, parents_done, redacted, quarantined, duplicates, .. } =
            *collected;
        let claim = collected.claim.as_ref();
        let reason = claim.and_then(|claim| claim.reasons().first());
        let (unread, parents_unread) = match claim {
            Some(Claim::Unread(unread)) => (Some(unread.why), 0),
            Some(Claim::Partial(partial)) => (None, partial.parents_unread),
            _ => (None, 0),
        };
        Self {
            status: claim.map(Claim::word),
            unread,
            what: reason.map(line),
            remedy: reason.and_then(|reason| reason.remedy.as_deref()).map(short),
            rows,
            parts,
            seconds,
            calls,
            parents,
            parents_done,
            parents_unread,
            redacted,
            quarantined,
            duplicates,
            changes: collected.changes.clone(),
        }
    }
}

/// A reason on one line.
fn line(reason: &Reason) -> String {
    let cause = serde_json::to_value(reason.cause).ok();
    let cause = cause.as_ref().and_then(|cause| cause.as_str()).unwrap_or_default().replace('_', " ");
    let count = if reason.count > 0 { format!("{} ", reason.count) } else { String::new() };
    match &reason.what {
        Some(what) if reason.count > 1 => short(&format!("{count}{cause}: {what}")),
        Some(what) => short(what),
        None => format!("{count}{cause}"),
    }
}

fn short(text: &str) -> String {
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if line.chars().count() <= TEXT_LIMIT {
        return line;
    }
    line.chars().take(TEXT_LIMIT - 1).chain(['…']).collect()
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature.
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use lake::claim::reason::Cause;

    use super::*;

    #[test]
    fn only_what_is_complete_or_not_offered_is_known() {
        let entity = |status: Word, unread: Option<UnreadCause>| {
            let summary = serde_json::json!({"status": status, "unread": unread, "rows": 0, "parts": 0, "seconds": 0, "calls": 0});
            serde_json::from_value::<EntitySummary>(summary).unwrap()
        };
        assert!(entity(Word::Complete, None).is_known() && entity(Word::Empty, None).is_known());
        assert!(entity(Word::Unread, Some(UnreadCause::NotOffered)).is_known());
        for cause in [UnreadCause::Denied, UnreadCause::Failed, UnreadCause::Skipped] {
            assert!(!entity(Word::Unread, Some(cause)).is_known(), "{cause:?}");
        }
        assert!(!entity(Word::Partial, None).is_known() && !entity(Word::Contradicted, None).is_known());
    }

    #[test]
    fn a_reason_is_one_short_line() {
        let reason = Reason::new(Cause::Failed, 3).what("HTTP 500,\nE0000009");
        assert_eq!(line(&reason), "3 failed: HTTP 500, E0000009");
        assert_eq!(line(&Reason::new(Cause::Quarantined, 12)), "12 quarantined");
        assert_eq!(short(&"x".repeat(900)).chars().count(), TEXT_LIMIT);
    }
}
