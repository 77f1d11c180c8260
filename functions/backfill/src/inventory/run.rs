//! One org's inventory in one invocation: a run begins or goes on, over as many invocations as it takes.

use std::sync::Arc;

use lake::layout;
use okta::{Grants, OrgIdentity};

use crate::app::App;
use crate::command::InventoryRequest;
use crate::data_type::LOGS;
use crate::inventory::count;
use crate::inventory::entity::Entity;
use crate::inventory::manifest::Manifest;
use crate::inventory::report::InventoryReport;
use crate::inventory::request::{begin, chosen, scopes};
use crate::inventory::restore::{adopt_manifests, replace_unusable};
use crate::inventory::session::InventorySession;
use crate::inventory::state::{CollectionRun, InventoryState, OrgFacts};
use crate::inventory::steps::{RunOutcome, work_on};
use crate::inventory::stop::StopReason;
use crate::inventory::table::find;
use crate::org::backoff::STORE;
use crate::org::context::OrgContext;
use crate::org::deadline::Deadline;
use crate::org::lease::PersistedState as _;
use crate::org::leased_state::{LeaseError, Leased};

/// What is done in an invocation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum InventoryTask<'a> {
    /// A run begins, unless one is under way: then it goes on.
    Collect(&'a InventoryRequest),
    /// The run that is under way goes on, if there is one.
    Continue,
}

/// Collects the inventory of the org whose secret has this name.
pub(crate) async fn run(app: &App, name: &str, task: InventoryTask<'_>, deadline: &Deadline) -> InventoryReport {
    let mut report = InventoryReport::new(name);
    let org = match OrgContext::open(app, name, deadline, Arc::new(|_| {})).await {
        Ok(org) => org,
        Err(error) => {
            report.problem(lake::quarantine::reason(&error), error.remedy());
            return report;
        }
    };
    org.tenant.as_str().clone_into(&mut report.tenant);
    let outcome = match task {
        InventoryTask::Collect(request) if request.dry_run => plan(&org, request, &mut report).await,
        task => Box::pin(collect(&org, task, &mut report)).await,
    };
    if let Err(stop) = outcome {
        explain(&mut report, stop);
    }
    report
}

fn explain(report: &mut InventoryReport, stop: StopReason) {
    match stop {
        StopReason::Deadline => {}
        StopReason::Okta(error) => report.problem(lake::quarantine::reason(&error), error.remedy()),
        StopReason::Binding(error) => report.problem(lake::quarantine::reason(&error), error.remedy()),
        StopReason::Leased(LeaseError::Held(held)) => report.held_until = Some(held.until),
        stop => report.problem(lake::quarantine::reason(&stop), STORE.to_owned()),
    }
}

/// Makes the plan of a request.
async fn plan(
    org: &OrgContext<'_>,
    request: &InventoryRequest,
    report: &mut InventoryReport,
) -> Result<(), StopReason> {
    let lake = &org.app.sink.lake;
    let key = layout::state_key(&org.tenant, InventoryState::NAME);
    // A plan changes nothing: a state that is not usable is none.
    let mut state = match lake.read_state::<InventoryState>(&key).await {
        Ok((state, _)) => state.unwrap_or_default(),
        Err(lake::StateError::Unreadable { .. }) => InventoryState::default(),
        Err(error) => return Err(error.into()),
    };
    adopt_manifests(lake, &org.tenant, &mut state).await?;
    let entities = chosen(request);
    let grants = org.client.discover_scopes(&scopes(&entities)).await?;
    report.plan = Some(count::plan(org, &entities, &grants, &state.latest).await?);
    report.is_complete = true;
    Ok(())
}

/// Begins a run or goes on with it.
async fn collect(
    org: &OrgContext<'_>,
    task: InventoryTask<'_>,
    report: &mut InventoryReport,
) -> Result<(), StopReason> {
    let app = org.app;
    let lake = &app.sink.lake;
    org.confirm_claim().await?;
    if let Some(what) = replace_unusable(lake, &org.tenant).await? {
        report.note(what, "nothing: see who else writes below `state/` in the bucket".to_owned());
    }
    let mut leased = Leased::<InventoryState>::take(org).await?;
    adopt_manifests(lake, &org.tenant, &mut leased.state).await?;
    let mut run = match (leased.state.run.take(), task) {
        (Some(run), _) => CollectionRun { invocations: run.invocations + 1, ..run },
        (None, InventoryTask::Collect(request)) => begin(request, org.client.cautious_now(), &leased.state.latest),
        (None, InventoryTask::Continue) => {
            leased.give_back().await?;
            report.is_complete = true;
            return Ok(());
        }
    };
    let entities: Vec<_> = run.entities.keys().filter_map(|name| find(name)).collect();
    leased.state.run = Some(run.clone());
    // The request is durable before the first call.
    leased.keep().await?;
    let (identity, grants) = match identify(org, &entities).await {
        Ok(identified) => identified,
        Err(stop) => {
            leased.give_back().await?;
            return Err(stop);
        }
    };
    if run.org.org_id.is_none() {
        run.org = OrgFacts::from(identity);
        leased.state.run = Some(run.clone());
    }
    let session = InventorySession::new(org, grants, &run, leased);
    let RunOutcome { manifest, ended } = Box::pin(work_on(session, &entities)).await;
    report.manifest = manifest.as_ref().map(Manifest::summary);
    report.is_complete = ended?;
    Ok(())
}

/// Which org answers, and what its credentials may read.
async fn identify(org: &OrgContext<'_>, entities: &[&'static Entity]) -> Result<(OrgIdentity, Grants), StopReason> {
    let identity = org.confirm().await?.clone();
    Ok((identity, org.client.discover_scopes(&wanted_scopes(entities)).await?))
}

fn wanted_scopes(entities: &[&'static Entity]) -> Vec<&'static str> {
    let mut wanted = scopes(entities);
    wanted.push(LOGS.scope);
    wanted
}
