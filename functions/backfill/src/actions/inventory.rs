//! The action `inventory`: collects what exists in the orgs.

use crate::actions::answer::{OrgReport, OrgsAnswer};
use crate::actions::error::ActionError;
use crate::actions::fan_out::{each, fan_out, names};
use crate::app::App;
use crate::command::{Command, InventoryRequest};
use crate::events::Event;
use crate::inventory::report::InventoryReport;
use crate::inventory::request::unknown_entity;
use crate::inventory::run::{self, InventoryTask};
use crate::inventory::summary::ManifestSummary;
use crate::org::deadline::Deadline;
use crate::outcome::Outcome;

/// Orgs that are worked on at once: their rate limits are their own, the memory is shared.
pub(crate) const ORGS_AT_ONCE: usize = 4;

/// What became of the inventory of every org that was meant.
pub type InventoryAnswer = OrgsAnswer<InventoryReport>;

impl OrgReport for InventoryReport {
    fn outcome(&self) -> Outcome {
        let is_known = self.manifest.as_ref().is_none_or(ManifestSummary::is_everything_known);
        match () {
            () if self.is_complete && self.problems.is_empty() && is_known => Outcome::Complete,
            () if self.manifest.is_none() && self.plan.is_none() && !self.problems.is_empty() => Outcome::Failed,
            () => Outcome::Incomplete,
        }
    }

    fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// Collects the inventory of every org that is meant.
pub(crate) async fn run(
    app: &App,
    command: &Command,
    request: &InventoryRequest,
    deadline: &Deadline,
) -> Result<InventoryAnswer, ActionError> {
    if let Some(unknown) = unknown_entity(request) {
        return Err(ActionError::Entity(unknown.to_owned()));
    }
    let orgs = fan_out(app, command, names(app, command).await?).await;
    let task = InventoryTask::Collect(request);
    let reports = each(&orgs.here, ORGS_AT_ONCE, deadline, |name, deadline| of_org(app, name, task, command, deadline));
    Ok(OrgsAnswer::new(command.action.name(), reports.await, orgs.handed_on))
}

/// Collects the inventory of one org. If the time is up before its end, the next invocation is asked for.
pub(crate) async fn of_org(
    app: &App,
    name: String,
    task: InventoryTask<'_>,
    next: &Command,
    deadline: Deadline,
) -> InventoryReport {
    let report = Box::pin(run::run(app, &name, task, &deadline)).await;
    if !report.is_complete && report.problems.is_empty() && report.held_until.is_none() {
        app.bus.publish(&Event::Continue(next.of(&name))).await;
    }
    report
}
