//! `okta-lake run`: the actions of the backfill function.

mod bars;
mod collection;
mod inventory;
mod report;
mod seals;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use backfill::command::{self, Command, InventoryRequest, LogsRequest, Mode, Nothing, Renormalize};
use backfill::outcome::Outcome as Ending;
use clap::{Args, ValueEnum};
use serde_json::Value;

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
#[derive(Debug, Clone, Args)]
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
#[derive(Debug, Clone, Args)]
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
    let command = command(arguments)?;
    let timeout = Duration::from_secs(arguments.timeout);
    let mut collection = Collection::start(app, &arguments.secret, timeout).await?;
    let Ended::Reported(report) = collection.run(command).await? else {
        note(STOPPED)?;
        return Ok(Outcome::Incomplete);
    };
    print(arguments, &collection, &report)?;
    outcome(&report, arguments.action == Action::Status || arguments.logs.dry_run)
}

/// How the function says that it ended. A plan or a status is whole when it is printed, whatever is left to do.
fn outcome(report: &Value, is_plan: bool) -> anyhow::Result<Outcome> {
    let has_problems = problems(report).next().is_some();
    match serde_json::from_value(report["outcome"].clone())
        .context("the function's report does not say how it ended")?
    {
        Ending::Failed => bail!("nothing could be done: see the problems above"),
        Ending::Complete => Ok(Outcome::of(!has_problems)),
        Ending::Incomplete => Ok(Outcome::of(is_plan && !has_problems)),
    }
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

/// The command for the function, which refuses parameters that do not go with the action.
fn command(arguments: &Arguments) -> anyhow::Result<Command> {
    let LogsArguments { range: TimeRange { since, until }, event_types, newest_first, dry_run, cancel, poll } =
        arguments.logs.clone();
    let logs = LogsRequest { since, until, event_types, newest_first, dry_run, cancel, poll };
    let InventoryArguments { mode, entities, additional } = arguments.inventory.clone();
    let is_incremental = mode == Some(InventoryMode::Incremental);
    let mode = if is_incremental { Mode::Incremental } else { Mode::Full };
    let inventory = InventoryRequest { mode, entities, additional, dry_run };
    let default_logs = LogsRequest { dry_run, ..LogsRequest::default() };
    let default_inventory = InventoryRequest { dry_run, ..InventoryRequest::default() };
    let (has_logs, has_inventory) = (logs != default_logs, inventory != default_inventory);
    let range = LogsRequest { since, until, ..default_logs };
    let (takes_logs, takes_inventory) = match arguments.action {
        Action::Collect | Action::Logs => (true, false),
        Action::Renormalize => (logs == range, false),
        Action::Inventory => (false, true),
        _ => (false, false),
    };
    ensure!(takes_logs || !has_logs, "an option of the actions logs and collect does not go with this action");
    ensure!(takes_inventory || !has_inventory, "an option of the action inventory does not go with this action");
    let action = match arguments.action {
        Action::Collect => command::Action::Collect(logs),
        Action::Logs => command::Action::Logs(logs),
        Action::Inventory => command::Action::Inventory(inventory),
        Action::Renormalize => {
            let (since, until) = since.zip(until).context("renormalize needs --since and --until")?;
            command::Action::Renormalize(Renormalize { since, until, dry_run })
        }
        Action::TestConnectivity => command::Action::TestConnectivity(Nothing {}),
        Action::Continue => command::Action::Continue(Nothing {}),
        Action::Reconcile => command::Action::Reconcile(Nothing {}),
        Action::Status => command::Action::Status(Nothing {}),
    };
    Ok(Command { action, tenant: None })
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn command_of(line: &str) -> anyhow::Result<Value> {
        let words = ["run"].into_iter().chain(line.split(' ')).chain(["--secret", "x"]);
        let command = command(&Line::try_parse_from(words)?.arguments)?;
        Ok(serde_json::to_value(command)?)
    }

    #[test]
    fn an_action_takes_its_own_options_only() {
        let range = r#"{"action":"renormalize","since":"2026-05-01T00:00:00Z","until":"2026-05-02T00:00:00Z"}"#;
        for (line, command) in [
            (
                "logs --since 2026-05-01 --newest-first",
                r#"{"action":"logs","since":"2026-05-01T00:00:00Z","newest_first":true}"#,
            ),
            ("renormalize --since 2026-05-01 --until 2026-05-02", range),
            (
                "inventory --mode incremental --entity user",
                r#"{"action":"inventory","mode":"incremental","entities":["user"]}"#,
            ),
            ("continue", r#"{"action":"continue"}"#),
        ] {
            assert_eq!(command_of(line).unwrap(), serde_json::from_str::<Value>(command).unwrap(), "{line}");
        }
        for line in [
            "continue --since 2026-05-01",
            "inventory --newest-first",
            "logs --entity user",
            "renormalize --since 2026-05-01",
            "renormalize --since 2026-05-01 --until 2026-05-02 --event-type user.",
            "status --cancel",
        ] {
            assert!(command_of(line).is_err(), "{line}");
        }
    }

    #[test]
    fn the_functions_word_decides_the_exit_status() {
        let report = |outcome: &str| json!({"outcome": outcome, "tenants": [{"problems": []}]});
        assert_eq!(outcome(&report("complete"), false).unwrap(), Outcome::Done);
        assert_eq!(outcome(&report("incomplete"), false).unwrap(), Outcome::Incomplete);
        assert_eq!(outcome(&report("incomplete"), true).unwrap(), Outcome::Done, "a plan is whole");
        assert!(outcome(&report("failed"), true).is_err());
        assert!(outcome(&json!({}), false).is_err());
        let problem = json!({"outcome": "complete", "tenants": [{"problems": [{"what": "x"}]}]});
        assert_eq!(outcome(&problem, false).unwrap(), Outcome::Incomplete);
    }
}
