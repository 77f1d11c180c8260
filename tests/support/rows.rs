//! The lake's files, read in place.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow_json::LineDelimitedWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

/// Every row of every Parquet file below `folder`, in the order of keys.
pub(crate) fn parquet(folder: &Path) -> Vec<Value> {
    let files = files(folder).into_iter().filter(|file| file.extension().is_some_and(|it| it == "parquet"));
    files.flat_map(|file| rows(&file)).collect()
}

/// Every row of every file below `folder`, Parquet or NDJSON, in the order of keys.
pub(crate) fn all(folder: &Path) -> Vec<Value> {
    files(folder).iter().flat_map(|path| file(path)).collect()
}

/// Every row of a file, Parquet or NDJSON.
pub(crate) fn file(path: &Path) -> Vec<Value> {
    if path.extension().is_some_and(|it| it == "zst") { lines(path) } else { rows(path) }
}

fn lines(file: &Path) -> Vec<Value> {
    let text = zstd::decode_all(File::open(file).unwrap()).unwrap();
    String::from_utf8(text).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn rows(file: &Path) -> Vec<Value> {
    let batches = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap().build().unwrap();
    let mut lines = LineDelimitedWriter::new(Vec::new());
    for batch in batches {
        lines.write(&batch.unwrap()).unwrap();
    }
    lines.finish().unwrap();
    String::from_utf8(lines.into_inner()).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every JSON file below `folder`.
pub(crate) fn json(folder: &Path) -> Vec<Value> {
    files(folder).iter().map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap()).collect()
}

/// Every object key below `prefix` of the lake.
pub(crate) fn keys(lake: &Path, prefix: &str) -> Vec<String> {
    let key = |file: PathBuf| file.strip_prefix(lake).unwrap().to_string_lossy().into_owned();
    files(&lake.join(prefix)).into_iter().map(key).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}
