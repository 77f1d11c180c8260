//! What a lake has, told hour by hour: rows as a reader sees them, freshness, quarantine.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::hours::{Hour, HourKey, Seal, children, days, hours};
use crate::quarantine::{self, Reasons};
use crate::row_file::{self, Columns};

/// What a lake has of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TenantCoverage {
    /// The tenant.
    pub tenant: String,
    /// Rows that a reader of the view sees.
    pub rows: u64,
    /// Its hours, in order.
    pub hours: Vec<HourCoverage>,
    /// The time of the newest event.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_optional_text")]
    pub newest: Option<Timestamp>,
    /// How long ago that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness_seconds: Option<i64>,
    /// Messages in quarantine, by reason.
    pub quarantined: Reasons,
}

/// What a lake has of one hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HourCoverage {
    /// The start of the hour.
    #[serde(serialize_with = "as_text")]
    pub hour: Timestamp,
    /// What the ledger says, if the hour is sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<Seal>,
    /// Rows that a reader of the view sees.
    pub rows: u64,
    /// Rows in the files that repeat an event; a reader does not see them.
    pub duplicates: u64,
    /// Files with its rows.
    pub files: usize,
}

/// Reads the whole lake, or one tenant of it.
pub fn coverage(lake: &Path, tenant: Option<&str>, now: Timestamp) -> Result<Vec<TenantCoverage>, Error> {
    let is_wanted = |name: &str| tenant.is_none_or(|tenant| name == tenant);
    let mut tenants = BTreeMap::<String, TenantCoverage>::new();
    for (key, hour) in hours(lake)?.iter().filter(|(key, _)| is_wanted(&key.tenant)) {
        let (coverage, newest) = hour_coverage(key, hour)?;
        tenants.entry(key.tenant.clone()).or_default().add(coverage, newest);
    }
    for (name, _, folder) in days(&lake.join("quarantine"))?.into_iter().filter(|(name, ..)| is_wanted(name)) {
        let known = tenants.entry(name).or_default();
        children(&folder)?.iter().try_for_each(|path| quarantine::add(path, &mut known.quarantined))?;
    }
    Ok(tenants.into_iter().map(|(name, coverage)| coverage.finish(name, now)).collect())
}

impl TenantCoverage {
    /// How many messages are in quarantine.
    pub fn quarantine_count(&self) -> u64 {
        self.quarantined.values().sum()
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

fn hour_coverage(key: &HourKey, hour: &Hour) -> Result<(HourCoverage, Option<Timestamp>), Error> {
    let (mut seen, mut rows, mut newest) = (HashSet::<String>::new(), 0, None);
    for path in &hour.files {
        row_file::read(path, Columns::Keys, &mut |row, _| {
            rows += 1;
            newest = newest.max(Some(row.time));
            seen.insert(row.metadata.uid.to_string());
            Ok(())
        })?;
    }
    let distinct = seen.len() as u64;
    let coverage = HourCoverage {
        hour: key.start,
        seal: hour.seal.clone(),
        rows: distinct,
        duplicates: rows - distinct,
        files: hour.files.len(),
    };
    Ok((coverage, newest.and_then(|time| Timestamp::from_millisecond(time).ok())))
}

fn as_text<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn as_optional_text<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.to_string()).serialize(serializer)
}
