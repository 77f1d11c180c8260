//! A service app with a key pair (`private_key_jwt`): the key as PEM or JWK, and the assertion that it signs.

use std::fmt;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use serde_json::value::RawValue;
use url::Url;
use zeroize::Zeroizing;

use crate::credentials::fields::{CredentialKind, CredentialsError, SecretFields};
use crate::credentials::method::{ClientProof, Method, Proof, Row};
use crate::jwt::{SigningError, SigningKey};
use crate::key::{PrivateKey, PrivateKeyError};
use crate::{jwk, pem, random};

const FIELD: &str = "private_key";
const KIND: CredentialKind =
    CredentialKind { field: FIELD, name: "a service app with a private key", has_scopes: true };

pub(crate) const ROW: Row = Row { kind: KIND, parse };

/// Okta accepts up to an hour; an assertion is used at once and only once.
const ASSERTION_LIFETIME_S: i64 = 300;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

struct KeyPair {
    client_id: SecretString,
    key_id: String,
    key: SigningKey,
}

fn parse(fields: &SecretFields<'_>) -> Result<Method, CredentialsError> {
    let missing = |field| CredentialsError::Missing { field, kind: KIND };
    let raw = fields.raw(FIELD).ok_or_else(|| missing(FIELD))?;
    let PrivateKey { key, key_id: own } = parse_key(&key_text(raw)?)?;
    let key_id = match (fields.public("key_id")?, own) {
        (Some(given), Some(own)) if given != own => return Err(CredentialsError::TwoKeyIds),
        (Some(given), _) => given,
        (None, own) => own.ok_or_else(|| missing("key_id"))?,
    };
    Ok(Method::Exchanged(Box::new(KeyPair { client_id: fields.header_value("client_id", KIND)?, key_id, key })))
}

/// A JWK may be in the secret as an object, or as a string like a PEM.
fn key_text(raw: &RawValue) -> Result<Zeroizing<String>, PrivateKeyError> {
    if raw.get().starts_with('"') {
        return serde_json::from_str(raw.get()).map(Zeroizing::new).map_err(|_| PrivateKeyError::UnknownFormat);
    }
    Ok(Zeroizing::new(raw.get().to_owned()))
}

fn parse_key(text: &str) -> Result<PrivateKey, PrivateKeyError> {
    let text = text.trim();
    if text.starts_with('{') {
        return jwk::parse(text);
    }
    if text.contains("-----BEGIN ") {
        return Ok(PrivateKey { key: pem::parse(text)?, key_id: None });
    }
    Err(PrivateKeyError::UnknownFormat)
}

impl ClientProof for KeyPair {
    fn prove(&self, token_endpoint: &Url, now: Timestamp) -> Result<Proof, SigningError> {
        let client_id = self.client_id.expose_secret();
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": token_endpoint.as_str(),
            "exp": now.as_second() + ASSERTION_LIFETIME_S,
            "jti": random::id()?,
        });
        let assertion = self.key.sign(json!({ "kid": self.key_id }), &claims)?;
        Ok(Proof {
            authorization: None,
            secrets: vec![assertion.as_str().into()],
            fields: vec![("client_assertion_type", ASSERTION_TYPE.to_owned()), ("client_assertion", assertion)],
        })
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("key_id", &self.key_id).field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, RSA_PKCS1_2048_8192_SHA256,
        UnparsedPublicKey, VerificationAlgorithm,
    };
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::pem::Block;

    /// Whether what `text` signs is verified by OpenSSL's public half of the key.
    fn assert_signs(name: &str, text: &str, alg: &str, public_pem: &str) {
        let parsed = parse_key(text).unwrap_or_else(|error| panic!("{name}: {error}"));
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
                ($file, include_str!(concat!("../../tests/keys/", $file)))
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
        let pem = include_str!("../../tests/keys/rsa.pkcs8.pem");
        let public = include_str!("../../tests/keys/rsa.public.pem");
        for (name, separator) in [("spaces", " "), ("escaped", "\\n"), ("windows", "\r\n"), ("none", "")] {
            assert_signs(name, &pem.trim().replace('\n', separator), "RS256", public);
        }
    }

    #[test]
    fn a_jwk_says_its_key_id_and_its_hash() {
        let jwk = include_str!("../../tests/keys/rsa.jwk.json");
        assert_eq!(parse_key(jwk).unwrap().key_id.as_deref(), Some("kid-of-the-jwk"));
        let with_alg = |alg: &str| jwk.replace("\"use\"", &format!("\"alg\": \"{alg}\", \"use\""));
        assert_eq!(parse_key(&with_alg("RS512")).unwrap().key.algorithm(), "RS512");
        assert_eq!(parse_key(&with_alg("PS256")).unwrap_err(), PrivateKeyError::Unsupported);
    }

    #[test]
    fn what_is_no_usable_private_key_is_refused_with_its_reason() {
        let jwk: serde_json::Value = serde_json::from_str(include_str!("../../tests/keys/rsa.jwk.json")).unwrap();
        let without = |member: &str| {
            let mut jwk = jwk.clone();
            jwk.as_object_mut().unwrap().remove(member);
            jwk.to_string()
        };
        let pem = include_str!("../../tests/keys/rsa.pkcs8.pem");
        let cases = [
            ("", PrivateKeyError::UnknownFormat),
            ("MIIEvQIBADANBg", PrivateKeyError::UnknownFormat),
            (&pem[..600], PrivateKeyError::BrokenPem),
            (&pem.replace('M', "!"), PrivateKeyError::BrokenPem),
            (&pem.replace("END PRIVATE", "END PUBLIC"), PrivateKeyError::BrokenPem),
            (include_str!("../../tests/keys/rsa.encrypted.pem"), PrivateKeyError::Encrypted),
            (include_str!("../../tests/keys/rsa.encrypted-traditional.pem"), PrivateKeyError::Encrypted),
            (include_str!("../../tests/keys/rsa.public.pem"), PrivateKeyError::NotPrivate),
            (include_str!("../../tests/keys/rsa1024.pem"), PrivateKeyError::Unsupported),
            (include_str!("../../tests/keys/ed25519.pem"), PrivateKeyError::Unsupported),
            (include_str!("../../tests/keys/secp256k1.pem"), PrivateKeyError::Unsupported),
            ("{", PrivateKeyError::BrokenJwk),
            ("{\"kty\": \"EC\", \"crv\": 5}", PrivateKeyError::BrokenJwk),
            ("{\"kty\": \"OKP\"}", PrivateKeyError::Unsupported),
            ("{\"keys\": []}", PrivateKeyError::BrokenJwk),
            (&without("d"), PrivateKeyError::IncompleteJwk("d")),
            (&without("qi"), PrivateKeyError::IncompleteJwk("qi")),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_key(text).unwrap_err(), expected, "{text:.60}");
        }
    }

    #[test]
    fn the_key_id_comes_from_the_field_or_the_jwk() {
        let pem = include_str!("../../tests/keys/rsa.pkcs8.pem");
        let jwk = include_str!("../../tests/keys/ec256.jwk.json");
        let shown = |fields: serde_json::Value| {
            let json = fields.to_string();
            parse(&SecretFields::parse(&json).unwrap()).map(|method| format!("{method:?}"))
        };
        assert!(shown(json!({"client_id": "0oa1", "private_key": jwk})).unwrap().contains("\"kid-256\""));
        assert!(shown(json!({"client_id": "0oa1", "private_key": pem, "key_id": "k"})).unwrap().contains("\"k\""));
        let two = shown(json!({"client_id": "0oa1", "private_key": jwk, "key_id": "k"}));
        assert_eq!(two.unwrap_err(), CredentialsError::TwoKeyIds);
        let none = shown(json!({"client_id": "0oa1", "private_key": pem}));
        assert_eq!(none.unwrap_err(), CredentialsError::Missing { field: "key_id", kind: KIND });
    }
}
