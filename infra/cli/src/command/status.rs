//! `okta-lake status`: what the lake has.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use okta_lake::coverage::{HourCoverage, TenantCoverage, coverage};
use okta_lake::hours::Seal;
use serde_json::{Value, json};

use crate::arguments::StatusArguments;
use crate::command::run::print_job;
use crate::outcome::Outcome;
use crate::report::{Table, grouped};

/// So many of the latest hours are shown; JSON has them all.
const HOURS_SHOWN: usize = 48;

/// So many of the latest days are drawn.
const DAYS_SHOWN: usize = 31;

/// What the ledger says of an hour that was compared with Okta's API.
const COMPLETE: &str = "complete";

/// Prints the state of the lake.
pub(crate) fn run(arguments: &StatusArguments, lake: &Path) -> anyhow::Result<Outcome> {
    if !lake.is_dir() {
        bail!("no lake at {}: give its folder with --lake, or make one with `okta-lake demo`", lake.display());
    }
    let tenant = arguments.tenant.as_ref().map(ToString::to_string);
    let tenants = coverage(lake, tenant.as_deref(), Timestamp::now())?;
    let collections = collections(lake, tenant.as_deref())?;
    let mut output = io::stdout().lock();
    if arguments.json {
        let status = json!({"lake": lake.canonicalize()?, "tenants": tenants, "collections": collections});
        serde_json::to_writer_pretty(&mut output, &status).map_err(io::Error::from)?;
        writeln!(output)?;
    } else {
        print(&tenants, lake, &mut output)?;
        for collection in &collections {
            writeln!(output)?;
            print_job(collection, &mut output)?;
        }
    }
    Ok(Outcome::Done)
}

/// How far the collections of the past are, as the function last wrote it.
fn collections(lake: &Path, tenant: Option<&str>) -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    for folder in folders(&lake.join("state"))? {
        let is_wanted = |tenant| folder.file_name().is_some_and(|name| *name == *format!("tenant={tenant}"));
        if tenant.is_some_and(|tenant| !is_wanted(tenant)) {
            continue;
        }
        for job in folders(&folder.join("logs"))? {
            let path = job.join("job.json");
            let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut job: Value =
                serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", path.display()))?;
            found.extend(Some(job["progress"].take()).filter(|progress| !progress.is_null()));
        }
    }
    Ok(found)
}

/// The folders in a folder, sorted; none if it is not there.
fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    let mut folders: Vec<_> = paths.into_iter().filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

fn print(tenants: &[TenantCoverage], lake: &Path, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "Lake {}", lake.canonicalize()?.display())?;
    if tenants.is_empty() {
        writeln!(output, "  nothing in it yet: `okta-lake send FILE` or `okta-lake demo` fills it")?;
    }
    tenants.iter().try_for_each(|tenant| print_tenant(tenant, output))
}

fn print_tenant(tenant: &TenantCoverage, output: &mut impl Write) -> io::Result<()> {
    let seals = || tenant.hours.iter().filter_map(|hour| hour.seal.as_ref());
    let complete = seals().filter(|seal| seal.completeness == COMPLETE).count();
    let repaired: u64 = seals().map(|seal| seal.counts.repaired).sum();
    writeln!(output, "\nTenant {}", tenant.tenant)?;
    let mut table = Table::default();
    table.row(["rows".into(), grouped(tenant.rows).into()]);
    let (hours, sealed) = (tenant.hours.len(), seals().count());
    table.row([
        "hours".into(),
        format!("{hours}, {sealed} of them sealed, {complete} compared with Okta and complete").into(),
    ]);
    table.row(["repaired".into(), grouped(repaired).into()]);
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
    writeln!(output, "\n  # complete  + complete, some of it repaired  ~ sealed without the API  o live  . nothing")?;
    days.iter().skip(earlier).try_for_each(|(day, hours)| {
        let (first, second) = hours.split_at(12);
        writeln!(output, "  {day}  {} {}", first.iter().collect::<String>(), second.iter().collect::<String>())
    })
}

fn heat(hour: &HourCoverage) -> char {
    match &hour.seal {
        None => 'o',
        Some(seal) if seal.completeness != COMPLETE => '~',
        Some(seal) if seal.counts.repaired > 0 => '+',
        Some(_) => '#',
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
        let (repaired, state) = match &hour.seal {
            Some(seal) => (seal.counts.repaired, sealed(seal)),
            None => (0, "live".to_owned()),
        };
        let start = hour.hour.strftime("%Y-%m-%d %H:00").to_string();
        let (rows, duplicates, files) = (hour.rows.into(), hour.duplicates.into(), (hour.files as u64).into());
        table.row([start.into(), rows, repaired.into(), duplicates, files, state.into()]);
    }
    table.print(output)
}

fn sealed(seal: &Seal) -> String {
    let generation = seal.generation;
    match seal.completeness.as_str() {
        COMPLETE => format!("sealed, generation {generation}, complete"),
        _ => format!("sealed, generation {generation}, without the API"),
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
