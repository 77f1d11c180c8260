//! Whose signatures count. The keys come from the caller, who has them from the command line or from the output of the
//! stack, and never from the bucket. Pure.

use crate::ledger::Head;
use crate::retention::RetentionRecord;
use crate::signing::PublicKey;

/// The public keys whose signatures count: the present one, and those before it.
#[derive(Debug, Clone, Default)]
pub struct TrustedKeys {
    keys: Vec<PublicKey>,
}

/// What a signature is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureState {
    /// There is none.
    Absent,
    /// No key was given to check it with.
    Unchecked,
    /// A trusted key made it.
    Valid,
    /// A trusted key did not make it for this entry.
    Invalid,
    /// By another key.
    Untrusted,
}

impl TrustedKeys {
    /// Trusts these keys.
    pub fn new(keys: Vec<PublicKey>) -> Self {
        Self { keys }
    }

    /// Of candidates from anywhere, trusts those with a trusted fingerprint.
    pub fn by_fingerprint(candidates: Vec<PublicKey>, fingerprints: &[String]) -> Self {
        let is_trusted = |key: &PublicKey| fingerprints.iter().any(|trusted| trusted == key.fingerprint());
        Self { keys: candidates.into_iter().filter(is_trusted).collect() }
    }

    /// Whether no key was given: then signatures prove nothing.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) fn check(&self, head: &Head) -> SignatureState {
        let Some(signature) = &head.signature else { return SignatureState::Absent };
        if self.is_empty() {
            return SignatureState::Unchecked;
        }
        match self.keys.iter().find(|key| key.fingerprint() == signature.key) {
            None => SignatureState::Untrusted,
            Some(key) if head.is_signed_by(key) => SignatureState::Valid,
            Some(_) => SignatureState::Invalid,
        }
    }

    /// Whether a retention record of this org counts. Where keys were given, one of them must have signed it.
    pub(crate) fn accepts(&self, record: &RetentionRecord, tenant: &str) -> bool {
        record.tenant == tenant && (self.is_empty() || self.keys.iter().any(|key| record.is_signed_by(key)))
    }
}
