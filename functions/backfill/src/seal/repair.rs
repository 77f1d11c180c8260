//! A damaged hour made anew: from what the API confirms now, and from nothing else that somebody may have written. What was
//! damaged is kept in quarantine first. An hour that cannot be had again whole is contradicted, and stays so.

use std::collections::BTreeSet;

use lake::key::Key;
use lake::ledger::{Entry, Recorded};
use lake::{Partition, Rejected, Word, layout};

use crate::seal::commit::{Draft, commit};
use crate::seal::compare::compare;
use crate::seal::content::ContentHasher;
use crate::seal::error::HourError;
use crate::seal::replaced::{Had, Replaced};
use crate::seal::rows::HourRows;
use crate::seal::session::Org;

/// An object that is larger is not kept in quarantine, and so nothing takes its place.
const LARGEST: u64 = 64 << 20;

/// What is damaged of an hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Damage {
    /// The entry itself: nothing that it says counts.
    pub(crate) is_entry: bool,
    /// The keys of objects in `live/` and `sealed/`, some of which may be gone.
    pub(crate) objects: BTreeSet<String>,
}

/// Seals a damaged hour again from what the API has of it. The caller holds the org's lease.
pub(crate) async fn repair_hour(org: &Org<'_>, partition: &Partition, damage: &Damage) -> Result<Recorded, HourError> {
    let (bytes, version) = org.lake().read_versioned(&layout::ledger_key(partition)).await?;
    let entry = bytes.as_ref().and_then(|bytes| Recorded::parse(bytes).ok()).map(|recorded| recorded.entry);
    let sound = entry.as_ref().filter(|_| !damage.is_entry);
    let mut rows = HourRows::new(partition.hour, ContentHasher::new());
    rows.inputs = damage.objects.iter().filter_map(|key| live_name(partition, key)).collect();
    rows = rows.take_live(org.lake(), partition).await?;
    let (mut rows, compared) = compare(org, partition, None, rows, None).await?;
    if compared.claim.word() == Word::StreamOnly {
        return Err(HourError::NotConfirmed(partition.hour));
    }
    if damage.is_entry {
        keep(org, &layout::ledger_key(partition)).await?;
    }
    for key in &damage.objects {
        keep(org, key).await?;
    }
    let replaced =
        Replaced { generation: last_generation(org, partition, entry.as_ref()).await?, had: sound.map(Had::of) };
    rows.superseded.extend(damage.objects.iter().cloned());
    let claim = Some(compared.claim);
    let draft = Draft { before: sound, version: &version, rows, claim, replaced: Some(replaced) };
    commit(org, partition, draft).await
}

fn live_name(partition: &Partition, key: &str) -> Option<String> {
    layout::live_object(&partition.tenant, key).map(|(_, name)| name.to_owned())
}

/// The highest generation that the hour's entry or an object says. An entry that was forged can only leave a gap.
async fn last_generation(org: &Org<'_>, partition: &Partition, entry: Option<&Entry>) -> Result<u64, HourError> {
    let keys = org.lake().keys(&layout::sealed_prefix(partition)).await?;
    let of_objects = keys.iter().filter_map(|key| match Key::parse(key) {
        Some(Key::Sealed { generation, .. }) => Some(generation),
        _ => None,
    });
    let of_entry = entry.map(|entry| entry.generation).filter(|generation| *generation < u64::from(u32::MAX));
    Ok(of_objects.chain(of_entry).max().unwrap_or(0))
}

/// Keeps a damaged object in quarantine, whole. One that is gone cannot be kept.
async fn keep(org: &Org<'_>, key: &str) -> Result<(), HourError> {
    let listed = org.lake().list(key).await?;
    if listed.iter().any(|object| object.key == key && object.size > LARGEST) {
        return Err(HourError::TooLarge(key.to_owned()));
    }
    let Some(bytes) = org.lake().read_object(key).await? else { return Ok(()) };
    let rejected = Rejected {
        tenant: Some(org.tenant.clone()),
        reason: format!("{key} is not what the ledger says: it was replaced by confirmed rows"),
        message_id: None,
        received: org.app.clock.now(),
        body: "",
        body_base64: Some(lake::quarantine::base64(&bytes)),
    };
    org.lake().put_new(&rejected.key(), "application/json", serde_json::to_vec(&rejected)?).await?;
    Ok(())
}
