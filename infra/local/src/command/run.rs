//! `okta-lake run`: the actions of the backfill function.

use anyhow::bail;
use clap::ValueEnum as _;

use crate::arguments::RunArguments;
use crate::outcome::Outcome;

/// Says that the backfill function is not there yet.
pub(crate) fn run(arguments: &RunArguments) -> anyhow::Result<Outcome> {
    let action = arguments.action.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    bail!("`run {action}` is not available yet: this version has the stream function only (see CHANGELOG.md)")
}
