//! The action `reconcile`: every closed hour is compared with the API, repaired, sealed and entered into the ledger.

use crate::app::App;
use crate::org::context::OrgContext;
use crate::org::deadline::Deadline;
use crate::org::problem::Problem;
use crate::seal::report::ReconcileReport;
use crate::seal::run;

/// Reconciles the org whose secret has this name. Without a usable secret, the org of this name by its stream alone.
pub async fn reconcile(app: &App, name: &str, deadline: &Deadline) -> ReconcileReport {
    match OrgContext::open_offline(app, name, deadline).await {
        Ok(org) => Box::pin(run::reconcile(&org)).await,
        Err(error) => not_opened(name, &error),
    }
}

/// The report on an org that cannot be worked on.
pub(crate) fn not_opened(name: &str, error: &normalize::TenantError) -> ReconcileReport {
    let problem = Problem::told(name, error.to_string(), "put the member `tenant` into the secret".to_owned());
    ReconcileReport { tenant: name.to_owned(), problems: vec![problem], ..ReconcileReport::default() }
}
