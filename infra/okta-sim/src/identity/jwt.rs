//! JSON Web Tokens in their compact form.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::identity::jwk::PublicKey;

/// A token taken apart. Its signature is not checked yet.
#[derive(Debug)]
pub(crate) struct Jwt {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    signed: String,
    signature: Vec<u8>,
}

impl Jwt {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let json = |part: &str| {
            let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
            value.is_object().then_some(value)
        };
        Some(Self {
            header: json(header)?,
            claims: json(claims)?,
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    pub(crate) fn alg(&self) -> &str {
        self.header["alg"].as_str().unwrap_or_default()
    }

    pub(crate) fn text(&self, claim: &str) -> Option<&str> {
        self.claims[claim].as_str()
    }

    /// A time claim, in seconds.
    pub(crate) fn seconds(&self, claim: &str) -> Option<i64> {
        let claim = &self.claims[claim];
        claim.as_i64().or_else(|| claim.as_f64().map(|seconds| seconds as i64))
    }

    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.has_signed(self.alg(), self.signed.as_bytes(), &self.signature)
    }
}
