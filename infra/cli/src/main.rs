//! `okta-lake`: the whole system on one machine, from the command line.

mod app;
mod command;
mod command_line;
mod coverage;
mod damage;
mod input;
mod inventory_reader;
mod lake_reader;
mod leases;
mod org_state;
mod outcome;
mod parse;
mod partner_event;
mod quarantine;
mod report;
mod row_counts;
mod run_audit;
mod sending;
mod stop;
mod view;
mod view_index;

use std::process::ExitCode;

use clap::Parser as _;
use local_aws::config::Config;

use crate::command_line::CommandLine;
use crate::outcome::exit_code;

#[tokio::main]
async fn main() -> ExitCode {
    let line = CommandLine::parse();
    exit_code(line.run(Config::from_environment()).await)
}
