//! The client of one org: calls its API within the rate limits, and again after failures that pass.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::Full;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::OnceCell;
use url::Url;

use crate::advice::Disposition;
use crate::clock::{Clock, SystemClock};
use crate::credentials::CredentialKind;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::exchange::{Answered, Exchange, Outgoing};
use crate::identity::{self, Description, OrgIdentity, Settings};
use crate::org::{AllowedHosts, Org, OtherNames};
use crate::page::Page;
use crate::progress::Observer;
use crate::rate_limit::{BucketUsage, RateLimiter};
use crate::refusal::Refusal;
use crate::retry::RetryPolicy;
use crate::scopes::{self, Grants, Refused, Reply};
use crate::secret_source::SecretSource;
use crate::server_time::{ClockReading, ServerTime};
use crate::shape::Shape;
use crate::share::Share;
use crate::token::{AccessToken, Authorizer};
use crate::transport::{Answer, Limits, Network, Transport};
use crate::{page_size, path, tls};

/// The API may issue a nonce, and a second one while the first is in use.
const MOST_NONCES: u32 = 2;

/// How the client calls an org. The default is what a function in AWS wants.
#[derive(Clone)]
pub struct Options {
    /// Hosts that a secret may name besides Okta's.
    pub allowed_hosts: AllowedHosts,
    /// The part of every rate limit that this client may use.
    pub share: Share,
    /// The maximum number of concurrent calls. An org allows 35 to 75 for all its clients together.
    pub concurrency: usize,
    /// How often a call is made again.
    pub retry: RetryPolicy,
    /// Time limits and the size of an answer.
    pub limits: Limits,
    /// Okta asks every client to name itself.
    pub user_agent: String,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Sees what happens.
    pub observer: Observer,
    /// The way to the org.
    pub network: Network,
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
    /// The org's other hosts, once a link needs them.
    other_names: OnceCell<OtherNames>,
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
            network: Network::default(),
        }
    }
}

impl Client {
    /// Reads the secret. The first call to the org is made later, when it is needed.
    pub async fn new(source: Arc<dyn SecretSource>, options: Options) -> Result<Self, Error> {
        let Network { tls, proxy } = options.network;
        let tls = tls.map_or_else(tls::system_tls, Ok)?;
        let user_agent = HeaderValue::try_from(options.user_agent).map_err(|_| Error::HeaderValue("the user agent"))?;
        let (clock, observer) = (options.clock, options.observer);
        let exchange = Arc::new(Exchange {
            transport: Transport::new(&tls, proxy, user_agent, options.limits),
            limiter: RateLimiter::new(options.share, options.concurrency, clock.clone(), observer.clone()),
            retry: options.retry,
            clock,
            observer,
            server_time: ServerTime::default(),
            has_met_okta: AtomicBool::new(false),
        });
        let authorizer = Authorizer::new(exchange.clone(), source, options.allowed_hosts).await?;
        let inner = Arc::new(Inner { exchange, authorizer, other_names: OnceCell::new() });
        Ok(Self { inner, deadline: Deadline::default() })
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

    /// The name that people use for the org, if the secret has one.
    pub async fn display_name(&self) -> Option<String> {
        self.inner.authorizer.credentials().await.display_name().map(str::to_owned)
    }

    /// Finds out which of the `wanted` scopes are granted, and uses those from now on. It asks the org every time, so it also
    /// finds a scope that was granted since.
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

    /// Uses these scopes from now on. They must be granted.
    pub async fn use_scopes(&self, scopes: Vec<String>) {
        self.inner.authorizer.use_scopes(scopes).await;
    }

    /// The address of `path` in this org. Values in `query` are escaped; the path must be so already. A path with a segment
    /// `.` or `..` is refused, also an escaped one: an id like that cannot be asked for.
    pub fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, Error> {
        let bad = || Error::BadPath(path.to_owned());
        if !path.starts_with('/') || path.starts_with("//") || path.contains(['?', '#', '\\']) || path::has_steps(path)
        {
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
        let base = self.org().url();
        let url = base.join(cursor).map_err(|_| Error::BadPath(base.path().to_owned()))?;
        self.org().adopt(&url, &OtherNames::default()).ok_or_else(|| foreign(&url))
    }

    /// The same with a page that grows back to `limit` records, if it was made smaller: a little after some of the `pages` that
    /// have been read.
    pub fn resume_growing(&self, cursor: &str, limit: u64, pages: u64) -> Result<Url, Error> {
        Ok(page_size::grown(self.resume(cursor)?, u32::try_from(limit).ok(), pages))
    }

    /// Reads one answer of any shape. To read a list, use [`crate::Pages`]: it checks the end.
    pub async fn get(&self, url: &Url) -> Result<Page, Error> {
        self.get_as(url, Shape::Any).await
    }

    /// Reads one page of this shape. If Okta cannot make it, or it is too large, fewer records are asked for.
    pub async fn get_as(&self, url: &Url, shape: Shape) -> Result<Page, Error> {
        self.check(url)?;
        let mut token = self.inner.authorizer.token(self.deadline).await?;
        let (mut is_renewed, mut nonces) = (false, 0);
        loop {
            let answered = self.send(url, Some(&token), shape).await?;
            let answer = &answered.answer;
            let has_nonce = self.inner.authorizer.remember_nonce(&answer.headers);
            if answer.status.is_success() {
                return self.page(url, shape, &answered).await;
            }
            let refusal = Refusal::read(answer.status, &answer.headers, &answer.body, &answered.secrets);
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
            return Err(self.refused(url, answer, refusal));
        }
    }

    /// Reads what the org shows anybody (`/.well-known/...`): no token is sent.
    pub async fn get_public(&self, url: &Url) -> Result<Page, Error> {
        let answered = self.public(url).await?;
        let asked = (url.clone(), Shape::Any);
        Ok(Page::read(self.org(), &OtherNames::default(), asked, &answered.answer, &answered.secrets))
    }

    /// Which org answers at this address, by its own public description and, where the credentials allow it, its settings.
    pub async fn org_identity(&self) -> Result<OrgIdentity, Error> {
        let description = self.description().await?;
        let settings = match self.get(&self.url(identity::SETTINGS, &[])?).await {
            Ok(page) => Some(page.value::<Settings>()?),
            Err(error) if error.disposition() == Disposition::Denied => None,
            Err(error) => return Err(error),
        };
        identity::merge(description, settings)
    }

    /// Both clocks: the org's, as the last answers show it, and the local one.
    pub fn clocks(&self) -> ClockReading {
        self.inner.exchange.clocks()
    }

    /// The time for what is due, has ended or may be removed: the org's, or the earlier of two clocks that disagree. See
    /// [`ClockReading`].
    pub fn cautious_now(&self) -> Timestamp {
        self.clocks().cautious()
    }

    /// The rate limits that are known so far.
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

    async fn send(&self, url: &Url, token: Option<&AccessToken>, shape: Shape) -> Result<Answered, Error> {
        let build = |halvings| {
            let url = page_size::shrunk(url, halvings);
            let mut request = Request::get(url.as_str());
            let mut secrets = Vec::new();
            if let Some(token) = token {
                (request, secrets) = self.inner.authorizer.authorize(token, request, &Method::GET, &url)?;
            }
            let request = request.body(Full::<Bytes>::default());
            let request = request.map_err(|_| Error::BadPath(url.path().to_owned()))?;
            Ok(Outgoing { request, secrets, can_shrink: page_size::can_shrink(&url) })
        };
        let check = |answer: &Answer, secrets: &[SecretString]| shape.check(answer, secrets);
        self.inner.exchange.call(url.path(), self.deadline, build, check).await
    }

    async fn public(&self, url: &Url) -> Result<Answered, Error> {
        self.check(url)?;
        let answered = self.send(url, None, Shape::Any).await?;
        let answer = &answered.answer;
        if answer.status.is_success() {
            return Ok(answered);
        }
        let refusal = Refusal::read(answer.status, &answer.headers, &answer.body, &answered.secrets);
        Err(self.refused(url, answer, refusal))
    }

    async fn description(&self) -> Result<Description, Error> {
        self.get_public(&self.url(identity::DESCRIPTION, &[])?).await?.value()
    }

    async fn page(&self, url: &Url, shape: Shape, answered: &Answered) -> Result<Page, Error> {
        let asked = page_size::shrunk(url, answered.halvings);
        let read = |names: &OtherNames| {
            Page::read(self.org(), names, (asked.clone(), shape), &answered.answer, &answered.secrets)
        };
        let known = self.inner.other_names.get();
        let page = read(known.unwrap_or(&OtherNames::default()));
        if page.foreign_host().is_none() || known.is_some() {
            return Ok(page);
        }
        Ok(read(self.other_names().await?))
    }

    /// The org's other hosts. An org that does not describe itself has none.
    async fn other_names(&self) -> Result<&OtherNames, Error> {
        let learn = async || match self.description().await {
            Ok(description) => Ok(OtherNames::of(description.addresses())),
            Err(error @ Error::TooLate(_)) => Err(error),
            Err(error) => {
                tracing::warn!(%error, "the org does not describe itself, so its other hosts are unknown");
                Ok(OtherNames::default())
            }
        };
        self.inner.other_names.get_or_try_init(learn).await
    }

    fn check(&self, url: &Url) -> Result<(), Error> {
        if self.org().owns(url) { Ok(()) } else { Err(foreign(url)) }
    }

    fn refused(&self, url: &Url, answer: &Answer, refusal: Refusal) -> Error {
        let path = url.path().to_owned();
        let location = answer.headers.get(LOCATION).and_then(|location| location.to_str().ok());
        if let Some(location) = location.filter(|_| answer.status.is_redirection()) {
            let target = url.join(location).ok().and_then(|url| url.host_str().map(str::to_owned));
            return Error::Redirected { path, target: target.unwrap_or_else(|| "nowhere".to_owned()) };
        }
        let has_met_okta = self.inner.exchange.has_met_okta.load(Ordering::Relaxed);
        if answer.status == StatusCode::NOT_FOUND && !refusal.is_oktas() && !has_met_okta {
            return Error::NotAnOrg { host: self.org().host().to_owned(), path };
        }
        Error::Api { path, refusal: Box::new(refusal) }
    }
}

fn foreign(url: &Url) -> Error {
    let target = url.host_str().unwrap_or("nowhere").to_owned();
    Error::ForeignAddress { path: url.path().to_owned(), target }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("org", &self.org().host()).field("tenant", &self.org().tenant()).finish()
    }
}
