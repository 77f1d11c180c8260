//! `okta-lake run`: the actions of the backfill function.

mod bars;
mod collection;
mod inventory;
mod report;
mod seals;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use self::collection::{Collection, Ended};
use self::report::problems;
use crate::app::App;
use crate::command::test_connectivity;
use crate::outcome::Outcome;
use crate::parse::TimeRange;
use crate::report::note;

pub(crate) use self::report::print_job;

const HELP: &str = "\
The first collection prints its plan: how many calls, and how long at the present share of the org's rate limits
(OKTA_LAKE_RATE_SHARE, 50 percent by default). It can be stopped at any time, even killed: the same command goes on.

Examples:
  okta-lake run logs --secret acme.json --dry-run           print the plan only
  okta-lake run logs --secret acme.json                     collect the 90 days that Okta keeps; later, what is new
  okta-lake run logs --secret acme.json --since 2026-05-01 --until 2026-05-08 --event-type user.session.
  okta-lake run logs --secret acme.json --cancel            give up what is not finished
  okta-lake run continue --secret acme.json                 go on with it, and poll
  okta-lake run inventory --secret acme.json --dry-run      print what the inventory costs, in calls and minutes
  okta-lake run inventory --secret acme.json                collect everything that exists in the org
  okta-lake run inventory --secret acme.json --mode incremental
  okta-lake run reconcile --secret acme.json                repair and seal every closed hour

Exit status: 0 = everything was done and is complete; 1 = something is denied, failed, skipped, partial, quarantined or
contradicted; 2 = failed.";

/// What Ctrl-C leaves behind.
const STOPPED: &str = "\
Stopped. What was read until now is in the lake. The same command, or `okta-lake run continue`, goes on from there.";

/// Run one action of the backfill function, against a real org or the simulator
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The action
    action: Action,

    /// The file with the credentials of the org, as `okta-lake sim` writes it
    #[arg(long, value_name = "FILE")]
    secret: PathBuf,

    /// Print JSON, as the function returns it
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    logs: LogsArguments,

    #[command(flatten)]
    inventory: InventoryArguments,

    /// The time that one invocation of the function may take; Lambda's limit is 900
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=900))]
    timeout: u64,
}

/// Which part of the log, for the actions `logs`, `collect` and `renormalize`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the actions logs, collect and renormalize")]
struct LogsArguments {
    /// The part of the log. By default it begins where the last collection ended, at most 90 days ago, and ends now
    #[command(flatten)]
    range: TimeRange,

    /// Only event types that begin with this; can be given more than once
    #[arg(long = "event-type", value_name = "PREFIX")]
    event_types: Vec<String>,

    /// Read the newest part first. The default is the oldest, which Okta removes first
    #[arg(long)]
    newest_first: bool,

    /// Only make the plan
    #[arg(long)]
    dry_run: bool,

    /// Give up the collections that are not finished; what they wrote stays
    #[arg(long, conflicts_with = "dry_run")]
    cancel: bool,

    /// Poll the log from now on, or do not. The default is to poll unless a log stream is active
    #[arg(long, value_name = "YES")]
    poll: Option<bool>,
}

/// What is collected, for the action `inventory`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the action inventory")]
struct InventoryArguments {
    /// Read everything (the default), or what may have changed
    #[arg(long)]
    mode: Option<InventoryMode>,

    /// Only this entity and those that it depends on; can be given more than once
    #[arg(long = "entity", value_name = "NAME")]
    entities: Vec<String>,

    /// Also entities that cost a call for each user or app, or repeat others
    #[arg(long)]
    additional: bool,
}

/// How the inventory is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InventoryMode {
    /// Read everything
    Full,
    /// Read what has changed according to the log or to Okta's own dates; take the rest over
    Incremental,
}

/// The actions of the backfill function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Check credentials, scopes and every other thing that a collection needs
    TestConnectivity,
    /// Collect everything: a range of the System Log, and the inventory
    Collect,
    /// Collect a range of the System Log
    Logs,
    /// Go on with every collection that is not finished, and poll
    Continue,
    /// Collect the identity inventory
    Inventory,
    /// Compare every closed hour with the API, repair what is missing, and seal it
    Reconcile,
    /// Map sealed hours again with the present mapping (--since and --until)
    Renormalize,
    /// Print how far everything is
    Status,
}

/// Runs one action to its end, and prints its report.
pub(crate) async fn run(arguments: &Arguments, app: &App) -> anyhow::Result<Outcome> {
    if arguments.action == Action::TestConnectivity {
        let Arguments { secret, json, .. } = arguments;
        return test_connectivity::run(&test_connectivity::Arguments { secret: secret.clone(), json: *json }, app)
            .await;
    }
    arguments.logs.range.check()?;
    let timeout = Duration::from_secs(arguments.timeout);
    let mut collection = Collection::start(app, &arguments.secret, timeout).await?;
    let Ended::Reported(report) = collection.run(command(arguments)).await? else {
        note(STOPPED)?;
        return Ok(Outcome::Incomplete);
    };
    print(arguments, &collection, &report)?;
    let is_plan = arguments.action == Action::Status || arguments.logs.dry_run;
    let is_complete = report["is_complete"] == true || is_plan;
    Ok(Outcome::of(is_complete && problems(&report).next().is_none()))
}

fn print(arguments: &Arguments, collection: &Collection, report: &Value) -> io::Result<()> {
    let mut output = io::stdout().lock();
    if arguments.json {
        return writeln!(output, "{report}");
    }
    match arguments.action {
        Action::Reconcile | Action::Renormalize => return collection.print_seals(report, &mut output),
        Action::Inventory => inventory::print(report, &mut output)?,
        Action::Status => return report::print(report, &mut output),
        _ => report::print(report, &mut output)?,
    }
    if arguments.logs.dry_run || arguments.logs.cancel {
        return Ok(());
    }
    collection.print_effort(&mut output)
}

fn command(arguments: &Arguments) -> Value {
    let name = arguments.action.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let LogsArguments { range, event_types, newest_first, dry_run, cancel, poll } = &arguments.logs;
    let mut command = Map::from_iter([("action".to_owned(), Value::from(name))]);
    let mut set = |name: &str, value: Value| command.insert(name.to_owned(), value);
    if let Some(since) = range.since {
        set("since", since.to_string().into());
    }
    if let Some(until) = range.until {
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
    for (name, is_set) in
        [("newest_first", newest_first), ("dry_run", dry_run), ("cancel", cancel), ("additional", additional)]
    {
        if *is_set {
            set(name, true.into());
        }
    }
    command.into()
}
