//! `okta-lake access`: who can open an app, or which apps somebody can open, and by which ways.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::bail;
use clap::Args;
use insight::graph::access::{AccessIndex, LastUsed};
use insight::graph::model::Graph;
use insight::graph::node::{NodeId, NodeKind};
use insight::graph::told::ToldAccess;
use jiff::Timestamp;
use normalize::Tenant;
use serde_json::{Value, json};

use crate::app::App;
use crate::damage::Damage;
use crate::inventory_reader::{self, Read};
use crate::outcome::Outcome;
use crate::parse::{TimeRange, tenant, time};
use crate::report::note;
use crate::view::{self, Filter};

const HELP: &str = "\
The inventory says who has what; standard error says what of it was not read, and the exit status is then 1: there may be more
access than is shown.

Examples:
  okta-lake access Salesforce                                 everybody who can open the app, by which group, rule, person
  okta-lake access ada@acme.example --at 2026-05-04T10:00:00Z  every app that she could open then
  okta-lake access Salesforce --used                          and when each of them last did
  okta-lake access Salesforce --json | jq '.access[] | select(.weakest_proof == \"one_factor\") | .user.name'";

/// Show who can open an app, or which apps a user can open: by which ways, since when, with what proof, last used
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

    /// Also say when each user last opened each app. This reads the whole log that the lake has
    #[arg(long)]
    used: bool,

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
    let (last_used, unread) = if arguments.used { last_used(lake, &graph)? } else { <_>::default() };
    unread.report()?;
    let index = AccessIndex::of(&graph);
    let found = match graph.node(thing).kind {
        NodeKind::App => index.of_app(thing, &last_used),
        _ => index.of_user(thing, &last_used),
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
    Ok(Outcome::of(gaps.is_empty() && damage.is_none() && unread.is_none()))
}

/// The event that says that somebody opened an app.
const OPENED: &str = "user.authentication.sso";

/// When each user last opened each app, until the instant of the graph.
fn last_used(lake: &Path, graph: &Graph) -> anyhow::Result<(LastUsed, Damage)> {
    let tenant = Tenant::parse(&graph.tenant).ok();
    let filter = Filter { tenant, range: TimeRange { since: None, until: Some(graph.as_of) }, ..Filter::default() };
    let mut last_used = LastUsed::new();
    let unread = view::rows(lake, &filter, &mut |line| {
        // Most rows are about something else: they are not parsed.
        if contains(line, OPENED.as_bytes()) {
            add_use(line, &mut last_used);
        }
        Ok(())
    })?;
    Ok((last_used, unread))
}

fn contains(line: &[u8], text: &[u8]) -> bool {
    line.windows(text.len()).any(|window| window == text)
}

/// Notes the apps that an event names; what is no such event says nothing.
fn add_use(line: &[u8], last_used: &mut LastUsed) {
    let row: Value = serde_json::from_slice(line).unwrap_or_default();
    let event: Value = row["raw_data"].as_str().and_then(|raw| serde_json::from_str(raw).ok()).unwrap_or_default();
    let at = event["published"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
    let (Some(at), Some(user), true) = (at, event["actor"]["id"].as_str(), event["eventType"] == OPENED) else {
        return;
    };
    for target in event["target"].as_array().into_iter().flatten().filter(|target| target["type"] == "AppInstance") {
        let app = target["id"].as_str().unwrap_or_default().to_owned();
        let latest = last_used.entry((user.to_owned(), app)).or_insert(at);
        *latest = at.max(*latest);
    }
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
        let used = access.last_used.map_or_else(String::new, |used| format!(", last used {used:.0}"));
        writeln!(output, "  {} ({}): {}, since {since}{state}{used}", other.name, other.id, access.weakest_proof)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_use_of_each_app_counts() {
        let line = |published: &str, kind: &str| {
            let event = json!({"eventType": kind, "published": published, "actor": {"id": "00u1"},
                "target": [{"type": "AppInstance", "id": "0oa1"}, {"type": "AppUser", "id": "0ua1"}]});
            json!({"raw_data": event.to_string()}).to_string()
        };
        let mut last_used = LastUsed::new();
        for (published, kind) in [
            ("2026-05-04T10:00:00Z", OPENED),
            ("2026-05-04T12:00:00Z", OPENED),
            ("2026-05-04T11:00:00Z", OPENED),
            ("2026-05-05T11:00:00Z", "user.session.start"),
        ] {
            add_use(line(published, kind).as_bytes(), &mut last_used);
        }
        add_use(b"no row", &mut last_used);
        let expected = [(("00u1".to_owned(), "0oa1".to_owned()), "2026-05-04T12:00:00Z".parse().unwrap())];
        assert_eq!(last_used, LastUsed::from(expected));
    }
}
