//! A claim as members of a ledger entry. The word is the member `completeness`, which has always been there. An hour
//! without rows is `complete` there: the member `rows` says that it is empty.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::claim::record::Details;
use crate::claim::{Claim, Word};

#[derive(Serialize, Deserialize)]
struct Completeness {
    completeness: Word,
    #[serde(flatten)]
    details: Details,
}

pub(super) fn serialize<S: Serializer>(claim: &Claim, serializer: S) -> Result<S::Ok, S::Error> {
    let completeness = if claim.is_complete() { Word::Complete } else { claim.word() };
    Completeness { completeness, details: Details::of(claim) }.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Claim, D::Error> {
    let Completeness { completeness, details } = Completeness::deserialize(deserializer)?;
    Ok(details.claim(completeness))
}
