//! The rows of a closed hour as one object: each mapped anew from what Okta sent, sorted, in large row groups. Rows pass
//! through; memory holds the pages of one row group.

use std::io::{self, BufWriter};
use std::path::Path;

use jiff::Timestamp;
use normalize::ocsf::Event;
use normalize::{IngestContext, IngestPath, LogEvent, LogEventError, MAPPING_VERSION, Tenant};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::action::Action;
use crate::digest::{self, hex};
use crate::encode::{EncodeError, columns, ndjson};
use crate::format::Format;
use crate::parquet_layout::{ZSTD_LEVEL, sealed_properties};
use crate::schema;
use crate::sort::SortError;
use crate::stored::StoredRow;

/// How many rows are mapped and laid out at once.
pub(crate) const ROWS_AT_ONCE: usize = 1_000;

/// An hour's object, on disk.
#[derive(Debug)]
pub struct Sealed {
    file: NamedTempFile,
    /// How many rows it has.
    pub rows: u64,
    /// The digest of its uuids: see [`crate::Entry::digest`].
    pub uids: String,
    /// The digest of its rows, which names it.
    pub content: String,
    /// When the first event was published.
    pub first: Option<Timestamp>,
    /// When the last event was published.
    pub last: Option<Timestamp>,
}

/// Why an hour was not sealed, or not split.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A row is not what okta-lake wrote.
    #[error("the row of the event {uid} is damaged")]
    Row {
        /// The event.
        uid: String,
        /// Where it departs.
        #[source]
        source: RowFault,
    },
    /// The sorted rows cannot be read back.
    #[error(transparent)]
    Sort(#[from] SortError),
    /// Columns or lines.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A Parquet file.
    #[error("cannot write Parquet")]
    Parquet(#[from] ParquetError),
    /// The local disk.
    #[error("cannot keep an hour on the local disk while it is being sealed")]
    Disk(#[from] io::Error),
}

/// What is wrong with a row of the lake.
#[derive(Debug, thiserror::Error)]
pub enum RowFault {
    /// `raw_data` is no LogEvent.
    #[error("raw_data is no LogEvent")]
    LogEvent(#[from] LogEventError),
    /// `raw_data` is another event.
    #[error("raw_data is the event {0}")]
    OtherEvent(String),
    /// `raw_data` was published at another time than the row says.
    #[error("raw_data was published at {0}")]
    OtherTime(Timestamp),
    /// The path by which it came.
    #[error("metadata.source is no path into the lake")]
    Path,
    /// A time when it was received or normalized.
    #[error("metadata.{column} is no time")]
    Time {
        /// The column.
        column: &'static str,
        /// Why.
        #[source]
        source: jiff::Error,
    },
    /// The class that the mapping gave it.
    #[error("class_uid {0} is no class")]
    Class(i64),
}

impl SealError {
    /// What a caller does about it.
    pub fn action(&self) -> Action {
        match self {
            Self::Row { .. } => Action::Quarantine,
            Self::Sort(_) | Self::Encode(_) | Self::Parquet(_) | Self::Disk(_) => Action::Stop,
        }
    }

    /// What a person does about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Row { .. } => "run `okta-lake verify`: it finds the damaged object and says how to repair it",
            Self::Encode(error) => error.remedy(),
            Self::Parquet(_) => "report it: this is a mistake of okta-lake",
            Self::Sort(_) | Self::Disk(_) => "make room on the local disk: give the function more ephemeral storage",
        }
    }
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
    mut rows: impl Iterator<Item = Result<StoredRow, SortError>>,
    format: Format,
) -> Result<Sealed, SealError> {
    let mut output = Output::new(format)?;
    let mut tally = Tally::new();
    loop {
        let chunk = rows.by_ref().take(ROWS_AT_ONCE).collect::<Result<Vec<_>, _>>()?;
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
            Self::Ndjson(writer) => ndjson(events, writer)?,
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

/// The row, normalized by the present mapping. How and when the event came stays as it was.
pub(crate) fn event<'a>(tenant: &Tenant, row: &'a StoredRow) -> Result<Event<'a>, SealError> {
    normalize_row(tenant, row).map_err(|source| SealError::Row { uid: row.metadata.uid.clone(), source })
}

fn normalize_row<'a>(tenant: &Tenant, row: &'a StoredRow) -> Result<Event<'a>, RowFault> {
    let StoredRow { time, metadata, raw_data } = row;
    let log = LogEvent::parse(raw_data)?;
    if log.uuid != metadata.uid {
        return Err(RowFault::OtherEvent(log.uuid.into_owned()));
    }
    if log.published.as_millisecond() != *time {
        return Err(RowFault::OtherTime(log.published));
    }
    let path = IngestPath::parse(&metadata.source).ok_or(RowFault::Path)?;
    let logged = stored_time("logged_time", metadata.logged_time)?;
    let processed = stored_time("processed_time", metadata.processed_time)?;
    Ok(normalize::normalize(log, &IngestContext { tenant, path, logged, processed }).event)
}

fn stored_time(column: &'static str, millis: i64) -> Result<Timestamp, RowFault> {
    Timestamp::from_millisecond(millis).map_err(|source| RowFault::Time { column, source })
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
            content: digest::name(self.content),
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
                Ok::<(), SealError>(())
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
        assert_eq!(error.action(), Action::Quarantine);
    }

    #[test]
    fn a_row_whose_raw_data_is_another_event_is_not_sealed() {
        let tenant = Tenant::parse("acme").unwrap();
        let fault = |row: StoredRow| match seal(&tenant, [Ok(row)].into_iter(), Format::Ndjson) {
            Err(SealError::Row { source, .. }) => source,
            other => panic!("{other:?}"),
        };
        let flipped = StoredRow { raw_data: row("u8", START).raw_data, ..row("u9", START) };
        assert!(matches!(fault(flipped), RowFault::OtherEvent(uid) if uid == "u8"));
        let moved = StoredRow { raw_data: row("u9", START + 1).raw_data, ..row("u9", START) };
        assert!(matches!(fault(moved), RowFault::OtherTime(_)));
        let mut sent = row("u9", START);
        sent.metadata.source = "post".to_owned();
        assert!(matches!(fault(sent), RowFault::Path));
    }
}
