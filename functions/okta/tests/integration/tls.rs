//! HTTPS as it is in life: HTTP/2 over one connection, and no trust in strangers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::future::join_all;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use okta::{Client, Error, Network, Options, SecretString, TransportError};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::server::options;

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn acceptor() -> TlsAcceptor {
    let chain = vec![certificate(include_str!("../keys/tls.cert.pem"))];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../keys/tls.key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// A server's address and the number of connections made to it.
pub(crate) async fn server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let Ok(stream) = acceptor().accept(stream).await else { return };
                let builder = Builder::new(TokioExecutor::new());
                builder.serve_connection(TokioIo::new(stream), service_fn(answer)).await.ok();
            });
        }
    });
    (url, connections)
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let is_http2 = request.version() == Version::HTTP_2;
    Ok(Response::new(Full::from(format!(r#"{{"is_http2": {is_http2}}}"#))))
}

async fn client(url: &str, roots: &[&str]) -> Client {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(certificate(root)).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = Some(Arc::new(builder.with_root_certificates(store).with_no_client_auth()));
    let secret = format!(r#"{{"org_url": "{url}", "tenant": "sim", "api_token": "t"}}"#);
    Client::new(Arc::new(SecretString::from(secret)), Options { network: Network { tls, proxy: None }, ..options() })
        .await
        .unwrap()
}

#[tokio::test]
async fn calls_share_one_connection_of_http_2() {
    let (url, connections) = server().await;
    let client = client(&url, &[include_str!("../keys/tls.ca.pem")]).await;
    let logs = client.url("/api/v1/logs", &[]).unwrap();
    client.get(&logs).await.unwrap();
    for page in join_all((0..20).map(|_| client.get(&logs))).await {
        let value: serde_json::Value = page.unwrap().value().unwrap();
        assert_eq!(value["is_http2"], true);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_at_once() {
    let (url, connections) = server().await;
    let client = client(&url, &[]).await;
    let error = client.get(&client.url("/api/v1/logs", &[]).unwrap()).await.unwrap_err();
    assert!(matches!(&error, Error::NoAnswer { source: TransportError::Certificate(_), .. }), "{error:?}");
    assert!(error.remedy().contains("SSL_CERT_FILE"));
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_systems_certificates_are_found() {
    let secret = SecretString::from(r#"{"org_url": "https://acme.okta.com", "api_token": "t"}"#);
    Client::new(Arc::new(secret), Options::default()).await.unwrap();
}
