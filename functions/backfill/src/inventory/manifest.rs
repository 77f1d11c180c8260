//! What a run came to: for each entity whether it is complete, and if not, why. A thing that is not in a complete entity does
//! not exist; of the others nobody knows. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use normalize::Tenant;
use serde::{Deserialize, Serialize};

use crate::command::Mode;
use crate::inventory::store::{Changes, Faults, Outcome, Progress, Run, Stage};
use crate::inventory::table::ENTITIES;

/// `manifests/tenant=T/<snapshot>.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of this format.
    pub version: u32,
    /// The org.
    pub tenant: String,
    /// `snapshot=` of everything that it collected.
    pub snapshot: String,
    /// How it collected.
    pub mode: Mode,
    /// When it began: what the log told until then is in it.
    pub started: Timestamp,
    /// When it ended: what the log told since is not in it. None while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// How many invocations worked on it.
    pub invocations: u32,
    /// Calls that were made.
    pub calls: u64,
    /// Rows that were written.
    pub rows: u64,
    /// Scopes that the credentials have, of those that were wanted; none for an API token, whose role decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<BTreeSet<String>>,
    /// Each entity.
    pub entities: BTreeMap<String, Collected>,
    /// What was not asked for.
    pub not_collected: Vec<String>,
}

/// What an entity came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// `complete`, `empty`, `partial`, `denied`, `unlicensed`, `skipped` or `failed`, and why; none while it is being read.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    /// Its rows.
    pub rows: u64,
    /// Its files.
    pub parts: u32,
    /// The calls that it took.
    pub calls: u64,
    /// How many seconds it took, waiting included.
    pub seconds: u64,
    /// How many parents were asked for it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parents: u64,
    /// How many of them are done.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parents_done: u64,
    #[serde(default, skip_serializing_if = "is_none")]
    faults: Faults,
    /// Secrets that were taken out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redacted: u64,
    /// Records in quarantine.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub quarantined: u64,
    /// Records that came twice.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicates: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changes: Option<Changes>,
}

impl Manifest {
    /// Of a run, as far as it is.
    pub(crate) fn of(
        tenant: &Tenant,
        run: Option<&Run>,
        scopes: Option<BTreeSet<String>>,
        ended: Option<Timestamp>,
    ) -> Self {
        let entities: BTreeMap<_, _> = run
            .iter()
            .flat_map(|run| &run.entities)
            .map(|(name, progress)| (name.clone(), Collected::of(progress)))
            .collect();
        let not_collected =
            ENTITIES.iter().map(|entity| entity.name.to_owned()).filter(|name| !entities.contains_key(name));
        Self {
            version: 1,
            tenant: tenant.to_string(),
            snapshot: run.map(|run| run.id.clone()).unwrap_or_default(),
            mode: run.map(|run| run.mode).unwrap_or_default(),
            started: run.map_or(Timestamp::UNIX_EPOCH, |run| run.started),
            ended,
            invocations: run.map_or(0, |run| run.invocations),
            calls: entities.values().map(|collected| collected.calls).sum(),
            rows: entities.values().map(|collected| collected.rows).sum(),
            scopes,
            not_collected: not_collected.collect(),
            entities,
        }
    }
}

impl Collected {
    fn of(progress: &Progress) -> Self {
        let Progress { rows, parts, calls, seconds, redacted, quarantined, duplicates, .. } = *progress;
        Self {
            outcome: progress.outcome.clone(),
            rows,
            parts,
            calls,
            seconds,
            parents: progress.parents as u64,
            parents_done: if progress.stage == Stage::Reading { progress.parents_done as u64 } else { 0 },
            faults: progress.faults.clone(),
            redacted,
            quarantined,
            duplicates,
            changes: progress.changes.clone(),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature.
fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_none(faults: &Faults) -> bool {
    *faults == Faults::default()
}
