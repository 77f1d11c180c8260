//! `POST /oauth2/v1/token`: who are you, prove it, what do you want.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::identity::assertion::{self, ASSERTION_TYPE_VALUE};
use crate::identity::clients::Client;
use crate::identity::dpop::{self, Expected};
use crate::identity::oauth_error::{
    ASSERTION_ISSUER, ASSERTION_SIGNATURE, ASSERTION_TYPE, AUTH_METHOD_INTEGRATION, AUTH_METHOD_SERVICE,
    BASIC_MALFORMED, CLIENT_ID, CLIENT_SECRET, CREDENTIALS_IN_QUERY, CREDENTIALS_MISSING, CREDENTIALS_TWICE, DPOP_MANY,
    DPOP_MISSING, DPOP_NONCE, GRANT_TYPE_MISSING, GRANT_TYPE_UNSUPPORTED, OAuthError, SCOPE_MISSING,
    SCOPE_NONE_GRANTED, SCOPE_OPENID, SCOPE_SELF, SCOPE_UNKNOWN,
};
use crate::identity::tokens::{Grant, LIFETIME_S};
use crate::identity::{Identity, scopes};

/// A token request, as far as the endpoint reads it.
pub(crate) struct TokenRequest<'a> {
    pub(crate) call: &'a Call,
    /// The endpoint's own address: what assertions and proofs must be for.
    pub(crate) url: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) now_ms: i64,
}

/// What the client shows.
enum Credentials {
    Assertion(String),
    Basic(String, String),
    Post(String),
}

impl Identity {
    /// Answers a token request, and says which client it came from, once that is sure.
    pub(crate) fn token(&mut self, request: &TokenRequest<'_>) -> (Answer, Option<usize>) {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&request.call.body).into_owned().collect();
        let (client, granted) = match self.authenticate(request, &form) {
            Ok(client) => (Some(client), self.grant(client, request, &form)),
            Err(refusal) => (None, Err(refusal)),
        };
        let answer = granted.unwrap_or_else(|refusal| refusal.answer());
        let is_about_dpop =
            client.is_some_and(|client| self.clients[client].spec.needs_dpop) || request.call.header("dpop").is_some();
        let nonce = is_about_dpop.then(|| self.nonces.current(request.now_ms));
        let answer = answer.with("cache-control", "no-cache, no-store").with("pragma", "no-cache");
        (nonce.into_iter().fold(answer, |answer, nonce| answer.with("dpop-nonce", nonce)), client)
    }

    fn authenticate(&mut self, request: &TokenRequest<'_>, form: &[(String, String)]) -> Result<usize, OAuthError> {
        match field(form, "grant_type") {
            None => return Err(GRANT_TYPE_MISSING),
            Some("client_credentials") => {}
            Some(_) => return Err(GRANT_TYPE_UNSUPPORTED),
        }
        if ["client_id", "client_secret", "client_assertion"].iter().any(|name| request.call.query(name).is_some()) {
            return Err(CREDENTIALS_IN_QUERY);
        }
        match credentials(request.call, form)? {
            Credentials::Assertion(text) => self.by_assertion(&text, request),
            Credentials::Basic(id, secret) => self.by_secret(&id, &secret),
            Credentials::Post(id) => {
                let client = self.client_by_id(&id).ok_or(CLIENT_ID)?;
                Err(wrong_method(&self.clients[client]))
            }
        }
    }

    fn by_assertion(&mut self, text: &str, request: &TokenRequest<'_>) -> Result<usize, OAuthError> {
        let assertion = assertion::parse(text)?;
        let client = self.client_by_id(assertion::claimed_client(&assertion)?).ok_or(ASSERTION_ISSUER)?;
        let found = &self.clients[client];
        if found.is_revoked {
            // A deactivated key is no key of the client any more.
            return Err(ASSERTION_SIGNATURE);
        }
        assertion::verify(&assertion, found, request.url, request.now_ms, &mut self.assertions)?;
        Ok(client)
    }

    fn by_secret(&self, id: &str, secret: &str) -> Result<usize, OAuthError> {
        let client = self.client_by_id(id).ok_or(CLIENT_ID)?;
        let found = &self.clients[client];
        if !found.is_integration() {
            return Err(AUTH_METHOD_SERVICE);
        }
        let is_right = !found.is_revoked && found.secret.as_deref() == Some(secret);
        is_right.then_some(client).ok_or(CLIENT_SECRET)
    }

    fn grant(
        &mut self,
        client: usize,
        request: &TokenRequest<'_>,
        form: &[(String, String)],
    ) -> Result<Answer, OAuthError> {
        let bound_to = self.bound_key(client, request)?;
        let granted = wanted_scopes(&self.clients[client], field(form, "scope"))?;
        let scope = granted.join(" ");
        let token_type = if bound_to.is_some() { "DPoP" } else { "Bearer" };
        let expires_ms = request.now_ms + LIFETIME_S * 1_000;
        let grant = Grant { client, scopes: granted, expires_ms, bound_to, is_revoked: false };
        let id = self.clients[client].id.clone();
        let issued = self.tokens.issue(grant, &id, request.issuer, request.now_ms);
        let Ok(token) = issued else { return Ok(Answer::empty(500)) };
        let body = json!({"token_type": token_type, "expires_in": LIFETIME_S, "access_token": token, "scope": scope});
        Ok(Answer::json(200, &body))
    }

    /// The key that the token will be bound to, if the client proves one.
    fn bound_key(&mut self, client: usize, request: &TokenRequest<'_>) -> Result<Option<String>, OAuthError> {
        let proof = match request.call.headers("dpop").as_slice() {
            [] if self.clients[client].spec.needs_dpop => return Err(DPOP_MISSING),
            [] => return Ok(None),
            [proof] => (*proof).to_owned(),
            _ => return Err(DPOP_MANY),
        };
        let expected = Expected {
            method: "POST",
            url: request.url,
            now_ms: request.now_ms,
            nonce: Some(&self.nonces),
            bound: None,
        };
        dpop::verify(&proof, &expected, &mut self.proofs).map(Some)
    }

    /// Checks the proof that comes with a token on a resource.
    pub(crate) fn prove(&mut self, proof: &str, expected: Expected<'_>, wants_nonce: bool) -> Result<(), OAuthError> {
        let nonce = wants_nonce.then_some(&self.nonces);
        dpop::verify(proof, &Expected { nonce, ..expected }, &mut self.proofs).map(drop)
    }

    /// The refusal that asks for a nonce, with one.
    pub(crate) fn nonce_challenge(&self, now_ms: i64) -> Answer {
        let challenge = format!(r#"DPoP error="{}", error_description="{}""#, DPOP_NONCE.error, DPOP_NONCE.description);
        let refusal = OAuthError { status: 401, ..DPOP_NONCE };
        refusal.answer().with("dpop-nonce", self.nonces.current(now_ms)).with("www-authenticate", challenge)
    }
}

fn credentials(call: &Call, form: &[(String, String)]) -> Result<Credentials, OAuthError> {
    let assertion = field(form, "client_assertion");
    let secret = field(form, "client_secret");
    let header = call.header("authorization");
    if u8::from(assertion.is_some()) + u8::from(secret.is_some()) + u8::from(header.is_some()) > 1 {
        return Err(CREDENTIALS_TWICE);
    }
    if let Some(text) = assertion {
        let kind = field(form, "client_assertion_type");
        return if kind == Some(ASSERTION_TYPE_VALUE) {
            Ok(Credentials::Assertion(text.to_owned()))
        } else {
            Err(ASSERTION_TYPE)
        };
    }
    if let Some(header) = header {
        return basic(header).map(|(id, secret)| Credentials::Basic(id, secret)).ok_or(BASIC_MALFORMED);
    }
    match (field(form, "client_id"), secret) {
        (Some(id), Some(_)) => Ok(Credentials::Post(id.to_owned())),
        _ => Err(CREDENTIALS_MISSING),
    }
}

/// Id and secret of a Basic header; both are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |text: &str| url::form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned());
    if scheme.eq_ignore_ascii_case("basic") { Some((decoded(id)?, decoded(secret)?)) } else { None }
}

const fn wrong_method(client: &Client) -> OAuthError {
    if client.is_integration() { AUTH_METHOD_INTEGRATION } else { AUTH_METHOD_SERVICE }
}

/// Those of the asked-for scopes that are granted; it is an error only if none is, so the answer's `scope` must be read.
fn wanted_scopes(client: &Client, scope: Option<&str>) -> Result<Vec<String>, OAuthError> {
    let wanted: Vec<&str> = scope.unwrap_or_default().split_ascii_whitespace().collect();
    if wanted.is_empty() {
        return Err(SCOPE_MISSING);
    }
    if wanted.contains(&"openid") {
        return Err(SCOPE_OPENID);
    }
    if wanted.iter().any(|scope| scope.rsplit_once('.').is_some_and(|(_, action)| action == "self")) {
        return Err(SCOPE_SELF);
    }
    if !wanted.iter().all(|scope| scopes::is_known(scope)) {
        return Err(SCOPE_UNKNOWN);
    }
    let granted: Vec<String> =
        wanted.iter().filter(|scope| client.spec.granted.has(scope)).map(|scope| (*scope).to_owned()).collect();
    if granted.is_empty() { Err(SCOPE_NONE_GRANTED) } else { Ok(granted) }
}

fn field<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}
