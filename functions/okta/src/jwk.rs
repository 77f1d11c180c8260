//! A private key as a JSON Web Key (RFC 7517, 7518), the way Okta's console generates one.

use aws_lc_rs::rsa::{KeyPair, KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::EcdsaKeyPair;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::jwt::{Curve, RsaHash, SigningKey};
use crate::key::{PrivateKey, PrivateKeyError};

/// base64url with or without padding: both are seen.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The members of a private JWK, as RFC 7518 names them.
#[derive(Deserialize)]
struct Jwk {
    kty: Option<String>,
    crv: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    n: Option<SecretString>,
    e: Option<SecretString>,
    d: Option<SecretString>,
    p: Option<SecretString>,
    q: Option<SecretString>,
    dp: Option<SecretString>,
    dq: Option<SecretString>,
    qi: Option<SecretString>,
    x: Option<SecretString>,
    y: Option<SecretString>,
}

type Bytes = Zeroizing<Vec<u8>>;

pub(crate) fn parse(json: &str) -> Result<PrivateKey, PrivateKeyError> {
    let jwk: Jwk = serde_json::from_str(json).map_err(|_| PrivateKeyError::BrokenJwk)?;
    let key = match jwk.kty.as_deref() {
        Some("RSA") => rsa(&jwk)?,
        Some("EC") => ec(&jwk)?,
        // Ed25519 and the like, which Okta does not take for client authentication.
        Some("OKP" | "oct") => return Err(PrivateKeyError::Unsupported),
        _ => return Err(PrivateKeyError::BrokenJwk),
    };
    Ok(PrivateKey { key, key_id: jwk.kid })
}

fn rsa(jwk: &Jwk) -> Result<SigningKey, PrivateKeyError> {
    let d = member("d", jwk.d.as_ref())?;
    let components = KeyPairComponents {
        public_key: PublicKeyComponents {
            n: without_leading_zeros(member("n", jwk.n.as_ref())?),
            e: without_leading_zeros(member("e", jwk.e.as_ref())?),
        },
        d,
        p: member("p", jwk.p.as_ref())?,
        q: member("q", jwk.q.as_ref())?,
        dP: member("dp", jwk.dp.as_ref())?,
        dQ: member("dq", jwk.dq.as_ref())?,
        qInv: member("qi", jwk.qi.as_ref())?,
    };
    let pair = KeyPair::from_components(&components).map_err(|_| PrivateKeyError::Unsupported)?;
    Ok(SigningKey::Rsa(Box::new(pair), rsa_hash(jwk.alg.as_deref())?))
}

fn rsa_hash(alg: Option<&str>) -> Result<RsaHash, PrivateKeyError> {
    match alg {
        None | Some("RS256") => Ok(RsaHash::Sha256),
        Some("RS384") => Ok(RsaHash::Sha384),
        Some("RS512") => Ok(RsaHash::Sha512),
        Some(_) => Err(PrivateKeyError::Unsupported),
    }
}

fn ec(jwk: &Jwk) -> Result<SigningKey, PrivateKeyError> {
    let named = |curve: &Curve| jwk.crv.as_deref() == Some(curve.name());
    let curve = Curve::ALL.into_iter().find(named).ok_or(PrivateKeyError::Unsupported)?;
    let coordinate = |name, value: &Option<SecretString>| padded(&member(name, value.as_ref())?, curve.size());
    let d = coordinate("d", &jwk.d)?;
    let mut point = vec![4];
    point.extend_from_slice(&coordinate("x", &jwk.x)?);
    point.extend_from_slice(&coordinate("y", &jwk.y)?);
    let pair = EcdsaKeyPair::from_private_key_and_public_key(curve.signing(), &d, &point)
        .map_err(|_| PrivateKeyError::Unsupported)?;
    Ok(SigningKey::Ec(Box::new(pair), curve))
}

fn member(name: &'static str, value: Option<&SecretString>) -> Result<Bytes, PrivateKeyError> {
    let value = value.ok_or(PrivateKeyError::IncompleteJwk(name))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(value.expose_secret().len()));
    let decoded = BASE64.decode_vec(value.expose_secret(), &mut bytes);
    decoded.map(|()| bytes).map_err(|_| PrivateKeyError::BrokenJwk)
}

fn without_leading_zeros(bytes: Bytes) -> Bytes {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    if zeros == 0 { bytes } else { Zeroizing::new(bytes[zeros..].to_vec()) }
}

/// Some writers drop the leading zeros that RFC 7518 wants.
fn padded(bytes: &[u8], size: usize) -> Result<Bytes, PrivateKeyError> {
    let missing = size.checked_sub(bytes.len()).ok_or(PrivateKeyError::BrokenJwk)?;
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.resize(missing, 0);
    padded.extend_from_slice(bytes);
    Ok(padded)
}
