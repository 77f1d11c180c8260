//! The private key of a service app, as people paste it: PEM (PKCS#1, PKCS#8, SEC1) or JWK, RSA or EC.

use aws_lc_rs::signature::{EcdsaKeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::jwk;
use crate::jwt::{Curve, RsaHash, SigningKey};

/// Why a private key is not taken. Never says anything that stands in the key.
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
    /// No JWK, or one without members that are needed.
    #[error("`private_key` is a JWK without {0:?}: export the whole private key")]
    IncompleteJwk(&'static str),
    /// JSON that is no JWK of a key pair.
    #[error("`private_key` is JSON but no JWK of an RSA or EC key")]
    BrokenJwk,
    /// Ed25519, secp256k1, a small RSA key, or parts that do not fit together.
    #[error(
        "`private_key` is no valid key of a kind that Okta takes: RSA of 2048 bits or more, or EC P-256, P-384, P-521"
    )]
    Unsupported,
}

/// A private key, and the key id when the key itself says it (JWK).
#[derive(Debug)]
pub(crate) struct PrivateKey {
    pub(crate) key: SigningKey,
    pub(crate) key_id: Option<String>,
}

/// Reads a key, whatever its format.
pub(crate) fn parse(text: &str) -> Result<PrivateKey, PrivateKeyError> {
    let text = text.trim();
    if text.starts_with('{') {
        return jwk::parse(text);
    }
    if text.contains("-----BEGIN ") {
        return Ok(PrivateKey { key: parse_pem(text)?, key_id: None });
    }
    Err(PrivateKeyError::UnknownFormat)
}

fn parse_pem(text: &str) -> Result<SigningKey, PrivateKeyError> {
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
struct Block<'a> {
    label: &'a str,
    body: &'a str,
    rest: &'a str,
}

impl<'a> Block<'a> {
    fn first(text: &'a str) -> Result<Self, PrivateKeyError> {
        let broken = PrivateKeyError::BrokenPem;
        let (_, after) = text.split_once("-----BEGIN ").ok_or(broken)?;
        let (label, after) = after.split_once("-----").ok_or(broken)?;
        let (body, after) = after.split_once("-----END ").ok_or(broken)?;
        let (end_label, rest) = after.split_once("-----").ok_or(broken)?;
        if label == end_label { Ok(Self { label, body, rest }) } else { Err(broken) }
    }

    /// Line ends do not matter: consoles and shells turn them into spaces, or into a backslash and an n.
    fn decode(&self) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
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

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, RSA_PKCS1_2048_8192_SHA256,
        UnparsedPublicKey, VerificationAlgorithm,
    };
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    /// Whether what `text` signs is verified by OpenSSL's public half of the key.
    fn assert_signs(name: &str, text: &str, alg: &str, public_pem: &str) {
        let parsed = parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(parsed.key.algorithm(), alg, "{name}");
        let token = parsed.key.sign(json!({}), &json!({"n": name})).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let spki = Block::first(public_pem).unwrap().decode().unwrap();
        let verification: &dyn VerificationAlgorithm = match alg {
            "RS256" => &RSA_PKCS1_2048_8192_SHA256,
            "ES256" => &ECDSA_P256_SHA256_FIXED,
            "ES384" => &ECDSA_P384_SHA384_FIXED,
            _ => &ECDSA_P521_SHA512_FIXED,
        };
        let verifier = UnparsedPublicKey::new(verification, spki.to_vec());
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert!(verifier.verify(message.as_bytes(), &signature).is_ok(), "{name}: the signature is wrong");
    }

    #[test]
    fn every_format_of_openssl_signs_what_openssl_verifies() {
        macro_rules! key {
            ($file:literal) => {
                ($file, include_str!(concat!("../tests/keys/", $file)))
            };
        }
        let families = [
            ("RS256", key!("rsa.public.pem"), vec![key!("rsa.pkcs1.pem"), key!("rsa.pkcs8.pem"), key!("rsa.jwk.json")]),
            (
                "ES256",
                key!("ec256.public.pem"),
                vec![key!("ec256.sec1.pem"), key!("ec256.pkcs8.pem"), key!("ec256.jwk.json")],
            ),
            (
                "ES384",
                key!("ec384.public.pem"),
                vec![key!("ec384.sec1.pem"), key!("ec384.pkcs8.pem"), key!("ec384.jwk.json")],
            ),
            (
                "ES512",
                key!("ec521.public.pem"),
                vec![key!("ec521.sec1.pem"), key!("ec521.pkcs8.pem"), key!("ec521.jwk.json")],
            ),
        ];
        for (alg, (_, public), keys) in families {
            for (name, text) in keys {
                assert_signs(name, text, alg, public);
            }
        }
    }

    #[test]
    fn line_ends_that_a_console_has_mangled_do_not_matter() {
        let pem = include_str!("../tests/keys/rsa.pkcs8.pem");
        let public = include_str!("../tests/keys/rsa.public.pem");
        for (name, separator) in [("spaces", " "), ("escaped", "\\n"), ("windows", "\r\n"), ("none", "")] {
            assert_signs(name, &pem.trim().replace('\n', separator), "RS256", public);
        }
    }

    #[test]
    fn a_jwk_says_its_key_id_and_its_hash() {
        let jwk = include_str!("../tests/keys/rsa.jwk.json");
        assert_eq!(parse(jwk).unwrap().key_id.as_deref(), Some("kid-of-the-jwk"));
        let with_alg = |alg: &str| jwk.replace("\"use\"", &format!("\"alg\": \"{alg}\", \"use\""));
        assert_eq!(parse(&with_alg("RS512")).unwrap().key.algorithm(), "RS512");
        assert_eq!(parse(&with_alg("PS256")).unwrap_err(), PrivateKeyError::Unsupported);
    }

    #[test]
    fn what_is_no_usable_private_key_is_refused_with_its_reason() {
        let jwk: serde_json::Value = serde_json::from_str(include_str!("../tests/keys/rsa.jwk.json")).unwrap();
        let without = |member: &str| {
            let mut jwk = jwk.clone();
            jwk.as_object_mut().unwrap().remove(member);
            jwk.to_string()
        };
        let pem = include_str!("../tests/keys/rsa.pkcs8.pem");
        let cases = [
            ("", PrivateKeyError::UnknownFormat),
            ("MIIEvQIBADANBg", PrivateKeyError::UnknownFormat),
            (&pem[..600], PrivateKeyError::BrokenPem),
            (&pem.replace('M', "!"), PrivateKeyError::BrokenPem),
            (&pem.replace("END PRIVATE", "END PUBLIC"), PrivateKeyError::BrokenPem),
            (include_str!("../tests/keys/rsa.encrypted.pem"), PrivateKeyError::Encrypted),
            (include_str!("../tests/keys/rsa.encrypted-traditional.pem"), PrivateKeyError::Encrypted),
            (include_str!("../tests/keys/rsa.public.pem"), PrivateKeyError::NotPrivate),
            (include_str!("../tests/keys/rsa1024.pem"), PrivateKeyError::Unsupported),
            (include_str!("../tests/keys/ed25519.pem"), PrivateKeyError::Unsupported),
            (include_str!("../tests/keys/secp256k1.pem"), PrivateKeyError::Unsupported),
            ("{", PrivateKeyError::BrokenJwk),
            ("{\"kty\": \"EC\", \"crv\": 5}", PrivateKeyError::BrokenJwk),
            ("{\"kty\": \"OKP\"}", PrivateKeyError::Unsupported),
            ("{\"keys\": []}", PrivateKeyError::BrokenJwk),
            (&without("d"), PrivateKeyError::IncompleteJwk("d")),
            (&without("qi"), PrivateKeyError::IncompleteJwk("qi")),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap_err(), expected, "{text:.60}");
        }
    }
}
