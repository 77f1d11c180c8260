//! What the ledger has superseded is removed, once no query can be reading it.

use jiff::Timestamp;
use lake::ledger::{self, HourObjects};
use lake::{Partition, layout};

use crate::seal::error::HourError;
use crate::seal::hour::read_entry;
use crate::seal::run_error::RunError;
use crate::seal::session::{LEAST_LEFT, Org, SealSession, cautious_now};

/// What an hour has that its seal does not need.
struct Leftovers {
    /// What an entry of the hour has superseded.
    superseded: Vec<String>,
    /// Whether there are objects in `sealed/` that no entry has superseded: they are sealed again.
    has_strays: bool,
}

/// Removes what is superseded; returns how many objects that were.
pub(crate) async fn clear(session: &mut SealSession<'_>) -> Result<u64, RunError> {
    let now = cautious_now(session.org);
    let mut removed = 0;
    for hour in free(session, now) {
        if !session.org.deadline.allows(LEAST_LEFT) {
            break;
        }
        let state = &mut session.leased.state;
        match leftovers(session.org, &Partition { tenant: session.org.tenant.clone(), hour }).await {
            Ok(leftovers) => {
                session.org.lake().remove(&leftovers.superseded).await?;
                removed += leftovers.superseded.len() as u64;
                if leftovers.has_strays {
                    state.recheck.insert(hour, now);
                }
            }
            Err(error) if error.is_of_this_hour() => {
                tracing::warn!(%hour, %error, "nothing of the hour is removed");
            }
            Err(error) => return Err(error.into()),
        }
        state.superseded.remove(&hour);
        session.leased.keep().await?;
    }
    Ok(removed)
}

fn free(session: &SealSession<'_>, now: Timestamp) -> Vec<Timestamp> {
    let superseded = session.leased.state.superseded.iter();
    superseded.filter(|(_, free)| **free <= now).map(|(hour, _)| *hour).collect()
}

async fn leftovers(org: &Org<'_>, partition: &Partition) -> Result<Leftovers, HourError> {
    let (entry, _) = read_entry(org, partition).await?;
    let Some(entry) = entry else { return Ok(Leftovers { superseded: Vec::new(), has_strays: false }) };
    let objects = HourObjects {
        live: org.lake().keys(&layout::live_folder(partition)).await?,
        sealed: org.lake().keys(&layout::sealed_prefix(partition)).await?,
    };
    let inputs = ledger::inputs(Some(&entry), &objects).sealed;
    let has_strays = inputs.iter().any(|key| entry.object.as_ref() != Some(key));
    Ok(Leftovers { superseded: ledger::superseded(&entry, &objects), has_strays })
}
