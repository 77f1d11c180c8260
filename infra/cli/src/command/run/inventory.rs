//! What `okta-lake run inventory` shows: the plan, a bar for each entity that is being read, and what the manifest says.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar};
use serde_json::Value;

use super::bars::{number, style};
use crate::report::{self, Table, grouped};

/// The time between two lines if standard error is not a terminal.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// A collection of the inventory on the terminal.
#[derive(Debug)]
pub(super) struct Entities {
    all: MultiProgress,
    bars: BTreeMap<String, ProgressBar>,
    last_line: Instant,
}

impl Entities {
    pub(super) fn new() -> Self {
        Self { all: MultiProgress::new(), bars: BTreeMap::new(), last_line: Instant::now() }
    }

    /// Shows how far a collection is, from the detail of `InventoryProgress`.
    pub(super) fn show(&mut self, manifest: &Value) -> io::Result<()> {
        let entities = manifest["entities"].as_object().into_iter().flatten();
        let reading: BTreeMap<_, _> = entities.filter(|(_, entity)| entity["status"].is_null()).collect();
        if !io::stderr().is_terminal() {
            if self.last_line.elapsed() >= LINE_EVERY {
                self.last_line = Instant::now();
                return report::note(&line(manifest, &reading));
            }
            return Ok(());
        }
        self.bars.retain(|name, bar| {
            let is_read = reading.contains_key(name);
            if !is_read {
                bar.finish_and_clear();
            }
            is_read
        });
        for (name, entity) in reading.iter().filter(|(_, entity)| number(&entity["calls"]) > 0) {
            let add = || self.all.add(ProgressBar::new(0).with_style(style("{bar:30} {pos}/{len}  {msg}")));
            let bar = self.bars.entry((*name).clone()).or_insert_with(add);
            bar.set_length(number(&entity["parents"]));
            bar.set_position(number(&entity["parents_done"]));
            bar.set_message(format!("{name}  {} rows", grouped(number(&entity["rows"]))));
        }
        Ok(())
    }

    /// Leaves the terminal as it was.
    pub(super) fn clear(&self) {
        self.bars.values().for_each(ProgressBar::finish_and_clear);
    }
}

fn line(manifest: &Value, reading: &BTreeMap<&String, &Value>) -> String {
    let (rows, calls) = (grouped(number(&manifest["rows"])), grouped(number(&manifest["calls"])));
    let parents = reading.iter().filter(|(_, entity)| number(&entity["parents"]) > 0);
    let open: Vec<_> = parents
        .map(|(name, entity)| format!("{name} {} of {}", number(&entity["parents_done"]), entity["parents"]))
        .collect();
    format!("{rows} rows with {calls} calls, {} entities left: {}", reading.len(), open.join(", "))
}

/// Prints the plan, or the result.
pub(super) fn print(report: &Value, output: &mut impl Write) -> io::Result<()> {
    for tenant in report["tenants"].as_array().into_iter().flatten() {
        if tenant["plan"].is_object() {
            print_plan(&tenant["plan"], output)?;
        }
        if tenant["manifest"].is_object() {
            print_manifest(&tenant["manifest"], output)?;
        }
        for problem in tenant["problems"].as_array().into_iter().flatten() {
            writeln!(output, "Problem: {}\n  {}", text(&problem["what"]), text(&problem["remedy"]))?;
        }
    }
    Ok(())
}

fn print_plan(plan: &Value, output: &mut impl Write) -> io::Result<()> {
    let minutes = plan["minutes"].as_f64().unwrap_or_default();
    writeln!(output, "A full collection takes about {} calls, {minutes:.1} minutes", grouped(number(&plan["calls"])))?;
    let mut table = Table::default();
    table.row(["bucket", "calls", "a minute", "minutes"].map(Into::into));
    for bucket in plan["buckets"].as_array().into_iter().flatten() {
        let minutes = format!("{:>7.1}", bucket["minutes"].as_f64().unwrap_or_default());
        let (calls, a_minute) = (number(&bucket["calls"]), number(&bucket["a_minute"]));
        table.row([text(&bucket["bucket"]).into(), calls.into(), a_minute.into(), minutes.into()]);
    }
    table.row(["", "", "", ""].map(Into::into));
    table.row(["entity", "calls", "", "where that is from"].map(Into::into));
    for entity in plan["entities"].as_array().into_iter().flatten() {
        let basis = text(&entity["basis"]).replace('_', " ");
        table.row([text(&entity["entity"]).into(), number(&entity["calls"]).into(), "".into(), basis.into()]);
    }
    table.print(output)
}

fn print_manifest(manifest: &Value, output: &mut impl Write) -> io::Result<()> {
    let mut table = Table::default();
    table.row(["entity", "status", "rows", "calls", "changes", ""].map(Into::into));
    for (name, entity) in manifest["entities"].as_object().into_iter().flatten() {
        // Why it was not read says more than that it was not.
        let status = entity["unread"].as_str().or(entity["status"].as_str()).unwrap_or("not read yet");
        let status = status.replace('_', " ");
        let (rows, calls) = (number(&entity["rows"]), number(&entity["calls"]));
        table.row([
            name.as_str().into(),
            status.into(),
            rows.into(),
            calls.into(),
            changes(&entity["changes"]).into(),
            text(&entity["what"]).into(),
        ]);
    }
    table.print(output)?;
    let (rows, calls) = (grouped(number(&manifest["rows"])), grouped(number(&manifest["calls"])));
    let snapshot = text(&manifest["snapshot"]);
    let state = if manifest["ended"].is_null() { "not finished" } else { "finished" };
    writeln!(output, "Snapshot {snapshot}, {state}: {rows} rows with {calls} calls")
}

/// What has changed, as `+1 ~2 -3`.
fn changes(changes: &Value) -> String {
    let kinds = [('+', "added"), ('~', "changed"), ('-', "removed")];
    let counts = kinds.into_iter().map(|(sign, name)| (sign, number(&changes[name]))).filter(|(_, count)| *count > 0);
    counts.map(|(sign, count)| format!("{sign}{count}")).collect::<Vec<_>>().join(" ")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
