//! A snapshot's files: written part by part, and read back.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lake::inventory::{self, CONTENT_TYPE, ROW, Row};
use lake::stored::ReadError;
use lake::{EncodeError, Lake, StateError, WriteError, layout};
use normalize::Tenant;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Rows of a part, at most.
const ROWS: usize = 20_000;

/// JSON of a part in bytes, about, at most.
const BYTES: usize = 16 << 20;

/// Enough of an id's digest to tell the things of an org apart, in little memory: 128 bits.
pub(crate) type Key = [u8; 16];

/// A part that cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PartError {
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("{0}, which the state names, does not exist")]
    Gone(String),
    #[error("{key} cannot be read")]
    Read {
        key: String,
        #[source]
        source: ReadError,
    },
}

/// A snapshot of an entity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Snapshot<'a> {
    pub(crate) lake: &'a Lake,
    pub(crate) tenant: &'a Tenant,
    pub(crate) entity: &'static str,
    pub(crate) id: &'a str,
}

/// Rows on their way into a snapshot.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    snapshot: Snapshot<'a>,
    rows: Vec<Row>,
    bytes: usize,
    /// The rows that are there, each with the beginning of its digest.
    seen: HashMap<Key, u64>,
}

/// What became of a row that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    /// It is the first of its id.
    New,
    /// The same row was there.
    Repeated,
    /// A row of this id with other content was there; it stays.
    Conflicting,
}

/// What identifies a row and its present form.
#[derive(Debug, Deserialize)]
pub(crate) struct Digest {
    pub(crate) id: String,
    pub(crate) hash: String,
}

pub(crate) fn key(id: &str) -> Key {
    let digest = Sha256::digest(id.as_bytes());
    std::array::from_fn(|at| digest[at])
}

fn fingerprint(hash: &str) -> u64 {
    u64::from_be_bytes(std::array::from_fn(|at| key(hash)[at]))
}

impl<'a> Snapshot<'a> {
    /// Gives every row.
    pub(crate) async fn rows(&self, parts: u32, mut visit: impl FnMut(Row)) -> Result<(), PartError> {
        for part in 0..parts {
            self.read(part, ROW, &mut visit).await?;
        }
        Ok(())
    }

    /// Gives the id and the digest of every row.
    pub(crate) async fn digests(&self, parts: u32, mut visit: impl FnMut(Digest)) -> Result<(), PartError> {
        for part in 0..parts {
            self.digests_of(part, &mut visit).await?;
        }
        Ok(())
    }

    /// Gives the id and the digest of every row of a part.
    pub(crate) async fn digests_of(&self, part: u32, visit: impl FnMut(Digest)) -> Result<(), PartError> {
        self.read(part, &["id", "hash"], visit).await
    }

    /// Gives every row of a part, as far as these columns go.
    pub(crate) async fn read<T: serde::de::DeserializeOwned>(
        &self,
        part: u32,
        columns: &[&str],
        visit: impl FnMut(T),
    ) -> Result<(), PartError> {
        let key = layout::part_key(self.tenant, self.entity, self.id, part);
        let body = self.lake.read_object(&key).await?.ok_or_else(|| PartError::Gone(key.clone()))?;
        inventory::read(body, columns, visit).map_err(|source| PartError::Read { key, source })
    }

    /// Goes on with a snapshot that has these parts.
    pub(crate) async fn resume(self, parts: u32) -> Result<Parts<'a>, PartError> {
        let mut seen = HashMap::new();
        self.digests(parts, |digest| {
            seen.insert(key(&digest.id), fingerprint(&digest.hash));
        })
        .await?;
        Ok(Parts { snapshot: self, rows: Vec::new(), bytes: 0, seen })
    }
}

impl Parts<'_> {
    /// Adds a row, if it is the first of its id.
    pub(crate) fn add(&mut self, row: Row) -> Added {
        let fingerprint = fingerprint(&row.hash);
        match self.seen.entry(key(&row.id)) {
            Entry::Occupied(known) if *known.get() == fingerprint => Added::Repeated,
            Entry::Occupied(_) => Added::Conflicting,
            Entry::Vacant(place) => {
                place.insert(fingerprint);
                self.bytes += row.json.len();
                self.rows.push(row);
                Added::New
            }
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }

    /// Writes the rows as the part of this number, and returns how many they are.
    pub(crate) async fn write(&mut self, part: u32) -> Result<u64, PartError> {
        let Snapshot { lake, tenant, entity, id } = self.snapshot;
        let body = inventory::encode(&self.rows)?;
        lake.put(&layout::part_key(tenant, entity, id, part), CONTENT_TYPE, body).await?;
        let written = self.rows.len() as u64;
        (self.rows, self.bytes) = (Vec::new(), 0);
        Ok(written)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
