//! What sealing remembers, derived from the ledger again: after the state was lost, replaced, or put back from an older
//! version.

use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use lake::ledger::{Entry, Recorded};
use lake::{Partition, layout};

use crate::history::plan::RETENTION;
use crate::seal::due::LakeListing;
use crate::seal::error::HourError;
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
    let reads = listing.entries.iter().map(|hour| read(org, Partition { tenant: org.tenant.clone(), hour: *hour }));
    let mut reads = stream::iter(reads).buffered(READS_AT_ONCE);
    while let Some(recorded) = reads.next().await {
        let Some(recorded) = recorded? else { continue };
        state.adopt_head(recorded.head());
        // Beyond its retention Okta cannot be asked.
        if now.duration_since(recorded.entry.hour) < RETENTION {
            adopt(state, &recorded.entry, org.app.recheck_after);
        }
    }
    state.entries = Some(entries);
    Ok(())
}

/// Takes over what a run that was stopped has written.
pub(crate) async fn adopt_unfinished(org: &Org<'_>, state: &mut ReconcileState) -> Result<(), HourError> {
    let Some(hour) = state.sealing else { return Ok(()) };
    let recorded = read(org, Partition { tenant: org.tenant.clone(), hour }).await?;
    state.adopt_head(recorded.and_then(|recorded| recorded.head()));
    Ok(())
}

/// The entry, unless it cannot be read: then its hour is a problem when it is due.
async fn read(org: &Org<'_>, partition: Partition) -> Result<Option<Recorded>, HourError> {
    let key = layout::ledger_key(&partition);
    let Some(bytes) = org.lake().read_object(&key).await? else { return Ok(None) };
    match Recorded::parse(&bytes) {
        Ok(recorded) if recorded.entry.tenant == org.tenant.as_str() && recorded.entry.hour == partition.hour => {
            Ok(Some(recorded))
        }
        Ok(_) => {
            tracing::error!(key, "an entry of the ledger is in the place of another");
            Ok(None)
        }
        Err(error) => {
            tracing::error!(key, %error, "an entry of the ledger cannot be read");
            Ok(None)
        }
    }
}

fn adopt(state: &mut ReconcileState, entry: &Entry, recheck_after: SignedDuration) {
    schedule_recheck(&mut state.recheck, entry, entry.sealed, recheck_after);
    state.has_stream |= entry.counts.stream_only + entry.counts.both > 0;
    state.lateness = state.lateness.decayed_with(entry.lateness);
}
