//! A signing key of a local file.

use std::fmt;
use std::pin::Pin;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::signing::public_key::PublicKey;
use crate::signing::signature::Signature;
use crate::signing::signer::{SignError, Signer};

/// A private key in memory.
pub struct KeyFile {
    key: EcdsaKeyPair,
    public: PublicKey,
}

/// A text that is no private key. The text is in no message.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Not the form.
    #[error(
        "no private key: expected PEM that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN EC PRIVATE KEY-----"
    )]
    Pem,
    /// Another kind of key.
    #[error("the private key is not on the curve P-256: `openssl ecparam -name prime256v1 -genkey -noout` makes one")]
    Curve,
}

/// A failure of the cryptographic library, which gives no reason.
#[derive(Debug, thiserror::Error)]
#[error("the cryptographic library gives no reason")]
struct Unspecified;

impl KeyFile {
    /// Reads a private key in PEM, of PKCS #8 or SEC 1.
    pub fn from_pem(text: &str) -> Result<Self, KeyFileError> {
        let der = decode(text, "EC PRIVATE KEY").or_else(|| decode(text, "PRIVATE KEY")).ok_or(KeyFileError::Pem)?;
        let key = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &der);
        Self::new(key.map_err(|_| KeyFileError::Curve)?)
    }

    /// Makes a new key.
    pub fn generate() -> Result<Self, KeyFileError> {
        Self::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| KeyFileError::Curve)?)
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The private key in PEM, of PKCS #8: for a file that only its owner may read.
    pub fn to_pem(&self) -> Result<String, KeyFileError> {
        let der = self.key.to_pkcs8v1().map_err(|_| KeyFileError::Curve)?;
        Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref())))
    }

    fn new(key: EcdsaKeyPair) -> Result<Self, KeyFileError> {
        let der: PublicKeyX509Der<'_> = key.public_key().as_der().map_err(|_| KeyFileError::Curve)?;
        let public = PublicKey::from_der(der.as_ref()).map_err(|_| KeyFileError::Curve)?;
        Ok(Self { key, public })
    }
}

/// The first block of this label. What else is in the file, such as the parameters of the curve, is passed over.
fn decode(text: &str, label: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    STANDARD.decode(body.split_ascii_whitespace().collect::<String>()).ok()
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyFile").field("fingerprint", &self.public.fingerprint()).finish_non_exhaustive()
    }
}

impl Signer for KeyFile {
    fn sign<'a>(
        &'a self,
        message: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Result<Signature, SignError>> + Send + 'a>> {
        let key = self.public.fingerprint();
        let signed = self.key.sign(&SystemRandom::new(), message);
        let signed = signed.map(|signature| Signature::of(key, signature.as_ref()));
        let failed = |_| SignError { key: key.to_owned(), source: Box::new(Unspecified), is_passing: false };
        Box::pin(std::future::ready(signed.map_err(failed)))
    }

    fn public_key<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<PublicKey, SignError>> + Send + 'a>> {
        Box::pin(std::future::ready(Ok(self.public.clone())))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::EcPrivateKeyRfc5915Der;

    use super::*;
    use crate::signing::public_key::PublicKeyError;
    use crate::signing::tests_support::sign_now;

    #[test]
    fn what_the_key_signs_its_public_half_verifies() {
        let key = KeyFile::generate().unwrap();
        let signature = sign_now(&key, b"message");
        let public = PublicKey::from_pem(&key.public().to_pem().unwrap()).unwrap();
        assert!(public.has_signed(b"message", &signature));
        assert!(!public.has_signed(b"massage", &signature));
        let stranger = KeyFile::generate().unwrap();
        assert!(!stranger.public().has_signed(b"message", &signature));
        let relabelled = Signature { key: stranger.public().fingerprint().to_owned(), ..signature.clone() };
        assert!(!stranger.public().has_signed(b"message", &relabelled));
        assert!(!public.has_signed(b"message", &Signature { algorithm: "none".to_owned(), ..signature }));
    }

    #[test]
    fn both_forms_of_a_private_key_are_read() {
        let key = KeyFile::generate().unwrap();
        let sec1: EcPrivateKeyRfc5915Der<'_> = key.key.private_key().as_der().unwrap();
        let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        let sec1 = STANDARD.encode(sec1.as_ref());
        let sec1 = format!("{parameters}-----BEGIN EC PRIVATE KEY-----\n{sec1}\n-----END EC PRIVATE KEY-----\n");
        for pem in [sec1, key.to_pem().unwrap()] {
            let again = KeyFile::from_pem(&pem).unwrap();
            assert_eq!(again.public().fingerprint(), key.public().fingerprint());
            assert!(key.public().has_signed(b"x", &sign_now(&again, b"x")));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_quoting_it() {
        let refused =
            KeyFile::from_pem("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----").unwrap_err();
        assert!(matches!(refused, KeyFileError::Curve) && !refused.to_string().contains("c2Vj"));
        assert!(matches!(KeyFile::from_pem("secret"), Err(KeyFileError::Pem)));
        assert!(matches!(PublicKey::from_pem("secret"), Err(PublicKeyError::Pem)));
        assert!(!format!("{:?}", KeyFile::generate().unwrap()).contains("key:"));
    }
}
