//! What a collection will take: measured, planned and said before it begins.

use jiff::SignedDuration;

use crate::history::client_stats::pace;
use crate::history::probe::probe;
use crate::history::progress::Plan;
use crate::history::request::Request;
use crate::history::session::{Session, StopReason};

/// Measures how dense the log is and plans the collection of a request. Each slice is given one more call, which confirms
/// its end.
pub(crate) async fn plan(session: &Session<'_>, request: &Request) -> Result<Plan, StopReason> {
    let org = session.org;
    let probe = probe(&org.client, request, org.app.page).await?;
    let mut slices = probe.density.slices(org.app.page);
    for slice in &mut slices {
        slice.calls += 1;
    }
    let calls = slices.iter().map(|slice| slice.calls).sum();
    let plan = Plan {
        tenant: org.tenant.to_string(),
        job: request.id(),
        range: request.range,
        event_types: request.event_types.clone(),
        events: probe.density.total(),
        calls,
        probe_calls: probe.calls,
        eta: pace(&org.client, 0, SignedDuration::ZERO).eta(calls, org.app.clock.now()),
        slices,
    };
    tracing::info!(job = plan.job, events = plan.events, calls, slices = plan.slices.len(), "planned");
    Ok(plan)
}
