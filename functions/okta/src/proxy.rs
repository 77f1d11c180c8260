//! The way to a host: straight, or through the tunnel of a proxy (HTTP CONNECT), so that TLS stays between this machine
//! and Okta. A proxy's password is in no log, error or debug output.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower_service::Service;

/// Why a connection was not opened.
type ConnectError = Box<dyn std::error::Error + Send + Sync>;

/// The proxy between this machine and the org, as `HTTPS_PROXY` and `NO_PROXY` describe it.
#[derive(Clone)]
pub struct Proxy(Arc<Matcher>);

/// Why the address of a proxy is refused. Does not quote it: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address of the proxy is not like http://host:port or https://user:password@host:port")]
pub struct ProxyError;

/// The proxy was not reached, or made no tunnel.
#[derive(Debug, thiserror::Error)]
#[error("the proxy makes no tunnel")]
pub(crate) struct NoTunnel(#[source] ConnectError);

impl Proxy {
    /// `address` as in `HTTPS_PROXY`, with a user name and a password if the proxy wants them; `except` as in `NO_PROXY`:
    /// names with all below them, addresses and networks, separated by commas.
    pub fn parse(address: &str, except: &str) -> Result<Self, ProxyError> {
        let okta = Uri::from_static("https://acme.okta.com");
        let proxy = Matcher::builder().https(address.trim()).build().intercept(&okta).ok_or(ProxyError)?;
        // SOCKS is another protocol.
        if !matches!(proxy.uri().scheme_str(), Some("http" | "https")) {
            return Err(ProxyError);
        }
        Ok(Self(Arc::new(Matcher::builder().https(address.trim()).no(except).build())))
    }
}

/// Opens connections, through the proxy where there is one for the host.
#[derive(Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    to_proxy: HttpsConnector<HttpConnector>,
    proxy: Option<Proxy>,
}

impl Connector {
    pub(crate) fn new(tcp: HttpConnector, tls: &ClientConfig, proxy: Option<Proxy>) -> Self {
        let to_proxy = HttpsConnectorBuilder::new()
            .with_tls_config(tls.clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp.clone());
        Self { tcp, to_proxy, proxy }
    }

    fn tunnel(&self, proxy: &Intercept) -> Tunnel<HttpsConnector<HttpConnector>> {
        let tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
        match proxy.basic_auth() {
            Some(credentials) => tunnel.with_auth(credentials.clone()),
            None => tunnel,
        }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = ConnectError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, host: Uri) -> Self::Future {
        if let Some(proxy) = self.proxy.as_ref().and_then(|proxy| proxy.0.intercept(&host)) {
            let connecting = self.tunnel(&proxy).call(host);
            return Box::pin(async { Ok(connecting.await.map_err(|error| NoTunnel(error.into()))?) });
        }
        let connecting = self.tcp.call(host);
        Box::pin(async { Ok(MaybeHttpsStream::Http(connecting.await?)) })
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Matcher` shows no password.
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_address_is_taken_in_the_usual_forms() {
        for address in [
            "http://proxy:3128",
            "https://proxy:443/",
            "proxy.corp:8080",
            " http://user:p%40ss@proxy:3128",
            "http://[::1]:3128",
        ] {
            assert!(Proxy::parse(address, "").is_ok(), "{address}");
        }
        for address in ["", "socks5://proxy:1080", "ftp://proxy", "http://", "http://a b:1"] {
            assert!(Proxy::parse(address, "").is_err(), "{address}");
        }
    }

    #[test]
    fn some_hosts_are_reached_straight() {
        let proxy = Proxy::parse("http://proxy:3128", "corp.example, 10.0.0.0/8").unwrap();
        let is_proxied = |uri: &str| proxy.0.intercept(&uri.parse().unwrap()).is_some();
        assert!(is_proxied("https://acme.okta.com"));
        for straight in ["https://okta.corp.example", "https://10.1.2.3", "http://127.0.0.1:8080"] {
            assert!(!is_proxied(straight), "{straight}");
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        let proxy = Proxy::parse("http://user:PLANTED@proxy:3128", "").unwrap();
        assert!(!format!("{proxy:?} {proxy:#?}").contains("PLANTED"));
        let error = Proxy::parse("socks5://user:PLANTED@proxy:3128", "").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("PLANTED"));
    }
}
