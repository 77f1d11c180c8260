//! The rows of a closed hour as one object: each mapped anew from what Okta sent, sorted, in large row groups. Rows pass
//! through; memory holds one row group's pages.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use jiff::Timestamp;
use normalize::{LogEvent, LogEventError, MAPPING_VERSION, Receipt, Route, Tenant};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::batch::hex;
use crate::encode::{EncodeError, Format, ZSTD_LEVEL, columns};
use crate::pages::sealed_properties;
use crate::schema;
use crate::stored::StoredRow;

/// So many rows are mapped and laid out at once.
pub(crate) const ROWS_AT_ONCE: usize = 1_000;

/// An hour's object, on disk.
#[derive(Debug)]
pub struct Sealed {
    file: NamedTempFile,
    /// How many rows it has.
    pub rows: u64,
    /// The digest of its uuids: see [`crate::Entry::digest`].
    pub uids: String,
    /// The digest of everything in it, which names it.
    pub content: String,
    /// When the first event was published.
    pub first: Option<Timestamp>,
    /// When the last event was published.
    pub last: Option<Timestamp>,
}

/// An hour that has no sealed form.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// What is in the lake is not what Okta sent.
    #[error("the row of the event {uid} has no LogEvent in raw_data")]
    Row {
        /// The event.
        uid: String,
        /// Where it departs.
        #[source]
        source: LogEventError,
    },
    /// Columns or lines.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A Parquet file.
    #[error("cannot write Parquet")]
    Parquet(#[from] ParquetError),
    /// No place on disk.
    #[error("cannot keep an hour on disk while it is being sealed")]
    Io(#[from] io::Error),
}

/// Where rows go.
enum Output {
    Parquet(Box<ArrowWriter<BufWriter<NamedTempFile>>>),
    Ndjson(zstd::Encoder<'static, BufWriter<NamedTempFile>>),
}

/// The rows so far.
struct Tally {
    rows: u64,
    uids: Sha256,
    content: Sha256,
    first: Option<i64>,
    last: Option<i64>,
}

impl Sealed {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.file.path()
    }
}

/// Seals the sorted rows of an org's hour.
pub fn seal(
    tenant: &Tenant,
    mut rows: impl Iterator<Item = io::Result<StoredRow>>,
    format: Format,
) -> Result<Sealed, SealError> {
    let mut output = Output::new(format)?;
    let mut tally = Tally::new();
    loop {
        let chunk = rows.by_ref().take(ROWS_AT_ONCE).collect::<io::Result<Vec<_>>>()?;
        if chunk.is_empty() {
            return Ok(tally.finish(output.finish()?));
        }
        for row in &chunk {
            tally.add(row);
        }
        output.write(tenant, &chunk)?;
    }
}

impl Output {
    fn new(format: Format) -> Result<Self, SealError> {
        let file = BufWriter::new(NamedTempFile::new()?);
        Ok(match format {
            Format::Parquet => {
                let properties = sealed_properties()?;
                Self::Parquet(Box::new(ArrowWriter::try_new(file, schema::events(), Some(properties))?))
            }
            Format::Ndjson => Self::Ndjson(zstd::Encoder::new(file, ZSTD_LEVEL)?),
        })
    }

    fn write(&mut self, tenant: &Tenant, rows: &[StoredRow]) -> Result<(), SealError> {
        let events = rows.iter().map(|row| event(tenant, row)).collect::<Result<Vec<_>, _>>()?;
        match self {
            Self::Parquet(writer) => writer.write(&columns(events)?)?,
            Self::Ndjson(writer) => {
                for event in &events {
                    serde_json::to_writer(&mut *writer, event).map_err(EncodeError::from)?;
                    writer.write_all(b"\n")?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<NamedTempFile, SealError> {
        let writer = match self {
            Self::Parquet(writer) => writer.into_inner()?,
            Self::Ndjson(writer) => writer.finish()?,
        };
        Ok(writer.into_inner().map_err(io::IntoInnerError::into_error)?)
    }
}

/// The row by the present mapping. How and when the event came stays as it was.
pub(crate) fn event<'a>(tenant: &Tenant, row: &'a StoredRow) -> Result<normalize::ocsf::Event<'a>, SealError> {
    let StoredRow { metadata, raw_data, .. } = row;
    let log = LogEvent::parse(raw_data).map_err(|source| SealError::Row { uid: metadata.uid.clone(), source })?;
    let time = |millis| Timestamp::from_millisecond(millis).map_err(io::Error::other);
    let route = Route::parse(&metadata.source)
        .ok_or_else(|| io::Error::other(format!("the row of the event {} came by no known route", metadata.uid)))?;
    let (logged, processed) = (time(metadata.logged_time)?, time(metadata.processed_time)?);
    Ok(normalize::normalize(log, &Receipt { tenant, route, logged, processed }).event)
}

impl Tally {
    fn new() -> Self {
        let content = Sha256::new_with_prefix(MAPPING_VERSION.to_be_bytes());
        Self { rows: 0, uids: Sha256::new(), content, first: None, last: None }
    }

    fn add(&mut self, row: &StoredRow) {
        let StoredRow { time, metadata, raw_data } = row;
        self.rows += 1;
        self.uids.update(metadata.uid.as_bytes());
        self.uids.update(b"\n");
        for part in [raw_data, &metadata.source] {
            self.content.update((part.len() as u64).to_be_bytes());
            self.content.update(part.as_bytes());
        }
        self.content.update(metadata.logged_time.to_be_bytes());
        self.content.update(metadata.processed_time.to_be_bytes());
        self.first = self.first.or(Some(*time));
        self.last = Some(*time);
    }

    fn finish(self, file: NamedTempFile) -> Sealed {
        let time = |millis: Option<i64>| millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        Sealed {
            file,
            rows: self.rows,
            uids: hex(&self.uids.finalize()),
            content: hex(&self.content.finalize()[..16]),
            first: time(self.first),
            last: time(self.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stored::{self, StoredMetadata};

    const START: i64 = 1_777_890_600_000;

    fn row(uid: &str, time: i64) -> StoredRow {
        let published = Timestamp::from_millisecond(time).unwrap();
        let raw_data = format!(r#"{{"uuid":"{uid}","published":"{published:.3}","eventType":"user.session.start"}}"#);
        let metadata =
            StoredMetadata { uid: uid.to_owned(), source: "stream".to_owned(), logged_time: 1, processed_time: 2 };
        StoredRow { time, metadata, raw_data }
    }

    #[test]
    fn rows_pass_through_unchanged() {
        let tenant = Tenant::parse("acme").unwrap();
        let rows: Vec<_> = (0..2_500).map(|n| row(&format!("u{n:04}"), START + n)).collect();
        for format in [Format::Parquet, Format::Ndjson] {
            let sealed = seal(&tenant, rows.iter().cloned().map(Ok), format).unwrap();
            let mut found = Vec::new();
            let body = std::fs::read(sealed.path()).unwrap();
            stored::read(&format!("x.{}", format.extension()), body.into(), &mut |row| {
                found.push(row);
                Ok(())
            })
            .unwrap();
            assert!(found == rows);
            let uids: Vec<_> = rows.iter().map(|row| row.metadata.uid.as_str()).chain([""]).collect();
            assert_eq!(sealed.uids, hex(&Sha256::digest(uids.join("\n"))));
            assert_eq!(sealed.last.unwrap().as_millisecond(), START + 2_499);
        }
    }

    #[test]
    fn a_row_without_its_event_is_named() {
        let tenant = Tenant::parse("acme").unwrap();
        let bad = StoredRow { raw_data: "{}".to_owned(), ..row("u7", START) };
        let error = seal(&tenant, [Ok(bad)].into_iter(), Format::Ndjson).unwrap_err();
        assert!(error.to_string().contains("u7"), "{error}");
    }
}
