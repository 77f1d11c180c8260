//! The action `renormalize`: sealed hours are mapped anew from `raw_data`, if the mapping has changed since.

use crate::actions::reconcile::not_opened;
use crate::app::App;
use crate::command::Renormalize;
use crate::org::context::OrgContext;
use crate::org::deadline::Deadline;
use crate::seal::report::ReconcileReport;
use crate::seal::run;

/// Maps the sealed hours of a range anew, of the org whose secret has this name.
pub async fn renormalize(app: &App, name: &str, wanted: Renormalize, deadline: &Deadline) -> ReconcileReport {
    match OrgContext::open_offline(app, name, deadline).await {
        Ok(org) => Box::pin(run::renormalize(&org, wanted)).await,
        Err(error) => not_opened(name, &error),
    }
}
