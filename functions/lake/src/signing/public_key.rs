//! The public half of a key: its fingerprint, and checking a signature. Pure.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::digest::sha256;
use crate::signing::signature::{ALGORITHM, Signature};

/// The public half of a signing key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    key: ParsedPublicKey,
    fingerprint: String,
}

/// A text that is no public key.
#[derive(Debug, thiserror::Error)]
pub enum PublicKeyError {
    /// Not the form.
    #[error("no public key: expected PEM that begins with -----BEGIN PUBLIC KEY-----")]
    Pem,
    /// Another kind of key.
    #[error("the public key is not on the curve P-256")]
    Curve,
}

impl PublicKey {
    /// Reads a key as `aws kms get-public-key` and `openssl ec -pubout` give it, in PEM.
    pub fn from_pem(text: &str) -> Result<Self, PublicKeyError> {
        let body = text.trim().strip_prefix("-----BEGIN PUBLIC KEY-----");
        let body = body.and_then(|body| body.strip_suffix("-----END PUBLIC KEY-----")).ok_or(PublicKeyError::Pem)?;
        let base64: String = body.split_ascii_whitespace().collect();
        Self::from_der(&STANDARD.decode(base64).map_err(|_| PublicKeyError::Pem)?)
    }

    /// Reads keys as `aws kms get-public-key --query PublicKey --output text` gives them (base64 of DER), with commas
    /// between them.
    pub fn list(text: &str) -> Result<Vec<Self>, PublicKeyError> {
        let keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
        keys.map(|key| Self::from_der(&STANDARD.decode(key).map_err(|_| PublicKeyError::Pem)?)).collect()
    }

    /// Reads a key as X.509 `SubjectPublicKeyInfo` in DER.
    pub fn from_der(der: &[u8]) -> Result<Self, PublicKeyError> {
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der).map_err(|_| PublicKeyError::Curve)?;
        let canonical: PublicKeyX509Der<'_> = key.as_der().map_err(|_| PublicKeyError::Curve)?;
        let fingerprint = sha256(canonical.as_ref());
        Ok(Self { key, fingerprint })
    }

    /// SHA-256 of the key as `SubjectPublicKeyInfo` in DER, in hexadecimal. It names the key.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The key in PEM.
    pub fn to_pem(&self) -> Result<String, PublicKeyError> {
        let der: PublicKeyX509Der<'_> = self.key.as_der().map_err(|_| PublicKeyError::Curve)?;
        let base64 = STANDARD.encode(der.as_ref());
        let lines = base64.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
        Ok(format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"))
    }

    /// Whether this key made the signature of `message`.
    pub fn has_signed(&self, message: &[u8], signature: &Signature) -> bool {
        let Ok(der) = STANDARD.decode(&signature.value) else { return false };
        signature.key == self.fingerprint
            && signature.algorithm == ALGORITHM
            && self.key.verify_sig(message, &der).is_ok()
    }
}
