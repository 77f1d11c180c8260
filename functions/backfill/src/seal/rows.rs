//! The rows of one hour as the lake has them: those of its seal and those in `live/`, each event once, on disk when they
//! are many.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lake::digest::hex;
use lake::ledger::{self, Entry, HourObjects};
use lake::seal::SealError;
use lake::sort::SortError;
use lake::stored::VisitError;
use lake::{Lake, Partition, Sorter, StoredRow, layout, stored};
use sha2::{Digest as _, Sha256};

use crate::seal::blocking::blocking;
use crate::seal::content::ContentHasher;
use crate::seal::error::HourError;
use crate::seal::index::{Index, RowVerdict};

/// The rows of one hour.
#[derive(Debug)]
pub(crate) struct HourRows {
    pub(crate) index: Index,
    pub(crate) sorter: Sorter,
    /// Rows that cannot be sealed: they go to quarantine. Their `source` is the reason.
    pub(crate) rejected: Sorter,
    pub(crate) rejections: u64,
    /// The names of the objects in `live/` that were taken.
    pub(crate) inputs: BTreeSet<String>,
    /// The keys of the objects in `sealed/` that were taken.
    pub(crate) sealed: BTreeSet<String>,
    /// The keys of the objects in `sealed/` whose rows are in the seal already.
    pub(crate) superseded: Vec<String>,
}

/// What an object's rows come to: what the ledger says of a sealed one.
#[derive(Debug)]
struct Contents {
    rows: u64,
    digest: String,
}

impl HourRows {
    /// No rows yet.
    pub(crate) fn new(hour: Timestamp, hasher: ContentHasher) -> Self {
        Self {
            index: Index::new(hour, hasher),
            sorter: Sorter::new(),
            rejected: Sorter::new(),
            rejections: 0,
            inputs: BTreeSet::new(),
            sealed: BTreeSet::new(),
            superseded: Vec::new(),
        }
    }

    /// Takes the rows of the hour's seal, and of objects in `sealed/` that no seal has superseded: of those nobody knows
    /// whether another object has their rows.
    pub(crate) async fn take_sealed(
        mut self,
        lake: &Lake,
        partition: &Partition,
        entry: Option<&Entry>,
    ) -> Result<Self, HourError> {
        let sealed = lake.keys(&layout::sealed_prefix(partition)).await?;
        if let Some(entry) = entry {
            self.inputs.clone_from(&entry.inputs);
            if let Some(object) = entry.object.as_ref().filter(|object| !sealed.contains(object)) {
                return Err(HourError::Gone(object.clone()));
            }
        }
        let objects = HourObjects { live: Vec::new(), sealed };
        self.superseded = entry.map(|entry| ledger::superseded(entry, &objects)).unwrap_or_default();
        for key in ledger::inputs(entry, &objects).sealed {
            let seal = entry.filter(|entry| entry.object.as_ref() == Some(&key));
            if seal.is_none() {
                tracing::warn!(
                    key,
                    "no entry of the ledger has superseded an object in sealed/: its rows are sealed again"
                );
            }
            let contents;
            (self, contents) = self.take_sealed_object(lake, &key).await?;
            let is_altered = |entry: &Entry| entry.rows != contents.rows || entry.digest != contents.digest;
            if seal.is_some_and(is_altered) {
                return Err(HourError::Altered(key));
            }
        }
        Ok(self)
    }

    async fn take_sealed_object(mut self, lake: &Lake, key: &str) -> Result<(Self, Contents), HourError> {
        let file = lake.fetch_object(key).await?.ok_or_else(|| HourError::Gone(key.to_owned()))?;
        self.sealed.insert(key.to_owned());
        let name = key.to_owned();
        blocking(move || {
            let mut contents = (0, Sha256::new());
            self.take(&name, |visit| {
                stored::read_file(&name, file, &mut |row| {
                    contents.0 += 1;
                    contents.1.update(row.metadata.uid.as_bytes());
                    contents.1.update(b"\n");
                    visit(row)
                })
            })?;
            Ok((self, Contents { rows: contents.0, digest: hex(&contents.1.finalize()) }))
        })
        .await?
    }

    /// Takes the rows of every object in `live/` that was not taken yet.
    pub(crate) async fn take_live(mut self, lake: &Lake, partition: &Partition) -> Result<Self, HourError> {
        for key in lake.keys(&layout::live_folder(partition)).await? {
            let Some((_, name)) = layout::live_object(&partition.tenant, &key) else { continue };
            if self.inputs.contains(name) {
                continue;
            }
            // Another run has sealed it and removed it.
            let body = lake.read_object(&key).await?.ok_or(HourError::Raced(partition.hour))?;
            self.inputs.insert(name.to_owned());
            let object = key.clone();
            self = blocking(move || {
                self.take(&object, |visit| stored::read(&object, body, visit))?;
                Ok::<_, HourError>(self)
            })
            .await??;
        }
        Ok(self)
    }

    fn take(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut dyn FnMut(StoredRow) -> Result<(), SortError>) -> Result<(), VisitError<SortError>>,
    ) -> Result<(), HourError> {
        let Self { index, sorter, rejected, rejections, .. } = self;
        let taken = read(&mut |row| match index.add(&row) {
            RowVerdict::New => sorter.add(row),
            RowVerdict::Duplicate => Ok(()),
            RowVerdict::Rejected(reason) => {
                *rejections += 1;
                rejected.add(for_reason(row, reason))
            }
        });
        taken.map_err(|error| {
            error.either(
                |source| HourError::Object { key: key.to_owned(), source },
                |error| SealError::from(error).into(),
            )
        })
    }
}

/// The row with the reason in the place of its source.
pub(crate) fn for_reason(mut row: StoredRow, reason: &'static str) -> StoredRow {
    reason.clone_into(&mut row.metadata.source);
    row
}
