//! What became of the inventory of an org in an invocation: a line for each entity. The manifest has the rest. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lake::claim::reason::Reason;
use lake::claim::{Claim, UnreadCause, Word};
use serde::Serialize;

use crate::command::Mode;
use crate::inventory::manifest::{Collected, Manifest};
use crate::inventory::plan::InventoryPlan;
use crate::inventory::state::{Changes, OrgFacts};
use crate::org::problem::Problem;

/// A reason has at most this many characters in a report.
const TEXT_LIMIT: usize = 160;

/// What became of the inventory of an org.
#[derive(Debug, Default, Serialize)]
pub struct InventoryReport {
    /// The org.
    pub tenant: String,
    /// Whether no work is left.
    pub is_complete: bool,
    /// The plan, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<InventoryPlan>,
    /// What the manifest says, in short; as far as it goes, while the run is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<ManifestSummary>,
    /// Until when another run has the lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// What prevented more.
    pub problems: Vec<Problem>,
    /// What a person should know, although it prevented nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Problem>,
}

/// A manifest in short: the detail of `InventoryProgress` and `InventoryFinished`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManifestSummary {
    /// The org.
    pub tenant: String,
    #[serde(flatten)]
    org: OrgFacts,
    /// `snapshot=` of everything that the run collects.
    pub snapshot: String,
    /// How it collects.
    pub mode: Mode,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; none while it is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// How many invocations worked on it.
    pub invocations: u32,
    /// Calls that were made.
    pub calls: u64,
    /// Rows that were written.
    pub rows: u64,
    /// Each entity.
    pub entities: BTreeMap<String, EntitySummary>,
    /// How many entities were not asked for.
    pub not_collected: usize,
}

/// An entity in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntitySummary {
    /// The word of its claim; none while it is being read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Word>,
    /// Why it was not read, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<UnreadCause>,
    /// The first reason, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// What a person does about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Its rows.
    pub rows: u64,
    /// The calls that it took.
    pub calls: u64,
    /// How many parents it is read for.
    #[serde(skip_serializing_if = "is_zero")]
    pub parents: u64,
    /// How many of them are done.
    #[serde(skip_serializing_if = "is_zero")]
    pub parents_done: u64,
    /// How many of them could not be read to their end.
    #[serde(skip_serializing_if = "is_zero")]
    pub parents_unread: u64,
    /// Secrets that were taken out.
    #[serde(skip_serializing_if = "is_zero")]
    pub redacted: u64,
    /// Records in quarantine.
    #[serde(skip_serializing_if = "is_zero")]
    pub quarantined: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Changes>,
}

impl InventoryReport {
    /// A report of an org of which nothing is known yet.
    pub(crate) fn new(tenant: &str) -> Self {
        Self { tenant: tenant.to_owned(), ..Self::default() }
    }

    /// Adds a note.
    pub(crate) fn note(&mut self, what: String, remedy: String) {
        tracing::warn!(tenant = self.tenant, what, remedy, "a note");
        self.notes.push(Problem { what, remedy });
    }

    /// Adds a problem.
    pub(crate) fn problem(&mut self, what: String, remedy: String) {
        self.problems.push(Problem::told(&self.tenant, what, remedy));
    }
}

impl From<&Manifest> for ManifestSummary {
    fn from(manifest: &Manifest) -> Self {
        let Manifest { mode, started, ended, invocations, calls, rows, .. } = *manifest;
        let entities = manifest.entities.iter().map(|(name, collected)| (name.clone(), collected.into()));
        Self {
            tenant: manifest.tenant.clone(),
            org: manifest.org.clone(),
            snapshot: manifest.snapshot.clone(),
            mode,
            started,
            ended,
            invocations,
            calls,
            rows,
            entities: entities.collect(),
            not_collected: manifest.not_collected.len(),
        }
    }
}

impl From<&Collected> for EntitySummary {
    fn from(collected: &Collected) -> Self {
        let Collected { rows, calls, parents, parents_done, redacted, quarantined, .. } = *collected;
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
            calls,
            parents,
            parents_done,
            parents_unread,
            redacted,
            quarantined,
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
    fn a_reason_is_one_short_line() {
        let reason = Reason::new(Cause::Failed, 3).what("HTTP 500,\nE0000009");
        assert_eq!(line(&reason), "3 failed: HTTP 500, E0000009");
        assert_eq!(line(&Reason::new(Cause::Quarantined, 12)), "12 quarantined");
        assert_eq!(short(&"x".repeat(900)).chars().count(), TEXT_LIMIT);
    }
}
