//! What `okta-lake run reconcile` shows: each gap when it is found, and a table of the hours that were sealed.

use std::io::{self, Write};

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
    hours: Vec<Value>,
}

impl Seals {
    /// Takes what the function put on its bus.
    pub(super) fn add(&mut self, kind: &str, detail: Value) -> io::Result<()> {
        match kind {
            "HourSealed" => {
                self.hours.push(detail);
                if self.hours.len().is_multiple_of(HOURS_A_LINE) {
                    let hour = self.hours.last().map(|hour| text(&hour["hour"])).unwrap_or_default();
                    report::note(&format!("{} hours sealed, up to {hour}", grouped(self.hours.len() as u64)))?;
                }
            }
            "GapFound" => report::note(&format!(
                "Gap: {} events of the hour {} did not come by the stream ({} to {})",
                grouped(number(&detail["missing"])),
                text(&detail["hour"]),
                text(&detail["first"]),
                text(&detail["last"]),
            ))?,
            "StreamDisabled" => report::note(&format!(
                "Okta has disabled the log stream {} ({}): {}",
                detail["stream"],
                text(&detail["status"]),
                text(&detail["remedy"]),
            ))?,
            _ => {}
        }
        Ok(())
    }

    /// Prints the hours, and what is left.
    pub(super) fn print(&self, report: &Value, output: &mut impl Write) -> io::Result<()> {
        let earlier = self.hours.len().saturating_sub(HOURS_SHOWN);
        if earlier > 0 {
            writeln!(output, "  ... {} earlier hours (all with --json)", grouped(earlier as u64))?;
        }
        let mut table = Table::default();
        table.row(
            ["hour (UTC)", "rows", "stream only", "API only", "both", "repaired", "generation", ""].map(Into::into),
        );
        for hour in &self.hours[earlier..] {
            let counts = &hour["counts"];
            table.row([
                text(&hour["hour"]).into(),
                number(&hour["rows"]).into(),
                number(&counts["stream_only"]).into(),
                number(&counts["api_only"]).into(),
                number(&counts["both"]).into(),
                number(&counts["repaired"]).into(),
                number(&hour["generation"]).into(),
                text(&hour["completeness"]).replace('_', " ").into(),
            ]);
        }
        if !self.hours.is_empty() {
            table.print(output)?;
        }
        let sum = |name: &str| self.hours.iter().map(|hour| number(&hour["counts"][name])).sum::<u64>();
        let rows: u64 = self.hours.iter().map(|hour| number(&hour["rows"])).sum();
        let (hours, repaired) = (self.hours.len() as u64, sum("repaired"));
        writeln!(
            output,
            "{} hours sealed, {} rows, {} of them repaired",
            grouped(hours),
            grouped(rows),
            grouped(repaired)
        )?;
        for tenant in report["tenants"].as_array().into_iter().flatten() {
            print_rest(tenant, output)?;
        }
        Ok(())
    }
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
