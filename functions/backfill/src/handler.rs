//! One invocation: a command in, a report out.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::future::{Either, select};
use futures::{StreamExt as _, stream};
use lake::StateError;
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::{Value, json};

use crate::actions::connectivity;
use crate::actions::logs::{self, LogsReport, Wish};
use crate::actions::quarantine_report;
use crate::actions::reconcile::reconcile;
use crate::actions::renormalize::renormalize;
use crate::actions::secret_rotation;
use crate::app::App;
use crate::aws::bus::Kind;
use crate::aws::secrets::{Found, SecretsError};
use crate::check::{CREDENTIALS, Check, Report, Section, Status};
use crate::command::{Action, Command, CommandError, Renormalize};
use crate::inventory::run::{self as inventory, InventoryReport, Wanted};
use crate::org::backoff::STORE;
use crate::org::deadline::Deadline;
use crate::seal::report::ReconcileReport;

/// What is left of the time at the end, to write the last checkpoints and to answer in.
const RESERVE: Duration = Duration::from_secs(10);

/// Orgs that are worked on at once: their limits are their own, the memory is shared.
const TENANTS_AT_ONCE: usize = 4;

/// The answer to a command.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To `test-connectivity`.
    Connectivity(Report),
    /// To everything about the log.
    Logs(LogsAnswer),
    /// To `inventory`.
    Inventory(InventoryAnswer),
    /// To everything about seals.
    Reconcile(ReconcileAnswer),
}

/// What became of the inventory of every org that was meant.
#[derive(Debug, Serialize)]
pub struct InventoryAnswer {
    /// What was asked.
    pub action: &'static str,
    /// Whether nothing is left to do.
    pub is_complete: bool,
    /// Each org.
    pub tenants: Vec<InventoryReport>,
}

/// What became of the hours of every org that was meant.
#[derive(Debug, Serialize)]
pub struct ReconcileAnswer {
    /// What was asked.
    pub action: &'static str,
    /// Whether every hour that is due has its seal.
    pub is_complete: bool,
    /// Each org.
    pub tenants: Vec<ReconcileReport>,
}

/// What became of the log of every org that was meant.
#[derive(Debug, Serialize)]
pub struct LogsAnswer {
    /// What was asked.
    pub action: &'static str,
    /// Whether nothing is left to do.
    pub is_complete: bool,
    /// Each org.
    pub tenants: Vec<LogsReport>,
    /// Each org's inventory, if one is under way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inventory: Vec<InventoryReport>,
}

/// Why a command was not even begun.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// It means nothing.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// It is for every tenant of the lake, and the lake cannot be listed.
    #[error(transparent)]
    State(#[from] StateError),
    /// It is for every tenant, and nobody knows them.
    #[error("{0}: let the function's role list and read the secrets under its prefix")]
    Secrets(#[from] SecretsError),
}

impl From<HandlerError> for Diagnostic {
    fn from(error: HandlerError) -> Self {
        let error_type = match error {
            HandlerError::Command(_) => "Command",
            HandlerError::State(_) => "State",
            HandlerError::Secrets(_) => "Secrets",
        };
        Self { error_type: error_type.to_owned(), error_message: error.to_string() }
    }
}

/// Handles one event of the Lambda runtime.
pub async fn handle(function: &App, event: LambdaEvent<Value>) -> Result<Answer, HandlerError> {
    let deadline = Deadline::after(&function.clock, left(&event.context));
    let answer = answer(function, event.payload, &deadline).await;
    function.figures.publish(function.clock.now());
    answer
}

/// Handles a command that must have been answered by `deadline`.
pub async fn answer(function: &App, payload: Value, deadline: &Deadline) -> Result<Answer, HandlerError> {
    let Command { action, tenant } = Command::parse(payload.clone())?;
    let wish = match &action {
        Action::TestConnectivity => {
            return Ok(Answer::Connectivity(test_connectivity(function, tenant, deadline).await));
        }
        Action::Collect(wanted) | Action::Logs(wanted) => Wish::Collect(wanted),
        Action::Reconcile | Action::Renormalize(_) => {
            let reconcile = seals(function, &action, tenant, &payload, deadline).await?;
            return Ok(Answer::Reconcile(reconcile));
        }
        Action::Inventory(wanted) => {
            let tenants = tenants(function, tenant).await?;
            let wish = inventory::Wish::Collect(wanted);
            let reports = inventories(function, &tenants, wish, &payload, deadline).await;
            let is_complete = reports.iter().all(|report| report.is_complete);
            let answer = InventoryAnswer { action: action.name(), is_complete, tenants: reports };
            return Ok(Answer::Inventory(answer));
        }
        Action::Continue => Wish::Continue,
        Action::Status => Wish::Tell,
    };
    let tenants = match (&action, tenant) {
        (Action::Continue, None) => watched_tenants(function, deadline).await?,
        (_, tenant) => tenants(function, tenant).await?,
    };
    let everything = Wanted::default();
    let of_inventory = match &action {
        Action::Collect(wanted) if !wanted.dry_run && !wanted.cancel => Some(inventory::Wish::Collect(&everything)),
        Action::Continue => Some(inventory::Wish::Continue),
        _ => None,
    };
    // The log and the inventory are counted in different buckets.
    let inventory = async {
        match of_inventory {
            Some(wish) => inventories(function, &tenants, wish, &json!({"action": "continue"}), deadline).await,
            None => Vec::new(),
        }
    };
    let turns = tenants.iter().map(|tenant| turn(function, tenant, wish, &payload, deadline));
    let logs = stream::iter(turns).buffered(TENANTS_AT_ONCE).collect::<Vec<_>>();
    let (reports, mut inventory) = futures::join!(logs, inventory);
    let is_complete =
        reports.iter().all(|tenant| tenant.is_complete) && inventory.iter().all(|tenant| tenant.is_complete);
    inventory.retain(|report| report.manifest.is_some() || !report.problems.is_empty());
    Ok(Answer::Logs(LogsAnswer { action: action.name(), is_complete, tenants: reports, inventory }))
}

/// Every org, its secret looked after. What the lake remembers of secrets is no reason not to go on.
async fn watched_tenants(function: &App, deadline: &Deadline) -> Result<Vec<String>, SecretsError> {
    let found = function.secrets.list().await?;
    if let Err(error) = Box::pin(secret_rotation::look(function, &found, deadline)).await {
        tracing::error!(%error, remedy = STORE, "secrets that have changed are not tested");
    }
    Ok(Found::with_values(found))
}

/// The orgs that a command means.
async fn tenants(function: &App, tenant: Option<String>) -> Result<Vec<String>, SecretsError> {
    match tenant {
        Some(tenant) => Ok(vec![tenant]),
        None => function.secrets.tenants().await,
    }
}

/// The inventory of every org that is meant. If the time is up before its end, the next invocation is asked for.
async fn inventories(
    function: &App,
    tenants: &[String],
    wish: inventory::Wish<'_>,
    command: &Value,
    deadline: &Deadline,
) -> Vec<InventoryReport> {
    let turns = tenants.iter().map(|tenant| async move {
        let report = Box::pin(inventory::run(function, tenant, wish, deadline)).await;
        if !report.is_complete && report.problems.is_empty() && report.held_until.is_none() {
            let mut next = command.clone();
            next["tenant"] = tenant.as_str().into();
            function.bus.publish(Kind::Continue, &next).await;
        }
        report
    });
    stream::iter(turns).buffered(TENANTS_AT_ONCE).collect().await
}

/// One org's turn. If it ends because the time is up, the next one is asked for at once; the schedule would come later.
async fn turn(function: &App, tenant: &str, wish: Wish<'_>, command: &Value, deadline: &Deadline) -> LogsReport {
    let report = logs::run(function, tenant, wish, deadline).await;
    let is_stopped = !report.problems.is_empty() || report.held_until.is_some() || matches!(wish, Wish::Tell);
    if !report.is_complete && !is_stopped {
        let mut next = if report.is_too_late { command.clone() } else { json!({"action": "continue"}) };
        next["tenant"] = tenant.into();
        function.bus.publish(Kind::Continue, &next).await;
    }
    report
}

/// The hours of every org that is meant: of those that have a secret, and of those that only the lake knows.
async fn seals(
    function: &App,
    action: &Action,
    tenant: Option<String>,
    command: &Value,
    deadline: &Deadline,
) -> Result<ReconcileAnswer, HandlerError> {
    let wanted = match action {
        Action::Renormalize(wanted) => Some(*wanted),
        _ => None,
    };
    let is_everyone = tenant.is_none();
    let mut names = tenants(function, tenant).await?;
    let mut tenants = seals_of(function, &names, wanted, deadline).await;
    if is_everyone {
        names = function.sink.lake.tenants().await?;
        // A secret may be called otherwise than its org.
        names.retain(|name| tenants.iter().all(|report| report.tenant != *name));
        tenants.extend(seals_of(function, &names, wanted, deadline).await);
    }
    if wanted.is_none() {
        function.figures.sealed(ReconcileReport::counts(&tenants));
        if is_everyone {
            let names: Vec<_> = tenants.iter().map(|report| &*report.tenant).collect();
            count_quarantine(function, &names, deadline).await;
        }
    }
    let is_dry_run = wanted.is_some_and(|wanted| wanted.dry_run);
    for report in tenants.iter().filter(|report| report.is_cut_short() && !is_dry_run) {
        let mut next = command.clone();
        next["tenant"] = report.tenant.clone().into();
        function.bus.publish(Kind::Continue, &next).await;
    }
    let is_complete = tenants.iter().all(|report| report.is_complete);
    Ok(ReconcileAnswer { action: action.name(), is_complete, tenants })
}

/// Tells what has come into quarantine. The hours do not depend on it, and it takes no more than the rest of the time.
async fn count_quarantine(function: &App, tenants: &[&str], deadline: &Deadline) {
    let look = pin!(quarantine_report::look(function, tenants, function.clock.now()));
    match select(look, pin!(deadline.passed())).await {
        Either::Left((Ok(()), _)) => {}
        Either::Left((Err(error), _)) => tracing::error!(%error, remedy = STORE, "the quarantine is not counted"),
        Either::Right(_) => tracing::warn!("the quarantine is not counted: the time is up"),
    }
}

/// One org after another: an hour is sealed in memory and on disk, and there is one of each.
async fn seals_of(
    function: &App,
    names: &[String],
    wanted: Option<Renormalize>,
    deadline: &Deadline,
) -> Vec<ReconcileReport> {
    let mut reports = Vec::new();
    for (at, name) in names.iter().enumerate() {
        // So that an org with much to seal does not keep the others waiting for ever.
        let share = deadline.share(u32::try_from(names.len() - at).unwrap_or(1));
        reports.push(match wanted {
            Some(wanted) => renormalize(function, name, wanted, &share).await,
            None => reconcile(function, name, &share).await,
        });
    }
    reports
}

async fn test_connectivity(function: &App, tenant: Option<String>, deadline: &Deadline) -> Report {
    let mut stack = function.stack.check().await;
    for output in &function.outputs {
        stack.checks.push(output.check().await);
    }
    let mut sections = vec![stack];
    let tenants = match tenant {
        Some(tenant) => Ok(vec![tenant]),
        // Those that have no value yet as well: somebody has forgotten them.
        None => function.secrets.list().await.map(|found| found.into_iter().map(|secret| secret.tenant).collect()),
    };
    match tenants {
        Ok(tenants) if !tenants.is_empty() => {
            for tenant in tenants {
                let secret = Arc::new(function.secrets.of(&tenant));
                sections.push(connectivity::check(function, &tenant, secret, deadline).await);
            }
        }
        outcome => sections.push(no_tenant(function, outcome.err())),
    }
    for section in &sections {
        connectivity::tell(function, section).await;
    }
    Report::new(sections, is_needed)
}

fn no_tenant(function: &App, error: Option<SecretsError>) -> Section {
    let (prefix, region) = (function.secrets.prefix(), function.secrets.region());
    let check = match error {
        Some(error) => Check::new("Secret", Status::Failed, error.to_string())
            .remedy("let the function's role list and read the secrets under its prefix"),
        None => Check::new("Secret", Status::Failed, format!("there is no secret {prefix}<tenant> in {region}"))
            .remedy(format!(
                "put the org's credentials into a secret called {prefix}<tenant> in {region}: see the README"
            )),
    };
    Section { name: "tenants".to_owned(), org: None, checks: vec![check] }
}

/// Without these nothing can be collected. A kind of data that is denied leaves the others.
fn is_needed(check: &Check) -> bool {
    matches!(check.name.as_str(), "Bucket" | "Secret" | CREDENTIALS)
}

#[allow(clippy::disallowed_methods)] // The entry of the handler: from here on, time is an argument.
fn left(context: &Context) -> Duration {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    left.saturating_sub(RESERVE.min(left / 4))
}
