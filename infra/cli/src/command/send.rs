//! `okta-lake send`: events from files through the stream function.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use indicatif::ProgressBar;
use local_aws::config::Config;
use local_aws::stream_stack::StreamStack;
use okta_lake::sending::{Refusals, Sending};

use crate::arguments::SendArguments;
use crate::outcome::Outcome;
use crate::report;
use crate::report::Account;

/// A file to be sent.
struct Input {
    name: String,
    /// Its length, if it has one.
    length: Option<u64>,
    reader: Box<dyn Read>,
}

/// Sends the files and tells what came of them.
pub(crate) async fn run(arguments: SendArguments, lake: &Path, config: &Config) -> anyhow::Result<Outcome> {
    // All of them first: a name that is misspelt should not be noticed half-way.
    let inputs = arguments.files.iter().map(|file| open(file.as_path())).collect::<anyhow::Result<Vec<_>>>()?;
    let mut stack = super::start(lake, config).await?;
    let started = Instant::now();
    let bar = report::bytes_bar(inputs.iter().map(|input| input.length).sum());
    let mut sending = Sending::new(&mut stack, arguments.tenant);
    for input in inputs {
        let reader = bar.wrap_read(input.reader);
        sending.send_all(&input.name, reader).await.with_context(|| format!("cannot read {}", input.name))?;
    }
    let (sent, refused) = sending.finish().await;
    conclude(&stack, sent, &refused, &bar, started, lake).await
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
    let account = Account::of(stack, sent, refused, lake)?;
    account.print(started.elapsed())?;
    account.outcome()
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
