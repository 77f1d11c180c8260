//! The action `inventory`: everything that exists in an org, entity by entity, with a manifest of what could be read, and
//! what has changed since the last time. A run goes on over as many invocations as it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lake::layout;
use okta::Error;
use serde::Serialize;
use tokio::sync::{Mutex, OnceCell};

use crate::app::App;
use crate::command::InventoryRequest;
use crate::data_type::LOGS;
use crate::inventory::collect::Stop;
use crate::inventory::entity::{Entity, Standing};
use crate::inventory::manifest::Manifest;
use crate::inventory::plan::InventoryPlan;
use crate::inventory::store::{Latest, Memory, Progress, Run};
use crate::inventory::table::{ENTITIES, find};
use crate::inventory::turn::Turn;
use crate::org::backoff::STORE;
use crate::org::context::OrgContext;
use crate::org::deadline::Deadline;
use crate::org::leased_state::{LeaseError, Leased};
use crate::org::problem::Problem;

/// Whether a run is begun, or only gone on with.
#[derive(Debug, Clone, Copy)]
pub enum Wish<'a> {
    /// A run, unless one is under way: then that is gone on with.
    Collect(&'a InventoryRequest),
    /// The run that is under way, if any.
    Continue,
}

/// What became of the inventory of an org.
#[derive(Debug, Default, Serialize)]
pub struct InventoryReport {
    /// The org.
    pub tenant: String,
    /// Whether nothing is left to do.
    pub is_complete: bool,
    /// The plan, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<InventoryPlan>,
    /// The manifest, or as much of it as there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Manifest>,
    /// Until when another run has the lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// What stood in the way.
    pub problems: Vec<Problem>,
}

/// Why a turn ends early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    #[error(transparent)]
    Memory(#[from] LeaseError),
    #[error(transparent)]
    Okta(#[from] Error),
    #[error(transparent)]
    Stop(#[from] Stop),
}

/// Collects the inventory of the org whose secret has this name.
pub async fn run(app: &App, name: &str, wish: Wish<'_>, deadline: &Deadline) -> InventoryReport {
    let mut report = InventoryReport { tenant: name.to_owned(), ..InventoryReport::default() };
    let org = match OrgContext::open(app, name, deadline, Arc::new(|_| {})).await {
        Ok(org) => org,
        Err(error) => {
            report.problem(lake::quarantine::reason(&error), error.remedy());
            return report;
        }
    };
    org.tenant.as_str().clone_into(&mut report.tenant);
    match Box::pin(take_turn(&org, wish, &mut report)).await {
        Ok(())
        | Err(TurnError::Stop(Stop::Deadline | Stop::Okta(Error::TooLate(_))) | TurnError::Okta(Error::TooLate(_))) => {
        }
        Err(TurnError::Okta(error) | TurnError::Stop(Stop::Okta(error))) => report.okta(&error),
        Err(TurnError::Memory(LeaseError::Held(held)) | TurnError::Stop(Stop::Memory(LeaseError::Held(held)))) => {
            report.held_until = Some(held.until);
        }
        Err(error) => report.problem(lake::quarantine::reason(&error), STORE.to_owned()),
    }
    report
}

async fn take_turn(org: &OrgContext<'_>, wish: Wish<'_>, report: &mut InventoryReport) -> Result<(), TurnError> {
    let OrgContext { app: function, client, tenant, .. } = org;
    let lake = org.lake();
    if let Wish::Collect(wanted) = wish
        && wanted.dry_run
    {
        let (memory, _) =
            lake.read_state::<Memory>(&layout::state_key(tenant, "inventory.json")).await.map_err(Stop::from)?;
        let wanted = chosen(wanted);
        let grants = client.discover_scopes(&scopes(&wanted)).await?;
        let plan = crate::inventory::plan::plan(client, &wanted, &grants, &memory.unwrap_or_default().latest, function)
            .await?;
        (report.plan, report.is_complete) = (Some(plan), true);
        return Ok(());
    }
    let mut leased = Leased::<Memory>::take(org).await?;
    let run = match (leased.state.run.take(), wish) {
        (Some(run), _) => Run { invocations: run.invocations + 1, ..run },
        (None, Wish::Collect(wanted)) => begin(wanted, client.cautious_now(), &leased.state.latest),
        (None, Wish::Continue) => {
            leased.give_back().await?;
            report.is_complete = true;
            return Ok(());
        }
    };
    let entities: Vec<_> = run.entities.keys().filter_map(|name| find(name)).collect();
    let (id, started, mode) = (run.id.clone(), run.started, run.mode);
    leased.state.run = Some(run);
    leased.keep().await?;
    let mut wanted = scopes(&entities);
    wanted.push(LOGS.scope);
    let grants = match client.discover_scopes(&wanted).await {
        Ok(grants) => grants,
        Err(error) => {
            leased.give_back().await?;
            return Err(error.into());
        }
    };
    let turn = Turn {
        function,
        client,
        tenant,
        leased: Mutex::new(leased),
        grants,
        run: &id,
        started,
        mode,
        events: OnceCell::new(),
    };
    let ended = Box::pin(turn.work(&entities)).await;
    turn.end(ended, report).await
}

/// The entities that are wanted, with those that they hang on.
fn chosen(wanted: &InventoryRequest) -> Vec<&'static Entity> {
    let mut names = BTreeSet::new();
    for entity in ENTITIES {
        let is_chosen = match wanted.entities.as_slice() {
            [] => match entity.standing {
                Standing::Required => true,
                Standing::Additional => wanted.additional,
                Standing::Audited => false,
            },
            only => only.iter().any(|name| name == entity.name),
        };
        if is_chosen {
            let above = std::iter::successors(Some(entity), |entity| find(entity.parent()?));
            names.extend(above.map(|entity| entity.name));
        }
    }
    ENTITIES.iter().filter(|entity| names.contains(entity.name)).collect()
}

/// Whether an entity is called so.
pub(crate) fn is_entity(name: &str) -> bool {
    find(name).is_some()
}

fn scopes(entities: &[&'static Entity]) -> Vec<&'static str> {
    let scopes: BTreeSet<_> = entities.iter().map(|entity| entity.scope).collect();
    scopes.into_iter().collect()
}

fn begin(wanted: &InventoryRequest, started: Timestamp, latest: &BTreeMap<String, Latest>) -> Run {
    let entities = chosen(wanted).into_iter().map(|entity| (entity.name.to_owned(), Progress::default()));
    let id = snapshot_id(started, latest);
    Run { id, mode: wanted.mode, started, invocations: 1, entities: entities.collect() }
}

/// A snapshot is called after the second in which it was begun, or a later one: no two have the same, and the last is the
/// greatest, even if two are begun in one second or the clock was set back.
fn snapshot_id(started: Timestamp, latest: &BTreeMap<String, Latest>) -> String {
    let last = latest.values().map(|latest| &latest.snapshot).max();
    let mut at = started;
    loop {
        let id = at.strftime("%Y%m%dT%H%M%SZ").to_string();
        if last.is_none_or(|last| *last < id) {
            return id;
        }
        at = at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(at);
    }
}

impl InventoryReport {
    fn okta(&mut self, error: &Error) {
        self.problem(lake::quarantine::reason(error), error.remedy());
    }

    fn problem(&mut self, what: String, remedy: String) {
        self.problems.push(Problem::told(&self.tenant, what, remedy));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_snapshots_have_the_same_name() {
        let started: Timestamp = "2026-05-04T09:00:00.9Z".parse().unwrap();
        let mut latest = BTreeMap::new();
        for expected in ["20260504T090000Z", "20260504T090001Z", "20260504T090002Z"] {
            let snapshot = snapshot_id(started, &latest);
            assert_eq!(snapshot, expected);
            latest.insert("user".to_owned(), Latest { snapshot, taken: started, parts: 1, rows: 1 });
        }
    }
}
