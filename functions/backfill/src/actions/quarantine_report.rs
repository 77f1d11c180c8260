//! The quarantine, counted with every reconciling of all orgs: what has come since is told, whichever function put it there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use lake::{StateError, layout};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::events::{Event, QuarantineAdded};
use crate::org::leased_state::rebuilt;

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

/// Counts what came today and yesterday, from these orgs and from nobody knows whom.
pub(crate) async fn run(app: &App, tenants: &BTreeSet<String>, now: Timestamp) -> Result<(), StateError> {
    let lake = &app.sink.lake;
    let (before, version) = lake.inspect_state::<Counted>(KEY).await?;
    let before = before.map(|before| rebuilt(KEY, before)).unwrap_or_default();
    let mut counted = Counted::default();
    let yesterday = now.checked_sub(DAY).unwrap_or(now);
    for tenant in tenants.iter().map(String::as_str).chain([layout::UNKNOWN_TENANT]) {
        for day in [yesterday, now] {
            let folder = layout::quarantine_folder(tenant, day);
            let total = lake.keys(&folder).await?.len();
            let known = before.folders.get(&folder).copied().unwrap_or_default();
            if let Some(added) = total.checked_sub(known).filter(|added| *added > 0) {
                publish(app, tenant, &folder, added, total).await;
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

async fn publish(app: &App, tenant: &str, folder: &str, added: usize, total: usize) {
    let remedy = "look at the reasons: SELECT reason, body FROM okta_quarantine";
    tracing::warn!(tenant, folder, added, total, remedy, "there is more in quarantine");
    let (tenant, folder, remedy) = (tenant.to_owned(), folder.to_owned(), remedy.to_owned());
    let detail = QuarantineAdded { tenant, folder, added: added as u64, total: total as u64, remedy };
    app.bus.publish(&Event::QuarantineAdded(detail)).await;
}
