//! The actions `logs`, `collect` and `status`: the log of the orgs and, with `collect`, their inventory.

use std::sync::Arc;

use serde::Serialize;

use crate::actions::answer::{OrgReport, OrgsAnswer};
use crate::actions::error::ActionError;
use crate::actions::fan_out::{each, fan_out, names};
use crate::actions::inventory::{self, ORGS_AT_ONCE};
use crate::app::App;
use crate::command::{Command, InventoryRequest, LogsRequest};
use crate::events::Event;
use crate::history::client_stats::ClientStats;
use crate::history::report::LogsReport;
use crate::history::run;
use crate::history::session::{Session, StopReason};
use crate::history::store::Jobs;
use crate::inventory::report::InventoryReport;
use crate::inventory::run::InventoryTask;
use crate::org::context::OrgContext;
use crate::org::deadline::Deadline;
use crate::org::problem::Problem;
use crate::outcome::Outcome;

/// What became of the log of every org that was meant.
#[derive(Debug, Serialize)]
pub struct LogsAnswer {
    /// The log.
    #[serde(flatten)]
    logs: OrgsAnswer<LogsReport>,
    /// Each org's inventory, if one is under way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inventory: Vec<InventoryReport>,
}

/// What is done with the log of an org.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LogsTask<'a> {
    /// A part of it is collected.
    Collect(&'a LogsRequest),
    /// What is not finished is gone on with.
    Continue,
    /// How far it is is reported.
    Report,
}

impl LogsTask<'_> {
    /// Whether anything is written.
    fn writes(self) -> bool {
        match self {
            Self::Collect(logs) => !logs.dry_run,
            Self::Continue => true,
            Self::Report => false,
        }
    }
}

impl OrgReport for LogsReport {
    fn outcome(&self) -> Outcome {
        Self::outcome(self)
    }

    fn is_complete(&self) -> bool {
        self.is_complete
    }
}

impl LogsAnswer {
    /// Puts the reports together. An inventory that is not under way is left out.
    pub(crate) fn new(mut logs: OrgsAnswer<LogsReport>, mut inventory: Vec<InventoryReport>) -> Self {
        let worst = inventory.iter().map(OrgReport::outcome).max().unwrap_or_default();
        logs.outcome = logs.outcome.max(worst);
        logs.is_complete &= inventory.iter().all(|report| report.is_complete);
        inventory.retain(|report| report.manifest.is_some() || !report.problems.is_empty());
        Self { logs, inventory }
    }
}

/// Collects the log.
pub(crate) async fn run(
    app: &App,
    command: &Command,
    request: &LogsRequest,
    deadline: &Deadline,
) -> Result<LogsAnswer, ActionError> {
    let orgs = fan_out(app, command, names(app, command).await?).await;
    let reports = of_orgs(app, &orgs.here, LogsTask::Collect(request), deadline).await;
    Ok(LogsAnswer::new(OrgsAnswer::new(command.action.name(), reports, orgs.handed_on), Vec::new()))
}

/// Collects the log and the inventory, which are counted in different rate limits.
pub(crate) async fn collect(
    app: &App,
    command: &Command,
    request: &LogsRequest,
    deadline: &Deadline,
) -> Result<LogsAnswer, ActionError> {
    if command.action.is_answered_at_once() {
        return run(app, command, request, deadline).await;
    }
    let orgs = fan_out(app, command, names(app, command).await?).await;
    let everything = InventoryRequest::default();
    let (logs, inventory) = futures::join!(
        of_orgs(app, &orgs.here, LogsTask::Collect(request), deadline),
        inventories(app, &orgs.here, InventoryTask::Collect(&everything), deadline)
    );
    Ok(LogsAnswer::new(OrgsAnswer::new(command.action.name(), logs, orgs.handed_on), inventory))
}

/// Reports how far everything is.
pub(crate) async fn status(app: &App, command: &Command, deadline: &Deadline) -> Result<LogsAnswer, ActionError> {
    let names = names(app, command).await?;
    let reports = of_orgs(app, &names, LogsTask::Report, deadline).await;
    Ok(LogsAnswer::new(OrgsAnswer::new(command.action.name(), reports, Vec::new()), Vec::new()))
}

/// The log of orgs, several at once: their rate limits are their own.
pub(crate) async fn of_orgs(app: &App, names: &[String], task: LogsTask<'_>, deadline: &Deadline) -> Vec<LogsReport> {
    each(names, ORGS_AT_ONCE, deadline, |name, deadline| of_org(app, name, task, deadline)).await
}

/// The inventory of orgs beside their log. The next invocation goes on with both.
pub(crate) async fn inventories(
    app: &App,
    names: &[String],
    task: InventoryTask<'_>,
    deadline: &Deadline,
) -> Vec<InventoryReport> {
    each(names, ORGS_AT_ONCE, deadline, |name, deadline| async move {
        let next = Command::go_on(&name);
        inventory::of_org(app, name, task, &next, deadline).await
    })
    .await
}

/// The log of one org. If the time is up before the end, the next invocation is asked for: the schedule would come later.
async fn of_org(app: &App, name: String, task: LogsTask<'_>, deadline: Deadline) -> LogsReport {
    let stats = Arc::new(ClientStats::default());
    let org = match OrgContext::open(app, &name, &deadline, stats.observer()).await {
        Ok(org) => org,
        Err(error) => {
            let problem = Problem::told(&name, lake::quarantine::reason(&error), error.remedy());
            return LogsReport::of_problem(problem).of_org(&name);
        }
    };
    let jobs = Jobs::new(org.lake().clone(), org.tenant.clone());
    let session = Session { org: &org, stats, jobs };
    let report = Box::pin(work(&session, task)).await;
    let tenant = org.tenant.as_str();
    let report = report.unwrap_or_else(|reason| reason.report(tenant)).of_org(tenant);
    if task.writes() && report.is_cut_short() {
        app.bus.publish(&Event::Continue(Command::go_on(&name))).await;
    }
    report
}

/// What is to be done with the log of one org. Nothing is written for a tenant that is another org's.
async fn work(session: &Session<'_>, task: LogsTask<'_>) -> Result<LogsReport, StopReason> {
    if task.writes() {
        session.org.confirm_claim().await?;
    }
    match task {
        LogsTask::Collect(logs) if logs.cancel => run::cancel(session).await,
        LogsTask::Collect(logs) => run::collect(session, logs).await,
        LogsTask::Continue => run::go_on(session).await,
        LogsTask::Report => run::status(session).await,
    }
}
