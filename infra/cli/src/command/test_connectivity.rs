//! `okta-lake test-connectivity`: what the credentials of an org can read, as the backfill function finds it.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use local_aws::backfill_stack::TIMEOUT;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::outcome::Outcome;
use crate::report::Table;

const HELP: &str = "\
Nothing is written but a probe object in the lake. The secret is JSON, one of:
  {\"org_url\": \"https://acme.okta.com\", \"client_id\": \"0oa...\", \"key_id\": \"...\", \"private_key\": \"-----BEGIN ...\"}
  {\"org_url\": \"https://acme.okta.com\", \"client_id\": \"0oa...\", \"client_secret\": \"...\"}
  {\"org_url\": \"https://acme.okta.com\", \"api_token\": \"...\"}

Exit status: 0 = everything can be read; 1 = something is denied, not offered or worth a look; 2 = nothing can be read.

Example, on the simulated org:
  okta-lake sim --secrets /tmp/sim &
  okta-lake test-connectivity --secret /tmp/sim/service.json";

/// Check an org's credentials, scopes, roles and licences, with one real read of every kind of data
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The file with the credentials of the org
    #[arg(long, value_name = "FILE")]
    pub(crate) secret: PathBuf,

    /// Print JSON, as the function returns it
    #[arg(long)]
    pub(crate) json: bool,
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
pub(crate) async fn run(arguments: &Arguments, app: &App) -> anyhow::Result<Outcome> {
    let (backfill, _) = app.start_backfill(&arguments.secret).await?;
    let invocation = backfill.run(json!({"action": "test-connectivity"}), TIMEOUT).await?;
    let report: Report = serde_json::from_slice(&invocation.response).context("the function's report")?;
    let mut output = io::stdout().lock();
    if arguments.json {
        output.write_all(&invocation.response)?;
        writeln!(output)?;
    } else {
        print(&report, &mut output)?;
    }
    match report {
        Report { is_complete: true, .. } => Ok(Outcome::Done),
        Report { is_ready: true, .. } => Ok(Outcome::Incomplete),
        Report { .. } => bail!("nothing can be read: see the checks above, and what to do about them"),
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
