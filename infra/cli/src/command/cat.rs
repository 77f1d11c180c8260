//! `okta-lake cat`: the rows of the view.

use std::io::{self, BufWriter, Write as _};

use anyhow::Context as _;
use clap::Args;
use normalize::Tenant;

use crate::app::App;
use crate::outcome::Outcome;
use crate::parse::{TimeRange, class, tenant};
use crate::view::{self, Filter};

const HELP: &str = "\
Sealed hours show the generation that the ledger names; all others show what the stream wrote, each event once. An object
that cannot be read is named on standard error and skipped; the exit status is then 1.

Examples:
  okta-lake cat --class authentication --since 2026-05-04 --until 2026-05-05T12:00:00Z
  okta-lake cat --since 24h | jq -r '[.time_dt, .activity_name, .actor.user.email_addr] | @tsv'";

/// Print the rows that a reader of the view sees: each event once, as OCSF JSON, one a line
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Only rows of this tenant: the Okta subdomain
    #[arg(long, value_name = "TENANT", value_parser = tenant)]
    tenant: Option<Tenant>,

    /// Only rows of this OCSF class, by uid or name: 3002 or authentication
    #[arg(long, value_name = "CLASS", value_parser = class)]
    class: Option<u32>,

    #[command(flatten)]
    range: TimeRange,

    /// Only hours that are not sealed yet
    #[arg(long, conflicts_with = "sealed")]
    live: bool,

    /// Only hours that are sealed
    #[arg(long)]
    sealed: bool,
}

/// Prints the rows.
pub(crate) fn run(arguments: &Arguments, app: &App) -> anyhow::Result<Outcome> {
    let lake = app.existing_lake(arguments.tenant.as_ref())?;
    let filter = filter(arguments)?;
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let damage = view::rows(lake, &filter, &mut |line| {
        output.write_all(line)?;
        output.write_all(b"\n")
    })?;
    output.flush().context("cannot write the rows")?;
    damage.report()?;
    Ok(Outcome::of(damage.is_none()))
}

fn filter(arguments: &Arguments) -> anyhow::Result<Filter> {
    Ok(Filter {
        tenant: arguments.tenant.clone(),
        class_uid: arguments.class,
        range: arguments.range.check()?,
        sealed: match (arguments.live, arguments.sealed) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            _ => None,
        },
    })
}
