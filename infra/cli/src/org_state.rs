//! How far the collections of each org are, as the functions last wrote it: ranges of the log, and the inventory.

use std::fs;
use std::io;
use std::path::Path;

use normalize::Tenant;
use serde::Serialize;
use serde_json::Value;

use crate::damage::Damage;
use crate::view_index::{children, files, known_tenants};

/// How far the collections of one org are.
#[derive(Debug, Serialize)]
pub(crate) struct OrgState {
    /// The tenant.
    pub(crate) tenant: String,
    /// The collections of ranges of the log: what `CollectionProgress` says.
    pub(crate) collections: Vec<Value>,
    /// The manifest of the newest inventory.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) inventory: Value,
    /// The inventory that is being collected: its snapshot, when it was begun, its entities.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) running_inventory: Value,
}

impl OrgState {
    /// Reads it for every org of a lake, or for one.
    pub(crate) fn read_all(lake: &Path, tenant: Option<&Tenant>, damage: &mut Damage) -> anyhow::Result<Vec<Self>> {
        let tenants = known_tenants(lake)?.into_iter().filter(|known| tenant.is_none_or(|tenant| tenant == known));
        tenants.map(|tenant| Self::read(lake, &tenant, damage)).collect()
    }

    fn read(lake: &Path, tenant: &Tenant, damage: &mut Damage) -> anyhow::Result<Self> {
        let state = lake.join(format!("state/tenant={tenant}"));
        let mut json = |path: &Path| {
            read_json(path).unwrap_or_else(|error| {
                damage.add(lake, path, &error);
                Value::Null
            })
        };
        let jobs = files(&state.join("logs"))?.into_iter().filter(|path| path.ends_with("job.json"));
        let collections = jobs.map(|path| json(&path)["progress"].take()).filter(|progress| !progress.is_null());
        let collections = collections.collect();
        let manifests = children(&lake.join(format!("manifests/tenant={tenant}")))?;
        let inventory = manifests.last().map(|newest| json(newest)).unwrap_or_default();
        let running_inventory = json(&state.join("inventory.json"))["run"].take();
        Ok(Self { tenant: tenant.to_string(), collections, inventory, running_inventory })
    }
}

/// A JSON file; null if it does not exist.
fn read_json(path: &Path) -> io::Result<Value> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::Null),
        bytes => Ok(serde_json::from_slice(&bytes?)?),
    }
}
