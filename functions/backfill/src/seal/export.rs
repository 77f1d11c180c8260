//! What is sealed, into the outputs: hours go out in order, and a part that is refused waits for the next run.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use lake::{Partition, WriteError};
use normalize::MAPPING_VERSION;

use crate::org::problem::Problem;
use crate::outputs::outbox::Announced;
use crate::outputs::sealed_output::{Part, SealedOutput, SealedRows};
use crate::seal::blocking::blocking;
use crate::seal::error::HourError;
use crate::seal::hour::read_entry;
use crate::seal::run_error::RunError;
use crate::seal::session::{LEAST_LEFT, Org, SealSession};

/// What became of the outboxes.
#[derive(Debug, Default)]
pub(crate) struct Exported {
    /// Hours that an output got, whole.
    pub(crate) hours: u64,
    /// Hours that an output lacks, or a part of them.
    pub(crate) left: u64,
    /// Whether the time ended before all of them were tried, and those that were tried were written.
    pub(crate) is_cut_short: bool,
    pub(crate) problems: Vec<Problem>,
    pub(crate) stopped: Option<RunError>,
}

/// Switches outboxes on and off as outputs are.
pub(crate) async fn switch(session: &mut SealSession<'_>) -> Result<(), RunError> {
    let names: BTreeSet<_> = session.org.app.outputs.iter().map(|output| output.name()).collect();
    if session.leased.state.outboxes.are_for(&names) {
        return Ok(());
    }
    let sealed = session.listing().await?.entries;
    session.leased.state.outboxes.switch(&names, &sealed);
    Ok(session.leased.keep().await?)
}

/// Remembers that an hour is about to be sealed, so that no stop comes between the seal and what is to be known of it.
pub(crate) async fn announce(session: &mut SealSession<'_>, hour: Timestamp) -> Result<Announced, RunError> {
    let state = &mut session.leased.state;
    let announced = state.outboxes.announce(hour);
    if !state.outboxes.is_empty() {
        session.leased.keep().await?;
    }
    Ok(announced)
}

/// Writes what is in the outboxes.
pub(crate) async fn export(session: &mut SealSession<'_>) -> Exported {
    let mut total = Exported::default();
    for output in &session.org.app.outputs {
        let exported = Box::pin(export_to(session, output)).await;
        total.hours += exported.hours;
        total.left += exported.left;
        total.is_cut_short |= exported.is_cut_short;
        total.problems.extend(exported.problems);
        if exported.stopped.is_some() {
            total.stopped = exported.stopped;
            break;
        }
    }
    total
}

async fn export_to(session: &mut SealSession<'_>, output: &Arc<dyn SealedOutput>) -> Exported {
    let hours = session.leased.state.outboxes.waiting(output.name());
    let mut total = Exported { left: hours.len() as u64, ..Exported::default() };
    let (mut refused, mut longest, mut is_of_use) = (BTreeSet::new(), LEAST_LEFT / 2, None);
    for (hour, lacking) in hours {
        let lacking = if lacking.is_empty() { output.part_names() } else { lacking };
        if lacking.is_subset(&refused) {
            continue;
        }
        let left = session.org.deadline.left();
        if left < longest * 2 {
            total.is_cut_short = is_of_use != Some(false);
            return total;
        }
        let still = match Box::pin(export_hour(session, output, hour, &lacking, &refused)).await {
            Ok(failures) => {
                let still = failures.still;
                total.hours += u64::from(failures.has_seal && still.is_empty());
                total.problems.extend(failures.problems);
                refused.extend(failures.refused);
                still
            }
            Err(RunError::Hour(error)) if error.is_of_this_hour() => {
                let what = format!("{} lacks the hour {hour}: {}", output.name(), lake::quarantine::reason(&error));
                total.problems.push(Problem::told(session.org.tenant.as_str(), what, error.remedy()));
                lacking.clone()
            }
            Err(error) => {
                total.stopped = Some(error);
                return total;
            }
        };
        is_of_use = Some(is_of_use == Some(true) || still != lacking);
        total.left -= u64::from(still.is_empty());
        session.leased.state.outboxes.set_lacking(output.name(), hour, still);
        if let Err(error) = session.leased.keep().await {
            total.stopped = Some(error.into());
            return total;
        }
        longest = longest.max(left.saturating_sub(session.org.deadline.left()));
    }
    total
}

/// What an output did not take of an hour.
#[derive(Default)]
struct Failures {
    has_seal: bool,
    /// Parts that it still lacks.
    still: BTreeSet<String>,
    /// Parts that it refused now.
    refused: BTreeSet<String>,
    problems: Vec<Problem>,
}

async fn export_hour(
    session: &mut SealSession<'_>,
    output: &Arc<dyn SealedOutput>,
    hour: Timestamp,
    lacking: &BTreeSet<String>,
    refused: &BTreeSet<String>,
) -> Result<Failures, RunError> {
    let (org, partition) = (session.org, session.partition(hour));
    let parts = Box::pin(session.leased.during(split(org, output, &partition, lacking))).await??;
    // It was put into the outbox, and then not sealed.
    let Some(mut parts) = parts else { return Ok(Failures::default()) };
    let still = parts.iter().map(|part| part.name.clone()).filter(|name| refused.contains(name)).collect();
    let mut failures = Failures { has_seal: true, still, ..Failures::default() };
    parts.retain(|part| !refused.contains(&part.name));
    // A run that has lost the lease must not replace newer rows by older.
    session.leased.keep().await?;
    for (name, error) in session.leased.during(upload(&**output, &partition, &parts)).await? {
        let what = format!("{name} of {} lacks hours: {}", output.name(), lake::quarantine::reason(&error));
        failures.problems.push(Problem::told(org.tenant.as_str(), what, output.remedy(&name, &error)));
        failures.still.insert(name.clone());
        failures.refused.insert(name);
    }
    Ok(failures)
}

/// The parts of an hour's seal; none if it has no seal. Sealed again or mapped anew, a part may have no rows where it had
/// some: then it is an empty file, which replaces them.
async fn split(
    org: &Org<'_>,
    output: &Arc<dyn SealedOutput>,
    partition: &Partition,
    lacking: &BTreeSet<String>,
) -> Result<Option<Vec<Part>>, HourError> {
    let (entry, _) = read_entry(org, partition).await?;
    let Some(entry) = entry else { return Ok(None) };
    let may_replace = entry.generation > 1 || entry.mapping != MAPPING_VERSION;
    let object = match entry.object {
        Some(key) => {
            let file = org.lake().fetch_object(&key).await?.ok_or_else(|| HourError::Gone(key.clone()))?;
            Some((key, file))
        }
        None => None,
    };
    let (output, partition, lacking) = (Arc::clone(output), partition.clone(), lacking.clone());
    let parts = blocking(move || output.parts(SealedRows { partition: &partition, object, may_replace }, &lacking));
    Ok(Some(parts.await??))
}

/// Writes parts; returns those that were refused, and why.
async fn upload(output: &dyn SealedOutput, partition: &Partition, parts: &[Part]) -> Vec<(String, WriteError)> {
    let mut refused = Vec::new();
    for part in parts {
        if let Err(error) = output.write(partition, part).await {
            refused.push((part.name.clone(), error));
        }
    }
    refused
}
