//! `okta-lake`: the whole system on one machine, from the command line.

mod arguments;
mod command;
mod outcome;
mod report;

use std::process::ExitCode;

use clap::Parser as _;
use local_aws::config::Config;

use crate::arguments::Arguments;
use crate::outcome::exit_code;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    exit_code(command::run(arguments, &Config::from_environment()).await)
}
