//! `okta-lake verify` on lakes made by hand. What it finds is tested with the lake's library.

use std::path::Path;

use serde_json::{Value, json};

use crate::command::okta_lake;
use crate::lake_files::{lake, write_rows, write_text};

const KEY: &str = "ledger/tenant=t/day=2026-01-02/03.json";

/// SHA-256 of no uuids.
const NO_UUIDS: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// An entry of an hour without events.
fn entry(rows: u64) -> String {
    let entry = json!({
        "version": 1,
        "tenant": "t",
        "hour": "2026-01-02T03:00:00Z",
        "generation": 1,
        "object": null,
        "rows": rows,
        "digest": NO_UUIDS,
        "completeness": "complete",
        "counts": {"stream_only": 0, "api_only": 0, "both": 0, "repaired": 0},
        "duplicates": 0,
        "lateness": {"minute": 0, "quarter": 0, "hour": 0, "six_hours": 0, "day": 0, "later": 0},
        "mapping": 1,
        "sealed": "2026-01-02T05:00:00Z",
        "inputs": [],
    });
    entry.to_string()
}

fn verify(lake: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = okta_lake(lake, &[&["verify", "--json"], arguments].concat(), b"");
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::String(text)))
}

#[test]
fn a_lake_as_its_ledger_says_is_sound_and_one_that_is_not_is_not() {
    let lake = lake();
    write_text(lake.path(), KEY, &entry(0));
    let (status, verified) = verify(lake.path(), &[]);
    assert_eq!((status, &verified["is_sound"]), (Some(0), &true.into()), "{verified}");
    write_text(lake.path(), KEY, &entry(1));
    let (status, verified) = verify(lake.path(), &["--tenant", "t"]);
    assert_eq!((status, &verified["is_sound"]), (Some(1), &false.into()), "{verified}");
    assert_eq!(verified["tenants"][0]["findings"][0]["key"], KEY);
    let text = String::from_utf8(okta_lake(lake.path(), &["verify"], b"").stdout).unwrap();
    assert!(text.contains(KEY) && text.contains("findings"), "{text}");
}

#[test]
fn a_lake_without_seals_proves_nothing() {
    let lake = lake();
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/1.parquet", &[("a", 1_767_322_800_000, 3002)]);
    let (status, verified) = verify(lake.path(), &[]);
    assert_eq!((status, &verified["is_sound"]), (Some(1), &false.into()), "{verified}");
    let text = String::from_utf8(okta_lake(lake.path(), &["verify"], b"").stdout).unwrap();
    assert!(text.starts_with("No hour is sealed"), "{text}");
}

#[test]
fn a_published_head_shows_that_the_end_was_cut_off() {
    let lake = lake();
    write_text(lake.path(), KEY, &entry(0));
    let head = json!({
        "tenant": "t", "sequence": 9, "hour": "2026-01-02T04:00:00Z", "generation": 1, "digest": "d",
    });
    let path = lake.path().join("head.json");
    for published in [&head, &json!({"detail-type": "HourSealed", "detail": {"head": &head}})] {
        std::fs::write(&path, published.to_string()).unwrap();
        let (status, verified) = verify(lake.path(), &["--head", path.to_str().unwrap()]);
        assert_eq!(status, Some(1), "{verified}");
        assert_eq!(verified["tenants"][0]["findings"][0]["kind"], "head_missing", "{verified}");
    }
    std::fs::write(&path, "{}").unwrap();
    assert_eq!(verify(lake.path(), &["--head", path.to_str().unwrap()]).0, Some(2));
    assert_eq!(verify(lake.path(), &["--public-key", path.to_str().unwrap()]).0, Some(2));
}
