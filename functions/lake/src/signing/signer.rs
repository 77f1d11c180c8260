//! What every private key can do.

use std::fmt::Debug;
use std::pin::Pin;

use crate::signing::public_key::PublicKey;
use crate::signing::signature::Signature;

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
#[error("cannot sign with the key {key}")]
pub struct SignError {
    /// The fingerprint or the name of the key.
    pub key: String,
    /// Why.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
    /// Whether it may succeed later.
    pub is_passing: bool,
}

/// A private key that stays where it is.
pub trait Signer: Debug + Send + Sync {
    /// Signs the SHA-256 of `message`.
    fn sign<'a>(&'a self, message: &'a [u8])
    -> Pin<Box<dyn Future<Output = Result<Signature, SignError>> + Send + 'a>>;

    /// The public half, from where the private one is.
    fn public_key<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<PublicKey, SignError>> + Send + 'a>>;
}
