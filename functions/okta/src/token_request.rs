//! One access token from the org's token endpoint (client credentials grant), DPoP handshake included.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::Full;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use crate::credentials::{ClientProof, Proof};
use crate::deadline::Deadline;
use crate::dpop::{Audience, Dpop};
use crate::error::Error;
use crate::exchange::{Answered, Exchange, Outgoing};
use crate::org::Org;
use crate::refusal::Refusal;
use crate::shape::WrongAnswer;
use crate::transport::Answer;

/// Only the org authorization server gives okta.* scopes, so there is one endpoint.
const PATH: &str = "/oauth2/v1/token";

/// Proof asked for, nonce, a second nonce, clock: no honest handshake has more refusals.
const MOST_REFUSALS: usize = 4;

/// A token as the endpoint gave it.
pub(crate) struct Grant {
    pub(crate) token: SecretString,
    /// Whether it only works with proofs of this client's key.
    pub(crate) is_bound: bool,
    pub(crate) lifetime: Duration,
    /// The scopes that the token has, which can be fewer than were asked for.
    pub(crate) scopes: Vec<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    token_type: String,
    expires_in: u64,
    scope: Option<String>,
}

/// What a request for a token is made from.
pub(crate) struct TokenRequest<'a> {
    pub(crate) exchange: &'a Exchange,
    pub(crate) dpop: &'a Dpop,
    pub(crate) org: &'a Org,
    pub(crate) proof: &'a dyn ClientProof,
    pub(crate) scopes: &'a [String],
}

impl TokenRequest<'_> {
    /// Asks until there is a token or a refusal that nothing here can change.
    pub(crate) async fn send(&self, deadline: Deadline) -> Result<Grant, Error> {
        let url = self.org.url().join(PATH).map_err(|_| Error::BadPath(PATH.to_owned()))?;
        let mut refusals = 0;
        loop {
            let state = Handshake { had_proof: self.dpop.is_on(), clock_was_off: self.exchange.server_time.is_off() };
            let Answered { answer, secrets, .. } =
                self.exchange.call(PATH, deadline, |_| self.build(&url), check).await?;
            let has_nonce = self.remember_nonce(&answer.headers);
            if answer.status == StatusCode::OK {
                return self.read(&answer.body);
            }
            let refusal = Refusal::read(answer.status, &answer.headers, &answer.body, &secrets);
            refusals += 1;
            if refusals >= MOST_REFUSALS || !self.can_continue(&refusal, &state, has_nonce) {
                return Err(Error::Token(Box::new(refusal)));
            }
        }
    }

    /// Whether the next request will be another one in what was refused.
    fn can_continue(&self, refusal: &Refusal, state: &Handshake, has_nonce: bool) -> bool {
        if refusal.is("invalid_dpop_proof") && !state.had_proof {
            tracing::debug!("the org requires proofs of possession (DPoP)");
            self.dpop.switch_on();
            return true;
        }
        if refusal.is("use_dpop_nonce") {
            self.dpop.switch_on();
            return has_nonce;
        }
        // The answer showed the server's time, so the next assertion will be neither expired nor in the future.
        let concerns_time = refusal.is("invalid_client") || refusal.is("invalid_dpop_proof");
        concerns_time && !state.clock_was_off && self.exchange.server_time.is_off()
    }

    fn remember_nonce(&self, headers: &HeaderMap) -> bool {
        let Some(nonce) = headers.get("dpop-nonce").and_then(|nonce| nonce.to_str().ok()) else { return false };
        self.dpop.remember_nonce(Audience::TokenEndpoint, nonce);
        true
    }

    fn read(&self, body: &[u8]) -> Result<Grant, Error> {
        let answer = parse(body).map_err(|source| Error::WrongAnswer { path: PATH.to_owned(), attempts: 1, source })?;
        let scopes = match answer.scope {
            Some(scopes) => scopes.split_whitespace().map(str::to_owned).collect(),
            // RFC 6749, 5.1: left out when it is what was asked for.
            None => self.scopes.to_vec(),
        };
        Ok(Grant {
            token: answer.access_token,
            is_bound: answer.token_type.eq_ignore_ascii_case("dpop"),
            lifetime: Duration::from_secs(answer.expires_in),
            scopes,
        })
    }

    /// A new request each time: neither assertion nor proof may be seen twice.
    fn build(&self, url: &Url) -> Result<Outgoing, Error> {
        let now = self.exchange.time_for_signatures();
        let Proof { authorization, fields, mut secrets } = self.proof.prove(url, now)?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials").append_pair("scope", &self.scopes.join(" "));
        form.extend_pairs(fields);
        let mut request = Request::post(url.as_str());
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, sensitive(&authorization)?);
        }
        if self.dpop.is_on() {
            let proof = self.dpop.proof(Audience::TokenEndpoint, &Method::POST, url, None, now)?;
            request = request.header("DPoP", sensitive(&proof)?);
            secrets.push(proof.into());
        }
        let body = Full::new(Bytes::from(form.finish()));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let request = request.map_err(|_| Error::BadPath(PATH.to_owned()))?;
        Ok(Outgoing { request, secrets, can_shrink: false })
    }
}

/// A token response, or why it is none: a proxy's page, for one. It is asked for again.
fn check(answer: &Answer, _secrets: &[SecretString]) -> Result<(), WrongAnswer> {
    match answer.status {
        StatusCode::OK => parse(&answer.body).map(drop),
        other => Err(WrongAnswer::Status(other.as_u16())),
    }
}

fn parse(body: &[u8]) -> Result<TokenAnswer, WrongAnswer> {
    // Only the place: serde's own message would quote the value that it did not expect.
    let other_shape = |error: serde_json::Error| WrongAnswer::OtherShape { line: error.line(), column: error.column() };
    let answer: TokenAnswer = serde_json::from_slice(body).map_err(other_shape)?;
    let is_header_value = answer.access_token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic());
    if is_header_value { Ok(answer) } else { Err(WrongAnswer::OtherShape { line: 1, column: 1 }) }
}

/// What was known when a request was built.
struct Handshake {
    had_proof: bool,
    clock_was_off: bool,
}

/// A header that no debug output shows.
pub(crate) fn sensitive(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(value).map_err(|_| Error::HeaderValue("the access token"))?;
    value.set_sensitive(true);
    Ok(value)
}
