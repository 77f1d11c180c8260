//! One org's hours in one invocation: what is due is sealed, what is superseded is removed, what is sealed is exported.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lake::ledger::Entry;
use lake::{Partition, StateError};
use normalize::MAPPING_VERSION;

use crate::command::Renormalize;
use crate::events::{Event, Gap, SealedHour, Unconfirmed};
use crate::history::plan::{RETENTION, Range};
use crate::history::request::State;
use crate::history::store::Jobs;
use crate::org::problem::Problem;
use crate::seal::clear::clear;
use crate::seal::due::{self, DELETE_AFTER, DueReason, LakeListing};
use crate::seal::error::HourError;
use crate::seal::export::{self, Exported};
use crate::seal::hour::{HourHints, HourOutcome, Sealed, Task, read_entry, seal_hour};
use crate::seal::rebuild::rebuild;
use crate::seal::recheck::schedule_recheck;
use crate::seal::repair::{Damage, repair_hour};
use crate::seal::report::{ReconcileReport, sealed_hour, unconfirmed};
use crate::seal::run_error::RunError;
use crate::seal::session::{LEAST_LEFT, Org, SealSession, cautious_now};
use crate::seal::state::ReconcileState;
use crate::seal::stream_health;

/// After this many hours in a row that the API does not give, the others are left to the next run.
const FAILURES_IN_A_ROW: u32 = 3;

/// What became of the hours.
#[derive(Debug, Default)]
struct Sealing {
    sealed: Vec<SealedHour>,
    gaps: Vec<Gap>,
    due: u64,
    removed: u64,
    problems: Vec<Problem>,
    stopped: Option<RunError>,
}

/// Seals what is due, removes what is superseded and exports what is sealed.
pub async fn reconcile(org: &Org<'_>) -> ReconcileReport {
    let mut session = match SealSession::begin(org).await {
        Ok(session) => session,
        Err(error) => return stopped(org, &error),
    };
    let sealing = match export::switch(&mut session).await {
        Ok(()) => Box::pin(seal_due(&mut session)).await,
        Err(error) => Sealing { stopped: Some(error), ..Sealing::default() },
    };
    let exported = Box::pin(export_unless_lost(&mut session, &sealing)).await;
    report(session, sealing, exported).await
}

/// Maps sealed hours of a range anew, if the mapping has changed since.
pub async fn renormalize(org: &Org<'_>, wanted: Renormalize) -> ReconcileReport {
    let mut session = match SealSession::begin(org).await {
        Ok(session) => session,
        Err(error) => return stopped(org, &error),
    };
    let sealing = match export::switch(&mut session).await {
        Ok(()) => Box::pin(remap(&mut session, wanted)).await,
        Err(error) => Sealing { stopped: Some(error), ..Sealing::default() },
    };
    let exported =
        if wanted.dry_run { Exported::default() } else { Box::pin(export_unless_lost(&mut session, &sealing)).await };
    report(session, sealing, exported).await
}

/// What stands in the way of sealing does not stand in the way of exports; a lost lease does.
async fn export_unless_lost(session: &mut SealSession<'_>, sealing: &Sealing) -> Exported {
    match &sealing.stopped {
        Some(RunError::Lease(_)) => Exported::default(),
        _ => export::export(session).await,
    }
}

async fn report(session: SealSession<'_>, sealing: Sealing, exported: Exported) -> ReconcileReport {
    let org = session.org;
    let unsettled = unsettled(&session.leased.state.recheck, cautious_now(org));
    let given_back = session.leased.give_back().await.err().map(RunError::from);
    let stopped = sealing.stopped.or(exported.stopped).or(given_back);
    let held_until = stopped.as_ref().and_then(RunError::held).map(|held| held.until);
    let mut problems: Vec<_> = sealing.problems.into_iter().chain(exported.problems).collect();
    if held_until.is_none() {
        problems.extend(stopped.map(|error| error.problem(org.tenant.as_str())));
    }
    ReconcileReport {
        tenant: org.tenant.to_string(),
        is_complete: sealing.due + exported.left == 0 && problems.is_empty() && held_until.is_none(),
        sealed: sealing.sealed,
        gaps: sealing.gaps,
        due: sealing.due,
        unsettled: unsettled.len() as u64,
        next_recheck: unsettled.into_iter().min(),
        removed: sealing.removed,
        exported: exported.hours,
        to_export: exported.left,
        is_export_cut_short: exported.is_cut_short,
        held_until,
        problems,
    }
}

/// When the rechecks are due of hours that are old enough to have had theirs.
fn unsettled(recheck: &BTreeMap<Timestamp, Timestamp>, now: Timestamp) -> Vec<Timestamp> {
    let is_old = |hour: Timestamp| now.duration_since(hour) > due::HOUR + due::RECHECK_AFTER;
    recheck.iter().filter(|(hour, _)| is_old(**hour)).map(|(_, from)| *from).collect()
}

fn stopped(org: &Org<'_>, error: &RunError) -> ReconcileReport {
    let held_until = error.held().map(|held| held.until);
    let problems = if held_until.is_some() { Vec::new() } else { vec![error.problem(org.tenant.as_str())] };
    ReconcileReport { tenant: org.tenant.to_string(), held_until, problems, ..ReconcileReport::default() }
}

async fn seal_due(session: &mut SealSession<'_>) -> Sealing {
    let health = stream_health::look(session.org, &session.leased.state, cautious_now(session.org)).await;
    session.leased.state.stream = health.stream;
    let mut sealing = Sealing { problems: health.problem.into_iter().collect(), ..Sealing::default() };
    let (due, listing) = match plan(session, health.is_log_readable).await {
        Ok(planned) => planned,
        Err(error) => return Sealing { stopped: Some(error), ..sealing },
    };
    let (mut longest, mut failures) = (LEAST_LEFT / 2, 0);
    sealing.due = due.len() as u64;
    for (hour, reason) in due {
        let left = session.org.deadline.left();
        if left < longest * 2 || failures >= FAILURES_IN_A_ROW {
            return sealing;
        }
        let partition = session.partition(hour);
        tracing::debug!(%hour, ?reason, "an hour is due");
        match Box::pin(seal(session, &partition, Task::Reconcile, &listing)).await {
            Ok(done) => {
                sealing.due -= 1;
                failures = 0;
                sealing.sealed.extend(done.sealed);
                sealing.gaps.extend(done.gap);
            }
            Err(RunError::Hour(HourError::Deadline)) => return sealing,
            Err(RunError::Hour(error)) if error.is_of_this_hour() => {
                failures += u32::from(matches!(error, HourError::Okta(_)));
                sealing.problems.push(hour_problem(session.org, hour, &error));
            }
            Err(error) => return Sealing { stopped: Some(error), ..sealing },
        }
        longest = longest.max(left.saturating_sub(session.org.deadline.left()));
    }
    match clear(session).await {
        Ok(removed) => Sealing { removed, ..sealing },
        Err(error) => Sealing { stopped: Some(error), ..sealing },
    }
}

fn hour_problem(org: &Org<'_>, hour: Timestamp, error: &HourError) -> Problem {
    let what = format!("the hour {hour} is not sealed: {}", lake::quarantine::reason(error));
    Problem::told(org.tenant.as_str(), what, error.remedy())
}

/// Decides which hours are due.
async fn plan(
    session: &mut SealSession<'_>,
    is_log_readable: bool,
) -> Result<(BTreeMap<Timestamp, DueReason>, LakeListing), RunError> {
    let org = session.org;
    let listing = session.listing().await?;
    let filling = filling(org).await?;
    let now = cautious_now(org);
    let state = &mut session.leased.state;
    rebuild(org, state, &listing, now).await?;
    let since = listing.since(state.since, now, RETENTION);
    state.since = Some(since);
    // Beyond what Okta keeps nothing can be verified any more.
    state.recheck.retain(|hour, _| now.duration_since(*hour) < RETENTION);
    for hour in listing.with_several_seals() {
        state.superseded.entry(hour).or_insert(now.checked_add(DELETE_AFTER).unwrap_or(Timestamp::MAX));
    }
    let is_due = |(hour, from): (&Timestamp, &Timestamp)| (is_log_readable && *from <= now).then_some(*hour);
    let recheck: BTreeSet<_> = state.recheck.iter().filter_map(is_due).collect();
    let allowance = state.lateness.allowance().max(org.app.lateness);
    let closed_by = now.checked_sub(allowance).unwrap_or(now);
    let due = listing.due(since, closed_by, &filling, &recheck);
    Ok((without_merged(session, &listing, due).await?, listing))
}

/// Leaves out sealed hours whose objects in `live/` are all in their seals: these objects are only to be removed.
async fn without_merged(
    session: &mut SealSession<'_>,
    listing: &LakeListing,
    mut due: BTreeMap<Timestamp, DueReason>,
) -> Result<BTreeMap<Timestamp, DueReason>, RunError> {
    let in_live: Vec<_> = due.iter().filter(|(_, reason)| **reason == DueReason::Live).map(|(hour, _)| *hour).collect();
    for hour in in_live {
        let entry = match read_entry(session.org, &session.partition(hour)).await {
            Ok((entry, _)) => entry,
            // It fails again when the hour is looked at, and is a problem then.
            Err(error) if error.is_of_this_hour() => continue,
            Err(error) => return Err(error.into()),
        };
        let Some(entry) = entry else { continue };
        if listing.live.get(&hour).is_some_and(|names| names.is_subset(&entry.inputs)) {
            due.remove(&hour);
            session.leased.state.superseded.entry(hour).or_insert(removable_at(&entry));
        }
    }
    Ok(due)
}

fn removable_at(entry: &Entry) -> Timestamp {
    entry.sealed.checked_add(DELETE_AFTER).unwrap_or(Timestamp::MAX)
}

/// What an hour came to.
#[derive(Debug, Default)]
struct Done {
    sealed: Option<SealedHour>,
    gap: Option<Gap>,
}

/// Seals an hour while the lease is renewed.
async fn seal(
    session: &mut SealSession<'_>,
    partition: &Partition,
    task: Task,
    listing: &LakeListing,
) -> Result<Done, RunError> {
    let org = session.org;
    let announced = export::announce(session, partition.hour).await?;
    let has_stream = session.leased.state.has_stream;
    let hints = HourHints {
        has_stream,
        has_seals: listing.sealed.contains_key(&partition.hour),
        has_checkpoint: listing.checkpoints.contains(&partition.hour),
    };
    let outcome = session.leased.during(seal_hour(org, partition, task, hints)).await??;
    let state = &mut session.leased.state;
    let done = match outcome {
        HourOutcome::Sealed(sealed) => {
            let Sealed { recorded, gap, has_stream: brings_stream } = *sealed;
            let entry = &recorded.entry;
            state.has_stream |= brings_stream;
            if task == Task::Reconcile {
                state.lateness = state.lateness.decayed_with(entry.lateness);
                schedule_recheck(&mut state.recheck, entry, entry.sealed, org.app.recheck_after);
            }
            note(state, entry);
            session.leased.keep().await?;
            publish(org, sealed_hour(recorded), gap, has_stream).await
        }
        HourOutcome::Unchanged(entry) => {
            state.superseded.entry(entry.hour).or_insert(removable_at(&entry));
            schedule_recheck(&mut state.recheck, &entry, cautious_now(org), org.app.recheck_after);
            state.outboxes.withdraw(partition.hour, &announced);
            session.leased.keep().await?;
            Done::default()
        }
    };
    Ok(done)
}

/// Seals a damaged hour again, from what the API confirms.
pub(crate) async fn repair(
    session: &mut SealSession<'_>,
    hour: Timestamp,
    damage: &Damage,
) -> Result<SealedHour, RunError> {
    let (org, partition) = (session.org, session.partition(hour));
    export::announce(session, hour).await?;
    let recorded = session.leased.during(Box::pin(repair_hour(org, &partition, damage))).await??;
    let (state, entry) = (&mut session.leased.state, &recorded.entry);
    schedule_recheck(&mut state.recheck, entry, entry.sealed, org.app.recheck_after);
    note(state, entry);
    session.leased.keep().await?;
    let sealed = sealed_hour(recorded);
    publish(org, sealed.clone(), None, false).await;
    Ok(sealed)
}

/// Notes that an hour has another entry.
fn note(state: &mut ReconcileState, entry: &Entry) {
    let is_new = entry.generations.is_empty();
    state.entries = state.entries.map(|entries| entries + u64::from(is_new));
    state.superseded.insert(entry.hour, removable_at(entry));
}

async fn publish(org: &Org<'_>, sealed: SealedHour, gap: Option<Gap>, has_stream: bool) -> Done {
    let SealedHour { hour, generation, rows, completeness, counts, quarantined, duplicates, .. } = &sealed;
    let repaired = counts.repaired;
    tracing::info!(%hour, generation, rows, repaired, quarantined, duplicates, %completeness, "an hour is sealed");
    org.app.bus.publish(&Event::HourSealed(sealed.clone())).await;
    let gap = gap.filter(|_| has_stream);
    if let Some(gap) = &gap {
        org.app.bus.publish(&Event::GapRepaired(gap.clone())).await;
    }
    let events = unconfirmed(&sealed);
    if events > 0 {
        let remedy = "Okta's API does not have these events: look at the rows of the hour whose metadata.source is stream, \
                      and at who may put messages into the queue";
        tracing::warn!(%hour, events, remedy, "events of the stream are not confirmed by the API");
        let (tenant, remedy) = (sealed.tenant.clone(), remedy.to_owned());
        let detail = Unconfirmed { tenant, hour: *hour, generation: *generation, events, remedy };
        org.app.bus.publish(&Event::Unconfirmed(detail)).await;
    }
    Done { sealed: Some(sealed), gap }
}

async fn remap(session: &mut SealSession<'_>, wanted: Renormalize) -> Sealing {
    let Stale { hours, problems, listing } = match stale(session, wanted).await {
        Ok(stale) => stale,
        Err(error) => return Sealing { stopped: Some(error), ..Sealing::default() },
    };
    let mut sealing = Sealing { due: hours.len() as u64, problems, ..Sealing::default() };
    for partition in hours.iter().filter(|_| !wanted.dry_run) {
        if !session.org.deadline.allows(LEAST_LEFT) {
            return sealing;
        }
        match Box::pin(seal(session, partition, Task::Remap, &listing)).await {
            Ok(done) => {
                sealing.due -= 1;
                sealing.sealed.extend(done.sealed);
            }
            Err(RunError::Hour(error)) if error.is_of_this_hour() => {
                sealing.problems.push(hour_problem(session.org, partition.hour, &error));
            }
            Err(error) => return Sealing { stopped: Some(error), ..sealing },
        }
    }
    sealing
}

/// The sealed hours of a range that an older mapping made.
struct Stale {
    hours: Vec<Partition>,
    /// Hours whose entries cannot be read.
    problems: Vec<Problem>,
    listing: LakeListing,
}

async fn stale(session: &SealSession<'_>, wanted: Renormalize) -> Result<Stale, RunError> {
    let listing = session.listing().await?;
    let (mut hours, mut problems) = (Vec::new(), Vec::new());
    for hour in listing.entries.iter().copied().filter(|hour| wanted.since <= *hour && *hour < wanted.until) {
        let partition = session.partition(hour);
        match read_entry(session.org, &partition).await {
            Ok((Some(entry), _)) if entry.mapping != MAPPING_VERSION => hours.push(partition),
            Ok(_) => {}
            Err(error) if error.is_of_this_hour() => problems.push(hour_problem(session.org, hour, &error)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Stale { hours, problems, listing })
}

/// The ranges that collections are still filling.
async fn filling(org: &Org<'_>) -> Result<Vec<Range>, StateError> {
    let jobs = Jobs::new(org.lake().clone(), org.tenant.clone()).all().await?.into_iter();
    Ok(jobs.flatten().filter(|job| job.state == State::Running).map(|job| job.request.range).collect())
}
