//! Lakes made by hand: files as the functions write them, without the functions.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{MapBuilder, StringBuilder};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, StructArray, UInt32Array};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;

/// A row: its uuid, its time in milliseconds, its class.
pub(crate) type Row = (&'static str, i64, u32);

/// A lake to put files into.
pub(crate) fn lake() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes rows to a file, in the form that its name tells.
pub(crate) fn write_rows(lake: &Path, key: &str, rows: &[Row]) {
    let path = lake.join(key);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if key.ends_with(".parquet") { write_parquet(&path, rows) } else { write_ndjson(&path, rows) }
}

/// Writes any text to a file.
pub(crate) fn write_text(lake: &Path, key: &str, text: &str) {
    let path = lake.join(key);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Writes the ledger's entry of an hour of 2026-01-02, whose object is named within the hour's folder.
pub(crate) fn write_entry(lake: &Path, tenant: &str, hour: i8, generation: u64, object: Option<&str>, inputs: &[&str]) {
    let start = jiff::civil::date(2026, 1, 2).at(hour, 0, 0, 0);
    let object = object.map(|object| format!("sealed/tenant={tenant}/day=2026-01-02/hour={hour:02}/{object}"));
    let entry = serde_json::json!({
        "version": 1,
        "tenant": tenant,
        "hour": jiff::tz::TimeZone::UTC.to_timestamp(start).unwrap(),
        "generation": generation,
        "object": object,
        "rows": 1,
        "digest": "",
        "completeness": "complete",
        "counts": {"stream_only": 1, "api_only": 0, "both": 0, "repaired": 1},
        "duplicates": 0,
        "lateness": {"minute": 0, "quarter": 0, "hour": 0, "six_hours": 0, "day": 0, "later": 0},
        "mapping": 1,
        "sealed": "1970-01-01T00:00:00Z",
        "inputs": inputs,
    });
    let key = format!("ledger/tenant={tenant}/day=2026-01-02/{hour:02}.json");
    write_text(lake, &key, &entry.to_string());
}

fn write_parquet(path: &Path, rows: &[Row]) {
    let batch = batch(rows);
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn batch(rows: &[Row]) -> RecordBatch {
    let uids: ArrayRef = Arc::new(rows.iter().map(|(uid, ..)| Some(*uid)).collect::<StringArray>());
    let products: ArrayRef = Arc::new(rows.iter().map(|_| None::<&str>).collect::<StringArray>());
    let metadata = StructArray::from(vec![
        (Arc::new(Field::new("product", DataType::Utf8, true)), products),
        (Arc::new(Field::new("uid", DataType::Utf8, false)), uids),
    ]);
    let mut unmapped = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for (uid, ..) in rows {
        unmapped.keys().append_value("debugContext.requestId");
        unmapped.values().append_value(uid);
        unmapped.append(true).unwrap();
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("time", Arc::new(rows.iter().map(|(_, time, _)| *time).collect::<Int64Array>())),
        ("class_uid", Arc::new(rows.iter().map(|(.., class)| *class).collect::<UInt32Array>())),
        (
            "class_name",
            Arc::new(rows.iter().map(|(.., class)| Some(format!("Class {class}"))).collect::<StringArray>()),
        ),
        ("metadata", Arc::new(metadata)),
        ("unmapped", Arc::new(unmapped.finish())),
        (
            "raw_data",
            Arc::new(rows.iter().map(|(uid, ..)| Some(format!("{{\"uuid\":\"{uid}\"}}"))).collect::<StringArray>()),
        ),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn write_ndjson(path: &Path, rows: &[Row]) {
    let lines: String = rows.iter().map(|row| json(row) + "\n").collect();
    fs::write(path, zstd::encode_all(lines.as_bytes(), 3).unwrap()).unwrap();
}

/// The line that a row is printed as.
pub(crate) fn json((uid, time, class): &Row) -> String {
    format!(
        r#"{{"time":{time},"class_uid":{class},"class_name":"Class {class}","metadata":{{"uid":"{uid}"}},"unmapped":{{"debugContext.requestId":"{uid}"}},"raw_data":"{{\"uuid\":\"{uid}\"}}"}}"#
    )
}
