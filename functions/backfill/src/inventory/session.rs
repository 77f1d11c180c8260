//! One org's run in an invocation: what every step of it needs, and its progress in the state.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use lake::inventory::Row;
use lake::{Lake, layout};
use okta::{Error, Grants, Url};
use tokio::sync::{Mutex, OnceCell};

use crate::command::Mode;
use crate::data_type::LOGS;
use crate::inventory::entity::{Entity, Partitioning, Refresh};
use crate::inventory::log_changes::LogChanges;
use crate::inventory::manifest::Manifest;
use crate::inventory::parts::Snapshot;
use crate::inventory::record::fill;
use crate::inventory::state::{Collection, CollectionRun, EntityProgress, InventoryState, OrgFacts, Stage};
use crate::inventory::stop::StopReason;
use crate::inventory::table::find;
use crate::org::context::OrgContext;
use crate::org::leased_state::{LeaseError, Leased};

/// Events may already have been on their way this long before the last collection began.
const BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// How far the clocks of this machine and of the org may be apart without anybody noticing.
const CLOCKS: SignedDuration = SignedDuration::from_secs(10);

/// A run in an invocation.
#[derive(Debug)]
pub(crate) struct InventorySession<'a> {
    /// The org.
    pub(crate) org: &'a OrgContext<'a>,
    /// What the credentials may read.
    pub(crate) grants: Grants,
    /// `snapshot=` of everything that the run collects.
    pub(crate) id: String,
    /// When the run began.
    pub(crate) started: Timestamp,
    /// How it collects.
    pub(crate) mode: Mode,
    /// What the org says of itself.
    pub(crate) facts: OrgFacts,
    leased: Mutex<Leased<'a, InventoryState>>,
    changes: OnceCell<Option<LogChanges>>,
}

impl<'a> InventorySession<'a> {
    /// A session of the run that is in the state.
    pub(crate) fn new(
        org: &'a OrgContext<'a>,
        grants: Grants,
        run: &CollectionRun,
        leased: Leased<'a, InventoryState>,
    ) -> Self {
        let CollectionRun { id, started, mode, org: facts, .. } = run.clone();
        Self { org, grants, id, started, mode, facts, leased: Mutex::new(leased), changes: OnceCell::new() }
    }

    /// Returns [`StopReason::Deadline`] once the deadline has come. Every loop asks.
    pub(crate) fn in_time(&self) -> Result<(), StopReason> {
        if self.org.deadline.left().is_zero() { Err(StopReason::Deadline) } else { Ok(()) }
    }

    /// Returns where the run's files are.
    pub(crate) fn lake(&self) -> &'a Lake {
        &self.org.app.sink.lake
    }

    /// Returns this run's snapshot of an entity.
    pub(crate) fn snapshot(&self, entity: &'static str) -> Snapshot<'_> {
        Snapshot { lake: self.lake(), tenant: &self.org.tenant, entity, id: &self.id }
    }

    /// Returns an earlier snapshot of an entity.
    pub(crate) fn earlier<'s>(&'s self, entity: &'static str, collection: &'s Collection) -> Snapshot<'s> {
        Snapshot { id: &collection.snapshot, ..self.snapshot(entity) }
    }

    /// Returns how far an entity of this run is; none if the run does not collect it.
    pub(crate) async fn progress(&self, name: &str) -> Option<EntityProgress> {
        self.leased.lock().await.state.run.as_ref()?.entities.get(name).cloned()
    }

    /// Returns a list that this run has read to its end.
    pub(crate) async fn complete_list(&self) -> Option<&'static Entity> {
        let leased = self.leased.lock().await;
        let read = leased.state.run.as_ref()?.entities.iter().filter(|(_, progress)| progress.is_complete());
        let mut lists = read.filter_map(|(name, _)| find(name));
        lists.find(|entity| matches!(entity.partitioning, Partitioning::Once))
    }

    /// Returns the last complete collection of an entity.
    pub(crate) async fn latest(&self, name: &str) -> Option<Collection> {
        self.leased.lock().await.state.latest.get(name).cloned()
    }

    /// Returns the last complete collection of an entity, if this run may build upon it.
    pub(crate) async fn base(&self, name: &str) -> Option<Collection> {
        if self.mode == Mode::Full { None } else { self.latest(name).await }
    }

    /// Makes an entity's progress durable.
    pub(crate) async fn keep(&self, entity: &Entity, progress: &EntityProgress) -> Result<(), StopReason> {
        let mut leased = self.leased.lock().await;
        if let Some(run) = &mut leased.state.run {
            run.entities.insert(entity.name.to_owned(), progress.clone());
        }
        Ok(leased.keep().await?)
    }

    /// Makes the end of an entity durable: it is the one that the next run is compared with, if it is complete.
    pub(crate) async fn finish(&self, entity: &Entity, progress: EntityProgress) -> Result<(), StopReason> {
        if progress.is_complete() {
            let EntityProgress { parts, rows, .. } = progress;
            let not_offered = progress.not_offered.clone();
            let snapshot = self.id.clone();
            let collection = Collection { snapshot, taken: self.started, parts, rows, not_offered };
            self.leased.lock().await.state.latest.insert(entity.name.to_owned(), collection);
        }
        self.keep(entity, &EntityProgress { stage: Stage::Done, ..progress }).await
    }

    /// Forgets the last collection of an entity, whose files cannot be read.
    pub(crate) async fn forget(&self, entity: &Entity) {
        self.leased.lock().await.state.latest.remove(entity.name);
    }

    /// Renews the lease, and returns the manifest as far as it is.
    pub(crate) async fn renew(&self) -> Result<Option<Manifest>, LeaseError> {
        let mut leased = self.leased.lock().await;
        leased.keep().await?;
        Ok(self.manifest(&leased.state, None))
    }

    /// Writes the manifest if every entity is done, and gives the lease back. Returns the manifest as far as it is.
    pub(crate) async fn close(self, is_over: bool, is_held: bool) -> Result<Option<Manifest>, StopReason> {
        let ended = is_over.then(|| self.org.client.cautious_now());
        let manifest = self.manifest(&self.leased.lock().await.state, ended);
        if let (true, Some(manifest)) = (is_over, &manifest) {
            let key = layout::manifest_key(&self.org.tenant, &self.id);
            self.lake().put(&key, "application/json", serde_json::to_vec(manifest)?).await?;
        }
        let mut leased = self.leased.into_inner();
        if is_over {
            leased.state.run = None;
            leased.state.manifest = Some(self.id);
        }
        if is_held {
            leased.give_back().await?;
        }
        Ok(manifest)
    }

    fn manifest(&self, state: &InventoryState, ended: Option<Timestamp>) -> Option<Manifest> {
        let scopes = match &self.grants {
            Grants::Scoped { granted, .. } => Some(granted.clone()),
            Grants::Unscoped => None,
        };
        Some(Manifest::of(self.org.tenant.as_str(), state.run.as_ref()?, scopes, ended))
    }

    /// Returns whether every entity is done.
    pub(crate) async fn is_over(&self) -> bool {
        let leased = self.leased.lock().await;
        let run = leased.state.run.as_ref();
        run.is_some_and(|run| run.entities.values().all(|progress| progress.stage == Stage::Done))
    }

    /// Returns what the log says of changes since the last collections; none if that is not known.
    pub(crate) async fn log_changes(&self) -> Option<&LogChanges> {
        self.changes.get_or_init(|| Box::pin(self.read_log_changes())).await.as_ref()
    }

    async fn read_log_changes(&self) -> Option<LogChanges> {
        if !self.grants.allows(LOGS.scope) {
            return None;
        }
        let (since, prefixes) = self.expected_events().await?;
        let page = self.org.app.page;
        match LogChanges::read(&self.org.client, &prefixes, (since, self.org.client.cautious_now()), page).await {
            Ok(changes) => Some(changes),
            Err(error) => {
                tracing::warn!(%error, "the changes of the inventory cannot be explained: the log is not used");
                None
            }
        }
    }

    /// Since when, and which, events are about changes of this run's entities; none if there is nothing to explain.
    async fn expected_events(&self) -> Option<(Timestamp, BTreeSet<&'static str>)> {
        let leased = self.leased.lock().await;
        let mut prefixes = BTreeSet::new();
        let mut since = self.started;
        for entity in leased.state.run.as_ref()?.entities.keys().filter_map(|name| find(name)) {
            let Some(latest) = leased.state.latest.get(entity.name) else { continue };
            since = since.min(latest.taken);
            prefixes.extend(entity.event_types);
            if let Refresh::Since { deleted_by, .. } = entity.refresh {
                prefixes.extend(deleted_by);
            }
        }
        let since = since.checked_sub(BEFORE).unwrap_or(since);
        (!prefixes.is_empty()).then_some((since, prefixes))
    }

    /// Returns whether a row was read in this run, or so shortly before that reading its children once more does no harm:
    /// Okta's answers have the time to the second, and its clock may be behind.
    pub(crate) fn is_fresh(&self, row: &Row) -> bool {
        row.fetched >= self.started.saturating_sub(CLOCKS).map_or(0, Timestamp::as_millisecond)
    }

    /// Returns the address of an entity for a parent; of what changed since a time, if one is given.
    pub(crate) fn url(
        &self,
        entity: &Entity,
        parent: Option<&str>,
        since: Option<&str>,
        page_size: Option<u64>,
    ) -> Result<Url, Error> {
        let path = match parent {
            None => Some(entity.path.to_owned()),
            Some(parent) => fill(entity.path, parent),
        };
        let path = path.ok_or_else(|| Error::BadPath(entity.path.to_owned()))?;
        let mut query = query(entity, page_size);
        if let (Some(since), Refresh::Since { parameter, expression, .. }) = (since, entity.refresh) {
            query.retain(|(name, _)| *name != parameter);
            query.push((parameter, expression.replace("{}", since)));
        }
        self.address(&path, &query)
    }

    /// Returns the address of an entity for a value of its query or path.
    pub(crate) fn url_of_value(&self, entity: &Entity, value: &str, page_size: Option<u64>) -> Result<Url, Error> {
        let mut query = query(entity, page_size);
        query.iter_mut().filter(|(_, place)| place == "{}").for_each(|(_, place)| value.clone_into(place));
        self.address(&entity.path.replace("{}", value), &query)
    }

    fn address(&self, path: &str, query: &[(&str, String)]) -> Result<Url, Error> {
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.org.client.url(path, &query)
    }
}

fn query(entity: &Entity, page_size: Option<u64>) -> Vec<(&'static str, String)> {
    let value = |name: &str, value: &str| match page_size {
        Some(size) if name == "limit" => size.to_string(),
        _ => value.to_owned(),
    };
    entity.query.iter().map(|(name, text)| (*name, value(name, text))).collect()
}
