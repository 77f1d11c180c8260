//! What a reader of the view sees, from files of every kind.

use std::path::Path;

use jiff::Timestamp;
use okta_lake::Error;
use okta_lake::view::{Filter, rows};

use crate::lake_files::{Row, json, lake, write_rows, write_text};

/// 2026-01-02T03:00:00Z in milliseconds.
const THREE: i64 = 1_767_322_800_000;
const HOUR: i64 = 3_600_000;

fn seen(lake: &Path, filter: &Filter) -> Vec<String> {
    let mut lines = Vec::new();
    rows(lake, filter, &mut |line| {
        lines.push(String::from_utf8(line.to_vec()).unwrap());
        Ok(())
    })
    .unwrap();
    lines
}

fn all(lake: &Path) -> Vec<String> {
    seen(lake, &Filter::default())
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
    let entry = |generation: u64, object: &str| {
        let inputs = r#"["1.parquet"]"#;
        format!(
            r#"{{"generation":{generation},"object":"sealed/tenant=t/day=2026-01-02/hour=03/{object}","inputs":{inputs}}}"#
        )
    };
    write_text(lake.path(), "ledger/tenant=t/day=2026-01-02/03.json", &entry(1, "gen=1/2.parquet"));
    assert_eq!(all(lake.path()), printed(&[stale, missed]));
    write_rows(lake.path(), "sealed/tenant=t/day=2026-01-02/hour=03/gen=2/3.parquet", &[stale, missed, whole]);
    assert_eq!(all(lake.path()), printed(&[stale, missed]));
    let after = ("later", THREE + 3, 3002);
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/4.parquet", &[missed, after]);
    assert_eq!(all(lake.path()), printed(&[stale, missed, after]), "what came after the seal is there, each once");
    write_text(lake.path(), "ledger/tenant=t/day=2026-01-02/03.json", &entry(2, "gen=2/3.parquet"));
    assert_eq!(all(lake.path()), printed(&[stale, missed, whole, after]));
}

#[test]
fn filters_take_what_they_say() {
    let lake = lake();
    let (a, b, c) = (("a", THREE, 3002), ("b", THREE + 10, 3001), ("c", THREE + HOUR, 3002));
    write_rows(lake.path(), "live/tenant=t/day=2026-01-02/hour=03/1.parquet", &[a, b]);
    write_rows(lake.path(), "live/tenant=u/day=2026-01-02/hour=04/2.parquet", &[c]);
    write_rows(lake.path(), "sealed/tenant=u/day=2026-01-02/hour=04/gen=1/3.parquet", &[c]);
    write_text(
        lake.path(),
        "ledger/tenant=u/day=2026-01-02/04.json",
        r#"{"generation":1,"object":"sealed/tenant=u/day=2026-01-02/hour=04/gen=1/3.parquet","inputs":["2.parquet"]}"#,
    );
    let at = |time| Some(Timestamp::from_millisecond(time).unwrap());
    let tell = |filter: Filter| seen(lake.path(), &filter);
    assert_eq!(tell(Filter { tenant: Some("u".into()), ..Filter::default() }), printed(&[c]));
    assert_eq!(tell(Filter { class_uid: Some(3002), ..Filter::default() }), printed(&[a, c]));
    assert_eq!(tell(Filter { from: at(THREE + 10), ..Filter::default() }), printed(&[b, c]), "from counts in");
    assert_eq!(tell(Filter { to: at(THREE + 10), ..Filter::default() }), printed(&[a]), "to does not");
    assert_eq!(tell(Filter { from: at(THREE + HOUR), ..Filter::default() }), printed(&[c]));
    assert_eq!(tell(Filter { sealed: Some(true), ..Filter::default() }), printed(&[c]));
    assert_eq!(tell(Filter { sealed: Some(false), ..Filter::default() }), printed(&[a, b]));
}

#[test]
fn a_damaged_file_is_named() {
    for (name, text) in [("1.parquet", "not Parquet"), ("1.ndjson.zst", "not zstd")] {
        let lake = lake();
        write_text(lake.path(), &format!("live/tenant=t/day=2026-01-02/hour=03/{name}"), text);
        let error = rows(lake.path(), &Filter::default(), &mut |_| Ok(())).unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{error:?}");
        assert!(error.to_string().contains(name), "{error}");
    }
}
