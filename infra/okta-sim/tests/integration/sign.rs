//! Keys, and what they sign: assertions and DPoP proofs.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A private key.
pub(crate) enum Key {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl Key {
    /// The key of a client's secret.
    pub(crate) fn of(secret: &Value) -> Self {
        let pem = secret["private_key"].as_str().unwrap();
        let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(text).unwrap();
        match RsaKeyPair::from_pkcs8(&der) {
            Ok(pair) => Self::Rsa(Box::new(pair)),
            Err(_) => Self::Ec(Box::new(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).unwrap())),
        }
    }

    /// A key that nobody knows.
    pub(crate) fn ec() -> Self {
        Self::Ec(Box::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()))
    }

    /// The same, of the other kind.
    pub(crate) fn rsa() -> Self {
        Self::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(crate) const fn alg(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::Ec(_) => "ES256",
        }
    }

    /// The public half; of elliptic curves only, which proofs are signed with here.
    pub(crate) fn jwk(&self) -> Value {
        let Self::Ec(pair) = self else { panic!("an EC key is wanted") };
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)})
    }

    /// A compact JWS.
    pub(crate) fn jwt(&self, header: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
        let signature = match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::Ec(pair) => pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{text}.{}", base64url(&signature))
    }

    /// A DPoP proof with these claims.
    pub(crate) fn proof(&self, claims: &Value) -> String {
        self.jwt(&json!({"typ": "dpop+jwt", "alg": self.alg(), "jwk": self.jwk()}), claims)
    }
}

/// What the claim `ath` says of a token.
pub(crate) fn token_hash(token: &str) -> String {
    base64url(digest(&SHA256, token.as_bytes()).as_ref())
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
