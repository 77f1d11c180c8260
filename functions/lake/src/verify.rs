//! Checks what the ledger says against what the lake has: every entry, link, number and signature, every object with rows,
//! and every manifest. It writes nothing and signs nothing.
//!
//! The whole ledger is read first, in memory that grows with the number of hours; then the hours of the wanted time are
//! read one by one, from a file each. A run that is stopped goes on at [`VerifyReport::resume`].

mod chain;
pub mod finding;
mod hour;
mod manifest;
mod object;
pub mod report;
pub mod trust;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use normalize::Tenant;

use crate::key::Key;
use crate::layout;
use crate::ledger::{Head, HourObjects, Recorded};
use crate::object_store::StateError;
use crate::partition::Partition;
use crate::retention::{self, RetentionRecord};
use crate::source::ObjectSource;
use crate::verify::chain::{Chain, ChainResult};
use crate::verify::finding::{Finding, FindingKind, Remedy};
use crate::verify::hour::HourCheck;
use crate::verify::manifest::CountedManifest;
use crate::verify::report::VerifyReport;
use crate::verify::trust::TrustedKeys;

/// What to verify.
#[derive(Debug)]
pub struct VerifyRequest<'a> {
    /// The org.
    pub tenant: &'a Tenant,
    /// Hours from this one on have their objects read; none = from the first.
    pub since: Option<Timestamp>,
    /// Hours before this time have their objects read; none = to the last.
    pub until: Option<Timestamp>,
    /// The keys whose signatures count.
    pub trusted: &'a TrustedKeys,
    /// Heads that were published outside of the bucket.
    pub heads: &'a [Head],
    /// The time.
    pub now: Timestamp,
}

/// What an org has, by hour.
#[derive(Debug, Default)]
struct Listing {
    hours: BTreeMap<Timestamp, HourObjects>,
    entries: BTreeMap<Timestamp, Recorded>,
    unreadable: BTreeSet<Timestamp>,
    retention: Option<RetentionRecord>,
}

/// Verifies an org's part of a lake. `should_stop` is asked before each hour.
pub async fn verify<S: ObjectSource>(
    source: &S,
    request: &VerifyRequest<'_>,
    mut should_stop: impl FnMut() -> bool,
) -> Result<VerifyReport, StateError> {
    let mut report = VerifyReport::new(request.tenant, request.since, request.until);
    let listing = list(source, request, &mut report).await?;
    let chain = check_chain(request, &listing, &mut report);
    let is_wanted = |hour: &Timestamp| {
        request.since.is_none_or(|since| *hour >= since) && request.until.is_none_or(|until| *hour < until)
    };
    for (hour, objects) in listing.hours.iter().filter(|(hour, _)| is_wanted(hour)) {
        if should_stop() {
            report.resume = Some(*hour);
            return Ok(report);
        }
        let partition = Partition { tenant: request.tenant.clone(), hour: *hour };
        let check = HourCheck {
            partition: &partition,
            entry: listing.entries.get(hour).map(|recorded| &recorded.entry),
            objects,
            is_covered: chain.covered.contains(hour),
            is_expired: is_expired(listing.retention.as_ref(), &partition),
            now: request.now,
        };
        // An entry that cannot be read was reported; what it says of the objects is unknown.
        if !listing.unreadable.contains(hour) {
            report.add_all(check.of_listing());
        }
        check_objects(source, &check, &mut report).await?;
        report.checked.hours += 1;
    }
    check_inventory(source, request, listing.retention.as_ref(), &mut report).await?;
    report.is_finished = true;
    Ok(report)
}

fn is_expired(retention: Option<&RetentionRecord>, partition: &Partition) -> bool {
    retention.is_some_and(|record| partition.end() <= record.before)
}

async fn list<S: ObjectSource>(
    source: &S,
    request: &VerifyRequest<'_>,
    report: &mut VerifyReport,
) -> Result<Listing, StateError> {
    let tenant = request.tenant;
    let mut listing = Listing { retention: retention_record(source, request).await?, ..Listing::default() };
    // `live/` first: an hour that is sealed meanwhile counts as sealed.
    for prefix in ["live", "sealed", "ledger"] {
        for object in source.list(&format!("{prefix}/tenant={tenant}/")).await? {
            match Key::parse(&object.key) {
                Some(Key::Live { partition, .. }) => listing.of(&partition).live.push(object.key),
                Some(Key::Sealed { partition, .. }) => listing.of(&partition).sealed.push(object.key),
                Some(Key::Ledger(partition)) => {
                    listing.of(&partition);
                    read_entry(source, request, &partition, &mut listing, report).await?;
                }
                _ => report.add(strange(tenant, &object.key)),
            }
        }
    }
    Ok(listing)
}

impl Listing {
    fn of(&mut self, partition: &Partition) -> &mut HourObjects {
        self.hours.entry(partition.hour).or_default()
    }
}

fn strange(tenant: &Tenant, key: &str) -> Finding {
    let detail = "no part of okta-lake writes such a key".to_owned();
    let (tenant, key) = (tenant.to_string(), key.to_owned());
    Finding { tenant, hour: None, kind: FindingKind::ObjectUnlisted, key, detail, remedies: Vec::new() }
}

async fn retention_record<S: ObjectSource>(
    source: &S,
    request: &VerifyRequest<'_>,
) -> Result<Option<RetentionRecord>, StateError> {
    let Some(bytes) = source.read(&layout::state_key(request.tenant, retention::NAME)).await? else { return Ok(None) };
    let record: Option<RetentionRecord> = serde_json::from_slice(&bytes).ok();
    Ok(record.filter(|record| request.trusted.accepts(record, request.tenant.as_str())))
}

async fn read_entry<S: ObjectSource>(
    source: &S,
    request: &VerifyRequest<'_>,
    partition: &Partition,
    listing: &mut Listing,
    report: &mut VerifyReport,
) -> Result<(), StateError> {
    let key = layout::ledger_key(partition);
    let Some(bytes) = source.read(&key).await? else { return Ok(()) };
    report.checked.entries += 1;
    match Recorded::parse(&bytes) {
        Ok(recorded) => drop(listing.entries.insert(partition.hour, recorded)),
        Err(error) => {
            listing.unreadable.insert(partition.hour);
            report.add(Finding {
                tenant: request.tenant.to_string(),
                hour: Some(partition.hour),
                kind: FindingKind::EntryUnreadable,
                key,
                detail: crate::quarantine::reason(&error),
                remedies: Remedy::okta(partition.hour, request.now).into_iter().collect(),
            });
        }
    }
    Ok(())
}

fn check_chain(request: &VerifyRequest<'_>, listing: &Listing, report: &mut VerifyReport) -> ChainResult {
    let mut chain = Chain::new(request.tenant, request.trusted);
    listing.entries.iter().for_each(|(hour, recorded)| chain.add(*hour, recorded));
    let mut result = chain.finish(request.heads);
    // An entry that cannot be read is not missing.
    result.findings.retain(|finding| {
        let is_known = finding.hour.is_some_and(|hour| listing.unreadable.contains(&hour));
        !(finding.kind == FindingKind::EntryMissing && is_known)
    });
    report.add_all(std::mem::take(&mut result.findings));
    report.unproven.entries = result.uncovered;
    report.unproven.signatures = result.unchecked;
    report.unproven.is_end = request.heads.is_empty();
    report.head.clone_from(&result.head);
    result
}

async fn check_objects<S: ObjectSource>(
    source: &S,
    check: &HourCheck<'_>,
    report: &mut VerifyReport,
) -> Result<(), StateError> {
    if check.is_expired && check.entry.is_some_and(|entry| entry.object.is_some()) && check.sealed().is_none() {
        report.expired += 1;
    }
    if let Some((entry, key)) = check.sealed()
        && let Some(file) = source.open(key).await?
    {
        match object::read_sealed(key, file, check.partition, entry.mapping, entry.object_digest.as_deref()) {
            Ok(facts) => {
                report.count(&facts);
                report.unproven.columns += u64::from(entry.object_digest.is_none());
                report.add_all(check.of_sealed(entry, key, &facts));
            }
            Err(error) => report.add(check.unreadable(key, &error)),
        }
    }
    for key in &check.objects.live {
        // Gone: another run sealed it and removed it meanwhile.
        let Some(file) = source.open(key).await? else { continue };
        match object::read_live(key, file, check.partition) {
            Ok(facts) => {
                report.count(&facts);
                report.add_all(check.of_live(key, &facts));
            }
            Err(error) => report.add(check.unreadable(key, &error)),
        }
    }
    Ok(())
}

async fn check_inventory<S: ObjectSource>(
    source: &S,
    request: &VerifyRequest<'_>,
    retention: Option<&RetentionRecord>,
    report: &mut VerifyReport,
) -> Result<(), StateError> {
    let tenant = request.tenant;
    let (mut counted, mut snapshots) = (BTreeSet::new(), BTreeSet::new());
    for object in source.list(&format!("manifests/tenant={tenant}/")).await? {
        let Some(Key::Manifest { snapshot, .. }) = Key::parse(&object.key) else { continue };
        let Some(bytes) = source.read(&object.key).await? else { continue };
        report.checked.manifests += 1;
        snapshots.insert(snapshot.to_owned());
        let manifest = match CountedManifest::parse(tenant, snapshot, &bytes) {
            Ok(manifest) => manifest,
            Err(detail) => {
                let (tenant, key) = (tenant.to_string(), object.key.clone());
                let kind = FindingKind::ManifestUnreadable;
                report.add(Finding { tenant, hour: None, kind, key, detail, remedies: Vec::new() });
                continue;
            }
        };
        for parts in manifest.parts(tenant) {
            let listed = source.list(&layout::snapshot_prefix(tenant, &parts.entity, &parts.snapshot)).await?;
            let present: BTreeSet<_> = listed.into_iter().map(|part| part.key).collect();
            let mut rows = BTreeMap::new();
            for key in parts.keys.iter().filter(|key| present.contains(*key)) {
                if let Some(file) = source.open(key).await? {
                    rows.insert(key.clone(), manifest::rows(file));
                }
            }
            report.checked.parts += rows.len() as u64;
            report.add_all(parts.check(tenant, &present, &rows, retention.is_some()));
            counted.extend(parts.keys);
        }
    }
    for entity in source.folders("inventory/").await? {
        for part in source.list(&format!("inventory/{entity}/tenant={tenant}/")).await? {
            // A collection that has no manifest yet is under way, or was given up.
            let is_ended = matches!(Key::parse(&part.key), Some(Key::Inventory { snapshot, .. })
                if snapshots.contains(snapshot));
            if is_ended && !counted.contains(&part.key) {
                let (tenant, kind) = (tenant.to_string(), FindingKind::PartUnlisted);
                let detail = "no manifest counts it".to_owned();
                report.add(Finding { tenant, hour: None, kind, key: part.key, detail, remedies: Vec::new() });
            }
        }
    }
    Ok(())
}
