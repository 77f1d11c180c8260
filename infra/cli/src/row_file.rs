//! One file of rows, Parquet or compressed NDJSON, as lines of JSON.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;

use crate::error::{DecodeError, Error};
use crate::row_json::write_row;

/// So many rows are decoded at once: a row is a few kilobytes.
const ROWS_AT_ONCE: usize = 256;

/// What a row is found by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RowKey<'a> {
    /// When the event happened, in milliseconds since 1970.
    pub time: i64,
    /// The OCSF class.
    pub class_uid: u32,
    /// The name of the class.
    #[serde(borrow, default)]
    pub class_name: Cow<'a, str>,
    /// Where the identity of the event is.
    #[serde(borrow)]
    pub metadata: MetadataKey<'a>,
}

/// The part of the metadata that a row is found by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MetadataKey<'a> {
    /// The uuid that Okta gave the event.
    #[serde(borrow)]
    pub uid: Cow<'a, str>,
}

/// Which columns of a Parquet file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// All of them.
    All,
    /// Those of [`RowKey`], which is quick.
    Keys,
}

/// Whether a file of this name holds rows.
pub fn is_row_file(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(".parquet") || is_ndjson(name))
}

/// Takes a row: its key, and its line without the line's end.
pub type Visitor<'a> = dyn FnMut(&RowKey<'_>, &[u8]) -> Result<(), Error> + 'a;

/// Gives every row of a file, in the file's order, to the visitor.
pub fn read(path: &Path, columns: Columns, visit: &mut Visitor<'_>) -> Result<(), Error> {
    let decode = |source: DecodeError| Error::Decode { path: path.to_owned(), source };
    let file = File::open(path).map_err(Error::file("open", path))?;
    let mut line = |line: &[u8]| {
        let key = serde_json::from_slice(line).map_err(|cause| decode(cause.into()))?;
        visit(&key, line)
    };
    let is_ndjson = path.to_str().is_some_and(is_ndjson);
    let lines = if is_ndjson { ndjson(file, &mut line) } else { parquet(file, columns, &mut line) };
    lines.map_err(|cause| match cause {
        Failure::Decode(cause) => decode(cause),
        Failure::Visit(cause) => cause,
    })
}

/// Whose fault it is that a file was not read to its end.
enum Failure {
    Decode(DecodeError),
    Visit(Error),
}

impl<T: Into<DecodeError>> From<T> for Failure {
    fn from(cause: T) -> Self {
        Self::Decode(cause.into())
    }
}

type Visit<'a> = dyn FnMut(&[u8]) -> Result<(), Error> + 'a;

fn parquet(file: File, columns: Columns, visit: &mut Visit<'_>) -> Result<(), Failure> {
    let mut builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    if columns == Columns::Keys {
        let names = ["time", "class_uid", "class_name", "metadata.uid"];
        let mask = ProjectionMask::columns(builder.parquet_schema(), names);
        builder = builder.with_projection(mask);
    }
    let mut line = Vec::new();
    for batch in builder.with_batch_size(ROWS_AT_ONCE).build()? {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            line.clear();
            write_row(&batch, row, &mut line)?;
            visit(&line).map_err(Failure::Visit)?;
        }
    }
    Ok(())
}

/// The lines are rows already.
fn ndjson(file: File, visit: &mut Visit<'_>) -> Result<(), Failure> {
    let mut reader = BufReader::new(zstd::Decoder::new(file)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        visit(line.trim_ascii_end()).map_err(Failure::Visit)?;
    }
}

fn is_ndjson(name: &str) -> bool {
    name.ends_with(".ndjson.zst")
}
