//! A signature in a ledger entry. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The one algorithm. KMS calls it `ECDSA_SHA_256`, for keys of the kind `ECC_NIST_P256`.
pub const ALGORITHM: &str = "ecdsa-p256-sha256";

/// A signature in a ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The fingerprint of the public key.
    pub key: String,
    /// How it was made: `ecdsa-p256-sha256`.
    pub algorithm: String,
    /// The signature: DER, in base64.
    pub value: String,
}

impl Signature {
    /// The signature that a key made, in DER.
    pub fn of(key: &str, der: &[u8]) -> Self {
        Self { key: key.to_owned(), algorithm: ALGORITHM.to_owned(), value: STANDARD.encode(der) }
    }
}
