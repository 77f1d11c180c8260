//! What every command works with: the lake's folder and the configuration, and how the functions are started on them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use local_aws::backfill_stack::BackfillStack;
use local_aws::bus_server::BusEvent;
use local_aws::config::Config;
use local_aws::function_binaries::FunctionBinaries;
use local_aws::stream_stack::StreamStack;
use normalize::Tenant;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::view_index::known_tenants;

/// The lake's folder and the configuration.
#[derive(Debug)]
pub(crate) struct App {
    /// The lake's folder.
    pub(crate) lake: PathBuf,
    /// What the environment says.
    pub(crate) config: Config,
}

impl App {
    /// The lake's folder, for a command that only reads it, of all tenants or of one that is in it: no rows of a tenant
    /// whose name is misspelt would look like an org without events.
    pub(crate) fn existing_lake(&self, tenant: Option<&Tenant>) -> anyhow::Result<&Path> {
        if !self.lake.is_dir() {
            bail!(
                "no lake at {}: name its folder with --lake, or create one with `okta-lake demo`",
                self.lake.display()
            );
        }
        let known = known_tenants(&self.lake)?;
        if let Some(tenant) = tenant.filter(|tenant| !known.contains(*tenant)) {
            let known = known.iter().map(Tenant::as_str).collect::<Vec<_>>().join(", ");
            bail!("no tenant {tenant} in the lake at {}; it has: {known}", self.lake.display());
        }
        Ok(&self.lake)
    }

    /// Starts the stream function and the object store.
    pub(crate) async fn start_stream(&self) -> anyhow::Result<StreamStack> {
        let binaries = FunctionBinaries::find(&self.config)?;
        let stack = StreamStack::start(&self.lake, &binaries, &self.config).await;
        stack.with_context(|| format!("cannot start the stream function on {}", self.lake.display()))
    }

    /// Starts the backfill function for the org whose credentials are in a file; returns also what it puts on its bus.
    pub(crate) async fn start_backfill(
        &self,
        secret: &Path,
    ) -> anyhow::Result<(BackfillStack, UnboundedReceiver<BusEvent>)> {
        let text =
            std::fs::read_to_string(secret).with_context(|| format!("cannot read the secret {}", secret.display()))?;
        let binaries = FunctionBinaries::find(&self.config)?;
        Ok(BackfillStack::start(&self.lake, &binaries, text, &self.config).await?)
    }
}
