//! What sealing remembers, derived from the ledger again: after the state was lost, replaced, or put back from an older
//! version.

use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use lake::Partition;
use lake::ledger::Entry;

use crate::history::plan::RETENTION;
use crate::seal::due::LakeListing;
use crate::seal::error::HourError;
use crate::seal::hour::read_entry;
use crate::seal::recheck::schedule_recheck;
use crate::seal::session::Org;
use crate::seal::state::ReconcileState;

/// Entries that are read at once.
const READS_AT_ONCE: usize = 8;

/// Derives from the entries what the state should say, if it does not match the ledger.
pub(crate) async fn rebuild(
    org: &Org<'_>,
    state: &mut ReconcileState,
    listing: &LakeListing,
    now: Timestamp,
) -> Result<(), HourError> {
    let entries = listing.entries.len() as u64;
    if state.entries == Some(entries) {
        return Ok(());
    }
    tracing::info!(entries, known = ?state.entries, "what sealing remembers is derived from the ledger again");
    // Beyond its retention Okta cannot be asked.
    let hours = listing.entries.iter().filter(|hour| now.duration_since(**hour) < RETENTION);
    let reads = hours.map(|hour| read(org, Partition { tenant: org.tenant.clone(), hour: *hour }));
    let mut reads = stream::iter(reads).buffered(READS_AT_ONCE);
    while let Some(entry) = reads.next().await {
        if let Some(entry) = entry? {
            adopt(state, &entry, org.app.recheck_after);
        }
    }
    state.entries = Some(entries);
    Ok(())
}

/// The entry, unless it cannot be read: then its hour is a problem when it is due.
async fn read(org: &Org<'_>, partition: Partition) -> Result<Option<Entry>, HourError> {
    match read_entry(org, &partition).await {
        Ok((entry, _)) => Ok(entry),
        Err(error) if error.is_of_this_hour() => {
            tracing::error!(hour = %partition.hour, %error, remedy = error.remedy(), "an entry of the ledger is damaged");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn adopt(state: &mut ReconcileState, entry: &Entry, recheck_after: SignedDuration) {
    schedule_recheck(&mut state.recheck, entry, entry.sealed, recheck_after);
    state.has_stream |= entry.counts.stream_only + entry.counts.both > 0;
    state.lateness = state.lateness.decayed_with(entry.lateness);
}
