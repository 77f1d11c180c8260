//! `okta-lake sim`: a simulated Okta org.

use anyhow::bail;

use crate::arguments::SimArguments;
use crate::outcome::Outcome;

/// Says that the server is not there yet.
pub(crate) fn run(arguments: &SimArguments) -> anyhow::Result<Outcome> {
    bail!("cannot listen on {}: the simulated org has no server yet (see CHANGELOG.md)", arguments.listen)
}
