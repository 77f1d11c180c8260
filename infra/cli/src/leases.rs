//! Gives back the leases of a function that was stopped: another run need not wait until they end.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use local_aws::Error;
use local_aws::object_store::{Condition, ObjectStore};
use serde_json::Value;

/// The tries to replace a state object that changes meanwhile: requests of the function may still be under way.
const TRIES: usize = 5;

/// Gives back the leases in the state objects that a function wrote. Its process must be gone.
pub(crate) fn give_back(lake: &Path, written: &[String]) -> anyhow::Result<()> {
    let store = ObjectStore::open(lake)?;
    let states: BTreeSet<_> = written.iter().filter(|key| key.starts_with("state/")).collect();
    for key in states {
        give_back_one(&store, key).with_context(|| format!("cannot give back the lease in {key}"))?;
    }
    Ok(())
}

fn give_back_one(store: &ObjectStore, key: &str) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        let (mut file, info) = match store.read(key) {
            Err(Error::NoSuchKey { .. }) => return Ok(()),
            object => object?,
        };
        let tag = store.tag(&file, &info)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let Some(free) = without_lease(&text) else { return Ok(()) };
        let mut upload = store.begin()?;
        upload.write_all(&free)?;
        match store.publish(upload, key, &Condition::Tagged(tag)) {
            Err(Error::PreconditionFailed { .. }) => {}
            published => return Ok(published?),
        }
    }
    Ok(())
}

/// A state object with its lease given back; nothing if it has none.
fn without_lease(text: &[u8]) -> Option<Vec<u8>> {
    let mut state: Value = serde_json::from_slice(text).ok()?;
    let lease = state.get_mut("lease").filter(|lease| !lease.is_null())?;
    *lease = Value::Null;
    serde_json::to_vec(&state).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_leases_of_written_state_are_given_back() {
        let lake = tempfile::tempdir().unwrap();
        let held = r#"{"id":"x","lease":{"owner":"o","until":"2026-01-01T00:00:00Z"}}"#;
        for name in ["ours.json", "others.json", "broken.json"] {
            std::fs::create_dir_all(lake.path().join("state/tenant=t")).unwrap();
            let text = if name == "broken.json" { "{" } else { held };
            std::fs::write(lake.path().join("state/tenant=t").join(name), text).unwrap();
        }
        let written = ["ours.json", "broken.json", "gone.json"].map(|name| format!("state/tenant=t/{name}"));
        give_back(lake.path(), &written).unwrap();
        let read = |name: &str| std::fs::read_to_string(lake.path().join("state/tenant=t").join(name)).unwrap();
        assert_eq!(read("ours.json"), r#"{"id":"x","lease":null}"#);
        assert_eq!((read("others.json"), read("broken.json")), (held.to_owned(), "{".to_owned()));
    }
}
