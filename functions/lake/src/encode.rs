//! Events to bytes: Parquet with nested columns, or compressed NDJSON.

use std::borrow::Borrow;
use std::io::Write;
use std::str::FromStr;

use arrow_array::RecordBatch;
use normalize::ocsf::Event;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use serde_arrow::ArrayBuilder;

use crate::pages::properties;
use crate::schema;

/// zstd's own default: beyond it, size falls by a tenth and speed by half.
pub(crate) const ZSTD_LEVEL: i32 = 3;

/// The form of the objects in `live/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Apache Parquet, zstd.
    #[default]
    Parquet,
    /// One JSON object a line, zstd.
    Ndjson,
}

/// An event that has no encoded form. All events have one: this is a bug, not bad input.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Into Arrow columns.
    #[error("cannot lay out events as columns")]
    Columns(#[source] Box<serde_arrow::Error>),
    /// Into a Parquet file.
    #[error("cannot write Parquet")]
    Parquet(#[from] ParquetError),
    /// Into JSON.
    #[error("cannot write NDJSON")]
    Json(#[from] serde_json::Error),
    /// Compressed.
    #[error("cannot compress")]
    Compress(#[from] std::io::Error),
}

impl Format {
    /// What its object keys end in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Ndjson => "ndjson.zst",
        }
    }

    /// The form of an object, by its key.
    pub fn of(key: &str) -> Option<Self> {
        let is = |format: &Self| key.strip_suffix(format.extension()).is_some_and(|name| name.ends_with('.'));
        [Self::Parquet, Self::Ndjson].into_iter().find(is)
    }

    /// The media type of its objects.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Ndjson => "application/zstd",
        }
    }

    /// Encodes `events` in their order. Each is needed only until the next one: given by value, it is freed then.
    pub fn encode<'a, E: Borrow<Event<'a>>>(self, events: impl IntoIterator<Item = E>) -> Result<Vec<u8>, EncodeError> {
        match self {
            Self::Parquet => parquet(events),
            Self::Ndjson => ndjson(events),
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "parquet" => Ok(Self::Parquet),
            "ndjson" => Ok(Self::Ndjson),
            _ => Err(format!("{name:?} is no format: expected parquet or ndjson")),
        }
    }
}

/// `events` as Arrow columns of [`schema::events`].
pub fn columns<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> Result<RecordBatch, EncodeError> {
    rows_to_columns(events).map_err(|error| EncodeError::Columns(Box::new(error)))
}

fn rows_to_columns<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> serde_arrow::Result<RecordBatch> {
    let mut builder = ArrayBuilder::from_arrow(schema::events().fields())?;
    events.into_iter().try_for_each(|event| builder.push(event.borrow()))?;
    builder.to_record_batch()
}

fn parquet<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> Result<Vec<u8>, EncodeError> {
    let columns = columns(events)?;
    let properties = properties(&columns)?;
    let mut writer = ArrowWriter::try_new(Vec::new(), columns.schema(), Some(properties))?;
    writer.write(&columns)?;
    // The writer has its own pages now; the rest of them is compressed when it is closed.
    drop(columns);
    Ok(writer.into_inner()?)
}

fn ndjson<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> Result<Vec<u8>, EncodeError> {
    let mut writer = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
    let mut line = Vec::new();
    for event in events {
        line.clear();
        serde_json::to_writer(&mut line, event.borrow())?;
        line.push(b'\n');
        writer.write_all(&line)?;
    }
    Ok(writer.finish()?)
}
