//! The rows of one object of the lake, Parquet or compressed NDJSON, as lines of JSON.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use arrow_json::LineDelimitedWriter;
use lake::Format;
use lake::stored::ReadError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;

/// The number of rows decoded at once: a row is a few kilobytes.
const ROWS_AT_ONCE: usize = 256;

/// The columns of [`RowKey`].
const KEY_COLUMNS: [&str; 4] = ["time", "class_uid", "class_name", "metadata.uid"];

/// What a row is found by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct RowKey<'a> {
    /// When the event happened, in milliseconds since 1970.
    pub(crate) time: i64,
    /// The OCSF class.
    pub(crate) class_uid: u32,
    /// The name of the class.
    #[serde(borrow, default)]
    pub(crate) class_name: Cow<'a, str>,
    /// Where the identity of the event is.
    #[serde(borrow)]
    pub(crate) metadata: MetadataKey<'a>,
}

/// The part of the metadata that a row is found by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct MetadataKey<'a> {
    /// The uuid that Okta gave the event.
    #[serde(borrow)]
    pub(crate) uid: Cow<'a, str>,
}

/// Which columns of a Parquet file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    /// All of them.
    All,
    /// Those of [`RowKey`], which is quick.
    Keys,
}

/// Why an object was not read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It does not exist, or may not be read.
    #[error("cannot open it")]
    Open(#[source] io::Error),
    /// It is damaged.
    #[error(transparent)]
    Damaged(#[from] ReadError),
    /// Whoever takes the rows cannot take more.
    #[error(transparent)]
    Visitor(io::Error),
}

/// Takes a row: its key, and its line without the line's end.
pub(crate) type Visitor<'a> = dyn FnMut(&RowKey<'_>, &[u8]) -> io::Result<()> + 'a;

/// Gives every row of an object, in the object's order, to the visitor.
pub(crate) fn read(path: &Path, columns: Columns, visit: &mut Visitor<'_>) -> Result<(), Failure> {
    let format = path.to_str().and_then(Format::of).ok_or(ReadError::Format)?;
    let file = File::open(path).map_err(Failure::Open)?;
    let mut take = |line: &[u8]| {
        let key = serde_json::from_slice(line).map_err(ReadError::Json)?;
        visit(&key, line).map_err(Failure::Visitor)
    };
    match format {
        Format::Parquet => parquet(file, columns, &mut take),
        Format::Ndjson => ndjson(file, &mut take),
    }
}

type Take<'a> = dyn FnMut(&[u8]) -> Result<(), Failure> + 'a;

fn parquet(file: File, columns: Columns, take: &mut Take<'_>) -> Result<(), Failure> {
    let mut builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(ReadError::Parquet)?;
    if columns == Columns::Keys {
        let mask = ProjectionMask::columns(builder.parquet_schema(), KEY_COLUMNS);
        builder = builder.with_projection(mask);
    }
    for batch in builder.with_batch_size(ROWS_AT_ONCE).build().map_err(ReadError::Parquet)? {
        let mut lines = LineDelimitedWriter::new(Vec::new());
        let written = batch.and_then(|batch| lines.write(&batch)).and_then(|()| lines.finish());
        written.map_err(ReadError::Arrow)?;
        lines.into_inner().split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).try_for_each(&mut *take)?;
    }
    Ok(())
}

/// The lines are rows already.
fn ndjson(file: File, take: &mut Take<'_>) -> Result<(), Failure> {
    let mut reader = BufReader::new(zstd::Decoder::new(file).map_err(ReadError::Decompress)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(ReadError::Decompress)? == 0 {
            return Ok(());
        }
        take(line.trim_ascii_end())?;
    }
}
