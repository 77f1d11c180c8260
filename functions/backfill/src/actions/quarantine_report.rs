//! The quarantine, counted with every reconciling of all orgs: what has come since is told, whichever function put it there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lake::{StateError, layout};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::aws::bus::Kind;

/// For all orgs: what was counted last.
const KEY: &str = "state/quarantine.json";

/// What came in the last minutes of a day is counted on the next one.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// `state/quarantine.json`. It may be deleted: what came today and yesterday is told once more then.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Counted {
    /// Objects by the folder of an org and a day of receipt.
    #[serde(default)]
    folders: BTreeMap<String, usize>,
}

/// The detail of `QuarantineAdded`.
#[derive(Debug, Serialize)]
struct QuarantineAdded<'a> {
    /// The org, or `_unknown` when what came does not tell.
    tenant: &'a str,
    /// Where it lies.
    folder: &'a str,
    /// How many came since this was told last.
    added: usize,
    /// How many came on that day.
    total: usize,
    remedy: &'static str,
}

/// Counts what came today and yesterday, from these orgs and from nobody knows whom.
pub(crate) async fn look(function: &App, tenants: &[&str], now: Timestamp) -> Result<(), StateError> {
    let lake = &function.sink.lake;
    let (before, version) = lake.read_state::<Counted>(KEY).await?;
    let before = before.unwrap_or_default();
    let mut counted = Counted::default();
    let yesterday = now.checked_sub(DAY).unwrap_or(now);
    for tenant in tenants.iter().copied().chain([layout::UNKNOWN_TENANT]) {
        for day in [yesterday, now] {
            let folder = layout::quarantine_folder(tenant, day);
            let total = lake.keys(&folder).await?.len();
            let known = before.folders.get(&folder).copied().unwrap_or_default();
            if let Some(added) = total.checked_sub(known).filter(|added| *added > 0) {
                tell(function, tenant, &folder, added, total).await;
            }
            if total > 0 {
                counted.folders.insert(folder, total);
            }
        }
    }
    if counted == before {
        return Ok(());
    }
    match lake.write_state(KEY, &counted, &version).await {
        // Another run has told it, too.
        Ok(_) | Err(StateError::Lost(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn tell(function: &App, tenant: &str, folder: &str, added: usize, total: usize) {
    let remedy = "look at the reasons: SELECT reason, body FROM okta_quarantine";
    tracing::warn!(tenant, folder, added, total, remedy, "there is more in quarantine");
    let detail = QuarantineAdded { tenant, folder, added, total, remedy };
    function.bus.publish(Kind::QuarantineAdded, &detail).await;
}
