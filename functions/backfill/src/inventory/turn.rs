//! One org's run in an invocation: what is read in which order, compared, and told meanwhile.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use futures::future::{Either, select};
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use lake::inventory::Row;
use lake::{Lake, layout};
use normalize::Tenant;
use okta::{Client, Disposition, Error, Grants, Url};
use tokio::sync::{Mutex, OnceCell};

use crate::app::App;
use crate::command::Mode;
use crate::data_type::LOGS;
use crate::events::Event;
use crate::inventory::collect::{Stop, collect};
use crate::inventory::compare::Comparison;
use crate::inventory::entity::{Entity, Refresh};
use crate::inventory::events::Events;
use crate::inventory::manifest::Manifest;
use crate::inventory::parts::{Key, Snapshot, key};
use crate::inventory::record::path;
use crate::inventory::run::{InventoryReport, TurnError};
use crate::inventory::store::{Changes, Latest, Memory, Progress, Stage, Status};
use crate::inventory::table::find;
use crate::org::leased_state::{LeaseError, Leased};

/// The lease is renewed and progress told so often.
const TICK: Duration = Duration::from_secs(15);

/// Before the last collection began, events may already have been on their way.
const BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// How far the clocks of this machine and of the org may be apart without anybody noticing.
const CLOCKS: SignedDuration = SignedDuration::from_secs(10);

/// One org's turn in an invocation.
pub(crate) struct Turn<'a> {
    pub(super) function: &'a App,
    pub(super) client: &'a Client,
    pub(super) tenant: &'a Tenant,
    pub(super) leased: Mutex<Leased<'a, Memory>>,
    pub(super) grants: Grants,
    pub(super) run: &'a str,
    pub(super) started: Timestamp,
    pub(super) mode: Mode,
    pub(super) events: OnceCell<Option<Events>>,
}

impl<'a> Turn<'a> {
    /// Reads, compares, and keeps the lease meanwhile.
    pub(super) async fn work(&self, entities: &[&'static Entity]) -> Result<(), Stop> {
        let work = Box::pin(async {
            self.read(entities).await?;
            self.compare(entities).await
        });
        let ticks = Box::pin(self.tick());
        match select(work, ticks).await {
            Either::Left((ended, _)) => ended,
            Either::Right((lost, _)) => Err(lost.into()),
        }
    }

    /// Renews the lease and tells how far the run is, until the lease is lost.
    async fn tick(&self) -> LeaseError {
        let mut told = self.function.clock.elapsed();
        loop {
            self.function.clock.sleep(TICK).await;
            let manifest = {
                let mut leased = self.leased.lock().await;
                if let Err(error) = leased.keep().await {
                    return error;
                }
                self.manifest(&leased.state, None)
            };
            if self.function.clock.elapsed().saturating_sub(told) >= self.function.told_every {
                told = self.function.clock.elapsed();
                self.function.bus.publish(&Event::InventoryProgress(manifest)).await;
            }
        }
    }

    /// Reads every entity, each as soon as what it hangs on is read.
    pub(super) async fn read(&self, entities: &[&'static Entity]) -> Result<(), Stop> {
        let mut waiting: Vec<_> = Vec::new();
        for entity in entities {
            if self.progress(entity).await.stage == Stage::Reading {
                waiting.push(*entity);
            }
        }
        let mut running = FuturesUnordered::new();
        let (mut stopped, mut is_stopped) = (None, false);
        loop {
            let open: HashSet<_> = waiting.iter().map(|entity| entity.name).collect();
            let busy: HashSet<_> = running.iter().map(Work::name).collect();
            let is_ready = |entity: &&'static Entity| {
                entity.needs(self.mode).all(|needed| !open.contains(needed) && !busy.contains(needed))
            };
            let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
            waiting = later;
            if !is_stopped {
                running.extend(ready.into_iter().map(|entity| Work::new(self, entity)));
            }
            match running.next().await {
                None => return stopped.map_or(Ok(()), Err),
                Some((_, Ok(()))) => {}
                // The others are let come to a place from which they can go on; they do, if only this one is refused.
                Some((_, Err(stop @ (Stop::Deadline | Stop::Okta(_))))) => {
                    is_stopped |= !matches!(&stop, Stop::Okta(error) if error.disposition() != Disposition::Stop);
                    stopped.get_or_insert(stop);
                }
                Some((_, Err(stop))) => return Err(stop),
            }
        }
    }

    /// Compares what was read with the collection before.
    async fn compare(&self, entities: &[&'static Entity]) -> Result<(), Stop> {
        for entity in entities {
            let progress = self.progress(entity).await;
            if progress.stage != Stage::Read {
                continue;
            }
            let latest = self.leased.lock().await.state.latest.get(entity.name).cloned();
            let changes = match (&latest, progress.is_whole()) {
                // A part of a collection tells nothing of what is gone.
                (_, false) => None,
                (None, true) => Some(Changes::default()),
                (Some(latest), true) => {
                    let comparison = Comparison {
                        entity,
                        before: Snapshot { id: &latest.snapshot, ..self.snapshot(entity) },
                        latest,
                        after: self.snapshot(entity),
                        parts: progress.parts,
                        taken: self.started,
                        events: self.events().await,
                    };
                    Some(Box::pin(comparison.write()).await?)
                }
            };
            let mut leased = self.leased.lock().await;
            if progress.is_whole() {
                let Progress { parts, rows, .. } = progress;
                let latest = Latest { snapshot: self.run.to_owned(), taken: self.started, parts, rows };
                leased.state.latest.insert(entity.name.to_owned(), latest);
            }
            if let Some(run) = &mut leased.state.run {
                run.entities.insert(entity.name.to_owned(), Progress { stage: Stage::Done, changes, ..progress });
            }
            leased.keep().await?;
        }
        Ok(())
    }

    /// Writes the manifest if all is done, and gives the lease back.
    pub(super) async fn end(self, ended: Result<(), Stop>, report: &mut InventoryReport) -> Result<(), TurnError> {
        let now = self.client.cautious_now();
        let is_over = {
            let leased = self.leased.lock().await;
            let run = leased.state.run.as_ref();
            run.is_some_and(|run| run.entities.values().all(|progress| progress.stage == Stage::Done))
        };
        let is_done = ended.is_ok() && is_over;
        let manifest = self.manifest(&self.leased.lock().await.state, is_done.then_some(now));
        if is_done {
            let body = serde_json::to_vec(&manifest).map_err(Stop::from)?;
            let key = layout::manifest_key(self.tenant, self.run);
            self.lake().put(&key, "application/json", body).await.map_err(Stop::from)?;
        }
        let Self { leased, function, .. } = self;
        let mut leased = leased.into_inner();
        if is_done {
            leased.state.run = None;
        }
        if !matches!(ended, Err(Stop::Memory(_))) {
            leased.give_back().await?;
        }
        if is_done {
            function.bus.publish(&Event::InventoryFinished(manifest.clone())).await;
        }
        report.is_complete = is_done;
        report.manifest = Some(manifest);
        Ok(ended?)
    }

    fn manifest(&self, memory: &Memory, ended: Option<Timestamp>) -> Manifest {
        let scopes = match &self.grants {
            Grants::Scoped { granted, .. } => Some(granted.clone()),
            Grants::Unscoped => None,
        };
        Manifest::of(self.tenant, memory.run.as_ref(), scopes, ended)
    }

    /// The events of the log that tell of changes since the last collections; none if the log cannot be read.
    pub(super) async fn events(&self) -> Option<&Events> {
        self.events.get_or_init(|| Box::pin(self.read_events())).await.as_ref()
    }

    async fn read_events(&self) -> Option<Events> {
        if !self.grants.allows(LOGS.scope) {
            return None;
        }
        let (since, prefixes) = {
            let leased = self.leased.lock().await;
            let entities = leased.state.run.as_ref()?.entities.keys().filter_map(|name| find(name));
            let mut prefixes = BTreeSet::new();
            let mut since = self.started;
            for entity in entities {
                let Some(latest) = leased.state.latest.get(entity.name) else { continue };
                since = since.min(latest.taken);
                prefixes.extend(entity.told_by);
                if let Refresh::Since { deleted_by, .. } = entity.refresh {
                    prefixes.extend(deleted_by);
                }
            }
            (since.checked_sub(BEFORE).unwrap_or(since), prefixes)
        };
        if prefixes.is_empty() {
            return None;
        }
        match Events::read(self.client, &prefixes, since, self.client.cautious_now(), self.function.page).await {
            Ok(events) => Some(events),
            Err(error) => {
                tracing::warn!(%error, remedy = error.remedy(), "changes cannot be explained: the log cannot be read");
                None
            }
        }
    }

    /// Those of an entity's rows, read in this run, that are new or different since its last collection.
    pub(super) async fn different(&self, name: &'static str, fresh: HashSet<String>) -> Result<HashSet<String>, Stop> {
        let is_delta = find(name).is_some_and(|entity| matches!(entity.refresh, Refresh::Since { .. }));
        let latest = self.leased.lock().await.state.latest.get(name).cloned();
        let (Some(latest), false) = (latest, is_delta) else { return Ok(fresh) };
        let mut before = HashMap::<Key, Key>::new();
        let snapshot = Snapshot { id: &latest.snapshot, ..self.snapshot_named(name) };
        snapshot
            .digests(latest.parts, |digest| {
                before.insert(key(&digest.id), key(&digest.hash));
            })
            .await?;
        let mut different = HashSet::new();
        let parts = self.progress_of(name).await.unwrap_or_default().parts;
        self.snapshot_named(name)
            .digests(parts, |digest| {
                if before.get(&key(&digest.id)) != Some(&key(&digest.hash)) {
                    different.insert(digest.id);
                }
            })
            .await?;
        Ok(different)
    }

    /// Whether a row was read in this run, or so shortly before that reading what hangs on it once more does no harm:
    /// Okta's answers tell the time to the second, and its clock may be behind.
    pub(super) fn is_fresh(&self, row: &Row) -> bool {
        row.fetched >= self.started.saturating_sub(CLOCKS).map_or(0, Timestamp::as_millisecond)
    }

    pub(super) fn lake(&self) -> &'a Lake {
        &self.function.sink.lake
    }

    pub(super) fn snapshot(&self, entity: &'static Entity) -> Snapshot<'_> {
        self.snapshot_named(entity.name)
    }

    pub(super) fn snapshot_named(&self, entity: &'static str) -> Snapshot<'_> {
        Snapshot { lake: self.lake(), tenant: self.tenant, entity, id: self.run }
    }

    pub(super) async fn progress(&self, entity: &Entity) -> Progress {
        self.progress_of(entity.name).await.unwrap_or_default()
    }

    pub(super) async fn progress_of(&self, name: &str) -> Option<Progress> {
        self.leased.lock().await.state.run.as_ref()?.entities.get(name).cloned()
    }

    pub(super) async fn parent_is_partial(&self, entity: &Entity) -> bool {
        let Some(parent) = entity.parent() else { return false };
        let outcome = self.progress_of(parent).await.and_then(|progress| progress.outcome);
        outcome.is_some_and(|outcome| outcome.status == Status::Partial)
    }

    /// The last collection of an entity, if this one may build upon it.
    pub(super) async fn latest(&self, entity: &Entity) -> Option<Latest> {
        if self.mode == Mode::Full {
            return None;
        }
        self.leased.lock().await.state.latest.get(entity.name).cloned()
    }

    pub(super) async fn keep(&self, entity: &Entity, progress: &Progress) -> Result<(), Stop> {
        let mut leased = self.leased.lock().await;
        if let Some(run) = &mut leased.state.run {
            run.entities.insert(entity.name.to_owned(), progress.clone());
        }
        Ok(leased.keep().await?)
    }

    /// The first page of an entity for a parent; of what changed since a time, if one is given.
    pub(super) fn url(&self, entity: &Entity, parent: Option<&str>, since: Option<&str>) -> Result<Url, Error> {
        let mut query: Vec<(&str, String)> =
            entity.query.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        if let (Some(since), Refresh::Since { parameter, expression, .. }) = (since, entity.refresh) {
            query.retain(|(name, _)| *name != parameter);
            query.push((parameter, expression.replace("{}", since)));
        }
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.client.url(&path(entity, parent), &query)
    }

    pub(super) fn url_of_value(&self, entity: &Entity, value: &str) -> Result<Url, Error> {
        let query: Vec<_> =
            entity.query.iter().map(|(name, place)| (*name, if *place == "{}" { value } else { place })).collect();
        self.client.url(&entity.path.replace("{}", value), &query)
    }
}

/// An entity that is being read.
struct Work<'a> {
    name: &'static str,
    read: futures::future::BoxFuture<'a, Result<(), Stop>>,
}

impl<'a> Work<'a> {
    fn new<'t: 'a>(turn: &'a Turn<'t>, entity: &'static Entity) -> Self {
        Self { name: entity.name, read: Box::pin(collect(turn, entity)) }
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

impl Future for Work<'_> {
    type Output = (&'static str, Result<(), Stop>);

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        let name = self.name;
        self.read.as_mut().poll(context).map(|read| (name, read))
    }
}
