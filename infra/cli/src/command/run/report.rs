//! What `okta-lake run` prints of the function's report.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::bars::{number, summary};
use super::inventory;
use crate::report::{Table, grouped};

pub(super) fn tenants(report: &Value) -> impl Iterator<Item = &Value> {
    report["tenants"].as_array().into_iter().flatten()
}

pub(super) fn problems(report: &Value) -> impl Iterator<Item = &Value> {
    tenants(report).flat_map(|tenant| tenant["problems"].as_array().into_iter().flatten())
}

pub(super) fn held_until(report: &Value) -> Option<Timestamp> {
    tenants(report).filter_map(|tenant| tenant["held_until"].as_str()?.parse().ok()).max()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Prints the plan of a collection.
pub(super) fn print_plan(plan: &Value, output: &mut impl Write) -> io::Result<()> {
    let (events, calls) = (grouped(number(&plan["events"])), grouped(number(&plan["calls"])));
    let slices = plan["slices"].as_array().map_or(0, Vec::len);
    writeln!(output, "Plan for {}: {} to {}", text(plan, "tenant"), text(plan, "since"), text(plan, "until"))?;
    writeln!(output, "  about {events} events in {slices} slices, measured with {} calls", plan["probe_calls"])?;
    writeln!(
        output,
        "  about {calls} calls: {}",
        plan["eta"]["arithmetic"].as_str().unwrap_or("the rate limit is not known")
    )
}

/// Prints what the function reports of each tenant.
pub(super) fn print(report: &Value, output: &mut impl Write) -> io::Result<()> {
    for tenant in tenants(report) {
        let jobs = tenant["jobs"].as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(plan) = tenant.get("plan").filter(|_| jobs.is_empty()) {
            print_plan(plan, output)?;
        }
        for job in jobs {
            print_job(job, output)?;
        }
        if let Some(poll) = tenant.get("poll").filter(|poll| poll["is_on"] == true) {
            let state = if poll["is_caught_up"] == true { "caught up" } else { "behind" };
            writeln!(output, "Polling: {state}, {} events so far", grouped(number(&poll["events"])))?;
        }
        for problem in tenant["problems"].as_array().into_iter().flatten() {
            writeln!(output, "Problem: {}\n  {}", text(problem, "what"), text(problem, "remedy"))?;
        }
    }
    inventory::print(&json!({"tenants": report["inventory"]}), output)
}

/// Prints how far a collection is.
pub(crate) fn print_job(job: &Value, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "Collection {} of {}: {}", text(job, "job"), text(job, "tenant"), text(job, "state"))?;
    let mut table = Table::default();
    table.row(["range".into(), format!("{} to {}", text(job, "since"), text(job, "until")).into()]);
    table.row(["so far".into(), summary(job).into()]);
    let calls = format!("{}, {} left, {} turned away (429)", job["calls"], job["calls_left"], job["throttled"]);
    table.row(["calls".into(), calls.into()]);
    if let Some(percent) = job["share_used"].as_f64() {
        table.row(["share used".into(), format!("{percent} % in the last run").into()]);
    }
    table.row(["runs".into(), number(&job["runs"]).into()]);
    table.row(["quarantined".into(), number(&job["quarantined"]).into()]);
    for range in job["complete"].as_array().into_iter().flatten() {
        table.row(["complete".into(), format!("{} to {}", text(range, "since"), text(range, "until")).into()]);
    }
    if let Some(trouble) = job.get("trouble").filter(|trouble| !trouble.is_null()) {
        table.row(["trouble".into(), text(trouble, "what").to_owned().into()]);
    }
    table.print(output)
}
