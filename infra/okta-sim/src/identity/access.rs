//! Who calls a resource: the token in the `Authorization` header, and the proof beside it.

use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::identity::Identity;
use crate::identity::clients::Role;
use crate::identity::dpop::Expected;
use crate::identity::oauth_error::{
    ACCESS_TOKEN_EXPIRED, ACCESS_TOKEN_INVALID, ACCESS_TOKEN_NOT_BOUND, ACCESS_TOKEN_REVOKED, DPOP_MANY,
    DPOP_PROOF_REQUIRED, DPOP_SCHEME, OAuthError,
};

/// A caller who has shown a good token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Position of the client.
    pub(crate) client: usize,
    pub(crate) client_id: String,
    pub(crate) role: Role,
    /// The token's scopes; none for an API token, which has no need of them.
    pub(crate) scopes: Option<Vec<String>>,
}

/// Where and when a resource is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    /// The resource's address.
    pub(crate) url: &'a str,
    /// The org's address.
    pub(crate) org_url: &'a str,
    pub(crate) now_ms: i64,
    /// Whether a proof needs a nonce here.
    pub(crate) wants_nonce: bool,
}

impl Caller {
    /// Whether it has one of the scopes, or needs none.
    pub(crate) fn has_scope(&self, needed: &str) -> bool {
        let Some(scopes) = &self.scopes else { return true };
        // Who may manage may read.
        let manage = needed.replace(".read", ".manage");
        scopes.iter().any(|scope| scope == needed || *scope == manage)
    }

    /// The answer to a token without the needed scope: no body, all in one header.
    pub(crate) fn insufficient_scope(needed: &str, path: &str, org_url: &str) -> Answer {
        let error = OAuthError {
            status: 403,
            error: "insufficient_scope",
            description: "The access token provided does not contain the required scopes.",
        };
        Answer::empty(403).with("www-authenticate", challenge("Bearer", &error, needed, path, org_url))
    }
}

impl Identity {
    /// The caller of a resource, or why there is none.
    pub(crate) fn caller(&mut self, call: &Call, at: &At<'_>) -> Result<Caller, Answer> {
        let header = call.header("authorization").unwrap_or_default();
        let (scheme, token) = header.split_once(' ').unwrap_or_default();
        match scheme {
            "SSWS" => self.by_api_token(token).ok_or_else(|| ApiError::InvalidToken.answer(&call.id)),
            "Bearer" | "DPoP" => self.by_access_token(scheme == "DPoP", token, call, at),
            _ => Err(ApiError::InvalidToken.answer(&call.id)),
        }
    }

    fn by_api_token(&self, token: &str) -> Option<Caller> {
        let is_it = |client: &crate::identity::clients::Client| {
            !client.is_revoked && !client.is_integration() && client.secret.as_deref() == Some(token)
        };
        let client = self.clients.iter().position(is_it)?;
        let found = &self.clients[client];
        Some(Caller { client, client_id: found.id.clone(), role: found.spec.role, scopes: None })
    }

    fn by_access_token(&mut self, is_dpop: bool, token: &str, call: &Call, at: &At<'_>) -> Result<Caller, Answer> {
        let refuse = |error: OAuthError| refusal(&error, call, at);
        let grant = self.tokens.get(token).ok_or_else(|| refuse(ACCESS_TOKEN_INVALID))?.clone();
        if grant.is_revoked {
            return Err(refuse(ACCESS_TOKEN_REVOKED));
        }
        if grant.expires_ms <= at.now_ms {
            return Err(refuse(ACCESS_TOKEN_EXPIRED));
        }
        match (&grant.bound_to, is_dpop) {
            (Some(_), false) => return Err(refuse(DPOP_SCHEME)),
            (None, true) => return Err(refuse(ACCESS_TOKEN_NOT_BOUND)),
            (Some(bound_to), true) => self.check_proof(token, bound_to, call, at)?,
            (None, false) => {}
        }
        let client = &self.clients[grant.client];
        let role = client.spec.role;
        Ok(Caller { client: grant.client, client_id: client.id.clone(), role, scopes: Some(grant.scopes) })
    }

    fn check_proof(&mut self, token: &str, bound_to: &str, call: &Call, at: &At<'_>) -> Result<(), Answer> {
        let refuse = |error: OAuthError| refusal(&error, call, at);
        let proofs = call.headers("dpop");
        let [proof] = proofs.as_slice() else {
            return Err(refuse(if proofs.is_empty() { DPOP_PROOF_REQUIRED } else { DPOP_MANY }));
        };
        let bound = Some((token, bound_to));
        let expected = Expected { method: &call.method, url: at.url, now_ms: at.now_ms, nonce: None, bound };
        match self.prove(proof, expected, at.wants_nonce) {
            Ok(()) => Ok(()),
            Err(error) if error.error == "use_dpop_nonce" => Err(self.nonce_challenge(at.now_ms)),
            Err(error) => Err(refuse(error)),
        }
    }
}

/// A refused token: a header for those who read headers, and the body that the error's kind has.
fn refusal(error: &OAuthError, call: &Call, at: &At<'_>) -> Answer {
    let is_token = error.error == "invalid_token";
    let scheme = if is_token { "Bearer" } else { "DPoP" };
    let answer = if is_token { ApiError::InvalidToken.answer(&call.id) } else { error.answer() };
    answer.with("www-authenticate", challenge(scheme, error, "", &call.path, at.org_url))
}

fn challenge(scheme: &str, error: &OAuthError, scope: &str, path: &str, org_url: &str) -> String {
    format!(
        "{scheme} authorization_uri=\"{org_url}/oauth2/v1/authorize\", realm=\"{org_url}\", scope=\"{scope}\", \
         error=\"{}\", error_description=\"{}\", resource=\"{path}\"",
        error.error, error.description
    )
}
