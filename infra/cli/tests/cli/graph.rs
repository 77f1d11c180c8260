//! `okta-lake access` and `okta-lake paths` on an inventory made by hand. What they say is tested with the graph itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use lake::inventory::{Row, encode};
use lake::layout;
use normalize::Tenant;
use serde_json::{Value, json};

use crate::command::okta_lake;
use crate::lake_files::{lake, write_text};

const SNAPSHOT: &str = "20260504T090000Z";

/// Entities whose absence would make every answer unknown.
fn entities() -> impl Iterator<Item = &'static str> {
    insight::graph::sources::SOURCES.iter().map(|source| source.entity)
}

/// Ada is in a group that is super admin and has an app.
fn records() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("org", "org", json!({"id": "00o1", "companyName": "Acme"})),
        ("user", "00u1", json!({"status": "ACTIVE", "profile": {"login": "ada@acme.example"}})),
        ("user", "00u2", json!({"status": "ACTIVE", "profile": {"login": "ben@acme.example"}})),
        ("group", "00g1", json!({"type": "OKTA_GROUP", "profile": {"name": "Admins"}})),
        ("group_member", "00g1/00u1", json!({"id": "00u1"})),
        ("group_role", "00g1/ra1", json!({"type": "SUPER_ADMIN", "status": "ACTIVE"})),
        ("app", "0oa1", json!({"name": "portal", "label": "Portal", "status": "ACTIVE"})),
        ("app_group", "0oa1/00g1", json!({"priority": 0})),
        ("app_user", "0oa1/00u1", json!({"scope": "GROUP", "status": "ACTIVE"})),
    ]
}

/// Writes the inventory; `unread` is an entity that was denied.
fn write_inventory(lake: &Path, unread: &str) {
    let tenant = Tenant::parse("acme").unwrap();
    let mut rows: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for (entity, id, json) in records() {
        let row = json!({"id": id, "parent": null, "name": null, "status": null, "kind": null, "created": null,
            "last_updated": null, "fetched": 0, "hash": "", "json": json.to_string(), "snapshot": SNAPSHOT});
        rows.entry(entity).or_default().push(serde_json::from_value(row).unwrap());
    }
    let mut claims = serde_json::Map::new();
    for entity in entities() {
        let parts = u32::from(rows.contains_key(entity));
        let status = if entity == unread {
            json!({"status": "unread", "unread": "denied"})
        } else {
            json!({"status": "complete"})
        };
        let mut claim = json!({"rows": 0, "parts": parts, "calls": 1});
        claim.as_object_mut().unwrap().extend(status.as_object().unwrap().clone());
        claims.insert(entity.to_owned(), claim);
        if let Some(rows) = rows.get(entity) {
            let path = lake.join(layout::part_key(&tenant, entity, SNAPSHOT, 0));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, encode(rows).unwrap()).unwrap();
        }
    }
    let manifest = json!({"version": 2, "tenant": "acme", "snapshot": SNAPSHOT, "mode": "full", "invocations": 1, "calls": 1, "rows": 9,
        "started": "2026-05-04T09:00:00Z", "ended": "2026-05-04T09:10:00Z", "entities": claims});
    write_text(lake, &layout::manifest_key(&tenant, SNAPSHOT), &manifest.to_string());
}

fn answer(lake: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = okta_lake(lake, &[arguments, &["--json"]].concat(), b"");
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::String(text)))
}

#[test]
fn who_can_open_an_app_and_who_can_become_super_admin() {
    let lake = lake();
    write_inventory(lake.path(), "");
    let (status, access) = answer(lake.path(), &["access", "portal"]);
    assert_eq!((status, access["access"].as_array().unwrap().len()), (Some(0), 1), "{access}");
    assert_eq!(access["access"][0]["user"]["name"], "ada@acme.example");
    assert_eq!(access["access"][0]["ways"][0], "group Admins (added before the inventory)");
    let (status, paths) = answer(lake.path(), &["paths", "ada@acme.example", "--to", "super-admin"]);
    assert_eq!((status, paths["paths"][0]["steps"].as_array().unwrap().len()), (Some(0), 2), "{paths}");
    let text = String::from_utf8(okta_lake(lake.path(), &["paths"], b"").stdout).unwrap();
    assert!(text.contains("1 user") && text.contains("frees 1") && text.contains("Admins"), "{text}");
}

#[test]
fn what_was_not_read_makes_no_path_unknown() {
    let lake = lake();
    write_inventory(lake.path(), "");
    let (status, none) = answer(lake.path(), &["paths", "ben@acme.example"]);
    assert_eq!((status, &none["paths"], &none["unknown"]), (Some(0), &json!([]), &json!([])), "{none}");
    write_inventory(lake.path(), "group_owner");
    let (status, unknown) = answer(lake.path(), &["paths", "ben@acme.example"]);
    assert_eq!((status, &unknown["unknown"][0]["entity"]), (Some(1), &json!("group_owner")), "{unknown}");
    // Before it was collected, nothing is known.
    let (status, before) = answer(lake.path(), &["paths", "--at", "2026-05-01"]);
    assert_eq!(status, Some(1), "{before}");
}

#[test]
fn a_damaged_part_is_named_and_makes_the_answer_partial() {
    let lake = lake();
    write_inventory(lake.path(), "");
    let key = layout::part_key(&Tenant::parse("acme").unwrap(), "group_member", SNAPSHOT, 0);
    fs::write(lake.path().join(&key), b"PAR1").unwrap();
    let output = okta_lake(lake.path(), &["paths", "ben@acme.example"], b"");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains(&key) && said.contains("unknown: group_member"), "{said}");
}

#[test]
fn a_file_for_bloodhound_is_written() {
    let lake = lake();
    write_inventory(lake.path(), "");
    let path = lake.path().join("acme.json");
    let output = okta_lake(lake.path(), &["paths", "--opengraph", path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(0));
    let file: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(file["metadata"]["source_kind"], "Okta");
    assert!(file["graph"]["edges"].as_array().unwrap().iter().any(|edge| edge["kind"] == "Okta_SuperAdmin"));
}

#[test]
fn names_that_mean_nothing_or_several_things_are_refused() {
    let lake = lake();
    write_inventory(lake.path(), "");
    assert_eq!(answer(lake.path(), &["access", "nobody"]).0, Some(2));
    assert_eq!(answer(lake.path(), &["paths", "nobody"]).0, Some(2));
    let empty = crate::lake_files::lake();
    assert_eq!(answer(empty.path(), &["paths"]).0, Some(2));
}
