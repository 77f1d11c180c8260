//! How far the collections of each org are, as the functions last wrote it: ranges of the log, and the inventory.

use std::fs;
use std::io;
use std::path::Path;

use lake::Claim;
use lake::claim::UnreadCause;
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

/// Whether a manifest calls every entity complete or says that the org does not have it. Entities that are still being read
/// claim nothing.
pub(crate) fn is_whole(manifest: &Value) -> bool {
    let is_whole = |entity: &Value| match serde_json::from_value(entity.clone()) {
        Ok(Claim::Unread(unread)) => unread.why == UnreadCause::NotOffered,
        Ok(claim) => claim.is_complete(),
        Err(_) => entity["status"].is_null(),
    };
    manifest["entities"].as_object().into_iter().flat_map(|entities| entities.values()).all(is_whole)
}

/// A JSON file; null if it does not exist.
fn read_json(path: &Path) -> io::Result<Value> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::Null),
        bytes => Ok(serde_json::from_slice(&bytes?)?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_refused_or_left_out_is_not_whole() {
        let whole = |entity: Value| is_whole(&json!({"entities": {"user": {"status": "complete"}, "group": entity}}));
        for status in ["complete", "empty", "unlicensed"] {
            assert!(whole(json!({"status": status})), "{status}");
        }
        for status in ["denied", "failed", "skipped", "partial", "contradicted", "unread"] {
            assert!(!whole(json!({"status": status})), "{status}");
        }
        assert!(whole(json!({"status": "unread", "unread": "not_offered"})));
        assert!(!whole(json!({"status": "unread", "unread": "denied"})));
        assert!(whole(json!({"rows": 7})), "it is being read");
    }
}
