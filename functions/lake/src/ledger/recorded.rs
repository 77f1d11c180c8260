//! An entry as its bytes are in the lake, and the head of an org's ledger. Pure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::sha256;
use crate::ledger::entry::{Entry, EntryLink};
use crate::signing::{PublicKey, Signature};

/// An entry together with the digest of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The entry.
    pub entry: Entry,
    /// SHA-256 of the bytes before the signature, in hexadecimal: what other entries link to, and what is signed.
    pub digest: String,
}

/// An object of the ledger that is no entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Not the JSON of an entry.
    #[error("not a ledger entry")]
    Json(#[from] serde_json::Error),
    /// The signature is not the last member, or is not written as okta-lake writes it.
    #[error("the ledger entry was rewritten: its signature is not its last member")]
    Form,
}

/// The newest entry of an org's ledger. It is published outside of the bucket: whoever cuts the newest hours out of the
/// ledger, or restores an older one, cannot change it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The org.
    pub tenant: String,
    /// The id of the org in Okta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    /// The entry's number.
    pub sequence: u64,
    /// The entry's hour.
    pub hour: Timestamp,
    /// The entry's generation.
    pub generation: u64,
    /// The entry's digest.
    pub digest: String,
    /// The digest of the entry of the hour before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The entry's signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

impl Recorded {
    /// Reads the bytes of an object of the ledger.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let entry: Entry = serde_json::from_slice(bytes)?;
        let digest = match &entry.signature {
            None => sha256(bytes),
            Some(signature) => sha256(&unsigned(bytes, signature)?),
        };
        Ok(Self { entry, digest })
    }

    /// An entry that is about to be written.
    pub fn new(entry: Entry) -> Result<Self, serde_json::Error> {
        let digest = entry.digest_of_entry()?;
        Ok(Self { entry, digest })
    }

    /// The bytes to write.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&self.entry)
    }

    /// The link to this entry.
    pub fn link(&self) -> EntryLink {
        EntryLink { hour: self.entry.hour, generation: self.entry.generation, digest: self.digest.clone() }
    }

    /// The head of a ledger whose newest entry this is; none for an entry without a number.
    pub fn head(&self) -> Option<Head> {
        let Entry { tenant, org_id, sequence, hour, generation, previous, signature, .. } = &self.entry;
        Some(Head {
            tenant: tenant.clone(),
            org_id: org_id.clone(),
            sequence: (*sequence)?,
            hour: *hour,
            generation: *generation,
            digest: self.digest.clone(),
            previous: previous.as_ref().map(|link| link.digest.clone()),
            signature: signature.clone(),
        })
    }
}

impl Head {
    /// What is signed: the entry's digest, the link to the hour before, and the place in the org's ledger.
    pub fn message(&self) -> Vec<u8> {
        let Self { tenant, sequence, hour, generation, digest, .. } = self;
        let org_id = self.org_id.as_deref().unwrap_or("-");
        let previous = self.previous.as_deref().unwrap_or("-");
        format!("okta-lake ledger entry\n{tenant}\n{org_id}\n{sequence}\n{hour}\n{generation}\n{digest}\n{previous}\n")
            .into_bytes()
    }

    /// Whether `key` signed the entry.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.signature.as_ref().is_some_and(|signature| key.has_signed(&self.message(), signature))
    }
}

/// The bytes before the signature was added.
fn unsigned(bytes: &[u8], signature: &Signature) -> Result<Vec<u8>, EntryError> {
    let tail = format!(",\"signature\":{}}}", serde_json::to_string(signature)?);
    let body = bytes.strip_suffix(tail.as_bytes()).ok_or(EntryError::Form)?;
    Ok([body, b"}"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::KeyFile;
    use crate::signing::tests_support::sign_now;

    fn signed(key: &KeyFile) -> Recorded {
        let text = include_str!("../../tests/ledger/version-1-minimal.json");
        let entry: Entry = serde_json::from_str(text).unwrap();
        let entry = Entry { version: 2, sequence: Some(7), org_id: Some("00o1".to_owned()), ..entry };
        let mut recorded = Recorded::new(entry).unwrap();
        recorded.entry.signature = Some(sign_now(key, &recorded.head().unwrap().message()));
        recorded
    }

    #[test]
    fn a_signature_is_over_the_bytes_before_it() {
        let key = KeyFile::generate().unwrap();
        let bytes = signed(&key).to_bytes().unwrap();
        let recorded = Recorded::parse(&bytes).unwrap();
        assert_eq!(recorded, signed_again(&recorded));
        assert!(recorded.head().unwrap().is_signed_by(key.public()));
        assert!(!recorded.head().unwrap().is_signed_by(KeyFile::generate().unwrap().public()));
    }

    fn signed_again(recorded: &Recorded) -> Recorded {
        Recorded::new(recorded.entry.clone()).unwrap()
    }

    #[test]
    fn every_change_of_a_signed_entry_is_found() {
        let key = KeyFile::generate().unwrap();
        let text = String::from_utf8(signed(&key).to_bytes().unwrap()).unwrap();
        for (from, to) in [
            ("\"rows\":0", "\"rows\":1"),
            ("\"sequence\":7", "\"sequence\":8"),
            ("\"00o1\"", "\"00o2\""),
            ("\"acme\"", "\"acmf\""),
            ("\"generation\":1", "\"generation\":2"),
            ("{\"version\":2", "{ \"version\":2"),
            ("\"complete\"", "\"stream_only\""),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            let head = Recorded::parse(changed.as_bytes()).unwrap().head().unwrap();
            assert!(!head.is_signed_by(key.public()), "{from}");
        }
    }

    #[test]
    fn members_of_newer_versions_are_covered() {
        let key = KeyFile::generate().unwrap();
        let text = String::from_utf8(signed(&key).to_bytes().unwrap()).unwrap();
        let newer = text.replacen("{\"version\":2", "{\"invented\":1,\"version\":3", 1);
        assert_ne!(Recorded::parse(newer.as_bytes()).unwrap().digest, Recorded::parse(text.as_bytes()).unwrap().digest);
        let moved = text.replacen("}}", "},\"added\":1}", 1);
        assert!(matches!(Recorded::parse(moved.as_bytes()), Err(EntryError::Form)), "{moved}");
        assert!(matches!(Recorded::parse(b"{}"), Err(EntryError::Json(_))));
        assert!(matches!(Recorded::parse(b""), Err(EntryError::Json(_))));
    }
}
