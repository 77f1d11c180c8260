//! Reads the rows of an object of `live/` or `sealed/`, Parquet or NDJSON, as far as it takes to make them again.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;
use serde::Deserialize;

use crate::action::Action;
use crate::format::Format;
use crate::parquet_layout::MAPPING;

/// How many rows are decoded at once: an event is some kilobytes.
const ROWS_AT_ONCE: usize = 512;

/// What is read of a Parquet file.
const COLUMNS: [&str; 6] =
    ["time", "metadata.uid", "metadata.source", "metadata.logged_time", "metadata.processed_time", "raw_data"];

/// A row: the event as Okta sent it, and how it came here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StoredRow {
    /// When the event was published, in milliseconds since 1970.
    pub time: i64,
    /// How it came here.
    pub metadata: StoredMetadata,
    /// The LogEvent, exactly as Okta sent it.
    pub raw_data: String,
}

/// How a row came to be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StoredMetadata {
    /// The uuid of the event.
    pub uid: String,
    /// The route, by its name.
    pub source: String,
    /// When the event was received, in milliseconds since 1970.
    pub logged_time: i64,
    /// When it was normalized first, in milliseconds since 1970.
    pub processed_time: i64,
}

/// Why the rows of an object cannot be read: the object is not what okta-lake wrote.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The name says no format.
    #[error("no object with rows: expected .parquet or .ndjson.zst")]
    Format,
    /// Broken Parquet.
    #[error("not the Parquet that okta-lake writes")]
    Parquet(#[from] ParquetError),
    /// Parquet with a broken page.
    #[error("a page of the Parquet file is broken")]
    Arrow(#[from] arrow_schema::ArrowError),
    /// Parquet with other columns.
    #[error("the Parquet file lacks a column that okta-lake writes")]
    Columns(#[source] Box<serde_arrow::Error>),
    /// A broken line.
    #[error("a line is no row")]
    Json(#[from] serde_json::Error),
    /// Broken compression, or a local copy that cannot be read.
    #[error("cannot decompress")]
    Decompress(#[from] io::Error),
}

/// Why not every row of an object was visited.
#[derive(Debug, thiserror::Error)]
pub enum VisitError<E> {
    /// The object cannot be read.
    #[error(transparent)]
    Read(ReadError),
    /// The visitor failed: the object is not at fault.
    #[error(transparent)]
    Visitor(E),
}

impl ReadError {
    /// What a caller does about it.
    pub fn action(&self) -> Action {
        Action::Quarantine
    }

    /// What a person does about it.
    pub fn remedy(&self) -> &'static str {
        "put back an older version of the object (the bucket keeps them), or run `okta-lake verify`"
    }
}

impl<E> VisitError<E> {
    /// As an error of another type, which has a form for both.
    pub fn either<T>(self, read: impl FnOnce(ReadError) -> T, visitor: impl FnOnce(E) -> T) -> T {
        match self {
            Self::Read(error) => read(error),
            Self::Visitor(error) => visitor(error),
        }
    }
}

impl<E, T: Into<ReadError>> From<T> for VisitError<E> {
    fn from(error: T) -> Self {
        Self::Read(error.into())
    }
}

/// Takes the rows of an object, one by one.
type Visitor<'a, E> = dyn FnMut(StoredRow) -> Result<(), E> + 'a;

/// Gives every row of an object to `visit`, in the order of the object.
pub fn read<E>(key: &str, body: Bytes, visit: &mut Visitor<'_, E>) -> Result<(), VisitError<E>> {
    match Format::of(key).ok_or(ReadError::Format)? {
        Format::Parquet => parquet(body, visit),
        Format::Ndjson => ndjson(&*body, visit),
    }
}

/// As [`read`], of an object that is on disk: a sealed hour may be larger than the memory.
pub fn read_file<E>(key: &str, file: File, visit: &mut Visitor<'_, E>) -> Result<(), VisitError<E>> {
    match Format::of(key).ok_or(ReadError::Format)? {
        Format::Parquet => parquet(file, visit),
        Format::Ndjson => ndjson(BufReader::new(file), visit),
    }
}

/// The version of the mapping that made a Parquet file; none if the file does not say it.
pub fn mapping_version(body: impl ChunkReader + 'static) -> Result<Option<u32>, ReadError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(body)?;
    let pairs = builder.metadata().file_metadata().key_value_metadata();
    let mapping = pairs.into_iter().flatten().find(|pair| pair.key == MAPPING);
    Ok(mapping.and_then(|pair| pair.value.as_ref()?.parse().ok()))
}

fn parquet<E>(body: impl ChunkReader + 'static, visit: &mut Visitor<'_, E>) -> Result<(), VisitError<E>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(body)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
    for batch in builder.with_projection(mask).with_batch_size(ROWS_AT_ONCE).build()? {
        let rows: Vec<StoredRow> =
            serde_arrow::from_record_batch(&batch?).map_err(|error| ReadError::Columns(Box::new(error)))?;
        rows.into_iter().try_for_each(&mut *visit).map_err(VisitError::Visitor)?;
    }
    Ok(())
}

fn ndjson<E>(body: impl BufRead, visit: &mut Visitor<'_, E>) -> Result<(), VisitError<E>> {
    for line in BufReader::new(zstd::Decoder::with_buffer(body)?).lines() {
        visit(serde_json::from_str(&line?)?).map_err(VisitError::Visitor)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::{Seek as _, Write as _};

    use jiff::Timestamp;
    use normalize::{IngestContext, IngestPath, LogEvent, Tenant};

    use super::*;
    use crate::encode::encode;

    #[test]
    fn rows_come_back_from_both_forms() {
        let raw =
            r#"{"uuid":"a","published":"2026-05-04T10:30:00.123Z","eventType":"user.session.start","x":"\u00e9"}"#;
        let tenant = Tenant::parse("acme").unwrap();
        let (logged, processed) = (Timestamp::UNIX_EPOCH, Timestamp::from_millisecond(5).unwrap());
        let receipt = IngestContext { tenant: &tenant, path: IngestPath::Poll, logged, processed };
        let event = normalize::normalize(LogEvent::parse(raw).unwrap(), &receipt).event;
        for format in [Format::Parquet, Format::Ndjson] {
            let body = encode([&event, &event], format).unwrap();
            let mut rows = Vec::new();
            let key = format!("x.{}", format.extension());
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&body).unwrap();
            file.rewind().unwrap();
            let mut of_file = Vec::new();
            let keep = |rows: &mut Vec<_>, row| -> Result<(), Infallible> {
                rows.push(row);
                Ok(())
            };
            read_file(&key, file, &mut |row| keep(&mut of_file, row)).unwrap();
            read(&key, body.into(), &mut |row| keep(&mut rows, row)).unwrap();
            assert_eq!(of_file, rows);
            assert_eq!((rows.len(), rows[0].raw_data.as_str(), rows[0].time), (2, raw, 1_777_890_600_123));
            let StoredMetadata { uid, source, logged_time, processed_time } = &rows[1].metadata;
            assert_eq!((uid.as_str(), source.as_str(), *logged_time, *processed_time), ("a", "poll", 0, 5));
        }
    }

    #[test]
    fn an_object_that_is_no_rows_says_why() {
        let refused = |key: &str, body: &[u8]| {
            let visit = &mut |_| Ok::<(), Infallible>(());
            read(key, Bytes::copy_from_slice(body), visit).unwrap_err().to_string()
        };
        assert!(refused("x.txt", b"").contains("expected .parquet"));
        assert!(refused("x.parquet", b"PAR1").contains("not the Parquet"));
        assert!(refused("x.ndjson.zst", b"{}").contains("cannot decompress"));
        assert!(refused("x.ndjson.zst", &zstd::encode_all(&b"{}"[..], 1).unwrap()).contains("no row"));
    }
}
