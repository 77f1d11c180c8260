//! A snapshot's files: written part by part, and read back.

use std::collections::HashSet;

use lake::inventory::{self, CONTENT_TYPE, ROW, Row};
use lake::stored::ReadError;
use lake::{EncodeError, Lake, StateError, WriteError, layout};
use normalize::Tenant;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// A part has at most so many rows.
const ROWS: usize = 20_000;

/// A part has about so much JSON at most, in bytes.
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
    #[error("{0}, which the state names, is gone")]
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
    seen: HashSet<Key>,
}

/// What tells a row and its present form.
#[derive(Debug, Deserialize)]
pub(crate) struct Digest {
    pub(crate) id: String,
    pub(crate) hash: String,
}

pub(crate) fn key(id: &str) -> Key {
    let digest = Sha256::digest(id.as_bytes());
    std::array::from_fn(|at| digest[at])
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
            self.read(part, &["id", "hash"], &mut visit).await?;
        }
        Ok(())
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

    /// Goes on with a snapshot that has so many parts.
    pub(crate) async fn go_on(self, parts: u32) -> Result<Parts<'a>, PartError> {
        let mut seen = HashSet::new();
        self.digests(parts, |digest| {
            seen.insert(key(&digest.id));
        })
        .await?;
        Ok(Parts { snapshot: self, rows: Vec::new(), bytes: 0, seen })
    }
}

impl Parts<'_> {
    /// Adds a row; whether it is the first of its id.
    pub(crate) fn add(&mut self, row: Row) -> bool {
        let is_new = self.seen.insert(key(&row.id));
        if is_new {
            self.bytes += row.json.len();
            self.rows.push(row);
        }
        is_new
    }

    /// Whether a row of this id is in the snapshot.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.seen.contains(&key(id))
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }

    /// Writes what is there as the part of this number; how many rows that are.
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
