//! Access tokens: made, looked up, revoked.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::identity::digest::sha256_base64url;
use crate::identity::keys::{self, KeyError};

/// Okta's access tokens live for an hour; that cannot be changed.
pub(crate) const LIFETIME_S: i64 = 3_600;

/// What an access token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// Position of the client.
    pub(crate) client: usize,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_ms: i64,
    /// Thumbprint of the key that it is bound to.
    pub(crate) bound_to: Option<String>,
    pub(crate) is_revoked: bool,
}

/// The tokens that have been given out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    grants: HashMap<String, Grant>,
}

impl Tokens {
    /// Makes a token. It looks like the JWT that Okta gives; its signature is random, for only the org reads it.
    pub(crate) fn issue(
        &mut self,
        grant: Grant,
        client_id: &str,
        issuer: &str,
        now_ms: i64,
    ) -> Result<String, KeyError> {
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let jti = format!("AT.{}", sha256_base64url(&keys::random::<16>()?));
        let mut claims = json!({
            "ver": 1, "jti": jti, "iss": issuer, "aud": issuer, "sub": client_id, "cid": client_id,
            "iat": now_ms / 1_000, "exp": grant.expires_ms / 1_000, "scp": grant.scopes,
        });
        if let Some(thumbprint) = &grant.bound_to {
            claims["cnf"] = json!({"jkt": thumbprint});
        }
        let signature = URL_SAFE_NO_PAD.encode(keys::random::<64>()?);
        let token = format!("{}.{}.{signature}", part(&json!({"kid": "okta-sim", "alg": "RS256"})), part(&claims));
        self.grants.retain(|_, old| old.expires_ms > now_ms - LIFETIME_S * 1_000);
        self.grants.insert(token.clone(), grant);
        Ok(token)
    }

    pub(crate) fn get(&self, token: &str) -> Option<&Grant> {
        self.grants.get(token)
    }

    /// Revokes all that have been given out so far.
    pub(crate) fn revoke_all(&mut self) {
        self.grants.values_mut().for_each(|grant| grant.is_revoked = true);
    }
}
