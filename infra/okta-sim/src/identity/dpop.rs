//! DPoP (RFC 9449): proofs that whoever sends a token also holds a key.

use url::Url;

use crate::identity::digest::sha256_base64url;
use crate::identity::jwk::{PublicKey, is_known_alg};
use crate::identity::jwt::Jwt;
use crate::identity::oauth_error::{
    DPOP_ALG, DPOP_ATH, DPOP_BINDING, DPOP_EXPIRED, DPOP_HTM, DPOP_HTU, DPOP_IAT, DPOP_IN_FUTURE, DPOP_JTI, DPOP_KEY,
    DPOP_MALFORMED, DPOP_NONCE, DPOP_SIGNATURE, DPOP_TOO_OLD, DPOP_TYPE, DPOP_USED, OAuthError,
};
use crate::identity::replay::Replay;

/// A proof is good for five minutes.
const LIFETIME_MS: i64 = 300_000;

/// How far a client's clock may be ahead.
const LEEWAY_MS: i64 = 5_000;

/// A nonce is new every day; the one before works for three more.
const NONCE_MS: i64 = 86_400_000;
const NONCES_TAKEN: i64 = 3;

/// What a proof must fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) now_ms: i64,
    /// Set where a nonce is asked for: on the token endpoint.
    pub(crate) nonce: Option<&'a Nonces>,
    /// Set on resources: the token, and the thumbprint that it is bound to.
    pub(crate) bound: Option<(&'a str, &'a str)>,
}

/// Makes nonces, and knows its own again.
#[derive(Debug)]
pub(crate) struct Nonces {
    secret: [u8; 16],
}

impl Nonces {
    pub(crate) const fn new(secret: [u8; 16]) -> Self {
        Self { secret }
    }

    /// The nonce of the day.
    pub(crate) fn current(&self, now_ms: i64) -> String {
        self.of_day(now_ms.div_euclid(NONCE_MS))
    }

    fn takes(&self, nonce: &str, now_ms: i64) -> bool {
        let today = now_ms.div_euclid(NONCE_MS);
        (0..=NONCES_TAKEN).any(|days| self.of_day(today - days) == nonce)
    }

    fn of_day(&self, day: i64) -> String {
        let mut nonce = sha256_base64url(&[&self.secret[..], &day.to_be_bytes()].concat());
        nonce.truncate(32);
        nonce
    }
}

/// The thumbprint of the key that signed a good proof.
pub(crate) fn verify(text: &str, expected: &Expected<'_>, replay: &mut Replay) -> Result<String, OAuthError> {
    let proof = Jwt::parse(text).ok_or(DPOP_MALFORMED)?;
    let key = signing_key(&proof)?;
    if proof.text("htm") != Some(expected.method) {
        return Err(DPOP_HTM);
    }
    if !proof.text("htu").is_some_and(|htu| is_same_resource(htu, expected.url)) {
        return Err(DPOP_HTU);
    }
    in_time(&proof, expected.now_ms)?;
    let thumbprint = key.thumbprint();
    if let Some((token, bound_to)) = expected.bound {
        is_bound(&proof, token, &thumbprint, bound_to)?;
    }
    if let Some(nonces) = expected.nonce {
        let is_ours = proof.text("nonce").is_some_and(|nonce| nonces.takes(nonce, expected.now_ms));
        is_ours.then_some(()).ok_or(DPOP_NONCE)?;
    }
    let jti = proof.text("jti").filter(|jti| !jti.is_empty()).ok_or(DPOP_JTI)?;
    if !replay.is_first(jti, expected.now_ms, expected.now_ms + LIFETIME_MS + LEEWAY_MS) {
        return Err(DPOP_USED);
    }
    Ok(thumbprint)
}

fn signing_key(proof: &Jwt) -> Result<PublicKey, OAuthError> {
    if proof.header["typ"] != "dpop+jwt" {
        return Err(DPOP_TYPE);
    }
    if !is_known_alg(proof.alg()) {
        return Err(DPOP_ALG);
    }
    let key = PublicKey::from_jwk(&proof.header["jwk"]).ok_or(DPOP_KEY)?;
    if !key.can_sign(proof.alg()) {
        return Err(DPOP_ALG);
    }
    if proof.is_signed_by(&key) { Ok(key) } else { Err(DPOP_SIGNATURE) }
}

/// `htu` has neither query nor fragment; the rest is compared as URLs, not as text.
fn is_same_resource(htu: &str, url: &str) -> bool {
    match (Url::parse(htu), Url::parse(url)) {
        (Ok(htu), Ok(url)) => {
            htu.query().is_none()
                && htu.fragment().is_none()
                && htu.origin() == url.origin()
                && htu.path() == url.path()
        }
        _ => false,
    }
}

fn in_time(proof: &Jwt, now_ms: i64) -> Result<(), OAuthError> {
    let issued_ms = proof.seconds("iat").ok_or(DPOP_IAT)?.saturating_mul(1_000);
    if issued_ms > now_ms + LEEWAY_MS {
        return Err(DPOP_IN_FUTURE);
    }
    if issued_ms < now_ms - LIFETIME_MS {
        return Err(DPOP_TOO_OLD);
    }
    match proof.seconds("exp") {
        Some(expires) if expires.saturating_mul(1_000) <= now_ms - LEEWAY_MS => Err(DPOP_EXPIRED),
        _ => Ok(()),
    }
}

fn is_bound(proof: &Jwt, token: &str, thumbprint: &str, bound_to: &str) -> Result<(), OAuthError> {
    if proof.text("ath") != Some(&sha256_base64url(token.as_bytes())) {
        return Err(DPOP_ATH);
    }
    if thumbprint == bound_to { Ok(()) } else { Err(DPOP_BINDING) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_are_taken_for_three_days_more() {
        let nonces = Nonces::new([7; 16]);
        let nonce = nonces.current(0);
        assert_eq!(nonce, nonces.current(NONCE_MS - 1));
        assert_ne!(nonce, nonces.current(NONCE_MS));
        assert!(nonces.takes(&nonce, 3 * NONCE_MS));
        assert!(!nonces.takes(&nonce, 4 * NONCE_MS));
        assert!(!Nonces::new([8; 16]).takes(&nonce, 0));
    }

    #[test]
    fn a_proof_is_for_the_url_without_its_query() {
        assert!(is_same_resource("http://a:1/x", "http://a:1/x?q=1"));
        assert!(!is_same_resource("http://a:1/x?q=1", "http://a:1/x?q=1"));
        assert!(!is_same_resource("http://a:1/y", "http://a:1/x"));
        assert!(!is_same_resource("http://b:1/x", "http://a:1/x"));
        assert!(!is_same_resource("x", "http://a:1/x"));
    }
}
