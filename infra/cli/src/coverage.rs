//! What a lake has, hour by hour: rows as a reader sees them, what the ledger claims, freshness, quarantine.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use jiff::Timestamp;
use lake::Entry;
use lake::Word;
use normalize::Tenant;
use serde::Serialize;

use crate::damage::Damage;
use crate::lake_reader::{self, Columns, Failure};
use crate::quarantine::{self, Reasons};
use crate::view_index::{Hour, HourKey, ViewIndex, children, files};

/// The claims by which nothing is missing.
const WHOLE: [Word; 3] = [Word::Complete, Word::Empty, Word::Expired];

/// What a lake has.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    /// Each tenant, by name.
    pub(crate) tenants: Vec<TenantCoverage>,
    /// What could not be read.
    pub(crate) damage: Damage,
}

/// What a lake has of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct TenantCoverage {
    /// The tenant; `_unknown` is what belongs to none.
    pub(crate) tenant: String,
    /// Rows that a reader of the view sees.
    pub(crate) rows: u64,
    /// Its hours, in order.
    pub(crate) hours: Vec<HourCoverage>,
    /// The time of the newest event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) newest: Option<Timestamp>,
    /// How long ago that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) freshness_seconds: Option<i64>,
    /// Messages in quarantine, by reason.
    pub(crate) quarantined: Reasons,
}

/// What a lake has of one hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct HourCoverage {
    /// The start of the hour.
    pub(crate) hour: Timestamp,
    /// The word that the ledger has for the hour, if it is sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) claim: Option<Word>,
    /// The ledger's entry, if the hour is sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seal: Option<Entry>,
    /// Rows that a reader of the view sees.
    pub(crate) rows: u64,
    /// Rows in the objects that repeat an event; a reader does not see them.
    pub(crate) duplicates: u64,
    /// Objects with its rows.
    pub(crate) files: usize,
}

impl Coverage {
    /// Reads the whole lake, or one tenant of it.
    pub(crate) fn read(lake: &Path, tenant: Option<&Tenant>, now: Timestamp) -> anyhow::Result<Self> {
        let is_wanted = |name: &str| tenant.is_none_or(|tenant| name == tenant.as_str());
        let ViewIndex { hours, mut damage } = ViewIndex::read(lake)?;
        let mut tenants = BTreeMap::<String, TenantCoverage>::new();
        for (key, hour) in hours.iter().filter(|(key, _)| is_wanted(key.tenant.as_str())) {
            let (coverage, newest) = hour_coverage(lake, key, hour, &mut damage)?;
            tenants.entry(key.tenant.to_string()).or_default().add(coverage, newest);
        }
        for folder in children(&lake.join("quarantine"))? {
            let name = folder.file_name().and_then(|name| name.to_str()?.strip_prefix("tenant="));
            let Some(name) = name.filter(|name| is_wanted(name)) else { continue };
            let known = tenants.entry(name.to_owned()).or_default();
            for path in files(&folder)? {
                if let Err(error) = quarantine::add(&path, &mut known.quarantined) {
                    damage.add(lake, &path, &error);
                }
            }
        }
        let tenants = tenants.into_iter().map(|(name, coverage)| coverage.finish(name, now)).collect();
        Ok(Self { tenants, damage })
    }
}

impl TenantCoverage {
    /// The number of messages in quarantine.
    pub(crate) fn quarantine_count(&self) -> u64 {
        self.quarantined.values().sum()
    }

    /// Whether nothing is in quarantine, and no sealed hour is less than complete.
    pub(crate) fn is_complete(&self) -> bool {
        self.quarantine_count() == 0
            && self.hours.iter().filter_map(|hour| hour.claim).all(|claim| WHOLE.contains(&claim))
    }

    /// The number of hours by what the ledger claims of them.
    pub(crate) fn claims(&self) -> String {
        let mut words = BTreeMap::<_, u64>::new();
        for hour in &self.hours {
            *words.entry(hour.claim.map_or("not sealed", Word::as_str)).or_default() += 1;
        }
        let words: Vec<_> = words.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
        words.join(", ")
    }

    /// Rows that only the stream brought, of hours for which the API was read.
    pub(crate) fn unconfirmed(&self) -> u64 {
        self.hours.iter().map(HourCoverage::unconfirmed).sum()
    }

    fn add(&mut self, hour: HourCoverage, newest: Option<Timestamp>) {
        self.rows += hour.rows;
        self.newest = self.newest.max(newest);
        self.hours.push(hour);
    }

    fn finish(self, tenant: String, now: Timestamp) -> Self {
        let freshness_seconds = self.newest.map(|newest| now.duration_since(newest).as_secs());
        Self { tenant, freshness_seconds, ..self }
    }
}

impl HourCoverage {
    /// The rows that only the stream brought, if the API was read for the hour.
    fn unconfirmed(&self) -> u64 {
        let entry = self.seal.as_ref().filter(|_| self.claim != Some(Word::StreamOnly));
        entry.map_or(0, |entry| entry.counts.stream_only)
    }
}

fn claim(entry: &Entry) -> Word {
    match entry.claim.word() {
        Word::Complete if entry.rows == 0 => Word::Empty,
        word => word,
    }
}

fn hour_coverage(
    lake: &Path,
    key: &HourKey,
    hour: &Hour,
    damage: &mut Damage,
) -> anyhow::Result<(HourCoverage, Option<Timestamp>)> {
    let (mut seen, mut rows, mut newest) = (HashSet::<String>::new(), 0, None);
    for path in &hour.files {
        let read = lake_reader::read(path, Columns::Keys, &mut |row, _| {
            rows += 1;
            newest = newest.max(Some(row.time));
            seen.insert(row.metadata.uid.to_string());
            Ok(())
        });
        match read {
            Ok(()) => {}
            Err(Failure::Visitor(error)) => return Err(error.into()),
            Err(error) => damage.add(lake, path, &error),
        }
    }
    let distinct = seen.len() as u64;
    let coverage = HourCoverage {
        hour: key.start,
        claim: hour.entry.as_ref().map(claim),
        seal: hour.entry.clone(),
        rows: distinct,
        duplicates: rows - distinct,
        files: hour.files.len(),
    };
    Ok((coverage, newest.and_then(|time| Timestamp::from_millisecond(time).ok())))
}
