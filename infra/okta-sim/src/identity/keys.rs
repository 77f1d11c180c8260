//! Key pairs, made when the simulator starts and known to nobody else.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::identity::jwk::{Curve, PublicKey};

/// What kind of key a client signs its assertions with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// 2048 bits: what Okta's console makes.
    Rsa,
    /// P-256.
    Ec256,
    /// P-384.
    Ec384,
}

/// A key pair could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no key pair could be made")]
pub struct KeyError;

/// A private key as PEM (PKCS#8) with its public half.
pub(crate) struct MadeKey {
    pub(crate) pem: String,
    pub(crate) public: PublicKey,
}

/// Makes a key pair.
pub(crate) fn make(kind: KeyKind) -> Result<MadeKey, KeyError> {
    match kind {
        KeyKind::Rsa => rsa(),
        KeyKind::Ec256 => ec(Curve::P256, &ECDSA_P256_SHA256_FIXED_SIGNING),
        KeyKind::Ec384 => ec(Curve::P384, &ECDSA_P384_SHA384_FIXED_SIGNING),
    }
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| KeyError)?;
    Ok(bytes)
}

fn rsa() -> Result<MadeKey, KeyError> {
    let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError)?;
    let private = pair.as_der().map_err(|_| KeyError)?;
    let (modulus, exponent) = integers(pair.public_key().as_ref()).ok_or(KeyError)?;
    Ok(MadeKey { pem: pem(private.as_ref()), public: PublicKey::Rsa { modulus, exponent } })
}

fn ec(curve: Curve, algorithm: &'static EcdsaSigningAlgorithm) -> Result<MadeKey, KeyError> {
    let private = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).map_err(|_| KeyError)?;
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, private.as_ref()).map_err(|_| KeyError)?;
    // An uncompressed point: 4, x, y.
    let (x, y) = pair.public_key().as_ref()[1..].split_at(pair.public_key().as_ref().len() / 2);
    Ok(MadeKey { pem: pem(private.as_ref()), public: PublicKey::Ec { curve, x: x.to_vec(), y: y.to_vec() } })
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for start in (0..text.len()).step_by(64) {
        pem.push_str(&text[start..text.len().min(start + 64)]);
        pem.push('\n');
    }
    pem + "-----END PRIVATE KEY-----\n"
}

/// The two integers of an `RSAPublicKey` (RFC 8017, A.1.1), without leading zeros.
fn integers(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (_, sequence, _) = element(der)?;
    let (_, modulus, rest) = element(sequence)?;
    let (_, exponent, _) = element(rest)?;
    let plain = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    Some((plain(modulus), plain(exponent)))
}

/// The first DER element: tag, content, what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}
