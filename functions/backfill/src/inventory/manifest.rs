//! What a run came to: for each entity what is known of it, and on what evidence. A thing that is not in a complete entity
//! does not exist; of the others nobody knows. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lake::claim::Claim;
use serde::{Deserialize, Serialize};

use crate::command::Mode;
use crate::inventory::state::{Changes, Collection, CollectionRun, EntityProgress, OrgFacts, Stage};
use crate::inventory::table::entities;

/// The version of [`Manifest`]. Version 1 had `denied`, `unlicensed`, `skipped` and `failed` in the place of `unread`.
const VERSION: u32 = 2;

/// `manifests/tenant=T/<snapshot>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest<E = Collected> {
    /// Of this format.
    pub(crate) version: u32,
    /// The org.
    pub(crate) tenant: String,
    /// Which org it is, as the org itself says: `org_id` and `engine`.
    #[serde(flatten)]
    pub(crate) org: OrgFacts,
    /// `snapshot=` of everything that it collected.
    pub(crate) snapshot: String,
    /// How it collected.
    pub(crate) mode: Mode,
    /// When it began: it has what happened before.
    pub(crate) started: Timestamp,
    /// When it ended: it lacks what happened since. None while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<Timestamp>,
    /// How many invocations worked on it.
    pub(crate) invocations: u32,
    /// Calls that were made.
    pub(crate) calls: u64,
    /// Rows that were written.
    pub(crate) rows: u64,
    /// Scopes that the credentials have, of those that were wanted; none for an API token, whose role decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scopes: Option<BTreeSet<String>>,
    /// Each entity.
    pub(crate) entities: BTreeMap<String, E>,
    /// What was not asked for.
    #[serde(default)]
    pub(crate) not_collected: Vec<String>,
}

/// What an entity came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collected {
    /// What is known of it; none while it is being read.
    #[serde(flatten)]
    pub(crate) claim: Option<Claim>,
    /// Its rows.
    pub(crate) rows: u64,
    /// Its files.
    pub(crate) parts: u32,
    /// The calls that it took.
    pub(crate) calls: u64,
    /// How many seconds it took, waiting included.
    #[serde(default)]
    pub(crate) seconds: u64,
    /// How many parents or values it is read for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) parents: u64,
    /// How many of them are done.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) parents_done: u64,
    /// How many of them were deleted while they were read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) parents_gone: u64,
    /// Values of the query that the org does not offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) values_not_offered: Vec<String>,
    /// Secrets that were taken out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) redacted: u64,
    /// Records in quarantine.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) quarantined: u64,
    /// Records that came twice.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) duplicates: u64,
    /// Those of them whose content differs.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) conflicts: u64,
    /// What has changed since the last complete collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<Changes>,
}

impl Manifest {
    /// Returns the manifest of a run, as far as it is.
    pub(crate) fn of(
        tenant: &str,
        run: &CollectionRun,
        scopes: Option<BTreeSet<String>>,
        ended: Option<Timestamp>,
    ) -> Self {
        let collected = run.entities.iter().map(|(name, progress)| (name.clone(), Collected::of(progress)));
        let collected: BTreeMap<_, _> = collected.collect();
        let not_collected = entities().map(|entity| entity.name.to_owned());
        Self {
            version: VERSION,
            tenant: tenant.to_owned(),
            org: run.org.clone(),
            snapshot: run.id.clone(),
            mode: run.mode,
            started: run.started,
            ended,
            invocations: run.invocations,
            calls: collected.values().map(|collected| collected.calls).sum(),
            rows: collected.values().map(|collected| collected.rows).sum(),
            scopes,
            not_collected: not_collected.filter(|name| !collected.contains_key(name)).collect(),
            entities: collected,
        }
    }

    /// Returns the same manifest with something else of each entity.
    pub(crate) fn map<E>(&self, of: impl Fn(&Collected) -> E) -> Manifest<E> {
        let Self { version, mode, started, ended, invocations, calls, rows, .. } = *self;
        Manifest {
            version,
            tenant: self.tenant.clone(),
            org: self.org.clone(),
            snapshot: self.snapshot.clone(),
            mode,
            started,
            ended,
            invocations,
            calls,
            rows,
            scopes: self.scopes.clone(),
            entities: self.entities.iter().map(|(name, collected)| (name.clone(), of(collected))).collect(),
            not_collected: self.not_collected.clone(),
        }
    }

    /// Returns the complete collections that it has.
    pub(crate) fn complete(&self) -> impl Iterator<Item = (&String, Collection)> {
        let complete = self.entities.iter().filter(|(_, collected)| collected.is_complete());
        complete.map(|(name, collected)| {
            let Collected { parts, rows, .. } = *collected;
            let not_offered = collected.values_not_offered.clone();
            (name, Collection { snapshot: self.snapshot.clone(), taken: self.started, parts, rows, not_offered })
        })
    }
}

impl Collected {
    fn of(progress: &EntityProgress) -> Self {
        let EntityProgress { rows, parts, calls, seconds, redacted, conflicts, accounts, gone, .. } = *progress;
        // A list that has no parents is one target.
        let parents = if progress.targets > 1 { progress.targets as u64 } else { 0 };
        Self {
            claim: progress.claim.clone(),
            rows,
            parts,
            calls,
            seconds,
            parents,
            parents_done: if progress.stage == Stage::Reading { parents.min(progress.targets_done as u64) } else { 0 },
            parents_gone: gone,
            values_not_offered: progress.not_offered.clone(),
            redacted,
            quarantined: accounts.quarantined,
            duplicates: accounts.duplicates,
            conflicts,
            changes: progress.changes.clone(),
        }
    }

    fn is_complete(&self) -> bool {
        self.claim.as_ref().is_some_and(Claim::is_complete)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature.
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use lake::claim::Word;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_manifests_of_older_versions_are_read() {
        let entity = |status: &str| json!({"status": status, "rows": 3, "parts": 1, "calls": 2, "seconds": 1});
        let old = json!({
            "version": 1, "tenant": "acme", "snapshot": "20260504T090000Z", "mode": "full", "invocations": 1,
            "started": "2026-05-04T09:00:00Z", "ended": "2026-05-04T09:01:00Z", "calls": 6, "rows": 9,
            "entities": {"user": entity("complete"), "device": entity("unlicensed"), "app": entity("partial")},
            "not_collected": ["realm"],
        });
        let manifest: Manifest = serde_json::from_value(old).unwrap();
        let complete: Vec<_> = manifest.complete().map(|(name, collection)| (name.as_str(), collection.rows)).collect();
        assert_eq!(complete, [("user", 3)]);
        assert_eq!(manifest.entities["device"].claim.as_ref().unwrap().word(), Word::Unread);
    }
}
