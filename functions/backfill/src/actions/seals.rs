//! The actions `reconcile` and `renormalize`: the sealed hours of the orgs that have a secret, and of those that only the
//! lake knows.

use std::collections::BTreeSet;
use std::pin::pin;

use futures::future::{Either, select};

use crate::actions::answer::{OrgReport, OrgsAnswer};
use crate::actions::error::ActionError;
use crate::actions::fan_out::{each, fan_out, names};
use crate::actions::quarantine_report;
use crate::app::App;
use crate::command::{Command, Renormalize};
use crate::events::Event;
use crate::org::backoff::STORE;
use crate::org::context::OrgContext;
use crate::org::deadline::Deadline;
use crate::org::problem::Problem;
use crate::outcome::Outcome;
use crate::seal::report::ReconcileReport;
use crate::seal::run;

/// What is done with the hours.
#[derive(Debug, Clone, Copy)]
enum SealRequest {
    /// What is due is sealed.
    Reconcile,
    /// Sealed hours of a range are mapped anew, if the mapping has changed since.
    Renormalize(Renormalize),
}

/// What became of the hours of every org that was meant.
pub type SealsAnswer = OrgsAnswer<ReconcileReport>;

impl OrgReport for ReconcileReport {
    fn outcome(&self) -> Outcome {
        match () {
            () if self.is_complete && self.problems.is_empty() => Outcome::Complete,
            () if self.sealed.is_empty() && !self.problems.is_empty() => Outcome::Failed,
            () => Outcome::Incomplete,
        }
    }

    fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// Seals the hours that are due, and publishes what has come into quarantine.
pub(crate) async fn reconcile(app: &App, command: &Command, deadline: &Deadline) -> Result<SealsAnswer, ActionError> {
    let answer = seals(app, command, SealRequest::Reconcile, deadline).await?;
    app.figures.sealed(ReconcileReport::counts(&answer.tenants));
    if command.tenant.is_none() {
        let known = answer.tenants.iter().map(|report| report.tenant.clone()).chain(answer.handed_on.iter().cloned());
        report_quarantine(app, known.chain(app.sink.lake.tenants().await?).collect(), deadline).await;
    }
    Ok(answer)
}

/// Maps sealed hours anew.
pub(crate) async fn renormalize(
    app: &App,
    command: &Command,
    request: Renormalize,
    deadline: &Deadline,
) -> Result<SealsAnswer, ActionError> {
    seals(app, command, SealRequest::Renormalize(request), deadline).await
}

/// Works on the orgs that have a secret, then on those that only the lake knows. One after another: an hour is sealed in
/// memory and on disk, and there is one of each.
async fn seals(
    app: &App,
    command: &Command,
    request: SealRequest,
    deadline: &Deadline,
) -> Result<SealsAnswer, ActionError> {
    let with_secret = names(app, command).await?;
    let mut of_lake = if command.tenant.is_none() { app.sink.lake.tenants().await? } else { Vec::new() };
    of_lake.retain(|name| !with_secret.contains(name));
    let orgs = fan_out(app, command, [with_secret, of_lake].concat()).await;
    let work = |name, deadline| of_org(app, name, request, command, deadline);
    let reports = each(&orgs.here, 1, deadline, work).await;
    Ok(OrgsAnswer::new(command.action.name(), reports, orgs.handed_on))
}

async fn of_org(
    app: &App,
    name: String,
    request: SealRequest,
    command: &Command,
    deadline: Deadline,
) -> ReconcileReport {
    let report = match OrgContext::open_offline(app, &name, &deadline).await {
        Ok(org) => match request {
            SealRequest::Reconcile => Box::pin(run::reconcile(&org)).await,
            SealRequest::Renormalize(request) => Box::pin(run::renormalize(&org, request)).await,
        },
        Err(error) => {
            let problem = Problem::told(&name, error.to_string(), "put the member `tenant` into the secret".to_owned());
            ReconcileReport { tenant: name.clone(), problems: vec![problem], ..ReconcileReport::default() }
        }
    };
    if report.is_cut_short() && !command.action.is_answered_at_once() {
        app.bus.publish(&Event::Continue(command.of(&name))).await;
    }
    report
}

/// Publishes what has come into quarantine. The hours do not depend on it, and it takes no more than the rest of the time.
async fn report_quarantine(app: &App, tenants: BTreeSet<String>, deadline: &Deadline) {
    let report = pin!(quarantine_report::run(app, &tenants, app.clock.now()));
    match select(report, pin!(deadline.passed())).await {
        Either::Left((Ok(()), _)) => {}
        Either::Left((Err(error), _)) => tracing::error!(%error, remedy = STORE, "the quarantine is not counted"),
        Either::Right(_) => tracing::warn!("the quarantine is not counted: the time is up"),
    }
}
