//! The action `reconcile`: every closed hour is compared with the API, repaired, sealed and entered into the ledger; what
//! came after the seal is sealed with it again; what nobody needs any more is cleared away.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lake::ledger::Entry;
use lake::{Claim, Lake, Partition, StateError, layout};
use normalize::{MAPPING_VERSION, Tenant};
use okta::Client;

use crate::app::App;
use crate::command::Renormalize;
use crate::data_type::{LOG_STREAMS, LOGS};
use crate::events::{Event, Gap, SealedHour};
use crate::history::plan::{RETENTION, Range};
use crate::history::request::State;
use crate::history::store::Jobs;
use crate::org::context::OrgContext;
use crate::org::deadline::Deadline;
use crate::org::leased_state::{LeaseError, Leased};
use crate::seal::due::{Holdings, Why};
use crate::seal::hour::{Ended, Outcome, Stop, Task, Tools, seal_hour};
use crate::seal::report::ReconcileReport;
use crate::seal::state::Memory;

/// What is superseded stays so long: a query that began before the switch may still read it.
pub const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// A day after its end each hour is compared once more: Okta stores some events late, and a bounded request tells only
/// of those that are stored.
pub const SECOND_LOOK: SignedDuration = SignedDuration::from_hours(24);

/// An hour is not begun when less than this is left, or twice what the longest took.
pub(super) const LEAST_LEFT: Duration = Duration::from_secs(5);

/// What is to be done with an org's hours.
#[derive(Debug, Clone, Copy)]
pub enum Wish {
    /// What is due is sealed.
    Reconcile,
    /// Sealed hours of a range are mapped anew, if the mapping has changed since.
    Renormalize(Renormalize),
}

/// Does it, for the org whose secret has this name. Without a usable secret, for the org of this name, by its stream alone.
pub async fn run(app: &App, name: &str, wish: Wish, deadline: &Deadline) -> ReconcileReport {
    let mut report = ReconcileReport { tenant: name.to_owned(), ..ReconcileReport::default() };
    let org = match OrgContext::open_offline(app, name, deadline).await {
        Ok(org) => org,
        Err(error) => {
            report.problem(error.to_string(), "put a `tenant` into the secret".to_owned());
            return report;
        }
    };
    org.tenant.as_str().clone_into(&mut report.tenant);
    let turn = Turn {
        function: app,
        client: org.client.as_ref(),
        lake: org.lake(),
        tenant: &org.tenant,
        deadline: &org.deadline,
    };
    if let Err(stop) = Box::pin(turn.take(&org, wish, &mut report)).await {
        report.stop(&stop);
    }
    report.is_complete =
        report.due + report.to_export == 0 && report.problems.is_empty() && report.held_until.is_none();
    report
}

/// One org's turn in an invocation.
pub(super) struct Turn<'a> {
    pub(super) function: &'a App,
    pub(super) client: Option<&'a Client>,
    pub(super) lake: &'a Lake,
    pub(super) tenant: &'a Tenant,
    pub(super) deadline: &'a Deadline,
}

impl Turn<'_> {
    async fn take(
        &self,
        org: &OrgContext<'_, Option<Client>>,
        wish: Wish,
        report: &mut ReconcileReport,
    ) -> Result<(), TurnError> {
        let mut leased = Leased::<Memory>::take(org).await?;
        self.switch_exports(&mut leased).await?;
        let outcome = match wish {
            Wish::Reconcile => Box::pin(self.reconcile(&mut leased, report)).await,
            Wish::Renormalize(wanted) => Box::pin(self.renormalize(&mut leased, wanted, report)).await,
        };
        // What stands in the way of sealing does not stand in its way; a lease that is lost does.
        let exported = match (&outcome, wish) {
            (Err(TurnError::Memory(_)), _) => Ok(()),
            (_, Wish::Renormalize(wanted)) if wanted.dry_run => Ok(()),
            _ => Box::pin(self.export(&mut leased, report)).await,
        };
        leased.give_back().await?;
        outcome.and(exported)
    }

    async fn reconcile(&self, leased: &mut Leased<'_, Memory>, report: &mut ReconcileReport) -> Result<(), TurnError> {
        let is_readable = self.watch(leased, report).await;
        let holdings = self.holdings().await?;
        let now = self.now();
        let memory = &mut leased.state;
        let since = holdings.since(memory.since, now, RETENTION);
        memory.since = Some(since);
        // Beyond what Okta keeps nothing can be verified any more.
        memory.again.retain(|hour, _| now.duration_since(*hour) < RETENTION);
        let is_due = |(hour, from): (&Timestamp, &Timestamp)| (is_readable && *from <= now).then_some(*hour);
        let again: BTreeSet<_> = memory.again.iter().filter_map(is_due).collect();
        let allowance = memory.lateness.allowance().max(self.function.lateness);
        let closed_by = now.checked_sub(allowance).unwrap_or(now);
        let due = holdings.due(since, closed_by, &self.filling().await?, &again);
        let mut longest = LEAST_LEFT / 2;
        report.due = due.len() as u64;
        for (hour, why) in due {
            let begun = self.function.clock.elapsed();
            if self.deadline.left() < longest * 2 {
                return Ok(());
            }
            let partition = Partition { tenant: self.tenant.clone(), hour };
            if why == Why::Live && !self.is_late(&partition, &holdings, leased).await? {
                report.due -= 1;
                continue;
            }
            match self.seal(&partition, Task::Reconcile, leased, report).await {
                Ok(()) => report.due -= 1,
                Err(TurnError::Hour(Stop::Deadline)) => return Ok(()),
                // The others may well be sealed.
                Err(TurnError::Hour(stop)) if stop.is_of_this_hour() => report.hour(hour, &stop),
                Err(error) => return Err(error),
            }
            longest = longest.max(self.function.clock.elapsed().saturating_sub(begun));
        }
        self.clear(leased, report).await
    }

    /// Whether a sealed hour has objects in `live/` that are not in its seal. The others are remembered to be removed.
    async fn is_late(
        &self,
        partition: &Partition,
        holdings: &Holdings,
        leased: &mut Leased<'_, Memory>,
    ) -> Result<bool, TurnError> {
        let (entry, _) = self.lake.read_state::<Entry>(&layout::ledger_key(partition)).await?;
        let Some(entry) = entry else { return Ok(true) };
        let is_late = holdings.live.get(&partition.hour).is_some_and(|names| !names.is_subset(&entry.inputs));
        if !is_late {
            let free = entry.sealed.checked_add(GRACE).unwrap_or(Timestamp::MAX);
            leased.state.superseded.entry(partition.hour).or_insert(free);
        }
        Ok(is_late)
    }

    async fn seal(
        &self,
        partition: &Partition,
        task: Task,
        leased: &mut Leased<'_, Memory>,
        report: &mut ReconcileReport,
    ) -> Result<(), TurnError> {
        let App { sink, bus, clock, page, .. } = self.function;
        let is_announced = self.announce(partition.hour, leased).await?;
        let has_stream = leased.state.has_stream;
        let tools = Tools { client: self.client, sink, bus, clock: &**clock, page: *page, has_stream };
        let outcome = Box::pin(seal_hour(&tools, partition, task)).await?;
        let memory = &mut leased.state;
        let Outcome { entry, gap, has_stream } = match outcome {
            Ended::Sealed(outcome) => *outcome,
            Ended::Unchanged(claim) => {
                if claim.is_complete() {
                    memory.again.remove(&partition.hour);
                }
                if is_announced {
                    memory.withdraw(partition.hour);
                }
                return Ok(leased.keep().await?);
            }
        };
        let later =
            entry.hour.checked_add(crate::seal::due::HOUR).and_then(|end| end.checked_add(self.function.second_look));
        match later {
            _ if entry.claim == Claim::StreamOnly => memory.again.insert(entry.hour, entry.sealed),
            Ok(later) if entry.sealed < later => memory.again.insert(entry.hour, later),
            _ => memory.again.remove(&entry.hour),
        };
        memory.has_stream |= has_stream;
        if task == Task::Reconcile {
            memory.lateness = memory.lateness.decayed_with(entry.lateness);
        }
        memory.superseded.insert(entry.hour, entry.sealed.checked_add(GRACE).unwrap_or(Timestamp::MAX));
        leased.keep().await?;
        self.tell(entry, gap, tools.has_stream, report).await;
        Ok(())
    }

    async fn tell(&self, entry: Entry, gap: Option<Gap>, has_stream: bool, report: &mut ReconcileReport) {
        let Entry { tenant, hour, generation, object, rows, counts, duplicates, claim, .. } = entry;
        let completeness = claim.word();
        let sealed = SealedHour { tenant, hour, generation, object, rows, completeness, counts, duplicates };
        tracing::info!(%hour, generation, rows, repaired = counts.repaired, duplicates, %completeness, "sealed");
        self.function.bus.publish(&Event::HourSealed(sealed.clone())).await;
        report.sealed.push(sealed);
        if let Some(gap) = gap.filter(|_| has_stream) {
            self.function.bus.publish(&Event::GapRepaired(gap.clone())).await;
            report.gaps.push(gap);
        }
    }

    async fn renormalize(
        &self,
        leased: &mut Leased<'_, Memory>,
        wanted: Renormalize,
        report: &mut ReconcileReport,
    ) -> Result<(), TurnError> {
        let hours = self.holdings().await?.sealed.into_iter();
        let hours = hours.filter(|hour| wanted.since <= *hour && *hour < wanted.until);
        let mut stale = Vec::new();
        for hour in hours {
            let partition = Partition { tenant: self.tenant.clone(), hour };
            let (entry, _) = self.lake.read_state::<Entry>(&layout::ledger_key(&partition)).await?;
            if entry.is_some_and(|entry| entry.mapping != MAPPING_VERSION) {
                stale.push(partition);
            }
        }
        report.due = stale.len() as u64;
        for partition in stale.iter().filter(|_| !wanted.dry_run) {
            if self.deadline.left() < LEAST_LEFT {
                break;
            }
            self.seal(partition, Task::Remap, leased, report).await?;
            report.due -= 1;
        }
        Ok(())
    }

    /// Looks after the log stream; whether the org's log can be read.
    async fn watch(&self, leased: &mut Leased<'_, Memory>, report: &mut ReconcileReport) -> bool {
        let Some(client) = self.client else { return false };
        let grants = match client.discover_scopes(&[LOGS.scope, LOG_STREAMS.scope]).await {
            Ok(grants) => grants,
            Err(error) => {
                tracing::warn!(%error, "the org's scopes cannot be found out");
                return false;
            }
        };
        let watch = crate::seal::stream_health::Watch {
            app: self.function,
            client,
            grants: &grants,
            lake: self.lake,
            bus: &self.function.bus,
            tenant: self.tenant,
        };
        if let Err(error) = watch.look(&mut leased.state, self.now()).await {
            report.problem(lake::quarantine::reason(&error), "nothing: it is tried again".to_owned());
        }
        grants.allows(LOGS.scope)
    }

    pub(super) async fn holdings(&self) -> Result<Holdings, TurnError> {
        let mut holdings = Holdings::default();
        for key in self.lake.keys(&layout::live_prefix(self.tenant)).await? {
            if let Some((hour, name)) = layout::live_object(self.tenant, &key) {
                holdings.live.entry(hour).or_default().insert(name.to_owned());
            }
        }
        let ledger = self.lake.keys(&layout::ledger_prefix(self.tenant)).await?;
        holdings.sealed = ledger.iter().filter_map(|key| layout::ledger_hour(self.tenant, key)).collect();
        Ok(holdings)
    }

    /// The ranges that collections are still filling.
    async fn filling(&self) -> Result<Vec<Range>, TurnError> {
        let jobs = Jobs::new(self.lake.clone(), self.tenant.clone()).all().await?.into_iter();
        Ok(jobs.flatten().filter(|job| job.state == State::Running).map(|job| job.request.range).collect())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.client.map_or_else(|| self.function.clock.now(), Client::cautious_now)
    }
}

/// Why a turn ends early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    #[error(transparent)]
    Memory(#[from] LeaseError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Hour(#[from] Stop),
}
