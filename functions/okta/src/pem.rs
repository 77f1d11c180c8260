//! PEM of a private key as people paste it: PKCS#1, PKCS#8 or SEC1, RSA or EC.

use aws_lc_rs::signature::{EcdsaKeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::jwt::{Curve, RsaHash, SigningKey};
use crate::key::PrivateKeyError;

/// Reads the first private key in `text`.
pub(crate) fn parse(text: &str) -> Result<SigningKey, PrivateKeyError> {
    // `openssl ecparam -genkey` writes the curve first, in a block of its own.
    let mut rest = text;
    loop {
        let block = Block::first(rest)?;
        match block.label {
            "EC PARAMETERS" => rest = block.rest,
            label => return from_der(label, &block.decode()?),
        }
    }
}

fn from_der(label: &str, der: &[u8]) -> Result<SigningKey, PrivateKeyError> {
    match label {
        "RSA PRIVATE KEY" => rsa(RsaKeyPair::from_der(der).ok()),
        "EC PRIVATE KEY" => ec(|curve| EcdsaKeyPair::from_private_key_der(curve.signing(), der).ok()),
        "PRIVATE KEY" => rsa(RsaKeyPair::from_pkcs8(der).ok())
            .or_else(|_| ec(|curve| EcdsaKeyPair::from_pkcs8(curve.signing(), der).ok())),
        "ENCRYPTED PRIVATE KEY" => Err(PrivateKeyError::Encrypted),
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => Err(PrivateKeyError::NotPrivate),
        _ => Err(PrivateKeyError::Unsupported),
    }
}

fn rsa(pair: Option<RsaKeyPair>) -> Result<SigningKey, PrivateKeyError> {
    let pair = pair.ok_or(PrivateKeyError::Unsupported)?;
    Ok(SigningKey::Rsa(Box::new(pair), RsaHash::Sha256))
}

fn ec(pair_on: impl Fn(Curve) -> Option<EcdsaKeyPair>) -> Result<SigningKey, PrivateKeyError> {
    let on = |curve| pair_on(curve).map(|pair| SigningKey::Ec(Box::new(pair), curve));
    Curve::ALL.into_iter().find_map(on).ok_or(PrivateKeyError::Unsupported)
}

/// One block of PEM.
pub(crate) struct Block<'a> {
    label: &'a str,
    body: &'a str,
    rest: &'a str,
}

impl<'a> Block<'a> {
    pub(crate) fn first(text: &'a str) -> Result<Self, PrivateKeyError> {
        let broken = PrivateKeyError::BrokenPem;
        let (_, after) = text.split_once("-----BEGIN ").ok_or(broken)?;
        let (label, after) = after.split_once("-----").ok_or(broken)?;
        let (body, after) = after.split_once("-----END ").ok_or(broken)?;
        let (end_label, rest) = after.split_once("-----").ok_or(broken)?;
        if label == end_label { Ok(Self { label, body, rest }) } else { Err(broken) }
    }

    /// Line ends do not matter: consoles and shells turn them into spaces, or into a backslash and an n.
    pub(crate) fn decode(&self) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
        if self.body.contains("ENCRYPTED") {
            return Err(PrivateKeyError::Encrypted);
        }
        let mut base64 = Zeroizing::new(String::with_capacity(self.body.len()));
        for line in self.body.split("\\n") {
            base64.extend(line.chars().filter(|character| !character.is_whitespace() && *character != '\\'));
        }
        let mut der = Zeroizing::new(Vec::with_capacity(base64.len()));
        STANDARD.decode_vec(base64.as_bytes(), &mut der).map_err(|_| PrivateKeyError::BrokenPem)?;
        Ok(der)
    }
}
