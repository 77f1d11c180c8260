//! Public keys as JSON Web Keys (RFC 7517, 7518), and signatures checked with them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::identity::digest::sha256_base64url;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    Ec { curve: Curve, x: Vec<u8>, y: Vec<u8> },
}

/// The curves that Okta takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    const fn alg(self) -> &'static str {
        match self {
            Self::P256 => "ES256",
            Self::P384 => "ES384",
            Self::P521 => "ES512",
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED,
            Self::P384 => &ECDSA_P384_SHA384_FIXED,
            Self::P521 => &ECDSA_P521_SHA512_FIXED,
        }
    }
}

impl PublicKey {
    /// None for private keys too: whoever sends one has made a mistake that Okta refuses.
    pub(crate) fn from_jwk(jwk: &Value) -> Option<Self> {
        if jwk.get("d").is_some() {
            return None;
        }
        match jwk["kty"].as_str()? {
            "RSA" => Some(Self::Rsa { modulus: member(jwk, "n")?, exponent: member(jwk, "e")? }),
            "EC" => {
                let curve = Curve::ALL.into_iter().find(|curve| jwk["crv"] == curve.name())?;
                Some(Self::Ec { curve, x: member(jwk, "x")?, y: member(jwk, "y")? })
            }
            _ => None,
        }
    }

    /// The required members only, in the order of RFC 7638.
    pub(crate) fn to_jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa { modulus, exponent } => json!({"e": text(exponent), "kty": "RSA", "n": text(modulus)}),
            Self::Ec { curve, x, y } => json!({"crv": curve.name(), "kty": "EC", "x": text(x), "y": text(y)}),
        }
    }

    /// The thumbprint of RFC 7638, which a DPoP token is bound to.
    pub(crate) fn thumbprint(&self) -> String {
        // Object keys are written in their order: these are sorted as the RFC wants them.
        sha256_base64url(self.to_jwk().to_string().as_bytes())
    }

    /// Whether a JWT's `alg` is one that this key can have signed with.
    pub(crate) fn can_sign(&self, alg: &str) -> bool {
        match self {
            Self::Rsa { .. } => rsa_parameters(alg).is_some(),
            Self::Ec { curve, .. } => curve.alg() == alg,
        }
    }

    /// Whether `signature` is this key's for `message`.
    pub(crate) fn has_signed(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { modulus, exponent } => rsa_parameters(alg).is_some_and(|parameters| {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                key.verify(parameters, message, signature).is_ok()
            }),
            Self::Ec { curve, x, y } => {
                let point = [&[4_u8][..], x, y].concat();
                curve.alg() == alg
                    && UnparsedPublicKey::new(curve.verification(), point).verify(message, signature).is_ok()
            }
        }
    }
}

/// Whether Okta takes this algorithm at all.
pub(crate) fn is_known_alg(alg: &str) -> bool {
    rsa_parameters(alg).is_some() || Curve::ALL.iter().any(|curve| curve.alg() == alg)
}

fn rsa_parameters(alg: &str) -> Option<&'static RsaParameters> {
    match alg {
        "RS256" => Some(&RSA_PKCS1_2048_8192_SHA256),
        "RS384" => Some(&RSA_PKCS1_2048_8192_SHA384),
        "RS512" => Some(&RSA_PKCS1_2048_8192_SHA512),
        _ => None,
    }
}

fn member(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(jwk[name].as_str()?.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        let jwk = json!({
            "kty": "RSA", "alg": "RS256", "kid": "2011-04-29", "e": "AQAB",
            "n": concat!(
                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi",
                "FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb",
                "9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls",
                "1jF44-csFCur-kEgU8awapJzKnqDKgw"
            ),
        });
        let thumbprint = PublicKey::from_jwk(&jwk).unwrap().thumbprint();
        assert_eq!(thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn what_is_no_public_key_of_a_known_kind_is_refused() {
        for jwk in [
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
            json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}),
            json!({"kty": "RSA", "e": "AQAB"}),
            json!([]),
        ] {
            assert_eq!(PublicKey::from_jwk(&jwk), None, "{jwk}");
        }
    }
}
