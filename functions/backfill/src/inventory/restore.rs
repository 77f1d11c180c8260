//! The state of the inventory, brought in line with the manifests: whoever restores an older version of it, or deletes or
//! damages it, loses no more than the run that is under way.

use lake::{Lake, StateError, layout};
use normalize::Tenant;
use serde::de::Error as _;

use crate::inventory::manifest::Manifest;
use crate::inventory::state::{CollectionRun, InventoryState, Stage, VERSION};
use crate::org::lease::PersistedState as _;

/// Manifests that are read at most. Older ones have nothing that these lack, unless an entity has not been complete since.
const MANIFESTS: usize = 60;

/// Replaces a state that is not readable, or that is another org's. Returns what was wrong with it.
pub(crate) async fn replace_unusable(lake: &Lake, tenant: &Tenant) -> Result<Option<String>, StateError> {
    let key = layout::state_key(tenant, InventoryState::NAME);
    let (bytes, version) = lake.read_versioned(&key).await?;
    let Some(bytes) = bytes else { return Ok(None) };
    let Err(error) = usable(&bytes, tenant) else { return Ok(None) };
    let state = InventoryState { version: VERSION, tenant: tenant.to_string(), ..InventoryState::default() };
    lake.write_state(&key, &state, &version).await?;
    Ok(Some(format!("{key} was not usable ({error}): it was made anew from the manifests")))
}

fn usable(bytes: &[u8], tenant: &Tenant) -> Result<(), serde_json::Error> {
    // A structure would also be read from an array.
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes)?;
    let state: InventoryState = serde_json::from_value(members.into())?;
    if !state.tenant.is_empty() && state.tenant != tenant.as_str() {
        return Err(serde_json::Error::custom(format!("it belongs to {}", state.tenant)));
    }
    if state.version > VERSION {
        return Err(serde_json::Error::custom(format!("its version is {}", state.version)));
    }
    Ok(())
}

/// Takes account of the manifests that a state does not know. Returns how many they were.
pub(crate) async fn adopt_manifests(
    lake: &Lake,
    tenant: &Tenant,
    state: &mut InventoryState,
) -> Result<usize, StateError> {
    (state.version, state.tenant) = (VERSION, tenant.to_string());
    let prefix = layout::manifest_key(tenant, "");
    let prefix = prefix.trim_end_matches(".json");
    let keys = lake.keys(prefix).await?;
    let known = state.manifest.clone();
    let snapshot = |key: &String| Some(key.strip_prefix(prefix)?.strip_suffix(".json")?.to_owned());
    let unknown: Vec<_> =
        keys.iter().filter_map(snapshot).filter(|id| known.as_ref().is_none_or(|known| id > known)).collect();
    let newest = &unknown[unknown.len().saturating_sub(MANIFESTS)..];
    for snapshot in newest {
        match lake.read_state::<Manifest>(&layout::manifest_key(tenant, snapshot)).await {
            Ok((Some(manifest), _)) if manifest.tenant == tenant.as_str() => adopt(state, &manifest),
            Ok(_) | Err(StateError::Unreadable { .. }) => {
                tracing::warn!(snapshot, "a manifest is not usable: it is not taken account of");
            }
            Err(error) => return Err(error),
        }
        state.manifest = Some(snapshot.clone());
    }
    Ok(newest.len())
}

fn adopt(state: &mut InventoryState, manifest: &Manifest) {
    for (name, collection) in manifest.complete() {
        let known = state.latest.get(name);
        if known.is_none_or(|known| known.snapshot < collection.snapshot) {
            state.latest.insert(name.clone(), collection);
        }
    }
    // A run that has a manifest is over, unless only the state lacks that.
    let is_over = |run: &CollectionRun| {
        run.id == manifest.snapshot && run.entities.values().any(|progress| progress.stage != Stage::Done)
    };
    if state.run.as_ref().is_some_and(is_over) {
        state.run = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_of_another_org_or_a_later_version_is_not_usable() {
        let tenant = Tenant::parse("acme").unwrap();
        let is_usable = |text: &str| usable(text.as_bytes(), &tenant).is_ok();
        assert!(is_usable("{}") && is_usable(r#"{"version":2,"tenant":"acme","latest":{}}"#));
        for bad in ["", "{", "[]", "null", r#"{"tenant":"other"}"#, r#"{"version":99}"#, r#"{"latest":[]}"#] {
            assert!(!is_usable(bad), "{bad}");
        }
    }
}
