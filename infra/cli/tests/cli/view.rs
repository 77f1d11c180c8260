//! What a reader of the view sees, from files of every kind.

use std::path::Path;

use crate::command::okta_lake;
use crate::lake_files::{Row, json, lake, write_entry, write_rows, write_text};

/// 2026-01-02T03:00:00Z in milliseconds.
const THREE: i64 = 1_767_322_800_000;
const HOUR: i64 = 3_600_000;

/// The lines that `cat` prints, with more arguments.
fn seen(lake: &Path, arguments: &[&str]) -> Vec<String> {
    let output = okta_lake(lake, &[&["cat"], arguments].concat(), b"");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn all(lake: &Path) -> Vec<String> {
    seen(lake, &[])
}

fn printed(rows: &[Row]) -> Vec<String> {
    rows.iter().map(json).collect()
}

#[test]
fn both_forms_give_the_same_lines_each_event_once_in_order() {
    let lake = lake();
    let (a, b, c, d) =
        (("a", THREE + 5, 3002), ("b", THREE + 1, 3001), ("c", THREE + 5, 6003), ("d", THREE + HOUR, 3002));
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/1.parquet", &[a, b]);
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/2.ndjson.zst", &[a, c]);
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=04/3.parquet", &[d]);
    assert_eq!(all(lake.path()), printed(&[b, a, c, d]));
}

#[test]
fn a_sealed_hour_shows_its_generation_and_what_came_after_it() {
    let lake = lake();
    let (stale, missed, whole) = (("stale", THREE, 3002), ("late", THREE + 1, 3002), ("whole", THREE + 2, 3002));
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/1.parquet", &[stale]);
    write_rows(lake.path(), "sealed/tenant=t/day=2026-01-02/hour=03/gen=1/2.parquet", &[stale, missed]);
    assert_eq!(all(lake.path()), printed(&[stale]), "the seal counts once the ledger names it");
    write_entry(lake.path(), "t", 3, 1, Some("gen=1/2.parquet"), &["1.parquet"]);
    assert_eq!(all(lake.path()), printed(&[stale, missed]));
    write_rows(lake.path(), "sealed/tenant=t/day=2026-01-02/hour=03/gen=2/3.parquet", &[stale, missed, whole]);
    assert_eq!(all(lake.path()), printed(&[stale, missed]));
    let after = ("later", THREE + 3, 3002);
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/4.parquet", &[missed, after]);
    assert_eq!(all(lake.path()), printed(&[stale, missed, after]), "what came after the seal is there, each once");
    write_entry(lake.path(), "t", 3, 2, Some("gen=2/3.parquet"), &["1.parquet"]);
    assert_eq!(all(lake.path()), printed(&[stale, missed, whole, after]));
}

#[test]
fn filters_take_what_they_say() {
    let lake = lake();
    let (a, b, c) = (("a", THREE, 3002), ("b", THREE + 10, 3001), ("c", THREE + HOUR, 3002));
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/1.parquet", &[a, b]);
    write_rows(lake.path(), "live/tenant=u/day=2026-01-02/hour=04/2.parquet", &[c]);
    write_rows(lake.path(), "sealed/tenant=u/day=2026-01-02/hour=04/gen=1/3.parquet", &[c]);
    write_entry(lake.path(), "u", 4, 1, Some("gen=1/3.parquet"), &["2.parquet"]);
    let tell = |arguments: &[&str]| seen(lake.path(), arguments);
    assert_eq!(tell(&["--tenant", "u"]), printed(&[c]));
    assert_eq!(tell(&["--class", "3002"]), printed(&[a, c]));
    assert_eq!(tell(&["--class", "account-change"]), printed(&[b]));
    assert_eq!(tell(&["--since", "2026-01-02T03:00:00.010Z"]), printed(&[b, c]), "since counts in");
    assert_eq!(tell(&["--until", "2026-01-02T03:00:00.010Z"]), printed(&[a]), "until does not");
    assert_eq!(tell(&["--since", "2026-01-02T04:00:00Z"]), printed(&[c]));
    assert_eq!(tell(&["--sealed"]), printed(&[c]));
    assert_eq!(tell(&["--live"]), printed(&[a, b]));
}

/// One damaged file costs its own rows and nothing else: it is named, counted and shows in the exit status.
#[test]
fn a_damaged_file_is_named_and_the_rest_is_shown() {
    let (a, b) = (("a", THREE, 3002), ("b", THREE + HOUR, 3001));
    let folder = "live/tenant=t/day=2026-01-02/hour=03";
    for (name, text) in [("2.parquet", "not Parquet"), ("2.ndjson.zst", "not zstd"), ("2.parquet", "")] {
        let lake = lake();
        write_rows(lake.path(), &format!("{folder}/1.parquet"), &[a]);
        write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=04/3.ndjson.zst", &[b]);
        write_text(lake.path(), &format!("{folder}/{name}"), text);
        check(lake.path(), &format!("{folder}/{name}"), &printed(&[a, b]));
    }
}

#[test]
fn an_hour_without_a_readable_ledger_entry_is_named_and_the_rest_is_shown() {
    let (a, b) = (("a", THREE, 3002), ("b", THREE + HOUR, 3001));
    for text in ["", "{}", "null", r#"{"generation":1}"#] {
        let lake = lake();
        write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/1.parquet", &[a]);
        write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=04/2.parquet", &[b]);
        write_text(lake.path(), "ledger/tenant=t/day=2026-01-02/03.json", text);
        check(lake.path(), "ledger/tenant=t/day=2026-01-02/03.json", &printed(&[b]));
    }
}

#[test]
fn a_sealed_object_that_is_gone_or_cut_is_named_and_the_rest_is_shown() {
    let (a, b) = (("a", THREE, 3002), ("b", THREE + HOUR, 3001));
    let object = "sealed/tenant=t/day=2026-01-02/hour=03/gen=1/2.parquet";
    for cut in [false, true] {
        let lake = lake();
        write_rows(lake.path(), object, &[a]);
        write_entry(lake.path(), "t", 3, 1, Some("gen=1/2.parquet"), &[]);
        write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=04/3.parquet", &[b]);
        let path = lake.path().join(object);
        if cut {
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
        check(lake.path(), object, &printed(&[b]));
    }
}

/// `cat` and `status` name the file and what to do, show the rest, and end with status 1.
fn check(lake: &Path, key: &str, rows: &[String]) {
    for command in ["cat", "status"] {
        let output = okta_lake(lake, &[command], b"");
        let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(1), "{command}: {stderr}");
        assert!(stderr.contains(&format!("skipped {key}: ")), "{command}: {stderr}");
        assert!(stderr.contains("Files that could not be read: 1.") && stderr.contains("verify"), "{stderr}");
        if command == "cat" {
            assert_eq!(stdout.lines().map(str::to_owned).collect::<Vec<_>>(), rows);
        }
    }
    let status = okta_lake(lake, &["status", "--json"], b"");
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status["damaged"][0]["key"], key);
}
