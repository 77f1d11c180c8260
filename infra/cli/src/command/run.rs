//! `okta-lake run`: the actions of the backfill function.

mod bars;
mod inventory;
mod logs;
mod seals;

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context as _, bail};
use local_aws::backfill_stack::{BackfillStack, TIMEOUT};
use local_aws::bus_server::BusEvent;
use local_aws::config::Config;
use local_aws::function_binaries::FunctionBinaries;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::arguments::{Action, RunArguments};
use crate::outcome::Outcome;
use crate::report::{self, Table};

pub(crate) use logs::print_job;

/// Runs one action.
pub(crate) async fn run(arguments: &RunArguments, lake: &Path, config: &Config) -> anyhow::Result<Outcome> {
    match arguments.action {
        Action::TestConnectivity => test_connectivity(&arguments.secret, arguments.json, lake, config).await,
        Action::Collect
        | Action::Logs
        | Action::Continue
        | Action::Inventory
        | Action::Reconcile
        | Action::Renormalize
        | Action::Status => logs::run(arguments, lake, config).await,
    }
}

/// Starts the function for the org whose credentials are in a file.
async fn start(
    secret: &Path,
    lake: &Path,
    config: &Config,
) -> anyhow::Result<(BackfillStack, UnboundedReceiver<BusEvent>)> {
    let text =
        std::fs::read_to_string(secret).with_context(|| format!("cannot read the secret {}", secret.display()))?;
    if config.cargo.is_some() {
        report::note("Building the functions, if they changed (cargo build) ...")?;
    }
    Ok(BackfillStack::start(lake, &FunctionBinaries::find(config)?, text, config).await?)
}

/// The function's report, as far as it is shown.
#[derive(Deserialize)]
struct Report {
    is_ready: bool,
    is_complete: bool,
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    name: String,
    org: Option<String>,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct Check {
    #[serde(rename = "check")]
    name: String,
    status: String,
    detail: String,
    remedy: Option<String>,
}

/// Tests an org and prints the table, or the function's own JSON.
pub(crate) async fn test_connectivity(
    secret: &Path,
    as_json: bool,
    lake: &Path,
    config: &Config,
) -> anyhow::Result<Outcome> {
    let (backfill, _) = start(secret, lake, config).await?;
    let invocation = backfill.run(json!({"action": "test-connectivity"}), TIMEOUT).await?;
    let report: Report = serde_json::from_slice(&invocation.response).context("the function's report")?;
    let mut output = io::stdout().lock();
    if as_json {
        output.write_all(&invocation.response)?;
        writeln!(output)?;
    } else {
        print(&report, &mut output)?;
    }
    match report {
        Report { is_complete: true, .. } => Ok(Outcome::Done),
        Report { is_ready: true, .. } => Ok(Outcome::Incomplete),
        Report { .. } => bail!("not ready: something that nothing works without is wrong, see above"),
    }
}

fn print(report: &Report, output: &mut impl Write) -> io::Result<()> {
    for section in &report.sections {
        let org = section.org.as_ref().map(|org| format!(" ({org})")).unwrap_or_default();
        writeln!(output, "{}{org}", section.name)?;
        let mut table = Table::default();
        for check in &section.checks {
            table.row([check.status.as_str().into(), check.name.as_str().into(), check.detail.as_str().into()]);
        }
        table.print(output)?;
        writeln!(output)?;
    }
    let to_do: Vec<_> =
        report.sections.iter().flat_map(|section| &section.checks).filter(|it| it.remedy.is_some()).collect();
    if !to_do.is_empty() {
        writeln!(output, "To do")?;
    }
    for check in to_do {
        writeln!(output, "  {}: {}", check.name, check.remedy.as_deref().unwrap_or_default())?;
    }
    Ok(())
}
