//! DPoP (RFC 9449): proofs that a token is used by the one who asked for it. Spoken when the org wants it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::jwt::{SigningError, SigningKey};
use crate::random;

/// Who asks for a proof: the token endpoint and the API hand out nonces of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    TokenEndpoint,
    Api,
}

/// The key that tokens are bound to, made when first needed and never stored, and the nonces of the org.
#[derive(Debug, Default)]
pub(crate) struct Dpop {
    is_on: AtomicBool,
    key: OnceLock<SigningKey>,
    token_nonce: Mutex<Option<String>>,
    api_nonce: Mutex<Option<String>>,
}

impl Dpop {
    /// Whether the org has asked for proofs.
    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    /// From now on every token is asked for with a proof.
    pub(crate) fn switch_on(&self) {
        self.is_on.store(true, Ordering::Relaxed);
    }

    /// Remembers the nonce that an answer brought; the next proof for `audience` carries it.
    pub(crate) fn remember_nonce(&self, audience: Audience, nonce: &str) {
        *self.nonce(audience).lock().unwrap_or_else(PoisonError::into_inner) = Some(nonce.to_owned());
    }

    /// A proof for one request, never to be sent twice.
    pub(crate) fn proof(
        &self,
        audience: Audience,
        method: &Method,
        url: &Url,
        access_token: Option<&str>,
        now: Timestamp,
    ) -> Result<String, SigningError> {
        let key = self.key()?;
        let mut claims = json!({
            "jti": random::id()?,
            "htm": method.as_str(),
            "htu": without_query(url),
            // A second back: a server whose clock is a little behind would call it "issued in the future".
            "iat": now.as_second() - 1,
        });
        if let Some(token) = access_token {
            claims["ath"] = URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())).into();
        }
        let nonce = self.nonce(audience).lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        let jwk = key.public_jwk().ok_or(SigningError)?;
        key.sign(json!({"typ": "dpop+jwt", "jwk": jwk}), &claims)
    }

    fn key(&self) -> Result<&SigningKey, SigningError> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let key = SigningKey::generate()?;
        Ok(self.key.get_or_init(|| key))
    }

    fn nonce(&self, audience: Audience) -> &Mutex<Option<String>> {
        match audience {
            Audience::TokenEndpoint => &self.token_nonce,
            Audience::Api => &self.api_nonce,
        }
    }
}

/// `htu` has no query and no fragment (RFC 9449, 4.2).
fn without_query(url: &Url) -> Value {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.as_str().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "an.access.token";

    fn parts(proof: &str) -> (Value, Value) {
        let decode = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let mut parts = proof.split('.');
        (decode(parts.next().unwrap()), decode(parts.next().unwrap()))
    }

    fn proof(dpop: &Dpop, audience: Audience) -> (Value, Value) {
        let url = Url::parse("https://acme.okta.com/api/v1/logs?since=x&limit=1000#top").unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        parts(&dpop.proof(audience, &Method::GET, &url, Some(TOKEN), now).unwrap())
    }

    #[test]
    fn a_proof_says_what_rfc_9449_asks_for() {
        let (header, claims) = proof(&Dpop::default(), Audience::Api);
        assert_eq!((&header["typ"], &header["alg"]), (&"dpop+jwt".into(), &"ES256".into()));
        assert_eq!(header["jwk"].get("d"), None);
        assert_eq!(claims["htm"], "GET");
        assert_eq!(claims["htu"], "https://acme.okta.com/api/v1/logs");
        assert_eq!(claims["iat"], 1_799_999_999);
        // `printf %s an.access.token | openssl dgst -sha256 -binary | basenc --base64url`
        assert_eq!(claims["ath"], "UkM2b42E54u4hWzuKV_B3zyulUA6vtNYjJUv_ru2Qck");
        assert_eq!(claims.get("nonce"), None);
    }

    #[test]
    fn a_proof_is_new_each_time_but_the_key_stays() {
        let dpop = Dpop::default();
        let (first_header, first) = proof(&dpop, Audience::Api);
        let (second_header, second) = proof(&dpop, Audience::Api);
        assert_ne!(first["jti"], second["jti"]);
        assert_eq!(first_header["jwk"], second_header["jwk"]);
        assert_ne!(first_header["jwk"], proof(&Dpop::default(), Audience::Api).0["jwk"]);
    }

    #[test]
    fn each_audience_has_its_nonce() {
        let dpop = Dpop::default();
        dpop.remember_nonce(Audience::TokenEndpoint, "n1");
        assert_eq!(proof(&dpop, Audience::TokenEndpoint).1["nonce"], "n1");
        assert_eq!(proof(&dpop, Audience::Api).1.get("nonce"), None);
        dpop.remember_nonce(Audience::TokenEndpoint, "n2");
        assert_eq!(proof(&dpop, Audience::TokenEndpoint).1["nonce"], "n2");
    }
}
