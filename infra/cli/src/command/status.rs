//! `okta-lake status`: what the lake has.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lake::Word;
use normalize::Tenant;
use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::command::run::print_job;
use crate::coverage::{Coverage, HourCoverage, TenantCoverage};
use crate::damage::Damage;
use crate::org_state::{OrgState, is_whole};
use crate::outcome::Outcome;
use crate::parse::tenant;
use crate::report::{Table, grouped};

const HELP: &str = "\
A file that cannot be read is named on standard error and skipped; the exit status is then 1.

Exit status: 0 = everything could be read, and nothing is quarantined or less than complete; 1 = something is; 2 = failed.";

/// Show what the lake has: rows by hour, what the ledger claims, freshness, quarantine, collections
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Only this tenant: the Okta subdomain
    #[arg(long, value_name = "TENANT", value_parser = tenant)]
    tenant: Option<Tenant>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The number of hours shown, the latest; JSON has them all.
const HOURS_SHOWN: usize = 48;

/// The number of days drawn, the latest.
const DAYS_SHOWN: usize = 31;

/// What the lake has.
#[derive(Serialize)]
struct Status {
    lake: PathBuf,
    tenants: Vec<TenantCoverage>,
    orgs: Vec<OrgState>,
    damaged: Damage,
}

/// Prints the state of the lake.
pub(crate) fn run(arguments: &Arguments, app: &App) -> anyhow::Result<Outcome> {
    let tenant = arguments.tenant.as_ref();
    let lake = app.existing_lake(tenant)?;
    let Coverage { tenants, damage: mut damaged } = Coverage::read(lake, tenant, Timestamp::now())?;
    let orgs = OrgState::read_all(lake, tenant, &mut damaged)?;
    let status = Status { lake: lake.canonicalize()?, tenants, orgs, damaged };
    let mut output = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut output, &status).map_err(io::Error::from)?;
        writeln!(output)?;
    } else {
        status.print(&mut output)?;
    }
    status.damaged.report()?;
    Ok(Outcome::of(status.is_complete()))
}

impl Status {
    /// Whether everything was read and nothing is known to be missing. Hours that are not sealed yet claim nothing.
    fn is_complete(&self) -> bool {
        self.damaged.is_none()
            && self.tenants.iter().all(TenantCoverage::is_complete)
            && self.orgs.iter().all(|org| is_whole(&org.inventory))
    }

    fn print(&self, output: &mut impl Write) -> io::Result<()> {
        writeln!(output, "Lake {}", self.lake.display())?;
        if self.tenants.is_empty() && self.orgs.is_empty() {
            writeln!(output, "  nothing in it yet: `okta-lake send FILE` or `okta-lake demo` fills it")?;
        }
        self.tenants.iter().try_for_each(|tenant| print_tenant(tenant, output))?;
        for org in &self.orgs {
            print_inventory(org, output)?;
            for collection in &org.collections {
                writeln!(output)?;
                print_job(collection, output)?;
            }
        }
        Ok(())
    }
}

fn print_tenant(tenant: &TenantCoverage, output: &mut impl Write) -> io::Result<()> {
    let seals = || tenant.hours.iter().filter_map(|hour| hour.seal.as_ref());
    let repaired: u64 = seals().map(|seal| seal.counts.repaired).sum();
    writeln!(output, "\nTenant {}", tenant.tenant)?;
    let mut table = Table::default();
    table.row(["rows".into(), grouped(tenant.rows).into()]);
    table.row(["hours".into(), tenant.claims().into()]);
    table.row(["repaired".into(), grouped(repaired).into()]);
    table.row(["unconfirmed".into(), unconfirmed(tenant).into()]);
    if let (Some(newest), Some(seconds)) = (tenant.newest, tenant.freshness_seconds) {
        table.row(["newest event".into(), format!("{newest} ({} ago)", age(seconds)).into()]);
    }
    table.row(["quarantined".into(), grouped(tenant.quarantine_count()).into()]);
    for (reason, count) in &tenant.quarantined {
        table.row(["".into(), format!("{} {reason}", grouped(*count)).into()]);
    }
    table.print(output)?;
    print_heat(&tenant.hours, output)?;
    print_hours(&tenant.hours, output)
}

fn unconfirmed(tenant: &TenantCoverage) -> String {
    match tenant.unconfirmed() {
        0 => "0".to_owned(),
        rows => {
            format!("{} rows of complete hours came by the stream only: Okta's API does not have them", grouped(rows))
        }
    }
}

/// The newest inventory in two lines, and the one that is being collected.
fn print_inventory(org: &OrgState, output: &mut impl Write) -> io::Result<()> {
    let OrgState { tenant, inventory, running_inventory, .. } = org;
    if inventory.is_object() {
        let state = if inventory["ended"].is_null() { "not finished" } else { "finished" };
        let (snapshot, rows) = (inventory["snapshot"].as_str(), inventory["rows"].as_u64());
        let rows = grouped(rows.unwrap_or_default());
        writeln!(output, "\nInventory of {tenant}: snapshot {}, {state}, {rows} rows", snapshot.unwrap_or_default())?;
        writeln!(output, "  {}", entity_claims(inventory))?;
    }
    if running_inventory.is_object() {
        let started = running_inventory["started"].as_str().unwrap_or_default();
        writeln!(output, "\nInventory of {tenant}: running since {started}; {}", entity_claims(running_inventory))?;
    }
    Ok(())
}

/// The number of entities by what is claimed of them.
fn entity_claims(manifest: &Value) -> String {
    let mut words = BTreeMap::<&str, u64>::new();
    for entity in manifest["entities"].as_object().into_iter().flat_map(|entities| entities.values()) {
        let status = entity["status"].as_str().or_else(|| entity["outcome"]["status"].as_str());
        *words.entry(status.unwrap_or("not read yet")).or_default() += 1;
    }
    words.into_iter().map(|(word, count)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

/// A line for each day, a letter for each hour.
fn print_heat(hours: &[HourCoverage], output: &mut impl Write) -> io::Result<()> {
    let mut days = BTreeMap::<String, [char; 24]>::new();
    for hour in hours {
        let time = TimeZone::UTC.to_datetime(hour.hour);
        let at = usize::try_from(time.hour()).unwrap_or_default();
        days.entry(time.date().to_string()).or_insert(['.'; 24])[at] = heat(hour);
    }
    if days.is_empty() {
        return Ok(());
    }
    let earlier = days.len().saturating_sub(DAYS_SHOWN);
    writeln!(
        output,
        "\n  # complete  + complete, some of it repaired  ~ stream only  ! partial or contradicted\n  x expired  o not sealed  . nothing"
    )?;
    days.iter().skip(earlier).try_for_each(|(day, hours)| {
        let (first, second) = hours.split_at(12);
        writeln!(output, "  {day}  {} {}", first.iter().collect::<String>(), second.iter().collect::<String>())
    })
}

fn heat(hour: &HourCoverage) -> char {
    match hour.claim {
        None => 'o',
        Some(Word::Complete | Word::Empty) if repaired(hour) > 0 => '+',
        Some(Word::Complete | Word::Empty) => '#',
        Some(Word::StreamOnly) => '~',
        Some(Word::Expired) => 'x',
        Some(Word::Partial | Word::Contradicted | Word::Unread) => '!',
    }
}

fn print_hours(hours: &[HourCoverage], output: &mut impl Write) -> io::Result<()> {
    if hours.is_empty() {
        return Ok(());
    }
    let earlier = hours.len().saturating_sub(HOURS_SHOWN);
    if earlier > 0 {
        writeln!(output, "\n  ... {earlier} earlier hours (all with --json)")?;
    } else {
        writeln!(output)?;
    }
    let mut table = Table::default();
    table.row(["hour (UTC)".into(), "rows".into(), "repaired".into(), "duplicates".into(), "files".into(), "".into()]);
    for hour in &hours[earlier..] {
        let start = hour.hour.strftime("%Y-%m-%d %H:00").to_string();
        let (rows, duplicates, files) = (hour.rows.into(), hour.duplicates.into(), (hour.files as u64).into());
        table.row([start.into(), rows, repaired(hour).into(), duplicates, files, state(hour).into()]);
    }
    table.print(output)
}

fn repaired(hour: &HourCoverage) -> u64 {
    hour.seal.as_ref().map_or(0, |seal| seal.counts.repaired)
}

fn state(hour: &HourCoverage) -> String {
    match (hour.claim, &hour.seal) {
        (Some(claim), Some(seal)) => {
            format!("sealed, generation {}, {}", seal.generation, claim.as_str().replace('_', " "))
        }
        _ => "not sealed".to_owned(),
    }
}

/// How long ago, in the unit that a person would say it in.
fn age(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
