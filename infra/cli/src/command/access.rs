//! `okta-lake access`: who can open an app, or which apps somebody can open, and by which ways.

use std::io::{self, BufWriter, Write};

use anyhow::bail;
use clap::Args;
use insight::graph::access::{AccessIndex, LastUsed};
use insight::graph::model::Graph;
use insight::graph::node::{NodeId, NodeKind};
use insight::graph::told::ToldAccess;
use jiff::Timestamp;
use normalize::Tenant;
use serde_json::json;

use crate::app::App;
use crate::inventory_reader::{self, Read};
use crate::outcome::Outcome;
use crate::parse::{tenant, time};
use crate::report::note;

const HELP: &str = "\
The inventory says who has what; standard error says what of it was not read, and the exit status is then 1: there may be more
access than is shown.

Examples:
  okta-lake access Salesforce                                 everybody who can open the app, by which group, rule, person
  okta-lake access ada@acme.example --at 2026-05-04T10:00:00Z  every app that she could open then
  okta-lake access Salesforce --json | jq '.access[] | select(.weakest_proof == \"one_factor\") | .user.name'";

/// Show who can open an app, or which apps a user can open: by which ways, since when, with what proof
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// An app or a user, by name or id
    #[arg(value_name = "APP|USER")]
    thing: String,

    /// As of this time; by default, as of the latest inventory
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,

    /// The tenant: the Okta subdomain. Needed if the lake has several
    #[arg(long, value_name = "TENANT", value_parser = tenant)]
    tenant: Option<Tenant>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints who can open what.
pub(crate) fn run(arguments: &Arguments, app: &App) -> anyhow::Result<Outcome> {
    let lake = app.existing_lake(arguments.tenant.as_ref())?;
    let tenant = inventory_reader::tenant(lake, arguments.tenant.as_ref())?;
    let Read { graph, damage } = inventory_reader::graph(lake, &tenant, arguments.at)?;
    let thing = one(&graph, &arguments.thing)?;
    let index = AccessIndex::of(&graph);
    let found = match graph.node(thing).kind {
        NodeKind::App => index.of_app(thing, &LastUsed::new()),
        _ => index.of_user(thing, &LastUsed::new()),
    };
    let told: Vec<_> = found.iter().map(|access| graph.told_access(access)).collect();
    let gaps = graph.gaps_of_access();
    let mut output = BufWriter::new(io::stdout().lock());
    if arguments.json {
        let answer = json!({"tenant": graph.tenant, "as_of": graph.as_of, "access": told, "unknown": gaps});
        writeln!(output, "{answer}")?;
    } else {
        print(&graph, thing, &told, &mut output)?;
    }
    output.flush()?;
    for gap in &gaps {
        note(&format!("not known: {} ({}): there may be more access", gap.entity, gap.why))?;
    }
    damage.report()?;
    Ok(Outcome::of(gaps.is_empty() && damage.is_none()))
}

/// The thing that is meant.
fn one(graph: &Graph, text: &str) -> anyhow::Result<NodeId> {
    let found = graph.app_or_user(text);
    match found.as_slice() {
        [only] => Ok(*only),
        [] => bail!("no app and no user is called {text:?} as of {}", graph.as_of),
        several => {
            let ids: Vec<_> = several.iter().map(|id| graph.node(*id).id.to_string()).collect();
            bail!("{text:?} may be any of {}: name the id", ids.join(", "))
        }
    }
}

fn print(graph: &Graph, thing: NodeId, told: &[ToldAccess], output: &mut impl Write) -> io::Result<()> {
    let is_app = graph.node(thing).kind == NodeKind::App;
    let what = if is_app { "users can open" } else { "apps can be opened by" };
    writeln!(output, "{} {what} {}, as of {:.0}", told.len(), graph.shown(thing), graph.as_of)?;
    for access in told {
        let other = if is_app { &access.user } else { &access.app };
        let since = access.since.map_or_else(|| "before the inventory".to_owned(), |since| format!("{since:.0}"));
        let state = if access.is_carried_out { "" } else { ", not carried out yet" };
        writeln!(output, "  {} ({}): {}, since {since}{state}", other.name, other.id, access.weakest_proof)?;
        writeln!(output, "    by {}", access.ways.join("; "))?;
        if !access.rules.is_empty() {
            let open = if access.open.is_empty() {
                String::new()
            } else {
                format!(", depending on {}", access.open.join(", "))
            };
            writeln!(output, "    rules that may match: {}{open}", access.rules.join(", "))?;
        }
    }
    Ok(())
}
