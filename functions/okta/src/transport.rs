//! HTTPS to the org: pooled connections, HTTP/2 or 1.1, gzip, time limits, a bound on the size of an answer.
//! It is built of the very crates that the AWS SDK links (hyper, rustls on AWS-LC), so a binary with both carries one
//! stack. Redirects are answers like any other: a secret does not follow them.

use std::error::Error as StdError;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use tokio::time::timeout;

use crate::proxy::{Connector, NoTunnel, Proxy};

/// A connection that is not used for this long is closed: shorter than what Okta's edge keeps.
const IDLE: Duration = Duration::from_secs(55);

/// The way to the org, where it is not straight or not trusted by everybody.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// TLS, if the system's root certificates are not all that is trusted: see [`crate::tls_with_bundle`].
    pub tls: Option<Arc<ClientConfig>>,
    /// The proxy between this machine and the org, if there is one.
    pub proxy: Option<Proxy>,
}

/// Bounds of a call.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For the connection, TLS included.
    pub connect_timeout: Duration,
    /// For one answer, body included. Okta itself gives up on a System Log query after 30 seconds.
    pub request_timeout: Duration,
    /// Most bytes of one answer, unpacked.
    pub max_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect_timeout: Duration::from_secs(5), request_timeout: Duration::from_mins(1), max_body: 64 << 20 }
    }
}

/// Why there is no answer. It does not mention the request, whose headers and body are secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// Name, network, TLS.
    #[error("no connection")]
    Connect(#[source] hyper_util::client::legacy::Error),
    /// The server's certificate is not trusted here.
    #[error("the server's certificate is not trusted")]
    Certificate(#[source] hyper_util::client::legacy::Error),
    /// The proxy was not reached, or refused.
    #[error("no way through the proxy")]
    Proxy(#[source] hyper_util::client::legacy::Error),
    /// The connection was cut before the answer.
    #[error("the connection was cut")]
    Cut(#[source] hyper_util::client::legacy::Error),
    /// The connection was cut within the answer.
    #[error("the answer was cut off")]
    Body(#[source] hyper::Error),
    /// The packed body ends early or is damaged.
    #[error("the answer cannot be unpacked")]
    Unpack(#[source] std::io::Error),
    /// Nothing within the time limit.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// More than may be kept in memory.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

/// A whole answer, unpacked.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The client side of HTTP, and nothing of Okta.
pub(crate) struct Transport {
    client: Client<HttpsConnector<Connector>, Full<Bytes>>,
    user_agent: HeaderValue,
    limits: Limits,
}

impl Transport {
    pub(crate) fn new(tls: &ClientConfig, proxy: Option<Proxy>, user_agent: HeaderValue, limits: Limits) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(limits.connect_timeout));
        // Plain http only ever goes to this machine: `org.rs` takes no other address.
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls.clone())
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(Connector::new(tcp, tls, proxy));
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .http2_adaptive_window(true)
            .build(connector);
        Self { client, user_agent, limits }
    }

    /// Sends a request; `at_headers` sees the answer's head as soon as it is there.
    pub(crate) async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
        at_headers: impl FnOnce(StatusCode, &HeaderMap),
    ) -> Result<Answer, TransportError> {
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(USER_AGENT, self.user_agent.clone());
        let limit = self.limits.request_timeout;
        timeout(limit, self.exchange(request, at_headers)).await.unwrap_or(Err(TransportError::Timeout(limit)))
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        at_headers: impl FnOnce(StatusCode, &HeaderMap),
    ) -> Result<Answer, TransportError> {
        let response = self.client.request(request).await.map_err(classify)?;
        let (head, body) = response.into_parts();
        at_headers(head.status, &head.headers);
        let body = self.read(body).await?;
        let is_packed = head
            .headers
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"gzip"));
        let body = if is_packed { self.unpack(&body)? } else { body };
        Ok(Answer { status: head.status, headers: head.headers, body })
    }

    async fn read(&self, mut body: Incoming) -> Result<Bytes, TransportError> {
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(TransportError::Body)?.into_data() else { continue };
            if whole.len() + data.len() > self.limits.max_body {
                return Err(TransportError::TooLarge(self.limits.max_body));
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole.freeze())
    }

    fn unpack(&self, packed: &[u8]) -> Result<Bytes, TransportError> {
        let most = self.limits.max_body;
        let mut whole = Vec::with_capacity(packed.len().saturating_mul(8).min(most));
        let one_more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        MultiGzDecoder::new(packed).take(one_more).read_to_end(&mut whole).map_err(TransportError::Unpack)?;
        if whole.len() > most { Err(TransportError::TooLarge(most)) } else { Ok(whole.into()) }
    }
}

impl Answer {
    /// Whether the body claims to be JSON. Okta says so; a proxy's page does not.
    pub(crate) fn claims_json(&self) -> bool {
        let content_type = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        content_type.is_none_or(|content_type| content_type.contains("json"))
    }

    /// Whether the body is one whole JSON value.
    pub(crate) fn is_json(&self) -> bool {
        serde_json::from_slice::<&serde_json::value::RawValue>(&self.body).is_ok()
    }
}

fn classify(error: hyper_util::client::legacy::Error) -> TransportError {
    if !error.is_connect() {
        return TransportError::Cut(error);
    }
    if has_certificate_error(&error) {
        return TransportError::Certificate(error);
    }
    if is_of_proxy(&error) { TransportError::Proxy(error) } else { TransportError::Connect(error) }
}

fn is_of_proxy(error: &(dyn StdError + 'static)) -> bool {
    error.is::<NoTunnel>() || error.source().is_some_and(is_of_proxy)
}

/// rustls's error travels inside of an `io::Error`, which does not show it as its source.
fn has_certificate_error(error: &(dyn StdError + 'static)) -> bool {
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    let rustls = inner.and_then(|inner| inner.downcast_ref()).or_else(|| error.downcast_ref());
    match rustls {
        Some(rustls::Error::InvalidCertificate(_)) => true,
        _ => match inner {
            Some(inner) => has_certificate_error(inner),
            None => error.source().is_some_and(has_certificate_error),
        },
    }
}
