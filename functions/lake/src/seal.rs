//! The rows of a closed hour as one object: each mapped anew from what Okta sent, sorted, in large row groups. Rows pass
//! through; memory holds the pages of one row group.

use std::io::{self, BufWriter};
use std::path::Path;

use jiff::Timestamp;
use normalize::ocsf::Event;
use normalize::{IngestContext, MAPPING_VERSION, Tenant};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use tempfile::NamedTempFile;

use crate::action::Action;
use crate::digest;
use crate::encode::{EncodeError, columns, ndjson};
use crate::format::Format;
use crate::parquet_layout::{ZSTD_LEVEL, sealed_options};
use crate::row_check::{CheckedRow, RowFault, check};
use crate::row_digests::{RowDigests, RowSummary};
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

impl Sealed {
    fn new(file: NamedTempFile, summary: RowSummary) -> Self {
        let RowSummary { rows, uids, content, first, last, .. } = summary;
        Self { file, rows, uids, content, first, last }
    }

    /// SHA-256 of its bytes, in hexadecimal, and how many they are: see [`crate::Entry::object_digest`].
    pub fn digest(&self) -> io::Result<(String, u64)> {
        digest::of_file(self.file.reopen()?)
    }

    /// The path of the local file.
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
    let mut digests = RowDigests::new(MAPPING_VERSION);
    loop {
        let chunk = rows.by_ref().take(ROWS_AT_ONCE).collect::<Result<Vec<_>, _>>()?;
        if chunk.is_empty() {
            return Ok(Sealed::new(output.finish()?, digests.finish()));
        }
        for row in &chunk {
            digests.add(row);
        }
        output.write(tenant, &chunk)?;
    }
}

impl Output {
    fn new(format: Format) -> Result<Self, SealError> {
        let file = BufWriter::new(NamedTempFile::new()?);
        Ok(match format {
            Format::Parquet => {
                let options = sealed_options()?;
                Self::Parquet(Box::new(ArrowWriter::try_new_with_options(file, schema::events(), options)?))
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
    let checked = check(row).map_err(|source| SealError::Row { uid: row.metadata.uid.clone(), source })?;
    let CheckedRow { log, path, logged, processed } = checked;
    Ok(normalize::normalize(log, &IngestContext { tenant, path, logged, processed }).event)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::digest::hex;
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
        assert!(matches!(fault(flipped), RowFault::OtherEvent));
        let moved = StoredRow { raw_data: row("u9", START + 1).raw_data, ..row("u9", START) };
        assert!(matches!(fault(moved), RowFault::OtherTime));
        let mut sent = row("u9", START);
        sent.metadata.source = "post".to_owned();
        assert!(matches!(fault(sent), RowFault::Path));
    }
}
