//! The list of metrics in the README.

use std::fmt::Write as _;

use anyhow::Result;
use runtime::Function;
use runtime::metrics::{METRICS, Unit};

use crate::section;

/// The README with the list as it must be.
pub(crate) fn in_readme(readme: &str) -> Result<String> {
    let mut table = "| metric | unit | function | value of an invocation |\n|---|---|---|---|\n".to_owned();
    for metric in METRICS {
        let functions: Vec<_> = metric.functions.iter().copied().map(Function::name).collect();
        let (name, functions, meaning) = (metric.name, functions.join(", "), metric.meaning);
        writeln!(table, "| `{name}` | {} | {functions} | {meaning} |", unit(metric.unit))?;
    }
    section::replace(readme, "metrics", &table)
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Days => "days",
        Unit::Milliseconds => "ms",
        Unit::Percent => "percent",
    }
}
