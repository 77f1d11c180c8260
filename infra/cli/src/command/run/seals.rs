//! What `okta-lake run reconcile` shows: each gap when it is found, and a table of the hours that were sealed.

use std::io::{self, Write};

use backfill::events::{Gap, SealedHour, StreamDisabled};
use lake::ledger::Counts;
use serde_json::Value;

use super::bars::number;
use crate::report::{self, Table, grouped};

/// The number of hours shown, the latest; JSON has them all.
const HOURS_SHOWN: usize = 48;

/// The number of sealed hours between two lines.
const HOURS_A_LINE: usize = 100;

/// The hours that were sealed, over all invocations.
#[derive(Debug, Default)]
pub(super) struct Seals {
    hours: Vec<SealedHour>,
}

impl Seals {
    /// Takes an hour, and prints a line now and then.
    pub(super) fn add(&mut self, hour: SealedHour) -> io::Result<()> {
        let start = hour.hour;
        self.hours.push(hour);
        if self.hours.len().is_multiple_of(HOURS_A_LINE) {
            report::note(&format!("{} hours sealed, up to {start}", grouped(self.hours.len() as u64)))?;
        }
        Ok(())
    }

    /// Prints the hours, and what is left.
    pub(super) fn print(&self, report: &Value, output: &mut impl Write) -> io::Result<()> {
        let earlier = self.hours.len().saturating_sub(HOURS_SHOWN);
        if earlier > 0 {
            writeln!(output, "  ... {} earlier hours", grouped(earlier as u64))?;
        }
        if !self.hours.is_empty() {
            table(&self.hours[earlier..]).print(output)?;
        }
        let rows: u64 = self.hours.iter().map(|hour| hour.rows).sum();
        let repaired: u64 = self.hours.iter().map(|hour| hour.counts.repaired).sum();
        let hours = grouped(self.hours.len() as u64);
        writeln!(output, "{hours} hours sealed, {} rows, {} of them repaired", grouped(rows), grouped(repaired))?;
        for tenant in report["tenants"].as_array().into_iter().flatten() {
            print_rest(tenant, output)?;
        }
        Ok(())
    }
}

fn table(hours: &[SealedHour]) -> Table {
    let mut table = Table::default();
    table.row(["hour (UTC)", "rows", "stream only", "API only", "both", "repaired", "generation", ""].map(Into::into));
    for hour in hours {
        let Counts { stream_only, api_only, both, repaired } = hour.counts;
        table.row([
            hour.hour.to_string().into(),
            hour.rows.into(),
            stream_only.into(),
            api_only.into(),
            both.into(),
            repaired.into(),
            hour.generation.into(),
            hour.completeness.as_str().replace('_', " ").into(),
        ]);
    }
    table
}

/// Prints events that the stream lost.
pub(super) fn note_gap(gap: &Gap) -> io::Result<()> {
    let Gap { hour, missing, first, last, .. } = gap;
    report::note(&format!(
        "Gap: {} events of the hour {hour} did not come by the stream ({first} to {last})",
        grouped(*missing)
    ))
}

/// Prints that Okta disabled the log stream.
pub(super) fn note_disabled(disabled: &StreamDisabled) -> io::Result<()> {
    let StreamDisabled { stream, status, remedy, .. } = disabled;
    report::note(&format!("Okta has disabled the log stream {stream:?} ({status}): {remedy}"))
}

fn print_rest(tenant: &Value, output: &mut impl Write) -> io::Result<()> {
    if number(&tenant["due"]) > 0 {
        writeln!(output, "{}: {} hours are due", text(&tenant["tenant"]), grouped(number(&tenant["due"])))?;
    }
    if number(&tenant["removed"]) > 0 {
        writeln!(output, "{} superseded objects removed", grouped(number(&tenant["removed"])))?;
    }
    for problem in tenant["problems"].as_array().into_iter().flatten() {
        writeln!(output, "{}\n  {}", text(&problem["what"]), text(&problem["remedy"]))?;
    }
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
