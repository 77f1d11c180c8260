//! What a seal has made superfluous is cleared away, once nobody can be reading it.

use lake::ledger::{HourObjects, superseded};
use lake::{Entry, Partition, layout};

use crate::org::leased_state::Leased;
use crate::seal::report::ReconcileReport;
use crate::seal::run::{LEAST_LEFT, Turn, TurnError};
use crate::seal::state::Memory;

impl Turn<'_> {
    /// Removes what is superseded, once nobody can be reading it.
    pub(super) async fn clear(
        &self,
        leased: &mut Leased<'_, Memory>,
        report: &mut ReconcileReport,
    ) -> Result<(), TurnError> {
        let now = self.now();
        let free: Vec<_> =
            leased.state.superseded.iter().filter(|(_, free)| **free <= now).map(|(hour, _)| *hour).collect();
        for hour in free {
            if self.deadline.left() < LEAST_LEFT {
                return Ok(());
            }
            let partition = Partition { tenant: self.tenant.clone(), hour };
            let keys = self.superseded(&partition).await?;
            self.lake.remove(&keys).await?;
            report.removed += keys.len() as u64;
            leased.state.superseded.remove(&hour);
            leased.keep().await?;
        }
        Ok(())
    }

    /// The objects of an hour that its seal has made superfluous.
    async fn superseded(&self, partition: &Partition) -> Result<Vec<String>, TurnError> {
        let (entry, _) = self.lake.read_state::<Entry>(&layout::ledger_key(partition)).await?;
        let Some(entry) = entry else { return Ok(Vec::new()) };
        let live = self.lake.keys(&layout::live_folder(partition)).await?;
        let sealed = self.lake.keys(&layout::sealed_prefix(partition)).await?;
        Ok(superseded(&entry, &HourObjects { live, sealed }))
    }
}
