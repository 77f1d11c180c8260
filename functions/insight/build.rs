//! Puts our rules into the crate as JSON, so that no function reads YAML at its start: all of them, and, without the prose,
//! those about one event, which run where events are written. What is wrong with a rule, the tests tell.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// What narrows a question about one event down to one that needs more than the event.
const NARROWING: [&str; 7] = ["absent", "as-of", "new", "peers", "risk", "spike", "travel"];
/// What deciding about an event needs of a rule.
const NEEDED: [&str; 6] = ["detection", "id", "level", "logsource", "name", "title"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=rules");
    let mut files = Vec::new();
    for path in paths()? {
        let text = std::fs::read_to_string(&path)?;
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, documents.into_iter().map(without_tests).collect::<Vec<_>>()));
    }
    let at_write: Vec<_> = files.iter().filter(|(_, documents)| is_of_one_event(documents)).collect();
    let at_write: Vec<_> =
        at_write.iter().map(|(name, documents)| json!([name, [without_prose(&documents[0])]])).collect();
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script its folder this way")]
    let folder = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&folder).join("rules.json"), serde_json::to_vec(&files)?)?;
    std::fs::write(Path::new(&folder).join("rules_at_write.json"), serde_json::to_vec(&at_write)?)?;
    Ok(())
}

fn paths() -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir("rules")?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    Ok(paths)
}

fn without_tests(mut document: Value) -> Value {
    if let Some(extension) = document.get_mut("okta_lake").and_then(Value::as_object_mut) {
        extension.remove("tests");
    }
    document
}

/// Rules that ask for a list of the configuration are left out: where events are written, nothing is read.
fn is_of_one_event(documents: &[Value]) -> bool {
    let [document] = documents else { return false };
    let narrowed = NARROWING.iter().any(|name| !document["okta_lake"][name].is_null());
    document["detection"].is_object() && !narrowed && !document["detection"].to_string().contains("|expand\"")
}

fn without_prose(document: &Value) -> Value {
    let mut needed: Map<String, Value> =
        NEEDED.iter().map(|name| ((*name).to_owned(), document[name].clone())).collect();
    let mut extension = document["okta_lake"].as_object().cloned().unwrap_or_default();
    extension.remove("respond");
    needed.insert("okta_lake".to_owned(), Value::Object(extension));
    Value::Object(needed)
}
