//! One org's hours in the hands of the run that has the lease.

use std::time::Duration;

use jiff::Timestamp;
use lake::key::Key;
use lake::{Lake, Partition, StateError, layout};
use okta::Client;

use crate::org::context::OrgContext;
use crate::org::leased_state::Leased;
use crate::seal::checkpoint_key;
use crate::seal::due::LakeListing;
use crate::seal::run_error::RunError;
use crate::seal::state::ReconcileState;

/// The org; its API is missing where the secret cannot be used.
pub(crate) type Org<'a> = OrgContext<'a, Option<Client>>;

/// An hour is not begun when less than this is left, or twice what the longest took.
pub(crate) const LEAST_LEFT: Duration = Duration::from_secs(5);

/// A run on an org's hours.
#[derive(Debug)]
pub(crate) struct SealSession<'a> {
    pub(crate) org: &'a Org<'a>,
    pub(crate) leased: Leased<'a, ReconcileState>,
}

impl<'a> SealSession<'a> {
    /// Confirms the org, and then takes the lease.
    pub(crate) async fn begin(org: &'a Org<'a>) -> Result<Self, RunError> {
        org.confirm().await?;
        let mut leased: Leased<'_, ReconcileState> = Leased::take(org).await?;
        leased.state.adopt_old_outbox();
        Ok(Self { org, leased })
    }

    pub(crate) fn lake(&self) -> &'a Lake {
        self.org.lake()
    }

    pub(crate) fn partition(&self, hour: Timestamp) -> Partition {
        Partition { tenant: self.org.tenant.clone(), hour }
    }

    /// Lists what the lake has of the org.
    pub(crate) async fn listing(&self) -> Result<LakeListing, StateError> {
        let (lake, tenant) = (self.lake(), &self.org.tenant);
        let mut listing = LakeListing::default();
        for key in lake.keys(&layout::live_prefix(tenant)).await? {
            if let Some((hour, name)) = layout::live_object(tenant, &key) {
                listing.live.entry(hour).or_default().insert(name.to_owned());
            }
        }
        for key in lake.keys(&format!("sealed/tenant={tenant}/")).await? {
            if let Some(Key::Sealed { partition, .. }) = Key::parse(&key) {
                *listing.sealed.entry(partition.hour).or_default() += 1;
            }
        }
        let entries = lake.keys(&layout::ledger_prefix(tenant)).await?;
        listing.entries = entries.iter().filter_map(|key| layout::ledger_hour(tenant, key)).collect();
        let checkpoints = lake.keys(&checkpoint_key::prefix(tenant)).await?;
        listing.checkpoints = checkpoints.iter().filter_map(|key| checkpoint_key::hour(key)).collect();
        Ok(listing)
    }
}

/// Returns the time by the cautious clock: the earlier of Okta's and this machine's. It decides which hours are over and
/// what may be removed, so that neither clock alone can make an hour end early.
pub(crate) fn cautious_now(org: &Org<'_>) -> Timestamp {
    let local = org.app.clock.now();
    org.client.as_ref().map_or(local, |client| client.cautious_now().min(local))
}
