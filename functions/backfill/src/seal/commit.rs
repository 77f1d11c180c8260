//! The seal itself: the object, and then the entry that makes it count.

use lake::ledger::{Completeness, Entry, Link};
use lake::seal::SealError;
use lake::sort::SortError;
use lake::{Partition, StoredRow, Version, layout, seal};
use normalize::MAPPING_VERSION;

use crate::seal::blocking::blocking;
use crate::seal::compare::Comparison;
use crate::seal::due::HOUR;
use crate::seal::error::HourError;
use crate::seal::index::Index;
use crate::seal::quarantine::quarantine;
use crate::seal::rows::{HourRows, for_reason};
use crate::seal::session::{Org, cautious_now};

/// An hour's rows as one object on disk, and what remains of them.
struct Made {
    object: seal::Sealed,
    index: Index,
    rejected: lake::Sorter,
    rejections: u64,
}

/// Writes what cannot be sealed into quarantine, then the object, and then the entry. Without a comparison the entry says of
/// the rows what the one before says.
pub(crate) async fn commit(
    org: &Org<'_>,
    partition: &Partition,
    before: Option<&Entry>,
    version: &Version,
    rows: HourRows,
    comparison: Option<&Comparison>,
) -> Result<Entry, HourError> {
    let (lake, format) = (org.lake(), org.app.sink.format);
    let HourRows { index, sorter, rejected, rejections, inputs, sealed: merged } = rows;
    let tenant = partition.tenant.clone();
    let Made { object, index, rejected, rejections } =
        blocking(move || make(&tenant, index, sorter, rejected, rejections, format)).await??;
    for row in rejected.finish().map_err(SealError::from)? {
        let row = row.map_err(SealError::from)?;
        quarantine(org, row.metadata.source, &row.raw_data).await?;
    }
    let generation = next_generation(before, &merged);
    let key = object_key(partition, before, generation, &object.content, format);
    if object.rows > 0 && before.and_then(|before| before.object.as_ref()) != Some(&key) {
        lake.put_file(&key, format.content_type(), object.path()).await?;
    }
    let same = before.filter(|_| comparison.is_none());
    let superseded = before.map(|before| before.superseded.clone()).unwrap_or_default();
    let mut superseded: std::collections::BTreeSet<_> = superseded.into_iter().chain(merged).collect();
    superseded.remove(&key);
    let entry = Entry {
        version: 1,
        tenant: partition.tenant.to_string(),
        hour: partition.hour,
        generation,
        object: (object.rows > 0).then_some(key),
        rows: object.rows,
        digest: object.uids.clone(),
        completeness: comparison
            .map(|comparison| comparison.completeness)
            .or(same.map(|before| before.completeness))
            .unwrap_or(Completeness::StreamOnly),
        counts: same.map_or_else(|| index.counts(), |before| before.counts),
        quarantined: comparison.map_or(0, |comparison| comparison.quarantined) + rejections,
        duplicates: before.map_or(0, |before| before.duplicates) + index.duplicates,
        lateness: same.map_or(index.lateness, |before| before.lateness),
        first: object.first,
        last: object.last,
        mapping: MAPPING_VERSION,
        sealed: cautious_now(org),
        inputs,
        superseded,
        previous: previous(org, partition).await?,
        generations: before.map(Entry::history).transpose()?.unwrap_or_default(),
    };
    lake.write_state(&layout::ledger_key(partition), &entry, version).await?;
    Ok(entry)
}

/// Sorts and encodes the rows that count.
fn make(
    tenant: &normalize::Tenant,
    index: Index,
    sorter: lake::Sorter,
    mut rejected: lake::Sorter,
    mut rejections: u64,
    format: lake::Format,
) -> Result<Made, HourError> {
    let mut keep = |row: Result<StoredRow, SortError>| -> Option<Result<StoredRow, SortError>> {
        match row {
            Ok(row) => match index.counts_row(&row) {
                Ok(()) => Some(Ok(row)),
                Err(reason) => {
                    rejections += 1;
                    rejected.add(for_reason(row, reason)).err().map(Err)
                }
            },
            Err(error) => Some(Err(error)),
        }
    };
    let in_order = sorter.finish().map_err(SealError::from)?;
    let object = seal::seal(tenant, in_order.filter_map(&mut keep), format)?;
    Ok(Made { object, index, rejected, rejections })
}

/// The key of the object; that of the seal before if it has the same rows in the same form.
fn object_key(
    partition: &Partition,
    before: Option<&Entry>,
    generation: u64,
    content: &str,
    format: lake::Format,
) -> String {
    let old = before.and_then(|before| {
        let key = layout::sealed_key(partition, before.generation, content, format);
        let name = key.rsplit('/').next()?;
        before.object.clone().filter(|object| object.rsplit('/').next() == Some(name))
    });
    old.unwrap_or_else(|| layout::sealed_key(partition, generation, content, format))
}

/// The generation after that of the entry and after those of all objects that were merged: an entry may have been lost.
fn next_generation(before: Option<&Entry>, merged: &std::collections::BTreeSet<String>) -> u64 {
    let of_objects = merged.iter().filter_map(|key| layout::sealed_generation(key)).max();
    before.map(|before| before.generation).max(of_objects).map_or(1, |generation| generation + 1)
}

/// The link to the entry of the hour before, if it has one that can be read.
async fn previous(org: &Org<'_>, partition: &Partition) -> Result<Option<Link>, HourError> {
    let Ok(hour) = partition.hour.checked_sub(HOUR) else { return Ok(None) };
    let before = Partition { tenant: partition.tenant.clone(), hour };
    match org.lake().read_state::<Entry>(&layout::ledger_key(&before)).await {
        Ok((entry, _)) => Ok(entry.map(|entry| entry.link()).transpose()?),
        Err(error @ lake::StateError::Unreadable { .. }) => {
            tracing::error!(%hour, %error, "the entry of the hour before cannot be read: the chain has a break here");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
