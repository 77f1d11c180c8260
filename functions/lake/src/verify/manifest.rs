//! Manifests of the inventory against the parts that they count. Pure, but for reading the number of rows of a part.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use normalize::Tenant;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde::Deserialize;

use crate::layout;
use crate::stored::ReadError;
use crate::verify::finding::{Finding, FindingKind};

/// A manifest, as far as it counts parts. Manifests of every version have these members.
#[derive(Debug, Deserialize)]
pub(crate) struct CountedManifest {
    tenant: String,
    snapshot: String,
    entities: BTreeMap<String, CountedEntity>,
}

#[derive(Debug, Deserialize)]
struct CountedEntity {
    #[serde(default)]
    rows: u64,
    #[serde(default)]
    parts: u32,
}

/// The parts of an entity that a manifest counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountedParts {
    pub(crate) entity: String,
    pub(crate) snapshot: String,
    pub(crate) keys: Vec<String>,
    pub(crate) rows: u64,
}

impl CountedManifest {
    /// Reads a manifest of this org and snapshot.
    pub(crate) fn parse(tenant: &Tenant, snapshot: &str, bytes: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if manifest.tenant != tenant.as_str() || manifest.snapshot != snapshot {
            return Err(format!("it is that of the snapshot {} of {}", manifest.snapshot, manifest.tenant));
        }
        Ok(manifest)
    }

    /// The parts that it counts, entity by entity.
    pub(crate) fn parts(&self, tenant: &Tenant) -> Vec<CountedParts> {
        let counted = self.entities.iter().map(|(entity, CountedEntity { rows, parts })| CountedParts {
            entity: entity.clone(),
            snapshot: self.snapshot.clone(),
            keys: (0..*parts).map(|part| layout::part_key(tenant, entity, &self.snapshot, part)).collect(),
            rows: *rows,
        });
        counted.collect()
    }
}

impl CountedParts {
    /// What is wrong with the parts: those that exist, and the rows of each part, or why it cannot be read.
    pub(crate) fn check(
        &self,
        tenant: &Tenant,
        present: &BTreeSet<String>,
        rows: &BTreeMap<String, Result<u64, ReadError>>,
        is_expired: bool,
    ) -> Vec<Finding> {
        let finding = |kind, key: &str, detail: String| {
            let (tenant, key) = (tenant.to_string(), key.to_owned());
            Finding { tenant, hour: None, kind, key, detail, remedies: Vec::new() }
        };
        let mut findings = Vec::new();
        for key in self.keys.iter().filter(|key| !present.contains(*key) && !is_expired) {
            let detail = "the manifest counts it, and it is gone".to_owned();
            findings.push(finding(FindingKind::PartMissing, key, detail));
        }
        for (key, read) in rows {
            if let Err(error) = read {
                findings.push(finding(FindingKind::PartUnreadable, key, crate::quarantine::reason(error)));
            }
        }
        let is_whole = findings.is_empty() && rows.len() == self.keys.len();
        let found: u64 = rows.values().filter_map(|read| read.as_ref().ok()).sum();
        if is_whole && found != self.rows {
            let key = layout::manifest_key(tenant, &self.snapshot);
            let detail = format!("the parts of {} have {found} rows, and the manifest has {}", self.entity, self.rows);
            findings.push(finding(FindingKind::PartsDiffer, &key, detail));
        }
        findings
    }
}

/// How many rows a part has, by its footer.
pub(crate) fn rows(part: File) -> Result<u64, ReadError> {
    let rows = SerializedFileReader::new(part)?.metadata().file_metadata().num_rows();
    Ok(u64::try_from(rows).unwrap_or_default())
}
