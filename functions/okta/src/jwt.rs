//! Signing JSON Web Tokens with AWS-LC: the client assertion and DPoP proofs.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// AWS-LC did not sign. It has no reason to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library could not sign")]
pub struct SigningError;

/// A private key that Okta accepts signatures of.
pub(crate) enum SigningKey {
    /// `RS256`, `RS384` or `RS512`.
    Rsa(Box<RsaKeyPair>, RsaHash),
    /// `ES256`, `ES384` or `ES512`: the curve decides.
    Ec(Box<EcdsaKeyPair>, Curve),
}

/// The hash of an RSA signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RsaHash {
    Sha256,
    Sha384,
    Sha512,
}

/// A curve that Okta knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    pub(crate) const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// As a JWK spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Bytes of one coordinate.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    pub(crate) fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
            Self::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
        }
    }
}

impl RsaHash {
    fn encoding(self) -> &'static dyn RsaEncoding {
        match self {
            Self::Sha256 => &signature::RSA_PKCS1_SHA256,
            Self::Sha384 => &signature::RSA_PKCS1_SHA384,
            Self::Sha512 => &signature::RSA_PKCS1_SHA512,
        }
    }
}

impl SigningKey {
    /// A new key of P-256, which costs microseconds where RSA costs a tenth of a second of cold start.
    pub(crate) fn generate() -> Result<Self, SigningError> {
        let pair = EcdsaKeyPair::generate(Curve::P256.signing()).map_err(|_| SigningError)?;
        Ok(Self::Ec(Box::new(pair), Curve::P256))
    }

    /// `alg` of the JWS header.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_, RsaHash::Sha256) => "RS256",
            Self::Rsa(_, RsaHash::Sha384) => "RS384",
            Self::Rsa(_, RsaHash::Sha512) => "RS512",
            Self::Ec(_, Curve::P256) => "ES256",
            Self::Ec(_, Curve::P384) => "ES384",
            Self::Ec(_, Curve::P521) => "ES512",
        }
    }

    /// The public half as a JWK, for keys on a curve: those are the ones whose public half is sent.
    pub(crate) fn public_jwk(&self) -> Option<Value> {
        let Self::Ec(pair, curve) = self else { return None };
        // An uncompressed point: 4, x, y.
        let point = pair.public_key().as_ref();
        let (x, y) = point.get(1..)?.split_at_checked(curve.size())?;
        Some(json!({
            "kty": "EC",
            "crv": curve.name(),
            "x": URL_SAFE_NO_PAD.encode(x),
            "y": URL_SAFE_NO_PAD.encode(y),
        }))
    }

    /// A compact JWS of `claims`. `header` gets `alg` added.
    pub(crate) fn sign(&self, mut header: Value, claims: &Value) -> Result<String, SigningError> {
        header["alg"] = self.algorithm().into();
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(&header), encode(claims));
        let signature = self.signature(message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair, hash) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(hash.encoding(), &random, message, &mut signature).map_err(|_| SigningError)?;
                Ok(signature)
            }
            Self::Ec(pair, _) => {
                let signature = pair.sign(&random, message).map_err(|_| SigningError)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, ***)", self.algorithm())
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_token_carries_its_algorithm_and_verifies() {
        let key = SigningKey::generate().unwrap();
        let token = key.sign(json!({"kid": "k1"}), &json!({"iss": "me"})).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let (header, claims) = message.split_once('.').unwrap();
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        assert_eq!(decode(claims), br#"{"iss":"me"}"#);
        let header: Value = serde_json::from_slice(&decode(header)).unwrap();
        assert_eq!(header, json!({"kid": "k1", "alg": "ES256"}));

        let jwk = key.public_jwk().unwrap();
        let mut point = vec![4];
        point.extend(decode(jwk["x"].as_str().unwrap()));
        point.extend(decode(jwk["y"].as_str().unwrap()));
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        public.verify(message.as_bytes(), &decode(signature)).unwrap();
        assert!(public.verify(b"another message", &decode(signature)).is_err());
    }

    #[test]
    fn a_public_jwk_has_no_private_part() {
        let jwk = SigningKey::generate().unwrap().public_jwk().unwrap();
        let mut members: Vec<_> = jwk.as_object().unwrap().keys().cloned().collect();
        members.sort();
        assert_eq!(members, ["crv", "kty", "x", "y"]);
    }
}
