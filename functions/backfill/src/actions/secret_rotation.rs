//! The secrets of the orgs, compared with those that were tested: a new or changed one is tested at once, not when the next
//! collection fails, and the age of the oldest is a metric.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lake::StateError;
use serde::{Deserialize, Serialize};

use crate::actions::connectivity;
use crate::app::App;
use crate::aws::secrets::Found;
use crate::org::deadline::Deadline;
use crate::org::leased_state::rebuilt;

/// For all orgs: which version of each secret was tested.
const KEY: &str = "state/secrets.json";

/// At most this part of an invocation is spent on tests: the collections are what it is for.
const PART: u32 = 3;

/// `state/secrets.json`. It may be deleted: every secret is tested once more then.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Tested {
    /// By the secret: when it was changed before it was tested.
    #[serde(default)]
    secrets: BTreeMap<String, Option<Timestamp>>,
}

/// Tests the orgs whose secrets are new or changed. What the time was not enough for is tested the next time.
pub(crate) async fn run(app: &App, found: &[Found], deadline: &Deadline) -> Result<(), StateError> {
    app.figures.secret_age_of(found, app.clock.now());
    let lake = &app.sink.lake;
    let (tested, version) = lake.inspect_state::<Tested>(KEY).await?;
    let Tested { mut secrets } = tested.map(|tested| rebuilt(KEY, tested)).unwrap_or_default();
    let is_changed = |secret: &&Found| secret.has_value && secrets.get(&secret.tenant) != Some(&secret.changed);
    let changed: Vec<_> = found.iter().filter(is_changed).collect();
    let names: Vec<_> = changed.iter().map(|secret| secret.tenant.clone()).collect();
    let sections = connectivity::of_orgs(app, &names, &deadline.share(PART)).await;
    for (secret, section) in changed.iter().zip(&sections) {
        if section.is_cut_short {
            tracing::warn!(tenant = secret.tenant, "a new or changed secret is not tested yet: the time was up");
            continue;
        }
        tracing::info!(tenant = secret.tenant, "the secret is new or has changed: it was tested");
        connectivity::publish(app, section).await;
        secrets.insert(secret.tenant.clone(), secret.changed);
    }
    if changed.is_empty() {
        return Ok(());
    }
    secrets.retain(|tenant, _| found.iter().any(|secret| secret.tenant == *tenant));
    match lake.write_state(KEY, &Tested { secrets }, &version).await {
        // Another run has tested them, too.
        Ok(_) | Err(StateError::Lost(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
