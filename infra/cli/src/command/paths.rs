//! `okta-lake paths`: who can become super admin, or take another thing, step by step.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use insight::graph::choke::{ChokePoint, choke_points};
use insight::graph::model::Graph;
use insight::graph::node::{NodeId, NodeKind};
use insight::graph::open_graph;
use insight::graph::path::Answer;
use insight::graph::reach::{Reach, reach};
use insight::graph::told::ToldPath;
use jiff::Timestamp;
use normalize::Tenant;
use serde_json::json;

use crate::app::App;
use crate::inventory_reader::{self, Read};
use crate::outcome::Outcome;
use crate::parse::{tenant, time};
use crate::report::note;

const HELP: &str = "\
A path is the shortest one over relations by which one thing controls another; docs/graph.md has each with its source. \"No path\"
is only said if everything was read that could have one; otherwise the answer is \"unknown\" and the exit status 1.

Examples:
  okta-lake paths                                     everybody who can become super admin, and the choke points
  okta-lake paths ada@acme.example                    her paths to super admin and to everything of tier zero
  okta-lake paths --to Salesforce                     who can take the app
  okta-lake paths --at 2026-05-04T10:00:00Z --json    as it was then
  okta-lake paths --opengraph acme.json               a file for BloodHound";

/// What `--to` means by default.
const SUPER_ADMIN: &str = "super-admin";

/// Choke points that are printed.
const CHOKE_POINTS: usize = 10;

/// Show who can become super admin, by which steps, since when, and what closes most of the ways
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Only the paths of this user, app, token or other identity, by name or id
    #[arg(value_name = "USER")]
    user: Option<String>,

    /// What is reached: super-admin, or a thing by name or id. The default is super-admin; with USER also everything of tier zero
    #[arg(long, value_name = "THING")]
    to: Option<String>,

    /// As of this time; by default, as of the latest inventory
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,

    /// The tenant: the Okta subdomain. Needed if the lake has several
    #[arg(long, value_name = "TENANT", value_parser = tenant)]
    tenant: Option<Tenant>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Write the whole graph as OpenGraph JSON, which BloodHound loads
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "to"])]
    opengraph: Option<PathBuf>,
}

/// What is told.
#[derive(Debug, Default)]
struct Told {
    paths: Vec<ToldPath>,
    choke_points: Vec<ChokePoint>,
    /// Whether no path could be excluded.
    is_unknown: bool,
}

/// Prints paths, or writes the graph.
pub(crate) fn run(arguments: &Arguments, app: &App) -> anyhow::Result<Outcome> {
    let lake = app.existing_lake(arguments.tenant.as_ref())?;
    let tenant = inventory_reader::tenant(lake, arguments.tenant.as_ref())?;
    let Read { graph, damage } = inventory_reader::graph(lake, &tenant, arguments.at)?;
    damage.report()?;
    if let Some(path) = &arguments.opengraph {
        write(&graph, path)?;
        return Ok(Outcome::of(damage.is_none() && graph.gaps_of_paths().is_empty()));
    }
    let told = match &arguments.user {
        Some(user) => of_one(&graph, one(&graph, user, &principals())?, arguments.to.as_deref())?,
        None => of_all(&graph, target(&graph, arguments.to.as_deref().unwrap_or(SUPER_ADMIN))?),
    };
    let gaps = if told.is_unknown { graph.gaps_of_paths() } else { Vec::new() };
    let mut output = BufWriter::new(io::stdout().lock());
    if arguments.json {
        let points: Vec<_> = told.choke_points.iter().map(|point| graph.told_choke_point(point)).collect();
        let answer = json!({
            "tenant": graph.tenant, "as_of": graph.as_of, "paths": told.paths, "choke_points": points, "unknown": gaps,
        });
        writeln!(output, "{answer}")?;
    } else {
        print(&graph, &told, arguments.user.is_some(), &mut output)?;
    }
    output.flush()?;
    for gap in &gaps {
        note(&format!("unknown: {} ({}): there may be more paths", gap.entity, gap.why))?;
    }
    Ok(Outcome::of(gaps.is_empty() && damage.is_none()))
}

fn write(graph: &Graph, path: &Path) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut file = BufWriter::new(File::create(path).with_context(failed)?);
    let counts = open_graph::write(graph, &mut file).with_context(failed)?;
    file.flush().with_context(failed)?;
    for (kind, count) in counts {
        writeln!(io::stdout(), "{count:>8}  {kind}")?;
    }
    Ok(())
}

/// Kinds of things that can act.
fn principals() -> Vec<NodeKind> {
    let rows = insight::graph::node::NODE_KINDS.iter().filter(|row| row.is_principal);
    rows.map(|row| row.kind).collect()
}

/// What `--to` names.
fn target(graph: &Graph, to: &str) -> anyhow::Result<NodeId> {
    if to == SUPER_ADMIN {
        return graph.org().context("the inventory has no org");
    }
    let kinds: Vec<_> =
        insight::graph::node::NODE_KINDS.iter().filter(|row| !row.is_virtual).map(|row| row.kind).collect();
    one(graph, to, &kinds)
}

/// The thing that is meant.
fn one(graph: &Graph, text: &str, kinds: &[NodeKind]) -> anyhow::Result<NodeId> {
    let found: Vec<_> = kinds.iter().flat_map(|kind| graph.named(*kind, text)).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => bail!("nothing is called {text:?} as of {}", graph.as_of),
        several => {
            let things: Vec<_> =
                several.iter().map(|id| graph.thing(*id)).map(|it| format!("{} {}", it.kind, it.id)).collect();
            bail!("{text:?} may be any of {}: name the id", things.join(", "))
        }
    }
}

/// The paths of one, to what is named or to everything of tier zero.
fn of_one(graph: &Graph, from: NodeId, to: Option<&str>) -> anyhow::Result<Told> {
    let targets = match to {
        Some(to) => vec![target(graph, to)?],
        None => graph.tier_zero(),
    };
    let mut told = Told::default();
    for target in targets.into_iter().filter(|target| *target != from) {
        match graph.answer(&reach(graph, target), from) {
            Answer::Path(path) => told.paths.push(graph.told(&path)),
            Answer::Unknown(_) => told.is_unknown = true,
            Answer::NoPath => {}
        }
    }
    told.paths.sort_by_key(|path| (path.to.kind != NodeKind::Org.name(), path.steps.len()));
    Ok(told)
}

/// The paths of everybody to a thing.
fn of_all(graph: &Graph, target: NodeId) -> Told {
    let reach: Reach = reach(graph, target);
    let paths = reach.controllers(graph).filter_map(|from| graph.path(&reach, from));
    let paths = paths.map(|path| graph.told(&path)).collect();
    let is_unknown = !graph.gaps_of_paths().is_empty();
    Told { paths, choke_points: choke_points(graph, &reach), is_unknown }
}

fn print(graph: &Graph, told: &Told, is_of_one: bool, output: &mut impl Write) -> io::Result<()> {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    told.paths.iter().for_each(|path| *kinds.entry(path.from.kind).or_default() += 1);
    let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let none = if told.is_unknown { "unknown" } else { "no path" };
    let what = if kinds.is_empty() { none.to_owned() } else { kinds.join(", ") };
    writeln!(output, "{}, as of {:.0}: {what}", graph.tenant, graph.as_of)?;
    if !told.choke_points.is_empty() {
        writeln!(output, "\nChoke points")?;
    }
    for point in told.choke_points.iter().take(CHOKE_POINTS) {
        let point = graph.told_choke_point(point);
        writeln!(output, "  frees {}: {}\n    {}", point.frees, point.says, point.remedy)?;
    }
    for path in &told.paths {
        // Of several, only the way to super admin is told at length.
        let is_long = is_of_one && (told.paths.len() == 1 || path.to.kind == NodeKind::Org.name());
        print_path(path, is_long, output)?;
    }
    Ok(())
}

fn print_path(path: &ToldPath, is_long: bool, output: &mut impl Write) -> io::Result<()> {
    let assumed = if path.is_proven { "" } else { ", assumed: something that it rests on was not read" };
    let since = path.since.map_or_else(|| "before the inventory".to_owned(), |since| format!("{since:.0}"));
    let by = path.opened_by.actor.as_deref().map(|actor| format!(" by {actor}")).unwrap_or_default();
    writeln!(output, "\n{} {} → {}, since {since}{by}{assumed}", path.from.kind, path.from.name, path.to.name)?;
    for (number, step) in (1..).zip(&path.steps) {
        writeln!(output, "  {number}. {}", step.says)?;
        if is_long {
            writeln!(output, "     abuse: {}", step.abuse)?;
            if !step.remedy.is_empty() {
                writeln!(output, "     remedy: {}", step.remedy)?;
            }
        }
    }
    Ok(())
}
