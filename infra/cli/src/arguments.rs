//! The command line: what can be asked, and how it is explained.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use normalize::Tenant;
use okta_sim::Fault;

const EXAMPLES: &str = "\
Examples:
  okta-lake                                   the demonstration, on a simulated Okta org
  okta-lake send events.ndjson --tenant acme  your own events, through the real stream function
  okta-lake cat | jq .class_name              the rows that came of them
  okta-lake status                            what the lake has, hour by hour

Objects are plain files below the lake's folder; any tool can read them in place:
  duckdb -c \"SELECT class_name, count(*) FROM 'lake/live/**/*.parquet' GROUP BY ALL\"

Exit status: 0 all done; 1 done, with something quarantined, denied or incomplete (see standard error); 2 failed.";

/// Okta's System Log and identity inventory as an OCSF lake, on this machine: the real functions, an embedded S3, no AWS.
#[derive(Debug, Parser)]
#[command(name = "okta-lake", version, after_help = EXAMPLES, propagate_version = true)]
pub(crate) struct Arguments {
    /// The folder of the lake; made if it is not there
    #[arg(long, global = true, value_name = "DIR", default_value = "./lake")]
    pub(crate) lake: PathBuf,

    /// What to do; without it, the demonstration
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows the system at work on a simulated Okta org, with faults, and checks that nothing was lost
    Demo,
    /// Sends events through the queue and the stream function into the lake
    #[command(after_help = SEND_HELP)]
    Send(SendArguments),
    /// Prints the rows that a reader of the view sees: each event once, as OCSF JSON, one a line
    #[command(after_help = CAT_HELP)]
    Cat(CatArguments),
    /// Runs one action of the backfill function, against a real org or the simulator
    #[command(after_help = RUN_HELP)]
    Run(RunArguments),
    /// Checks an org's credentials, scopes, roles and licences, with one real read of every kind of data
    #[command(after_help = TEST_CONNECTIVITY_HELP)]
    TestConnectivity(TestConnectivityArguments),
    /// Tells what the lake has: rows by hour, freshness, quarantine
    Status(StatusArguments),
    /// Serves a simulated Okta org, strict enough for Okta's own SDK, until it is stopped
    #[command(after_help = Fault::help())]
    Sim(SimArguments),
    /// Tells what an Okta event type becomes in OCSF, or which types of a newer catalog are not decided yet
    #[command(after_help = EVENT_TYPES_HELP)]
    EventTypes(EventTypesArguments),
}

const EVENT_TYPES_HELP: &str = "\
Prints rows of the mapping table: event type, OCSF class, activity, what it acts upon, why. A type without a row of its own
shows what its family says, and exit status 1.

Okta's catalog is the CSV file that the page \"Event types\" of developer.okta.com offers.

Examples:
  okta-lake event-types user.session.start user.mfa.factor.activate
  okta-lake event-types --catalog okta-event-types.csv >> functions/normalize/data/event_types.csv";

const SEND_HELP: &str = "\
A file has LogEvents as Okta's API gives them, or EventBridge events as Okta's log stream sends them: one a line, one after
another, or as a JSON array. LogEvents are put into an EventBridge event, byte for byte. What is no JSON is sent, too: the
function keeps it in quarantine with the reason.

Examples:
  okta-lake send system-log.ndjson --tenant acme
  curl -s -H \"Authorization: SSWS $TOKEN\" https://acme.okta.com/api/v1/logs | okta-lake send - --tenant acme";

const CAT_HELP: &str = "\
Hours that are sealed show the generation that the ledger names; all others show what the stream wrote, each event once.

Examples:
  okta-lake cat --class 3002 --from 2026-05-04 --to 2026-05-05T12:00:00Z
  okta-lake cat | jq -r '[.time_dt, .activity_name, .actor.user.email_addr] | @tsv'";

/// See [`Command::Send`].
#[derive(Debug, Args)]
pub(crate) struct SendArguments {
    /// Files with events; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The tenant of bare LogEvents: the Okta subdomain. EventBridge events name their own
    #[arg(long, value_name = "T", default_value = "local", value_parser = tenant)]
    pub(crate) tenant: Tenant,
}

/// See [`Command::Cat`].
#[derive(Debug, Args)]
pub(crate) struct CatArguments {
    /// Only rows of this tenant
    #[arg(long, value_name = "T", value_parser = tenant)]
    pub(crate) tenant: Option<Tenant>,

    /// Only rows of this OCSF class, such as 3002 for Authentication
    #[arg(long, value_name = "UID")]
    pub(crate) class: Option<u32>,

    /// Only rows of this time or later: RFC 3339, or a day (UTC)
    #[arg(long, value_name = "TS", value_parser = time)]
    pub(crate) from: Option<Timestamp>,

    /// Only rows before this time
    #[arg(long, value_name = "TS", value_parser = time)]
    pub(crate) to: Option<Timestamp>,

    /// Only hours that are not sealed yet
    #[arg(long, conflicts_with = "sealed")]
    pub(crate) live: bool,

    /// Only hours that are sealed
    #[arg(long)]
    pub(crate) sealed: bool,
}

const RUN_HELP: &str = "\
The first collection prints its plan: how many calls, and how long at the present share of the org's rate limits
(OKTA_LAKE_RATE_SHARE, 50 percent by default). It can be stopped at any time, even killed: the same command goes on.

Examples:
  okta-lake run logs --secret acme.json --dry-run           the plan only
  okta-lake run logs --secret acme.json                     the 90 days that Okta keeps; later, what is new
  okta-lake run logs --secret acme.json --since 2026-05-01 --until 2026-05-08 --event-type user.session.
  okta-lake run logs --secret acme.json --cancel            gives up what is not finished
  okta-lake run continue --secret acme.json                 goes on with it, and polls
  okta-lake run inventory --secret acme.json --dry-run      what the inventory costs, in calls and minutes
  okta-lake run inventory --secret acme.json                everything that exists in the org
  okta-lake run inventory --secret acme.json --mode incremental
  okta-lake run reconcile --secret acme.json                repairs and seals every closed hour";

/// See [`Command::Run`].
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The action
    pub(crate) action: Action,

    /// The file with the credentials of the org, as `okta-lake sim` writes it
    #[arg(long, value_name = "FILE")]
    pub(crate) secret: PathBuf,

    /// As JSON, as the function answers it
    #[arg(long)]
    pub(crate) json: bool,

    /// Which part of the log, and how
    #[command(flatten)]
    pub(crate) logs: LogsArguments,

    /// What of the inventory, and how
    #[command(flatten)]
    pub(crate) inventory: InventoryArguments,

    /// How long one invocation of the function may take; Lambda's limit is 900
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=900))]
    pub(crate) timeout: u64,
}

/// Which part of the log, for the actions `logs` and `collect`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the actions logs and collect")]
pub(crate) struct LogsArguments {
    /// From when: RFC 3339, or a day (UTC); by default from where the last collection ended, at most 90 days
    #[arg(long, value_name = "TS", value_parser = time)]
    pub(crate) since: Option<Timestamp>,

    /// Until when; until now, if it is not said
    #[arg(long, value_name = "TS", value_parser = time)]
    pub(crate) until: Option<Timestamp>,

    /// Only event types that begin so; can be given more than once
    #[arg(long = "event-type", value_name = "PREFIX")]
    pub(crate) event_types: Vec<String>,

    /// Reads the newest part first; by default it is the oldest, which Okta forgets first
    #[arg(long)]
    pub(crate) newest_first: bool,

    /// Only makes the plan
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Gives up the collections that are not finished; what they wrote stays
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) cancel: bool,

    /// Polls the log from now on, or not; by default it is polled unless a log stream is active
    #[arg(long, value_name = "YES")]
    pub(crate) poll: Option<bool>,
}

/// What is collected, for the action `inventory`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the action inventory")]
pub(crate) struct InventoryArguments {
    /// Everything is read, or what may have changed; everything, if it is not said
    #[arg(long)]
    pub(crate) mode: Option<InventoryMode>,

    /// Only this entity and what it hangs on; can be given more than once
    #[arg(long = "entity", value_name = "NAME")]
    pub(crate) entities: Vec<String>,

    /// Also entities that cost a call for each user or app, or repeat others
    #[arg(long)]
    pub(crate) additional: bool,
}

/// How the inventory is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InventoryMode {
    /// Everything is read
    Full,
    /// What the log or Okta's own dates say has changed is read; the rest is taken over
    Incremental,
}

const TEST_CONNECTIVITY_HELP: &str = "\
Nothing is written but a probe object in the lake. The secret is JSON, one of:
  {\"org_url\": \"https://acme.okta.com\", \"client_id\": \"0oa...\", \"key_id\": \"...\", \"private_key\": \"-----BEGIN ...\"}
  {\"org_url\": \"https://acme.okta.com\", \"client_id\": \"0oa...\", \"client_secret\": \"...\"}
  {\"org_url\": \"https://acme.okta.com\", \"api_token\": \"...\"}

Exit status: 0 everything can be read; 1 something is denied, unlicensed or worth a look; 2 nothing can be collected.

Example, on the simulated org:
  okta-lake sim --secrets /tmp/sim &
  okta-lake test-connectivity --secret /tmp/sim/service.json";

/// See [`Command::TestConnectivity`].
#[derive(Debug, Args)]
pub(crate) struct TestConnectivityArguments {
    /// The file with the credentials of the org
    #[arg(long, value_name = "FILE")]
    pub(crate) secret: PathBuf,

    /// As JSON, as the function answers it
    #[arg(long)]
    pub(crate) json: bool,
}

/// The actions of the backfill function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
    /// Checks credentials, scopes and every other thing that a collection needs
    TestConnectivity,
    /// Collects everything: a range of the System Log, and the inventory
    Collect,
    /// Collects a range of the System Log
    Logs,
    /// Goes on with every collection that is not finished, and polls
    Continue,
    /// Collects the identity inventory
    Inventory,
    /// Compares every closed hour with the API, repairs what is missing, and seals it
    Reconcile,
    /// Maps sealed hours anew with the present mapping (--since and --until)
    Renormalize,
    /// Tells how far everything is
    Status,
}

/// See [`Command::Status`].
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// Only this tenant
    #[arg(long, value_name = "T", value_parser = tenant)]
    pub(crate) tenant: Option<Tenant>,

    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// See [`Command::Sim`].
#[derive(Debug, Args)]
pub(crate) struct SimArguments {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420")]
    pub(crate) listen: SocketAddr,

    /// Decides everything that the other numbers leave open: the same seed makes the same org
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// How many people are in the org
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub(crate) users: u32,

    /// How many groups
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub(crate) groups: u32,

    /// How many applications
    #[arg(long, value_name = "N", default_value_t = 25)]
    pub(crate) apps: u32,

    /// How many events a day has, on average
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    pub(crate) events_per_day: u32,

    /// The org's rate limits are so many times those that Okta publishes: for long logs in short time
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) limits_times: u32,

    /// Percent of each rate limit that others use in every minute
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) used_by_others: u32,

    /// How many days of log there are already
    #[arg(long, value_name = "N", default_value_t = 90)]
    pub(crate) days: u32,

    /// The folder for the credentials, a file for each client
    #[arg(long, value_name = "DIR", default_value = "./okta-sim")]
    pub(crate) secrets: PathBuf,

    /// What goes wrong; can be given more than once
    #[arg(long = "fault", value_name = "FAULT")]
    pub(crate) faults: Vec<Fault>,
}

/// See [`Command::EventTypes`].
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct EventTypesArguments {
    /// The event types
    #[arg(value_name = "TYPE", conflicts_with = "catalog")]
    pub(crate) types: Vec<String>,

    /// Okta's catalog of event types (CSV): prints the rows that the table lacks
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
}

fn tenant(text: &str) -> Result<Tenant, String> {
    Tenant::parse(text).map_err(|cause| cause.to_string())
}

fn time(text: &str) -> Result<Timestamp, String> {
    let as_day = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let parsed = text.parse().ok().or_else(|| as_day(text.parse().ok()?));
    parsed.ok_or_else(|| "expected a time such as 2026-05-04T10:00:00Z, or a day such as 2026-05-04".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_lake_may_be_named_before_or_after_the_command() {
        for line in [["okta-lake", "--lake", "x", "status"], ["okta-lake", "status", "--lake", "x"]] {
            assert_eq!(Arguments::try_parse_from(line).unwrap().lake, PathBuf::from("x"));
        }
        assert!(Arguments::try_parse_from(["okta-lake"]).unwrap().command.is_none());
    }

    #[test]
    fn times_are_instants_or_days() {
        assert_eq!(time("2026-05-04").unwrap(), time("2026-05-04T02:00:00+02:00").unwrap());
        assert!(time("yesterday").unwrap_err().contains("2026-05-04T10:00:00Z"));
    }
}
