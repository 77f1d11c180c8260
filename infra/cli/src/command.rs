//! The commands: each reads its arguments, uses the library, and tells a person what came of it.

mod cat;
mod demo;
mod event_types;
mod run;
mod send;
mod sim;
mod status;

use std::path::Path;

use anyhow::Context as _;
use local_aws::config::Config;
use local_aws::function_binaries::FunctionBinaries;
use local_aws::stream_stack::StreamStack;

use crate::arguments::{Arguments, Command};
use crate::outcome::Outcome;
use crate::report;

/// Runs what was asked for.
pub(crate) async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<Outcome> {
    let lake = arguments.lake;
    match arguments.command.unwrap_or(Command::Demo) {
        Command::Demo => demo::run(&lake, config).await,
        Command::Send(arguments) => send::run(arguments, &lake, config).await,
        Command::Cat(arguments) => cat::run(&arguments, &lake),
        Command::Run(arguments) => run::run(&arguments, &lake, config).await,
        Command::TestConnectivity(arguments) => {
            run::test_connectivity(&arguments.secret, arguments.json, &lake, config).await
        }
        Command::Status(arguments) => status::run(&arguments, &lake),
        Command::Sim(arguments) => sim::run(&arguments).await,
        Command::EventTypes(arguments) => event_types::run(&arguments),
    }
}

/// Starts the functions and the object store on the folder of a lake.
async fn start(lake: &Path, config: &Config) -> anyhow::Result<StreamStack> {
    if config.cargo.is_some() {
        report::note("Building the functions, if they changed (cargo build) ...")?;
    }
    let binaries = FunctionBinaries::find(config)?;
    let stack = StreamStack::start(lake, &binaries, config).await;
    stack.with_context(|| format!("cannot start the local stack on {}", lake.display()))
}
