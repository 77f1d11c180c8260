//! `okta-lake verify`: whether the lake is what its ledger says.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Args;
use jiff::Timestamp;
use lake::ledger::Head;
use lake::signing::PublicKey;
use lake::source::Folder;
use lake::verify::finding::{Finding, Remedy};
use lake::verify::report::{Unproven, VerifyReport};
use lake::verify::trust::TrustedKeys;
use lake::verify::{VerifyRequest, verify};
use normalize::Tenant;
use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::outcome::Outcome;
use crate::parse::{TimeRange, tenant};
use crate::report::{Table, grouped};
use crate::view_index::known_tenants;

const HELP: &str = "\
Reads the whole ledger, and the objects of the given time: links, numbers, signatures, digests, row counts, the uuids in
raw_data, objects that are missing, altered, misplaced or that no entry names, and the inventory's manifests. It works
offline, writes nothing and signs nothing.

Signatures prove something only with a public key from outside of the lake (the stack's output), and the end of the ledger
only with a head from outside (the detail of an HourSealed event, or the function's log).

Examples:
  okta-lake verify
  okta-lake verify --since 7d --public-key ledger.pem --head hour-sealed.json

Exit status: 0 = everything that was read is as the ledger says; 1 = something is not, or nothing is sealed; 2 = failed.";

/// Check the lake against its ledger: digests, links, signatures, rows, missing and altered objects
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Only this tenant: the Okta subdomain
    #[arg(long, value_name = "TENANT", value_parser = tenant)]
    tenant: Option<Tenant>,

    #[command(flatten)]
    range: TimeRange,

    /// A public key (PEM) whose signatures count; can be given more than once, for keys that were rotated
    #[arg(long = "public-key", value_name = "FILE")]
    public_keys: Vec<PathBuf>,

    /// A head that was published outside of the lake (JSON); can be given more than once
    #[arg(long = "head", value_name = "FILE")]
    heads: Vec<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Verified {
    is_sound: bool,
    tenants: Vec<VerifyReport>,
}

/// Verifies the lake and prints the result.
pub(crate) async fn run(arguments: &Arguments, app: &App) -> anyhow::Result<Outcome> {
    let lake = app.existing_lake(arguments.tenant.as_ref())?;
    let range = arguments.range.check()?;
    let keys = arguments.public_keys.iter().map(|path| public_key(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let heads = arguments.heads.iter().map(|path| head(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let trusted = TrustedKeys::new(keys);
    let source = Folder::new(lake);
    let mut tenants = Vec::new();
    for tenant in arguments.tenant.clone().map_or_else(|| known_tenants(lake), |tenant| Ok([tenant].into()))? {
        let heads: Vec<_> = heads.iter().filter(|head| head.tenant == tenant.as_str()).cloned().collect();
        let TimeRange { since, until } = range;
        let request =
            VerifyRequest { tenant: &tenant, since, until, trusted: &trusted, heads: &heads, now: Timestamp::now() };
        tenants.push(verify(&source, &request, || false).await?);
    }
    for head in &heads {
        let is_known = tenants.iter().any(|report| report.tenant == head.tenant);
        ensure!(is_known, "the head of {} is not of a tenant that is verified", head.tenant);
    }
    let is_sound =
        tenants.iter().all(VerifyReport::is_sound) && tenants.iter().any(|report| report.checked.entries > 0);
    let verified = Verified { is_sound, tenants };
    verified.print(arguments.json)?;
    Ok(Outcome::of(verified.is_sound))
}

fn public_key(path: &Path) -> anyhow::Result<PublicKey> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    PublicKey::from_pem(&text).with_context(|| format!("{} is no public key", path.display()))
}

/// A head, or the event or its detail that has one.
fn head(path: &Path) -> anyhow::Result<Head> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let value: Value = serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    let mut places = ["/detail/head", "/head", ""].into_iter().filter_map(|place| value.pointer(place));
    let head = places.find_map(|value| serde_json::from_value(value.clone()).ok());
    head.with_context(|| format!("{} has no head of a ledger: it is in the detail of HourSealed", path.display()))
}

impl Verified {
    fn print(&self, as_json: bool) -> io::Result<()> {
        let mut output = io::stdout().lock();
        if as_json {
            serde_json::to_writer_pretty(&mut output, self).map_err(io::Error::from)?;
            return writeln!(output);
        }
        if self.tenants.iter().all(|report| report.checked.entries == 0) {
            writeln!(output, "No hour is sealed: there is nothing to verify. `okta-lake run reconcile` seals hours.")?;
        }
        self.tenants.iter().try_for_each(|report| print_report(report, &mut output))
    }
}

fn print_report(report: &VerifyReport, output: &mut impl Write) -> io::Result<()> {
    let state = match report.finding_count() {
        0 if report.checked.entries == 0 => "nothing is sealed".to_owned(),
        0 => "as the ledger says".to_owned(),
        findings => format!("{} findings", grouped(findings)),
    };
    writeln!(output, "Tenant {}: {state}", report.tenant)?;
    let checked = &report.checked;
    let mut table = Table::default();
    for (name, count) in [
        ("ledger entries", checked.entries),
        ("hours", checked.hours),
        ("objects", checked.objects),
        ("rows", checked.rows),
        ("manifests", checked.manifests),
        ("inventory parts", checked.parts),
        ("expired hours", report.expired),
    ] {
        table.row([name.into(), count.into()]);
    }
    table.print(output)?;
    print_unproven(&report.unproven, output)?;
    for finding in &report.findings {
        print_finding(finding, output)?;
    }
    if report.findings_left_out > 0 {
        writeln!(output, "  ... and {} more findings", grouped(report.findings_left_out))?;
    }
    Ok(())
}

fn print_unproven(unproven: &Unproven, output: &mut impl Write) -> io::Result<()> {
    let Unproven { entries, signatures, columns, is_end } = unproven;
    for (count, text) in [
        (entries, "entries have no signature: who can write the lake can forge them"),
        (signatures, "signatures were not checked: give the key with --public-key"),
        (columns, "objects have no digest of their bytes: their events are proven, the columns are not"),
    ] {
        if *count > 0 {
            writeln!(output, "  not proven: {} {text}", grouped(*count))?;
        }
    }
    if *is_end {
        writeln!(
            output,
            "  not proven: that the newest hours were not cut off; --head compares with a published head"
        )?;
    }
    Ok(())
}

fn print_finding(finding: &Finding, output: &mut impl Write) -> io::Result<()> {
    let kind = serde_json::to_value(finding.kind)?;
    let kind = kind.as_str().unwrap_or_default().replace('_', " ");
    writeln!(output, "  {kind}: {}\n    {}", finding.key, finding.detail)?;
    if finding.remedies.is_empty() {
        writeln!(output, "    nothing known can repair it")?;
    }
    finding.remedies.iter().try_for_each(|it| writeln!(output, "    {}", remedy(it)))
}

fn remedy(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Okta { until } => format!("repair: Okta has the hour until {until:.0}; it can be read again"),
        Remedy::Version { digest } => format!("repair: put back the version of the object with SHA-256 {digest}"),
        Remedy::Seal => "repair: `okta-lake run reconcile` seals it with its hour; no row is lost".to_owned(),
    }
}
