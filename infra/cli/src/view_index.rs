//! Which objects a reader of the view reads for each hour: the one that the ledger names, and those of the stream that are
//! not in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use lake::{Entry, Format, layout};
use normalize::Tenant;

use crate::damage::Damage;

/// One hour of one tenant. Ordered by time, then by tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HourKey {
    /// The start of the hour.
    pub(crate) start: Timestamp,
    /// The tenant.
    pub(crate) tenant: Tenant,
}

/// What a reader of the view reads for an hour.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Hour {
    /// What the ledger says, if the hour is sealed.
    pub(crate) entry: Option<Entry>,
    /// The objects with its rows: the sealed one, then those of the stream, sorted.
    pub(crate) files: Vec<PathBuf>,
}

/// The hours of a lake, in order. An hour whose ledger entry cannot be read is left out and is part of the damage: without
/// its entry nobody knows which of its objects count.
#[derive(Debug, Default)]
pub(crate) struct ViewIndex {
    /// The hours that can be read.
    pub(crate) hours: BTreeMap<HourKey, Hour>,
    /// The entries that cannot.
    pub(crate) damage: Damage,
}

impl HourKey {
    /// The end of the hour, which is the start of the next.
    pub(crate) fn end(&self) -> Timestamp {
        self.start.saturating_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX)
    }
}

impl ViewIndex {
    /// Reads which hours a lake has. A folder that does not exist has none.
    pub(crate) fn read(lake: &Path) -> anyhow::Result<Self> {
        let mut index = Self::default();
        for (tenant, folder) in tenants(&lake.join("live"))? {
            index.add_live(lake, &tenant, &folder)?;
        }
        // After `live/`: an hour that is sealed in between counts as sealed.
        for (tenant, folder) in tenants(&lake.join("ledger"))? {
            index.add_ledger(lake, &tenant, &folder)?;
        }
        Ok(index)
    }

    fn add_live(&mut self, lake: &Path, tenant: &Tenant, folder: &Path) -> anyhow::Result<()> {
        for path in files(folder)? {
            let key = key(lake, &path);
            let Some((start, _)) = layout::live_object(tenant, &key).filter(|(_, name)| Format::of(name).is_some())
            else {
                continue;
            };
            self.hours.entry(HourKey { start, tenant: tenant.clone() }).or_default().files.push(path);
        }
        Ok(())
    }

    fn add_ledger(&mut self, lake: &Path, tenant: &Tenant, folder: &Path) -> anyhow::Result<()> {
        for path in files(folder)? {
            let Some(start) = layout::ledger_hour(tenant, &key(lake, &path)) else { continue };
            let hour = HourKey { start, tenant: tenant.clone() };
            match read_entry(&path) {
                Ok(entry) => self.hours.entry(hour).or_default().seal(lake, entry),
                Err(error) => {
                    self.hours.remove(&hour);
                    self.damage.add(lake, &path, &error);
                }
            }
        }
        Ok(())
    }
}

impl Hour {
    fn seal(&mut self, lake: &Path, entry: Entry) {
        let is_input = |file: &PathBuf| {
            file.file_name().and_then(|name| name.to_str()).is_some_and(|name| entry.inputs.contains(name))
        };
        self.files.retain(|file| !is_input(file));
        self.files.splice(..0, entry.object.as_ref().map(|object| lake.join(object)));
        self.entry = Some(entry);
    }
}

/// Every tenant that a lake has something of.
pub(crate) fn known_tenants(lake: &Path) -> anyhow::Result<BTreeSet<Tenant>> {
    let mut known = BTreeSet::new();
    for prefix in ["ledger", "live", "manifests", "quarantine", "state"] {
        known.extend(tenants(&lake.join(prefix))?.into_iter().map(|(tenant, _)| tenant));
    }
    Ok(known)
}

/// The `tenant=T` folders in a folder, by name.
fn tenants(folder: &Path) -> anyhow::Result<Vec<(Tenant, PathBuf)>> {
    let tenant = |path: &Path| Tenant::parse(path.file_name()?.to_str()?.strip_prefix("tenant=")?).ok();
    Ok(children(folder)?.into_iter().filter_map(|path| Some((tenant(&path)?, path))).collect())
}

/// Every file below a folder, sorted; none if it does not exist.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in children(folder)? {
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// What is directly in a folder, sorted; nothing if it does not exist.
pub(crate) fn children(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries,
    };
    let paths = entries.and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
    let mut paths: Vec<_> = paths.with_context(|| format!("cannot list {}", folder.display()))?;
    paths.sort_unstable();
    Ok(paths)
}

fn key(lake: &Path, path: &Path) -> String {
    path.strip_prefix(lake).unwrap_or(path).to_string_lossy().into_owned()
}

fn read_entry(path: &Path) -> io::Result<Entry> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}
