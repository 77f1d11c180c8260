//! A private key and the reasons to refuse one, whatever format it was read from.

use crate::jwt::SigningKey;

/// Why a private key is refused. No message quotes the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    /// Neither `-----BEGIN` nor a JSON object.
    #[error("`private_key` is neither PEM nor a JWK")]
    UnknownFormat,
    /// PEM that ends early or is not base64.
    #[error("`private_key` is broken PEM: copy it whole, from -----BEGIN to -----END")]
    BrokenPem,
    /// Needs a passphrase.
    #[error("`private_key` is encrypted: decrypt it first, with `openssl pkey -in key.pem -out plain.pem`")]
    Encrypted,
    /// The public half, or a certificate.
    #[error("`private_key` holds a public key or certificate: give the private key that Okta has the public half of")]
    NotPrivate,
    /// A JWK without members that are needed.
    #[error("`private_key` is a JWK without {0:?}: export the whole private key")]
    IncompleteJwk(&'static str),
    /// JSON that is not a JWK of a key pair.
    #[error("`private_key` is JSON but not a JWK of an RSA or EC key")]
    BrokenJwk,
    /// Ed25519, secp256k1, a small RSA key, or parts that do not fit together.
    #[error(
        "`private_key` is not a valid key of a kind that Okta accepts: RSA of 2048 bits or more, or EC P-256, P-384, P-521"
    )]
    Unsupported,
}

/// A private key, and its key id if the key itself has one (JWK).
#[derive(Debug)]
pub(crate) struct PrivateKey {
    pub(crate) key: SigningKey,
    pub(crate) key_id: Option<String>,
}
