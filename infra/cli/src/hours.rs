//! Which hours a lake's folder holds, and the files that a reader of the view reads for each: the object that the ledger
//! names, and those of the stream that are not in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::row_file::is_row_file;

/// One hour of one tenant. Ordered by time, then by tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HourKey {
    /// The start of the hour.
    pub start: Timestamp,
    /// The tenant.
    pub tenant: String,
}

/// What a reader of the view reads for an hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hour {
    /// What the ledger says, if the hour is sealed.
    pub seal: Option<Seal>,
    /// The files with its rows: the sealed one, then those of the stream, sorted.
    pub files: Vec<PathBuf>,
}

/// What the ledger says of a sealed hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// How often it has been sealed.
    pub generation: u64,
    /// What it was compared with: `complete`, with Okta's API; `stream_only`, with nothing.
    #[serde(default)]
    pub completeness: String,
    /// How its rows came.
    #[serde(default)]
    pub counts: SealCounts,
}

/// How the rows of a sealed hour came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealCounts {
    /// Found missing when the hour was sealed.
    pub repaired: u64,
}

/// An entry of the ledger, as far as a reader needs it.
#[derive(Deserialize)]
struct LedgerEntry {
    #[serde(flatten)]
    seal: Seal,
    object: Option<String>,
    #[serde(default)]
    inputs: BTreeSet<String>,
}

impl LedgerEntry {
    fn has(&self, file: &Path) -> bool {
        file.file_name().and_then(|name| name.to_str()).is_some_and(|name| self.inputs.contains(name))
    }
}

impl HourKey {
    /// The end of the hour, which is the start of the next.
    pub fn end(&self) -> Timestamp {
        self.start.saturating_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX)
    }
}

/// All hours of the lake, in order. A lake that is not there has none.
pub fn hours(lake: &Path) -> Result<BTreeMap<HourKey, Hour>, Error> {
    let mut hours = BTreeMap::new();
    for (tenant, day, folder) in days(&lake.join("live"))? {
        for (hour, folder) in partitions(&folder, "hour")? {
            let files = row_files(&folder)?;
            if let Some(start) = start(day, &hour).filter(|_| !files.is_empty()) {
                hours.insert(HourKey { start, tenant: tenant.clone() }, Hour { seal: None, files });
            }
        }
    }
    // After `live/`: an hour sealed in between counts as sealed.
    for (key, entry) in ledger(lake)? {
        let hour: &mut Hour = hours.entry(key).or_default();
        hour.files.retain(|file| !entry.has(file));
        hour.files.splice(..0, entry.object.map(|object| lake.join(object)));
        hour.seal = Some(entry.seal);
    }
    Ok(hours)
}

/// `PREFIX/tenant=T/day=D` folders below a folder.
pub(crate) fn days(folder: &Path) -> Result<Vec<(String, Date, PathBuf)>, Error> {
    let mut days = Vec::new();
    for (tenant, folder) in partitions(folder, "tenant")? {
        for (day, folder) in partitions(&folder, "day")? {
            // A folder that is named otherwise is not the lake's.
            if let Ok(day) = day.parse() {
                days.push((tenant.clone(), day, folder));
            }
        }
    }
    Ok(days)
}

/// The names in a folder, sorted; none if it is not there.
pub(crate) fn children(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(cause) => return Err(Error::file("list", folder)(cause)),
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(Error::file("list", folder))?;
    paths.sort_unstable();
    Ok(paths)
}

/// The `NAME=VALUE` folders in a folder, by value.
fn partitions(folder: &Path, name: &str) -> Result<Vec<(String, PathBuf)>, Error> {
    let value = |path: &Path| Some(path.file_name()?.to_str()?.strip_prefix(name)?.strip_prefix('=')?.to_owned());
    Ok(children(folder)?.into_iter().filter_map(|path| Some((value(&path)?, path))).collect())
}

fn row_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    Ok(children(folder)?.into_iter().filter(|path| is_row_file(path)).collect())
}

fn ledger(lake: &Path) -> Result<Vec<(HourKey, LedgerEntry)>, Error> {
    let mut ledger = Vec::new();
    for (tenant, day, folder) in days(&lake.join("ledger"))? {
        for path in children(&folder)? {
            let hour = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".json"));
            let Some(start) = hour.and_then(|hour| start(day, hour)) else { continue };
            ledger.push((HourKey { start, tenant: tenant.clone() }, read_entry(&path)?));
        }
    }
    Ok(ledger)
}

/// An entry that cannot be read is an error: without it, nobody knows which rows count.
fn read_entry(path: &Path) -> Result<LedgerEntry, Error> {
    let bytes = fs::read(path).map_err(Error::file("read", path))?;
    serde_json::from_slice(&bytes).map_err(|cause| Error::Decode { path: path.to_owned(), source: cause.into() })
}

fn start(day: Date, hour: &str) -> Option<Timestamp> {
    let hour = (hour.len() == 2).then(|| hour.parse().ok()).flatten().filter(|hour| (0..24).contains(hour))?;
    TimeZone::UTC.to_timestamp(day.at(hour, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lake(files: &[(&str, &str)]) -> tempfile::TempDir {
        let lake = tempfile::tempdir().unwrap();
        for (key, content) in files {
            let path = lake.path().join(key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        lake
    }

    fn described(lake: &Path) -> Vec<String> {
        let describe = |(key, hour): (HourKey, Hour)| {
            let names = hour.files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect::<Vec<_>>();
            let generation = hour.seal.map(|seal| seal.generation);
            format!("{} {} {generation:?} {}", key.start.strftime("%dT%H"), key.tenant, names.join(" "))
        };
        hours(lake).unwrap().into_iter().map(describe).collect()
    }

    #[test]
    fn the_ledger_decides_what_is_read() {
        let lake = lake(&[
            ("live/tenant=b/day=2026-01-02/hour=03/2.parquet", ""),
            ("live/tenant=b/day=2026-01-02/hour=03/1.ndjson.zst", ""),
            ("live/tenant=a/day=2026-01-02/hour=03/3.parquet", ""),
            ("live/tenant=a/day=2026-01-02/hour=04/4.parquet", ""),
            ("live/tenant=a/day=2026-01-02/hour=04/late.parquet", ""),
            ("sealed/tenant=a/day=2026-01-02/hour=04/gen=1/5.parquet", ""),
            ("sealed/tenant=a/day=2026-01-02/hour=04/gen=2/6.parquet", ""),
            ("sealed/tenant=a/day=2026-01-02/hour=05/gen=1/7.parquet", ""),
            (
                "ledger/tenant=a/day=2026-01-02/04.json",
                r#"{"generation":2,"object":"sealed/tenant=a/day=2026-01-02/hour=04/gen=2/6.parquet","inputs":["4.parquet"]}"#,
            ),
            ("ledger/tenant=a/day=2026-01-02/06.json", r#"{"generation":1}"#),
        ]);
        assert_eq!(
            described(lake.path()),
            [
                "02T03 a None 3.parquet",
                "02T03 b None 1.ndjson.zst 2.parquet",
                "02T04 a Some(2) 6.parquet late.parquet",
                // Sealed and empty. Hour 05 is not in the ledger: its seal was never finished.
                "02T06 a Some(1) ",
            ]
        );
    }

    #[test]
    fn what_is_not_the_lakes_is_passed_over() {
        let lake = lake(&[
            ("live/tenant=a/day=2026-01-02/hour=03/notes.txt", ""),
            ("live/tenant=a/day=2026-13-02/hour=03/1.parquet", ""),
            ("live/tenant=a/day=2026-01-02/hour=24/1.parquet", ""),
            ("live/.DS_Store", ""),
            ("ledger/tenant=a/day=2026-01-02/x.json", ""),
        ]);
        assert_eq!(described(lake.path()), [""; 0]);
        assert_eq!(described(Path::new("/no/such/lake")), [""; 0]);
    }

    #[test]
    fn a_ledger_that_cannot_be_read_is_an_error() {
        let lake = lake(&[("ledger/tenant=a/day=2026-01-02/04.json", "{")]);
        assert!(hours(lake.path()).unwrap_err().to_string().contains("04.json"));
    }
}
