//! `okta-lake event-types`: what the mapping table says, and what it does not know yet.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Args;
use normalize::event_type::{self, Basis, Decision};

use crate::outcome::Outcome;

const HELP: &str = "\
Prints rows of the mapping table: event type, OCSF class, activity, subject, reason. A type without a row of its own shows
what its family says; the exit status is then 1.

Okta's catalog is the CSV file that the page \"Event types\" of developer.okta.com offers.

Examples:
  okta-lake event-types user.session.start user.mfa.factor.activate
  okta-lake event-types --catalog okta-event-types.csv >> functions/normalize/data/event_types.csv";

/// Print what Okta event types become in OCSF, or the types of a newer catalog that have no row yet
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = HELP)]
pub(crate) struct Arguments {
    /// The event types
    #[arg(value_name = "TYPE", conflicts_with = "catalog")]
    types: Vec<String>,

    /// Okta's catalog of event types (CSV): prints the rows that the table lacks
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
}

/// Prints rows of the table, or the rows that a newer catalog asks for.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let mut output = io::stdout().lock();
    match &arguments.catalog {
        Some(catalog) => undecided(catalog, &mut output),
        None => decided(&arguments.types, &mut output),
    }
}

fn decided(types: &[String], output: &mut impl Write) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for event_type in types {
        let (decision, basis) = event_type::decide(event_type);
        write_row(output, event_type, &decision)?;
        if basis == Basis::Family {
            outcome = Outcome::Incomplete;
        }
    }
    Ok(outcome)
}

fn undecided(catalog: &Path, output: &mut impl Write) -> anyhow::Result<Outcome> {
    let types = types(catalog).with_context(|| format!("cannot read {}", catalog.display()))?;
    let new: Vec<_> = types.iter().filter(|it| event_type::decide(it).1 == Basis::Family).collect();
    for event_type in &new {
        write_row(output, event_type, &event_type::decide(event_type).0)?;
    }
    if new.is_empty() {
        writeln!(io::stderr(), "All {} types have a row in functions/normalize/data/event_types.csv.", types.len())?;
        return Ok(Outcome::Done);
    }
    writeln!(
        io::stderr(),
        "{} of {} types have no row of their own. Above is what their families say: correct it and add it to \
         functions/normalize/data/event_types.csv.",
        new.len(),
        types.len()
    )?;
    Ok(Outcome::Incomplete)
}

/// The first column of Okta's catalog.
fn types(catalog: &Path) -> anyhow::Result<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(catalog)?;
    let header = reader.headers()?.get(0).unwrap_or_default().to_owned();
    ensure!(header == "Event Type", "its first column is {header:?}, not \"Event Type\": is it Okta's catalog?");
    reader.records().map(|record| Ok(record?.get(0).unwrap_or_default().to_owned())).collect()
}

fn write_row(output: &mut impl Write, event_type: &str, decision: &Decision) -> io::Result<()> {
    let Decision { class, activity, subject, note } = decision;
    let activity = if activity.id == 99 { format!("Other: {}", activity.name) } else { activity.name.to_owned() };
    let note = if note.contains(',') { format!("\"{note}\"") } else { (*note).to_owned() };
    writeln!(output, "{event_type},{},{activity},{},{note}", class.name(), subject.name)
}
