//! The access token of an org: cached, renewed before it expires, fetched by one caller while the others wait, and fetched
//! again with the secret read anew when the org rejects it.

use std::sync::Arc;
use std::time::Duration;

use http::request::Builder;
use http::{HeaderMap, Method as HttpMethod};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::Url;

use crate::advice::Disposition;
use crate::credentials::{Credentials, Method};
use crate::deadline::Deadline;
use crate::dpop::{Audience, Dpop};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::org::{AllowedHosts, Org};
use crate::progress::Event;
use crate::secret_source::SecretSource;
use crate::token_request::{Grant, TokenRequest, sensitive};

/// A token is renewed when it has less than this left, or a fifth of its life if that is less.
const MARGIN: Duration = Duration::from_mins(5);

const DPOP: &str = "DPoP";

/// After an early renewal has failed, the old token is used this much longer before the next try.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);

/// Makes requests acceptable to the org.
pub(crate) struct Authorizer {
    exchange: Arc<Exchange>,
    source: Arc<dyn SecretSource>,
    allowed: AllowedHosts,
    org: Org,
    dpop: Dpop,
    /// Held while a token is fetched: that is what makes it one flight.
    state: Mutex<State>,
}

struct State {
    credentials: Arc<Credentials>,
    scopes: Vec<String>,
    token: Option<Arc<AccessToken>>,
    renew_at: Duration,
    /// The last token that was refused and could not be replaced: other calls that were refused with it do not try again.
    given_up: Option<Arc<AccessToken>>,
}

/// Whether a refusal is a reason to read the secret again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reread {
    IfRefused,
    /// It has just been read.
    Done,
}

/// What goes into `Authorization`.
pub(crate) struct AccessToken {
    value: SecretString,
    scheme: &'static str,
    ends: Option<Duration>,
}

impl Authorizer {
    /// Reads the secret for the first time.
    pub(crate) async fn new(
        exchange: Arc<Exchange>,
        source: Arc<dyn SecretSource>,
        allowed: AllowedHosts,
    ) -> Result<Self, Error> {
        let credentials = read_secret(source.as_ref(), &allowed).await?;
        let org = credentials.org().clone();
        let state = State {
            credentials: Arc::new(credentials),
            scopes: Vec::new(),
            token: None,
            renew_at: Duration::ZERO,
            given_up: None,
        };
        Ok(Self { exchange, source, allowed, org, dpop: Dpop::default(), state: Mutex::new(state) })
    }

    pub(crate) fn org(&self) -> &Org {
        &self.org
    }

    pub(crate) async fn credentials(&self) -> Arc<Credentials> {
        self.state.lock().await.credentials.clone()
    }

    /// From now on tokens are asked for with these scopes.
    pub(crate) async fn use_scopes(&self, scopes: Vec<String>) {
        let mut state = self.state.lock().await;
        if state.scopes != scopes {
            state.scopes = scopes;
            state.token = None;
        }
    }

    /// The present token, renewed if it is about to end.
    pub(crate) async fn token(&self, deadline: Deadline) -> Result<Arc<AccessToken>, Error> {
        let mut state = self.state.lock().await;
        let now = self.exchange.clock.elapsed();
        let present = state.token.clone().filter(|token| token.ends.is_none_or(|ends| now < ends));
        if let Some(token) = &present
            && now < state.renew_at
        {
            return Ok(token.clone());
        }
        match (self.obtain(&mut state, deadline, Reread::IfRefused).await, present) {
            (Err(error), Some(token)) if error.disposition() == Disposition::Retry => {
                tracing::warn!(%error, "the access token could not be renewed early; the client goes on with the old one");
                state.renew_at = now + RENEWAL_PAUSE;
                Ok(token)
            }
            (outcome, _) => outcome,
        }
    }

    /// Another token instead of one that the org did not take, or nothing if there is none to be had.
    pub(crate) async fn renew(
        &self,
        rejected: &Arc<AccessToken>,
        deadline: Deadline,
    ) -> Result<Option<Arc<AccessToken>>, Error> {
        let mut state = self.state.lock().await;
        match &state.token {
            Some(token) if !Arc::ptr_eq(token, rejected) => return Ok(Some(token.clone())),
            _ if state.given_up.as_ref().is_some_and(|token| Arc::ptr_eq(token, rejected)) => return Ok(None),
            _ => state.token = None,
        }
        let outcome = self.replace(&mut state, deadline).await;
        let is_hopeless = match &outcome {
            Ok(token) => token.is_none(),
            Err(error) => error.disposition() == Disposition::Stop,
        };
        if is_hopeless {
            state.given_up = Some(rejected.clone());
        }
        outcome
    }

    /// Asks for a token with other scopes than the present ones, to find out which are granted.
    pub(crate) async fn ask(&self, scopes: &[String], deadline: Deadline) -> Result<Grant, Error> {
        let mut state = self.state.lock().await;
        self.grant(&mut state, scopes, deadline, Reread::IfRefused).await
    }

    /// Puts the credentials into a request, with a proof if the token is bound to one.
    pub(crate) fn authorize(
        &self,
        token: &AccessToken,
        request: Builder,
        method: &HttpMethod,
        url: &Url,
    ) -> Result<(Builder, Vec<SecretString>), Error> {
        let value = token.value.expose_secret();
        let mut secrets = vec![token.value.clone()];
        let mut request = request.header(http::header::AUTHORIZATION, sensitive(&format!("{} {value}", token.scheme))?);
        if token.scheme == DPOP {
            let proof =
                self.dpop.proof(Audience::Api, method, url, Some(value), self.exchange.time_for_signatures())?;
            request = request.header("DPoP", sensitive(&proof)?);
            secrets.push(proof.into());
        }
        Ok((request, secrets))
    }

    /// Remembers a nonce that the API hands out; whether there was one.
    pub(crate) fn remember_nonce(&self, headers: &HeaderMap) -> bool {
        let Some(nonce) = headers.get("dpop-nonce").and_then(|nonce| nonce.to_str().ok()) else { return false };
        self.dpop.remember_nonce(Audience::Api, nonce);
        true
    }

    /// A token of the secret as it is now.
    async fn replace(&self, state: &mut State, deadline: Deadline) -> Result<Option<Arc<AccessToken>>, Error> {
        let is_new = self.reread(state).await?;
        if !is_new && matches!(state.credentials.method, Method::Direct { .. }) {
            return Ok(None);
        }
        self.obtain(state, deadline, Reread::Done).await.map(Some)
    }

    async fn obtain(&self, state: &mut State, deadline: Deadline, reread: Reread) -> Result<Arc<AccessToken>, Error> {
        if let Method::Direct { scheme, token } = &state.credentials.method {
            let token = AccessToken { value: token.clone(), scheme, ends: None };
            return Ok(state.keep(token, Duration::MAX));
        }
        if state.scopes.is_empty() {
            return Err(Error::NoScope);
        }
        let scopes = state.scopes.clone();
        let grant = self.grant(state, &scopes, deadline, reread).await?;
        let now = self.exchange.clock.elapsed();
        let renew_at = now + grant.lifetime.saturating_sub(MARGIN.min(grant.lifetime / 5));
        let scheme = if grant.is_bound { DPOP } else { "Bearer" };
        let token = AccessToken { value: grant.token, scheme, ends: Some(now + grant.lifetime) };
        Ok(state.keep(token, renew_at))
    }

    /// A token for `scopes`; if the org does not know the client any more, once more with the secret read again.
    async fn grant(
        &self,
        state: &mut State,
        scopes: &[String],
        deadline: Deadline,
        reread: Reread,
    ) -> Result<Grant, Error> {
        let mut outcome = self.request(state, scopes, deadline).await;
        let is_unknown = matches!(&outcome, Err(Error::Token(refusal)) if refusal.rejects_credentials());
        if is_unknown && reread == Reread::IfRefused && self.reread(state).await? {
            outcome = self.request(state, scopes, deadline).await;
        }
        let grant = outcome?;
        tracing::debug!(is_bound = grant.is_bound, lifetime = ?grant.lifetime, "the org issued an access token");
        (self.exchange.observer)(&Event::TokenObtained { is_bound: grant.is_bound, lifetime: grant.lifetime });
        Ok(grant)
    }

    async fn request(&self, state: &State, scopes: &[String], deadline: Deadline) -> Result<Grant, Error> {
        let proof = match &state.credentials.method {
            Method::Exchanged(proof) => proof.as_ref(),
            Method::Direct { .. } => return Err(Error::NoScope),
        };
        let request = TokenRequest { exchange: &self.exchange, dpop: &self.dpop, org: &self.org, proof, scopes };
        request.send(deadline).await
    }

    /// Reads the secret again; whether it has changed.
    async fn reread(&self, state: &mut State) -> Result<bool, Error> {
        let credentials = read_secret(self.source.as_ref(), &self.allowed).await?;
        if credentials.org() != &self.org {
            return Err(Error::OtherOrg(credentials.org().host().to_owned()));
        }
        let is_new = !credentials.is_same_as(&state.credentials);
        tracing::info!(
            tenant = self.org.tenant(),
            is_new,
            "the org rejected the credentials, so the secret was read again"
        );
        (self.exchange.observer)(&Event::SecretReread { is_new });
        if is_new {
            state.credentials = Arc::new(credentials);
            state.token = None;
        }
        Ok(is_new)
    }
}

impl State {
    fn keep(&mut self, token: AccessToken, renew_at: Duration) -> Arc<AccessToken> {
        let token = Arc::new(token);
        self.token = Some(token.clone());
        self.renew_at = renew_at;
        token
    }
}

async fn read_secret(source: &dyn SecretSource, allowed: &AllowedHosts) -> Result<Credentials, Error> {
    let secret = source.read().await.map_err(Error::SecretSource)?;
    Ok(Credentials::parse(secret.expose_secret(), allowed)?)
}
