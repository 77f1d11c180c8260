//! The seal itself: the object, and then the entry that makes it count.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use lake::digest::hex;
use lake::key::Key;
use lake::ledger::{Entry, FORMAT, Recorded, SealReason};
use lake::ledger_writer::LedgerWriter;
use lake::seal::SealError;
use lake::sort::SortError;
use lake::{Claim, Format, Partition, Sorter, StoredRow, Version, layout, seal};
use normalize::{MAPPING_VERSION, Tenant};
use sha2::{Digest as _, Sha256};

use crate::seal::blocking::blocking;
use crate::seal::error::HourError;
use crate::seal::index::Index;
use crate::seal::quarantine::quarantine;
use crate::seal::replaced::Replaced;
use crate::seal::rows::{HourRows, for_reason};
use crate::seal::session::{Org, cautious_now};

/// What is sealed, and on what it rests.
pub(crate) struct Draft<'a> {
    pub(crate) before: Option<&'a Entry>,
    pub(crate) version: &'a Version,
    pub(crate) rows: HourRows,
    /// None for rows that are only mapped anew.
    pub(crate) claim: Option<Claim>,
    /// What a repair replaces.
    pub(crate) replaced: Option<Replaced>,
}

/// An hour's rows as one object on disk, and what remains of them.
struct Made {
    object: seal::Sealed,
    digest: String,
    bytes: u64,
    index: Index,
    rejected: Sorter,
}

/// Writes what cannot be sealed into quarantine, then the object, and then the entry.
pub(crate) async fn commit(org: &Org<'_>, partition: &Partition, draft: Draft<'_>) -> Result<Recorded, HourError> {
    let (lake, format) = (org.lake(), org.app.sink.format);
    let Draft { before, version, rows, claim, replaced } = draft;
    let HourRows { index, sorter, rejected, inputs, sealed, superseded, .. } = rows;
    let tenant = partition.tenant.clone();
    let made = blocking(move || make(&tenant, index, sorter, rejected, format)).await??;
    let Made { object, digest, bytes, index, rejected } = made;
    for row in rejected.finish().map_err(SealError::from)? {
        let row = row.map_err(SealError::from)?;
        quarantine(org, row.metadata.source, &row.raw_data).await?;
    }
    let after = replaced.as_ref().map_or(0, |replaced| replaced.generation);
    let generation = next_generation(before, &sealed).max(after + 1);
    let new_key = layout::sealed_key(partition, generation, &object.content, format);
    // A damaged object is not used again, whatever its entry says.
    let same_key = same_object(before, &new_key, &digest).filter(|_| replaced.is_none());
    let key = same_key.unwrap_or(new_key);
    let is_new_object = before.and_then(|before| before.object.as_ref()) != Some(&key);
    if object.rows > 0 && is_new_object {
        lake.put_file(&key, format.content_type(), object.path()).await?;
    }
    let same = before.filter(|_| claim.is_none());
    let has_object = object.rows > 0;
    let claim = match &replaced {
        Some(replaced) => claim.map(|claim| replaced.settle(claim, object.rows, &object.uids)),
        None => claim,
    };
    let entry = Entry {
        version: FORMAT,
        tenant: partition.tenant.to_string(),
        hour: partition.hour,
        generation,
        rows: object.rows,
        digest: object.uids.clone(),
        counts: same.map_or_else(|| index.counts(), |before| before.counts),
        duplicates: before.map_or(0, |before| before.duplicates) + index.duplicates,
        lateness: same.map_or(index.lateness, |before| before.lateness),
        first: object.first,
        last: object.last,
        mapping: MAPPING_VERSION,
        sealed: cautious_now(org),
        inputs,
        generations: before.map(Entry::history).transpose()?.unwrap_or_default(),
        // What the writer sets.
        previous: None,
        org_id: None,
        sequence: None,
        predecessor: None,
        object_digest: has_object.then_some(digest),
        object_bytes: has_object.then_some(bytes),
        reason: match replaced {
            Some(_) => Some(SealReason::Repaired),
            None => reason(before, claim.is_none(), is_new_object),
        },
        superseded: names(superseded.iter().chain(&sealed).filter(|merged| **merged != key)),
        object: has_object.then_some(key),
        claim: claim.or(same.map(|before| before.claim.clone())).unwrap_or(Claim::StreamOnly),
        signature: None,
    };
    let mut writer = LedgerWriter::new(lake, &org.tenant, org.org_id(), org.app.signer.as_deref());
    Ok(writer.append(entry, version).await?)
}

/// Sorts and encodes the rows that count.
fn make(
    tenant: &Tenant,
    index: Index,
    sorter: Sorter,
    mut rejected: Sorter,
    format: Format,
) -> Result<Made, HourError> {
    let mut keep = |row: Result<StoredRow, SortError>| -> Option<Result<StoredRow, SortError>> {
        let row = match row {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        match index.counts_row(&row) {
            Ok(()) => Some(Ok(row)),
            Err(reason) => rejected.add(for_reason(row, reason)).err().map(Err),
        }
    };
    let in_order = sorter.finish().map_err(SealError::from)?;
    let object = seal::seal(tenant, in_order.filter_map(&mut keep), format)?;
    let (digest, bytes) = digest_of(object.path())?;
    Ok(Made { object, digest, bytes, index, rejected })
}

/// SHA-256 of a file in hexadecimal, and its length.
fn digest_of(path: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut hasher, mut bytes) = (File::open(path)?, Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex(&hasher.finalize()), bytes));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// The key of the seal before, if it has this very object.
fn same_object(before: Option<&Entry>, key: &str, digest: &str) -> Option<String> {
    let before = before.filter(|before| before.object_digest.as_deref() == Some(digest))?;
    before.object.clone().filter(|object| object.rsplit('/').next() == key.rsplit('/').next())
}

/// The generation after that of the entry and after those of all objects that were merged: an entry may have been lost.
fn next_generation(before: Option<&Entry>, merged: &BTreeSet<String>) -> u64 {
    let generation = |key: &String| match Key::parse(key) {
        Some(Key::Sealed { generation, .. }) => Some(generation),
        _ => None,
    };
    let of_objects = merged.iter().filter_map(generation).max();
    before.map(|before| before.generation).max(of_objects).map_or(1, |generation| generation + 1)
}

fn reason(before: Option<&Entry>, is_remapped: bool, is_new_object: bool) -> Option<SealReason> {
    match before {
        Some(_) if is_remapped => Some(SealReason::Renormalized),
        Some(before) if before.object.is_some() && !is_new_object => Some(SealReason::Confirmed),
        _ => None,
    }
}

/// `gen=N/<name>` of each key.
fn names<'a>(keys: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    keys.filter_map(|key| key.find("/gen=").map(|at| key[at + 1..].to_owned())).collect()
}
