//! What the inventory stores of an org between invocations: the run that is under way, entity by entity, and the last
//! complete collection of each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lake::claim::Claim;
use lake::claim::evidence::{Accounts, Read};
use lake::claim::reason::Cause;
use okta::{OrgIdentity, Walk};
use serde::{Deserialize, Deserializer, Serialize};

use crate::command::Mode;
use crate::org::lease::{Lease, LeasedState, PersistedState};

/// The version of [`InventoryState`].
pub(crate) const VERSION: u32 = 2;

/// `state/tenant=T/inventory.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct InventoryState {
    /// Of this format; 0 before formats had versions.
    #[serde(default)]
    pub(crate) version: u32,
    /// The org; empty before it was recorded.
    #[serde(default)]
    pub(crate) tenant: String,
    /// The run that is under way. One that this version cannot go on with is begun anew.
    #[serde(default, deserialize_with = "readable")]
    pub(crate) run: Option<CollectionRun>,
    /// The last complete collection of each entity.
    #[serde(default)]
    pub(crate) latest: BTreeMap<String, Collection>,
    /// The snapshot of the newest manifest that `latest` takes account of.
    #[serde(default)]
    pub(crate) manifest: Option<String>,
    /// Who works on it.
    #[serde(default)]
    pub(crate) lease: Option<Lease>,
}

/// A complete collection of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Collection {
    /// `snapshot=` in the lake.
    pub(crate) snapshot: String,
    /// When it began.
    pub(crate) taken: Timestamp,
    /// How many files it has.
    pub(crate) parts: u32,
    /// How many rows they have.
    pub(crate) rows: u64,
    /// The values of the query that the org does not offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_offered: Vec<String>,
}

/// A run, which may take many invocations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CollectionRun {
    /// `snapshot=` of everything that it collects.
    pub(crate) id: String,
    /// How it collects.
    pub(crate) mode: Mode,
    /// When it began.
    pub(crate) started: Timestamp,
    /// How many invocations have worked on it.
    pub(crate) invocations: u32,
    /// Which org it is, as the org itself says.
    #[serde(default)]
    pub(crate) org: OrgFacts,
    /// Each entity that it collects.
    pub(crate) entities: BTreeMap<String, EntityProgress>,
}

/// What an org says of itself to anybody (`/.well-known/okta-organization`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OrgFacts {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) org_id: Option<String>,
    /// The engine that it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) engine: Option<Engine>,
}

/// What an org runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Engine {
    /// Okta Identity Engine.
    IdentityEngine,
    /// Classic Engine.
    Classic,
}

impl From<OrgIdentity> for OrgFacts {
    fn from(identity: OrgIdentity) -> Self {
        let engine = match identity.engine {
            okta::Engine::Identity => Some(Engine::IdentityEngine),
            okta::Engine::Classic => Some(Engine::Classic),
            okta::Engine::Other(_) => None,
        };
        Self { org_id: Some(identity.id), engine }
    }
}

/// How far an entity is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct EntityProgress {
    /// What has been done.
    pub(crate) stage: Stage,
    /// What is known of it, once all calls were made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) claim: Option<Claim>,
    /// Files that are durable.
    pub(crate) parts: u32,
    /// Rows in them.
    pub(crate) rows: u64,
    /// Calls that were made.
    pub(crate) calls: u64,
    /// Pages that were answered.
    pub(crate) pages: u64,
    /// Parents or values that are done.
    pub(crate) targets_done: usize,
    /// Parents or values that there are; one for a list that has none.
    pub(crate) targets: usize,
    /// Where the target that is under way goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
    /// What became of the records that the API gave.
    pub(crate) accounts: Accounts,
    /// Repeated records whose content differs.
    #[serde(default)]
    pub(crate) conflicts: u64,
    /// Targets that were not read, by cause.
    #[serde(default)]
    pub(crate) unread: BTreeMap<Cause, Unread>,
    /// Parents that were deleted meanwhile.
    #[serde(default)]
    pub(crate) gone: u64,
    /// Values of the query that the org does not offer.
    #[serde(default)]
    pub(crate) not_offered: Vec<String>,
    /// Secrets that were taken out.
    #[serde(default)]
    pub(crate) redacted: u64,
    /// Invocations in a row that could not go on with it.
    #[serde(default)]
    pub(crate) attempts: u32,
    /// Seconds that were spent on it.
    #[serde(default)]
    pub(crate) seconds: u64,
    /// Reads before this one, of an entity that lost so many rows that it is read once more.
    #[serde(default)]
    pub(crate) reads: Vec<Read>,
    /// What it was compared with, and what had changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<Changes>,
}

/// Where a target goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The next page.
    pub(crate) cursor: String,
    /// What was read before it.
    pub(crate) walk: Walk,
    /// Whether the target was begun again.
    pub(crate) is_restarted: bool,
}

/// What has been done of an entity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Nothing, or a part of the calls.
    #[default]
    Reading,
    /// All calls.
    Read,
    /// Everything.
    Done,
}

/// Targets that were not read, for one cause.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unread {
    /// How many.
    pub(crate) count: u64,
    /// What was observed of the first.
    pub(crate) what: String,
    /// What a person does about it.
    pub(crate) remedy: String,
}

/// What had changed since the last complete collection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Changes {
    /// That collection; none if this is the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<String>,
    /// Things that are new.
    pub(crate) added: u64,
    /// Things that are different.
    pub(crate) changed: u64,
    /// Things that are gone.
    pub(crate) removed: u64,
    /// Changes for which the log has no event.
    pub(crate) unexplained: u64,
}

impl EntityProgress {
    /// Whether absence of a row proves that the thing does not exist.
    pub(crate) fn is_complete(&self) -> bool {
        self.claim.as_ref().is_some_and(Claim::is_complete)
    }

    /// Targets that were not read.
    pub(crate) fn targets_unread(&self) -> u64 {
        self.unread.values().map(|unread| unread.count).sum()
    }
}

impl LeasedState for InventoryState {
    fn lease(&mut self) -> &mut Option<Lease> {
        &mut self.lease
    }
}

impl PersistedState for InventoryState {
    const NAME: &'static str = "inventory.json";
}

fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CollectionRun>, D::Error> {
    let run = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(run.and_then(|run| serde_json::from_value(run).ok()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_state_of_older_versions_is_read() {
        let old = json!({
            "run": {"id": "20260504T090000Z", "mode": "full", "started": "2026-05-04T09:00:00Z", "invocations": 1,
                "entities": {"user": {"stage": "reading", "faults": {"gone": 0}}}},
            "latest": {"user": {"snapshot": "20260503T090000Z", "taken": "2026-05-03T09:00:00Z", "parts": 1, "rows": 5}},
            "lease": null,
        });
        let state: InventoryState = serde_json::from_value(old).unwrap();
        assert_eq!((state.version, state.run.is_none()), (0, true), "a run of another version is begun anew");
        assert_eq!(state.latest["user"].rows, 5);
    }
}
