//! Events to bytes: Parquet with nested columns, or compressed NDJSON.

use std::borrow::Borrow;
use std::io::{self, Write};

use arrow_array::RecordBatch;
use normalize::ocsf::Event;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use serde_arrow::ArrayBuilder;

use crate::action::Action;
use crate::format::Format;
use crate::parquet_layout::{ZSTD_LEVEL, live_properties};
use crate::schema;

/// An event that has no encoded form. All events have one: this is a mistake of okta-lake, not bad input.
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
    Compress(#[from] io::Error),
}

impl EncodeError {
    /// What a caller does about it.
    pub fn action(&self) -> Action {
        Action::Stop
    }

    /// What a person does about it.
    pub fn remedy(&self) -> &'static str {
        "report it: this is a mistake of okta-lake, and neither the bucket nor the event is at fault"
    }
}

/// Encodes `events` in their order. Each is needed only until the next one: given by value, it is freed then.
pub fn encode<'a, E: Borrow<Event<'a>>>(
    events: impl IntoIterator<Item = E>,
    format: Format,
) -> Result<Vec<u8>, EncodeError> {
    match format {
        Format::Parquet => parquet(events),
        Format::Ndjson => {
            let mut writer = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
            ndjson(events, &mut writer)?;
            Ok(writer.finish()?)
        }
    }
}

/// `events` as Arrow columns of [`schema::events`].
pub fn columns<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> Result<RecordBatch, EncodeError> {
    rows_to_columns(events).map_err(|error| EncodeError::Columns(Box::new(error)))
}

/// Writes `events` as lines of JSON.
pub(crate) fn ndjson<'a, E: Borrow<Event<'a>>>(
    events: impl IntoIterator<Item = E>,
    to: &mut impl Write,
) -> Result<(), EncodeError> {
    let mut line = Vec::new();
    for event in events {
        line.clear();
        serde_json::to_writer(&mut line, event.borrow())?;
        line.push(b'\n');
        to.write_all(&line)?;
    }
    Ok(())
}

fn rows_to_columns<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> serde_arrow::Result<RecordBatch> {
    let mut builder = ArrayBuilder::from_arrow(schema::events().fields())?;
    events.into_iter().try_for_each(|event| builder.push(event.borrow()))?;
    builder.to_record_batch()
}

fn parquet<'a, E: Borrow<Event<'a>>>(events: impl IntoIterator<Item = E>) -> Result<Vec<u8>, EncodeError> {
    let columns = columns(events)?;
    let properties = live_properties(&columns)?;
    let mut writer = ArrowWriter::try_new(Vec::new(), columns.schema(), Some(properties))?;
    writer.write(&columns)?;
    // The writer has its own pages now; the rest of them is compressed when it is closed.
    drop(columns);
    Ok(writer.into_inner()?)
}
