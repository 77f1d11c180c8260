//! `private_key_jwt`: the assertion that a client signs to prove who it is.

use crate::identity::clients::Client;
use crate::identity::jwk::{PublicKey, is_known_alg};
use crate::identity::jwt::Jwt;
use crate::identity::oauth_error::{
    ASSERTION_ALG, ASSERTION_AUDIENCE, ASSERTION_EXPIRED, ASSERTION_ISSUED_IN_FUTURE, ASSERTION_ISSUER, ASSERTION_KID,
    ASSERTION_MALFORMED, ASSERTION_NO_EXPIRY, ASSERTION_NO_KEYS, ASSERTION_SIGNATURE, ASSERTION_SUBJECT,
    ASSERTION_TOO_LONG, ASSERTION_USED, OAuthError,
};
use crate::identity::replay::Replay;

/// The only `client_assertion_type` there is.
pub(crate) const ASSERTION_TYPE_VALUE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An assertion may live for an hour.
const LONGEST_MS: i64 = 3_600_000;

/// Okta's clock is not that strict.
const LEEWAY_MS: i64 = 5_000;

/// The client that an assertion says it is from.
pub(crate) fn claimed_client(assertion: &Jwt) -> Result<&str, OAuthError> {
    assertion.text("iss").ok_or(ASSERTION_ISSUER)
}

/// Takes an assertion apart.
pub(crate) fn parse(text: &str) -> Result<Jwt, OAuthError> {
    Jwt::parse(text).ok_or(ASSERTION_MALFORMED)
}

/// Whether the assertion is this client's, for this endpoint, now, and for the first time.
pub(crate) fn verify(
    assertion: &Jwt,
    client: &Client,
    token_url: &str,
    now_ms: i64,
    replay: &mut Replay,
) -> Result<(), OAuthError> {
    let key = key_of(assertion, client)?;
    if !assertion.is_signed_by(key) {
        return Err(ASSERTION_SIGNATURE);
    }
    if assertion.text("sub") != Some(&client.id) {
        return Err(ASSERTION_SUBJECT);
    }
    if !is_for(assertion, token_url) {
        return Err(ASSERTION_AUDIENCE);
    }
    let expires_ms = in_time(assertion, now_ms)?;
    match assertion.text("jti") {
        Some(jti) if !replay.is_first(jti, now_ms, expires_ms) => Err(ASSERTION_USED),
        _ => Ok(()),
    }
}

fn key_of<'a>(assertion: &Jwt, client: &'a Client) -> Result<&'a PublicKey, OAuthError> {
    if client.keys.is_empty() {
        return Err(ASSERTION_NO_KEYS);
    }
    if !is_known_alg(assertion.alg()) {
        return Err(ASSERTION_ALG);
    }
    let (_, key) = match assertion.header["kid"].as_str() {
        Some(kid) => client.keys.iter().find(|(id, _)| id == kid).ok_or(ASSERTION_KID)?,
        // Without a kid there must be one key only.
        None if client.keys.len() == 1 => &client.keys[0],
        None => return Err(ASSERTION_KID),
    };
    if key.can_sign(assertion.alg()) { Ok(key) } else { Err(ASSERTION_ALG) }
}

fn is_for(assertion: &Jwt, token_url: &str) -> bool {
    let audience = &assertion.claims["aud"];
    audience == token_url || audience.as_array().is_some_and(|all| all.iter().any(|one| one == token_url))
}

/// When the assertion ends, if it is valid now.
fn in_time(assertion: &Jwt, now_ms: i64) -> Result<i64, OAuthError> {
    let expires_ms = assertion.seconds("exp").ok_or(ASSERTION_NO_EXPIRY)?.saturating_mul(1_000);
    if expires_ms <= now_ms - LEEWAY_MS {
        return Err(ASSERTION_EXPIRED);
    }
    if expires_ms > now_ms + LONGEST_MS + LEEWAY_MS {
        return Err(ASSERTION_TOO_LONG);
    }
    match assertion.seconds("iat") {
        Some(issued) if issued.saturating_mul(1_000) > now_ms + LEEWAY_MS => Err(ASSERTION_ISSUED_IN_FUTURE),
        _ => Ok(expires_ms),
    }
}
