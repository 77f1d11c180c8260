//! What an object with rows is, read from its bytes once, in bounded memory.

use std::fs::File;
use std::io::{self, Seek as _};

use normalize::MAPPING_VERSION;

use crate::digest;
use crate::format::Format;
use crate::partition::Partition;
use crate::row_check::check;
use crate::row_digests::{RowDigests, RowSummary};
use crate::stored::{self, ReadError, StoredRow, VisitError};

/// What an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectFacts {
    /// SHA-256 of its bytes.
    pub(crate) digest: String,
    /// How many bytes it has.
    pub(crate) bytes: u64,
    /// Its rows.
    pub(crate) summary: RowSummary,
    /// The names that its rows would give it in `live/`, by each mapping that may have written it.
    pub(crate) live_names: Vec<String>,
    /// How many rows are of another hour.
    pub(crate) misplaced: u64,
    /// How many rows contradict the event in them, and how the first one does.
    pub(crate) damaged: (u64, Option<String>),
    /// How many rows are not after the row before them: repeated or out of order.
    pub(crate) unsorted: u64,
}

/// Reads a sealed object, made by this version of the mapping. With `digest`, the one that the entry has, the digest of the
/// rows' content is not needed where the bytes have it.
pub(crate) fn read_sealed(
    key: &str,
    file: File,
    partition: &Partition,
    mapping: u32,
    expected: Option<&str>,
) -> Result<ObjectFacts, ReadError> {
    let mut reader = Reader::open(file)?;
    let is_proven = expected == Some(reader.digest.as_str());
    let mut digests = RowDigests::new(mapping);
    let add = if is_proven { RowDigests::add_identity } else { RowDigests::add };
    let file = reader.file()?;
    visit(key, file, |row| {
        add(&mut digests, row);
        reader.check(row, partition);
    })?;
    Ok(reader.finish(digests.finish(), Vec::new()))
}

/// Reads a live object.
pub(crate) fn read_live(key: &str, file: File, partition: &Partition) -> Result<ObjectFacts, ReadError> {
    let mut reader = Reader::open(file)?;
    // NDJSON does not say by which mapping it was made.
    let mappings = match Format::of(key) {
        Some(Format::Parquet) => vec![stored::mapping_version(reader.file()?)?.unwrap_or(MAPPING_VERSION)],
        _ => (1..=MAPPING_VERSION).collect(),
    };
    let mut digests = RowDigests::new(MAPPING_VERSION);
    let mut names: Vec<_> = mappings.into_iter().map(RowDigests::new).collect();
    let file = reader.file()?;
    visit(key, file, |row| {
        digests.add_identity(row);
        for name in &mut names {
            name.add_live(&row.raw_data);
        }
        reader.check(row, partition);
    })?;
    Ok(reader.finish(digests.finish(), names.into_iter().map(|name| name.finish().live).collect()))
}

fn visit(key: &str, file: File, mut visitor: impl FnMut(&StoredRow)) -> Result<(), ReadError> {
    let visited = stored::read_file::<std::convert::Infallible>(key, file, &mut |row| {
        visitor(&row);
        Ok(())
    });
    visited.map_err(|error: VisitError<_>| error.either(|error| error, |never| match never {}))
}

/// A file and what is wrong with its rows so far.
struct Reader {
    file: File,
    digest: String,
    bytes: u64,
    misplaced: u64,
    damaged: u64,
    first_damage: Option<String>,
    unsorted: u64,
    last: Option<(i64, String)>,
}

impl Reader {
    fn open(mut file: File) -> io::Result<Self> {
        let (digest, bytes) = digest::of_file(&mut file)?;
        Ok(Self { file, digest, bytes, misplaced: 0, damaged: 0, first_damage: None, unsorted: 0, last: None })
    }

    /// The file from its start.
    fn file(&mut self) -> io::Result<File> {
        self.file.rewind()?;
        self.file.try_clone()
    }

    fn check(&mut self, row: &StoredRow, partition: &Partition) {
        self.misplaced += u64::from(!partition.has(row.time));
        if let Err(fault) = check(row) {
            self.damaged += 1;
            self.first_damage.get_or_insert_with(|| fault.to_string());
        }
        let place = (row.time, row.metadata.uid.as_str());
        let is_after = self.last.as_ref().is_none_or(|(time, uid)| (*time, uid.as_str()) < place);
        self.unsorted += u64::from(!is_after);
        let last = self.last.get_or_insert_default();
        last.0 = row.time;
        last.1.clone_from(&row.metadata.uid);
    }

    fn finish(self, summary: RowSummary, live_names: Vec<String>) -> ObjectFacts {
        let Self { digest, bytes, misplaced, unsorted, .. } = self;
        let damaged = (self.damaged, self.first_damage);
        ObjectFacts { digest, bytes, summary, live_names, misplaced, damaged, unsorted }
    }
}
