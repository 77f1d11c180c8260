//! `okta-lake send`: events from files through the stream function.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use indicatif::ProgressBar;
use local_aws::stream_stack::StreamStack;
use normalize::Tenant;

use crate::app::App;
use crate::outcome::Outcome;
use crate::parse::tenant;
use crate::report;
use crate::run_audit::RunAudit;
use crate::sending::{Refusals, Sending};

const HELP: &str = "\
A file holds LogEvents as Okta's API returns them, or EventBridge events as Okta's log stream sends them: one a line, one
after another, or as a JSON array. LogEvents are wrapped in an EventBridge event, byte for byte. What is not JSON is sent,
too: the function keeps it in quarantine with the reason.

Examples:
  okta-lake send system-log.ndjson --tenant acme
  curl -s -H \"Authorization: SSWS $TOKEN\" https://acme.okta.com/api/v1/logs | okta-lake send - --tenant acme";

/// Send events through the queue and the stream function into the lake
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Files with events; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The tenant of bare LogEvents: the Okta subdomain. EventBridge events name their own
    #[arg(long, value_name = "TENANT", default_value = "local", value_parser = tenant)]
    tenant: Tenant,
}

/// A file to be sent.
struct Input {
    name: String,
    /// Its length, if it has one.
    length: Option<u64>,
    reader: Box<dyn Read>,
}

/// Sends the files and prints the audit.
pub(crate) async fn run(arguments: Arguments, app: &App) -> anyhow::Result<Outcome> {
    // All of them are opened first: a misspelt name should not be noticed half-way.
    let inputs = arguments.files.iter().map(|file| open(file.as_path())).collect::<anyhow::Result<Vec<_>>>()?;
    let mut stack = app.start_stream().await?;
    let started = Instant::now();
    let bar = report::bytes_bar(inputs.iter().map(|input| input.length).sum());
    let mut sending = Sending::new(&mut stack, arguments.tenant);
    for input in inputs {
        let reader = bar.wrap_read(input.reader);
        sending.send_all(&input.name, reader).await.with_context(|| format!("cannot read {}", input.name))?;
    }
    let (sent, refused) = sending.finish().await;
    conclude(&stack, sent, &refused, &bar, started, &app.lake).await
}

async fn conclude(
    stack: &StreamStack,
    sent: u64,
    refused: &Refusals,
    bar: &ProgressBar,
    started: Instant,
    lake: &Path,
) -> anyhow::Result<Outcome> {
    stack.stream.stop().await;
    bar.finish_and_clear();
    let audit = RunAudit::of(stack, sent, refused, lake)?;
    audit.print(started.elapsed())?;
    audit.outcome()
}

fn open(path: &Path) -> anyhow::Result<Input> {
    if path.as_os_str() == "-" {
        return Ok(Input { name: "standard input".to_owned(), length: None, reader: Box::new(io::stdin()) });
    }
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    let metadata = file.metadata().with_context(|| format!("cannot open {name}"))?;
    anyhow::ensure!(!metadata.is_dir(), "{name} is a folder: name the files in it");
    let length = metadata.is_file().then_some(metadata.len());
    Ok(Input { name, length, reader: Box::new(file) })
}
