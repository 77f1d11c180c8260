//! Placeholder.

use std::path::Path;

use local::config::Config;

use crate::arguments::DemoArguments;
use crate::outcome::Outcome;

/// Placeholder.
pub(crate) async fn run(_: &DemoArguments, lake: &Path, config: &Config) -> anyhow::Result<Outcome> {
    let _ = super::start(lake, config).await?;
    anyhow::bail!("not yet")
}
