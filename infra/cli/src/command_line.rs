//! The command line as a whole: what all commands share, and which commands there are.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use local_aws::config::Config;

use crate::app::App;
use crate::command::{cat, demo, event_types, run, send, sim, status, test_connectivity, verify, views};
use crate::outcome::Outcome;
use crate::stop::or_stop;

const HELP: &str = "\
Examples:
  okta-lake                                   run the demonstration on a simulated Okta org
  okta-lake send events.ndjson --tenant acme  send your own events through the real stream function
  okta-lake cat | jq .class_name              print the rows that they became
  okta-lake status                            show what the lake has, hour by hour
  okta-lake verify                            check the lake against its ledger

Objects are plain files below the lake's folder; DuckDB reads them in place, through views that show each event once:
  duckdb -init <(okta-lake views) -c \"SELECT class_name, count(*) FROM okta_events GROUP BY ALL\"

Exit status: 0 = everything was done; 1 = done, but something is quarantined, denied, skipped or incomplete (standard error
says what); 2 = failed.";

/// Okta's System Log and identity inventory as an OCSF lake, on this machine: the real functions, an embedded S3, no AWS.
#[derive(Debug, Parser)]
#[command(name = "okta-lake", version, after_help = HELP, propagate_version = true)]
pub(crate) struct CommandLine {
    /// The lake's folder; created if it does not exist
    #[arg(long, global = true, value_name = "DIR", default_value = "./lake")]
    lake: PathBuf,

    /// What to do; without it, the demonstration
    #[command(subcommand)]
    command: Option<Command>,
}

/// A row for each command. Its description and its help are in its file.
#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Send(send::Arguments),
    Cat(cat::Arguments),
    Run(run::Arguments),
    TestConnectivity(test_connectivity::Arguments),
    Status(status::Arguments),
    Verify(verify::Arguments),
    Sim(sim::Arguments),
    EventTypes(event_types::Arguments),
    Views(views::Arguments),
}

impl CommandLine {
    /// Runs the command.
    pub(crate) async fn run(self, config: Config) -> anyhow::Result<Outcome> {
        let app = App { lake: self.lake, config };
        match self.command.unwrap_or(Command::Demo(demo::Arguments {})) {
            Command::Demo(_) => or_stop(demo::run(&app)).await,
            Command::Send(arguments) => or_stop(send::run(arguments, &app)).await,
            Command::Cat(arguments) => cat::run(&arguments, &app),
            Command::Run(arguments) => run::run(&arguments, &app).await,
            Command::TestConnectivity(arguments) => test_connectivity::run(&arguments, &app).await,
            Command::Verify(arguments) => verify::run(&arguments, &app).await,
            Command::Status(arguments) => status::run(&arguments, &app),
            Command::Sim(arguments) => sim::run(&arguments).await,
            Command::EventTypes(arguments) => event_types::run(&arguments),
            Command::Views(arguments) => views::run(&arguments, &app),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn the_lake_may_be_named_before_or_after_the_command() {
        for line in [["okta-lake", "--lake", "x", "status"], ["okta-lake", "status", "--lake", "x"]] {
            assert_eq!(CommandLine::try_parse_from(line).unwrap().lake, PathBuf::from("x"));
        }
        assert!(CommandLine::try_parse_from(["okta-lake"]).unwrap().command.is_none());
    }

    #[test]
    fn every_command_describes_itself() {
        for command in CommandLine::command().get_subcommands() {
            let about = command.get_about().unwrap_or_else(|| panic!("{} has no description", command.get_name()));
            assert!(!about.to_string().is_empty());
        }
    }

    /// An option means the same wherever it is: same value, same forms of it.
    #[test]
    fn the_shared_options_have_one_meaning() {
        let line = CommandLine::command();
        for (option, value) in [("since", "TIME"), ("until", "TIME"), ("tenant", "TENANT"), ("secret", "FILE")] {
            let commands = line.get_subcommands().filter_map(|it| it.get_arguments().find(|it| it.get_id() == option));
            let names: Vec<_> = commands.filter_map(|it| it.get_value_names()?.first().cloned()).collect();
            assert!(!names.is_empty() && names.iter().all(|name| name == value), "--{option}: {names:?}");
        }
        assert!(
            line.get_subcommands()
                .all(|it| it.get_arguments().all(|it| !["from", "to"].contains(&it.get_id().as_str())))
        );
    }
}
