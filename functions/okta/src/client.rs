//! The client of one org: reads pages, whatever the credentials, the limits and the weather.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::Full;
use jiff::{SignedDuration, Timestamp};
use rustls::ClientConfig;
use secrecy::SecretString;
use url::Url;

use crate::clock::{Clock, SystemClock};
use crate::credentials::CredentialKind;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::exchange::{Answered, Exchange, Outgoing};
use crate::org::{AllowedHosts, Org};
use crate::page::{Page, resolve};
use crate::progress::Observer;
use crate::rate_limit::{BucketUsage, RateLimiter};
use crate::refusal::{Refusal, clean};
use crate::retry::RetryPolicy;
use crate::scopes::{self, Grants, Refused, Reply};
use crate::secret_source::SecretSource;
use crate::server_time::ServerTime;
use crate::share::Share;
use crate::token::{AccessToken, Authorizer};
use crate::transport::{self, Answer, Limits, Transport};

/// The API may hand out a nonce, and a second one while the first is being used.
const MOST_NONCES: u32 = 2;

/// How an org is talked to. The default is what a function in AWS wants.
#[derive(Clone)]
pub struct Options {
    /// Hosts that a secret may name besides Okta's.
    pub allowed_hosts: AllowedHosts,
    /// How much of every rate limit may be used.
    pub share: Share,
    /// Calls that may be under way at once. An org allows 35 to 75 for all its clients together.
    pub concurrency: usize,
    /// How persistent it is.
    pub retry: RetryPolicy,
    /// Time limits and the size of an answer.
    pub limits: Limits,
    /// Okta asks every client to name itself.
    pub user_agent: String,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Is told what happens.
    pub observer: Observer,
    /// TLS, if it is not the system's root certificates that are trusted.
    pub tls: Option<Arc<ClientConfig>>,
}

/// A client of one org. Clones share everything: connections, token, limits.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    deadline: Deadline,
}

struct Inner {
    exchange: Arc<Exchange>,
    authorizer: Authorizer,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allowed_hosts: AllowedHosts::default(),
            share: Share::default(),
            concurrency: 8,
            retry: RetryPolicy::default(),
            limits: Limits::default(),
            user_agent: concat!("okta-lake/", env!("CARGO_PKG_VERSION")).to_owned(),
            clock: Arc::new(SystemClock::new()),
            observer: Arc::new(|_| {}),
            tls: None,
        }
    }
}

impl Client {
    /// Reads the secret and makes ready; the org itself is first called when something is wanted of it.
    pub async fn new(source: Arc<dyn SecretSource>, options: Options) -> Result<Self, Error> {
        let tls = options.tls.map_or_else(transport::system_tls, Ok)?;
        let user_agent = HeaderValue::try_from(options.user_agent).map_err(|_| Error::UserAgent)?;
        let (clock, observer) = (options.clock, options.observer);
        let exchange = Arc::new(Exchange {
            transport: Transport::new(&tls, user_agent, options.limits),
            limiter: RateLimiter::new(options.share, options.concurrency, clock.clone(), observer.clone()),
            retry: options.retry,
            clock,
            observer,
            server_time: ServerTime::default(),
        });
        let authorizer = Authorizer::new(exchange.clone(), source, options.allowed_hosts).await?;
        Ok(Self { inner: Arc::new(Inner { exchange, authorizer }), deadline: Deadline::default() })
    }

    /// The same client, but what would end after `deadline` fails at once with [`Error::TooLate`].
    #[must_use]
    pub fn with_deadline(&self, deadline: Deadline) -> Self {
        Self { inner: self.inner.clone(), deadline }
    }

    /// The org.
    pub fn org(&self) -> &Org {
        self.inner.authorizer.org()
    }

    /// The kind of the present credentials.
    pub async fn credential_kind(&self) -> CredentialKind {
        self.inner.authorizer.credentials().await.kind()
    }

    /// What people call the org, if the secret says it.
    pub async fn display_name(&self) -> Option<String> {
        self.inner.authorizer.credentials().await.display_name().map(str::to_owned)
    }

    /// Finds out which of `wanted` are granted, and uses those from now on. Nothing is remembered from an earlier
    /// time: a scope that was granted meanwhile is found.
    pub async fn discover_scopes(&self, wanted: &[&str]) -> Result<Grants, Error> {
        if !self.credential_kind().await.has_scopes {
            return Ok(Grants::Unscoped);
        }
        let wanted: BTreeSet<_> = wanted.iter().map(|scope| (*scope).to_owned()).collect();
        let grants = scopes::discover(wanted, async |set: &[String]| self.ask(set).await).await?;
        if let Grants::Scoped { granted, .. } = &grants {
            self.use_scopes(granted.iter().cloned().collect()).await;
        }
        Ok(grants)
    }

    /// Uses these scopes from now on, known to be granted.
    pub async fn use_scopes(&self, scopes: Vec<String>) {
        self.inner.authorizer.use_scopes(scopes).await;
    }

    /// The address of `path` in this org. Values in `query` are escaped; the path must be so already.
    pub fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, Error> {
        let bad = || Error::BadPath(path.to_owned());
        if !path.starts_with('/') || path.starts_with("//") || path.contains(['?', '#', '\\']) {
            return Err(bad());
        }
        let mut url = self.org().url().join(path).map_err(|_| bad())?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The address that a cursor holds, if it is one of this org's: state is read back from where others can write.
    pub fn resume(&self, cursor: &str) -> Result<Url, Error> {
        resolve(self.org(), self.org().url(), cursor)
    }

    /// Reads one page.
    pub async fn get(&self, url: &Url) -> Result<Page, Error> {
        self.check(url)?;
        let mut token = self.inner.authorizer.token(self.deadline).await?;
        let (mut is_renewed, mut nonces) = (false, 0);
        loop {
            let Answered { answer, secrets } = self.send(url, Some(&token)).await?;
            let has_nonce = self.inner.authorizer.remember_nonce(&answer.headers);
            if answer.status.is_success() {
                return self.page(url, answer, &secrets);
            }
            let refusal = Refusal::read(answer.status, &answer.headers, &answer.body, &secrets);
            if refusal.is("use_dpop_nonce") && has_nonce && nonces < MOST_NONCES {
                nonces += 1;
                continue;
            }
            if refusal.rejects_credentials() && !is_renewed {
                is_renewed = true;
                if let Some(other) = self.inner.authorizer.renew(&token, self.deadline).await? {
                    token = other;
                    continue;
                }
            }
            return Err(refused(url, &answer, refusal));
        }
    }

    /// Reads what the org tells anybody (`/.well-known/...`): no token is sent.
    pub async fn get_public(&self, url: &Url) -> Result<Page, Error> {
        self.check(url)?;
        let Answered { answer, secrets } = self.send(url, None).await?;
        if answer.status.is_success() {
            return self.page(url, answer, &secrets);
        }
        let refusal = Refusal::read(answer.status, &answer.headers, &answer.body, &secrets);
        Err(refused(url, &answer, refusal))
    }

    /// The time by the org's clock, as far as its answers have told it.
    pub fn now(&self) -> Timestamp {
        self.inner.exchange.now()
    }

    /// How far the org's clock is ahead of this machine's. Zero for less than three seconds, and before any answer.
    pub fn clock_offset(&self) -> SignedDuration {
        self.inner.exchange.server_time.ahead()
    }

    /// What is known of the rate limits so far.
    pub fn usage(&self) -> Vec<BucketUsage> {
        self.inner.exchange.limiter.usage()
    }

    async fn ask(&self, scopes: &[String]) -> Result<Reply, Error> {
        match self.inner.authorizer.ask(scopes, self.deadline).await {
            Ok(grant) => Ok(Reply::Granted(grant.scopes)),
            Err(Error::Token(refusal)) if refusal.is("invalid_scope") || refusal.is("consent_required") => {
                Ok(Reply::Refused(Refused::read(&refusal.summary)))
            }
            Err(error) => Err(error),
        }
    }

    async fn send(&self, url: &Url, token: Option<&AccessToken>) -> Result<Answered, Error> {
        let build = || {
            let mut request = Request::get(url.as_str());
            let mut secrets = Vec::new();
            if let Some(token) = token {
                (request, secrets) = self.inner.authorizer.authorize(token, request, &Method::GET, url)?;
            }
            let request = request.body(Full::<Bytes>::default());
            Ok(Outgoing { request: request.map_err(|_| Error::BadPath(url.path().to_owned()))?, secrets })
        };
        self.inner.exchange.call(url.path(), self.deadline, build).await
    }

    fn check(&self, url: &Url) -> Result<(), Error> {
        if self.org().owns(url) {
            return Ok(());
        }
        let target = url.host_str().unwrap_or("nowhere").to_owned();
        Err(Error::ForeignLink { path: url.path().to_owned(), target })
    }

    fn page(&self, url: &Url, answer: Answer, secrets: &[SecretString]) -> Result<Page, Error> {
        if answer.status == StatusCode::NO_CONTENT || (answer.claims_json() && answer.is_json()) {
            return Page::read(self.org(), url.clone(), answer, secrets);
        }
        let (path, bytes) = (url.path().to_owned(), answer.body.len());
        if answer.claims_json() {
            return Err(Error::Truncated { path, bytes });
        }
        let content_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = clean(content_type.unwrap_or("nothing that says what it is"), secrets);
        Err(Error::NotJson { path, content_type, bytes })
    }
}

fn refused(url: &Url, answer: &Answer, refusal: Refusal) -> Error {
    let path = url.path().to_owned();
    let location = answer.headers.get(LOCATION).and_then(|location| location.to_str().ok());
    match location {
        Some(location) if answer.status.is_redirection() => {
            let target = url.join(location).ok().and_then(|url| url.host_str().map(str::to_owned));
            Error::Redirected { path, target: target.unwrap_or_else(|| "nowhere".to_owned()) }
        }
        _ => Error::Api { path, refusal: Box::new(refusal) },
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("org", &self.org().host()).field("tenant", &self.org().tenant()).finish()
    }
}
