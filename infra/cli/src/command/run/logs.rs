//! `okta-lake run logs`: a collection from its plan to its end, over as many invocations of the function as it takes. What
//! the function puts on its bus drives it, as in the deployed stack: `Continue` makes the next invocation.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::ValueEnum as _;
use jiff::Timestamp;
use local_aws::backfill_stack::BackfillStack;
use local_aws::bus_server::BusEvent;
use local_aws::config::Config;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::bars::{Bars, number, summary};
use super::inventory::{self, Entities};
use super::seals::Seals;
use crate::arguments::{Action, InventoryArguments, LogsArguments, RunArguments};
use crate::outcome::Outcome;
use crate::report::{self, Table, grouped};

/// A collection while it runs.
struct Collection {
    backfill: BackfillStack,
    events: UnboundedReceiver<BusEvent>,
    bars: Bars,
    timeout: Duration,
    /// The command that `Continue` asks for.
    next: Option<Value>,
    /// How long the plan said that it would take.
    planned_seconds: Option<u64>,
    seals: Seals,
    entities: Entities,
}

/// Runs the action to its end, and tells what came of it.
pub(crate) async fn run(arguments: &RunArguments, lake: &Path, config: &Config) -> anyhow::Result<Outcome> {
    let (backfill, events) = super::start(&arguments.secret, lake, config).await?;
    let timeout = Duration::from_secs(arguments.timeout);
    let mut collection = Collection {
        backfill,
        events,
        bars: Bars::new(),
        timeout,
        next: None,
        planned_seconds: None,
        seals: Seals::default(),
        entities: Entities::new(),
    };
    let started = Instant::now();
    let report = collection.finish(command(arguments)).await;
    collection.bars.clear();
    collection.entities.clear();
    let report = report?;
    let mut output = io::stdout().lock();
    if arguments.json {
        writeln!(output, "{report}")?;
    } else if matches!(arguments.action, Action::Reconcile | Action::Renormalize) {
        collection.seals.print(&report, &mut output)?;
    } else if arguments.action == Action::Inventory {
        inventory::print(&report, &mut output)?;
        collection.print_effort(started.elapsed(), &mut output)?;
    } else {
        print(&report, &mut output)?;
        if arguments.action != Action::Status && !arguments.logs.dry_run && !arguments.logs.cancel {
            collection.print_effort(started.elapsed(), &mut output)?;
        }
    }
    let is_told = matches!(arguments.action, Action::Status) || arguments.logs.dry_run;
    let is_complete = report["is_complete"] == true || (is_told && problems(&report).next().is_none());
    Ok(if is_complete { Outcome::Done } else { Outcome::Incomplete })
}

fn command(arguments: &RunArguments) -> Value {
    let name = arguments.action.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let LogsArguments { since, until, event_types, newest_first, dry_run, cancel, poll } = &arguments.logs;
    let mut command = Map::from_iter([("action".to_owned(), Value::from(name))]);
    let mut set = |name: &str, value: Value| command.insert(name.to_owned(), value);
    if let Some(since) = since {
        set("since", since.to_string().into());
    }
    if let Some(until) = until {
        set("until", until.to_string().into());
    }
    if !event_types.is_empty() {
        set("event_types", json!(event_types));
    }
    if let Some(poll) = poll {
        set("poll", (*poll).into());
    }
    let InventoryArguments { mode, entities, additional } = &arguments.inventory;
    if let Some(mode) = mode.and_then(|mode| mode.to_possible_value()) {
        set("mode", mode.get_name().into());
    }
    if !entities.is_empty() {
        set("entities", json!(entities));
    }
    if *additional {
        set("additional", true.into());
    }
    for (name, is_set) in [("newest_first", newest_first), ("dry_run", dry_run), ("cancel", cancel)] {
        if *is_set {
            set(name, true.into());
        }
    }
    command.into()
}

impl Collection {
    async fn finish(&mut self, first: Value) -> anyhow::Result<Value> {
        let mut command = first;
        loop {
            let report = self.invoke(command.clone()).await?;
            if report["is_complete"] == true || problems(&report).next().is_some() {
                return Ok(report);
            }
            if let Some(next) = self.next.take() {
                command = next;
            } else if let Some(until) = held_until(&report) {
                report::note(&format!(
                    "Another run has this collection, or was killed: waiting for its lease to end at {until:.0}"
                ))?;
                let wait = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
                tokio::time::sleep(wait + Duration::from_secs(1)).await;
            } else {
                return Ok(report);
            }
        }
    }

    /// One invocation; what is put on the bus meanwhile is shown.
    async fn invoke(&mut self, command: Value) -> anyhow::Result<Value> {
        let Self { backfill, events, bars, timeout, next, planned_seconds, seals, entities } = self;
        let mut handle = |event: BusEvent| -> anyhow::Result<()> {
            match event.detail_type.as_str() {
                "CollectionPlanned" => {
                    *planned_seconds = event.detail["eta"]["seconds"].as_u64();
                    print_plan(&event.detail, &mut io::stderr().lock())?;
                }
                "CollectionProgress" => bars.show(&event.detail)?,
                "InventoryProgress" => entities.show(&event.detail)?,
                "Continue" => *next = Some(event.detail),
                kind => seals.add(kind, event.detail)?,
            }
            Ok(())
        };
        let invocation = backfill.run(command, *timeout);
        tokio::pin!(invocation);
        let invocation = loop {
            tokio::select! {
                invocation = &mut invocation => break invocation?,
                Some(event) = events.recv() => handle(event)?,
            }
        };
        while let Ok(event) = events.try_recv() {
            handle(event)?;
        }
        serde_json::from_slice(&invocation.response).context("the function's report")
    }

    fn print_effort(&self, took: Duration, output: &mut impl Write) -> io::Result<()> {
        let took = took.as_secs_f64();
        match self.planned_seconds {
            Some(planned) => writeln!(output, "It took {took:.0} s; the plan said {planned} s")?,
            None => writeln!(output, "It took {took:.0} s")?,
        }
        if let Some(peak) = self.backfill.function.peak_memory() {
            writeln!(output, "The function used {} MB at most", peak >> 20)?;
        }
        Ok(())
    }
}

fn tenants(report: &Value) -> impl Iterator<Item = &Value> {
    report["tenants"].as_array().into_iter().flatten()
}

fn problems(report: &Value) -> impl Iterator<Item = &Value> {
    tenants(report).flat_map(|tenant| tenant["problems"].as_array().into_iter().flatten())
}

fn held_until(report: &Value) -> Option<Timestamp> {
    tenants(report).filter_map(|tenant| tenant["held_until"].as_str()?.parse().ok()).max()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn print_plan(plan: &Value, output: &mut impl Write) -> io::Result<()> {
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

fn print(report: &Value, output: &mut impl Write) -> io::Result<()> {
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

/// Shows a collection.
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
