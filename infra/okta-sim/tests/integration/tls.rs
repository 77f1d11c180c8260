//! The org over TLS, with a certificate that the test brings.

use std::sync::Arc;

use okta_sim::TlsConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::test_org::TestOrg;

const AUTHORITY: &str = include_str!("../../../../functions/okta/tests/keys/tls.ca.pem");

/// A client that trusts the test's authority, or nobody.
fn connector(trusts: bool) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    if trusts {
        roots.add(CertificateDer::from_pem_slice(AUTHORITY.as_bytes()).unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsConnector::from(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

#[tokio::test]
async fn the_org_is_served_over_tls() {
    let okta = TestOrg::with(|config| {
        config.tls = Some(TlsConfig {
            certificates: include_str!("../../../../functions/okta/tests/keys/tls.cert.pem").to_owned(),
            private_key: include_str!("../../../../functions/okta/tests/keys/tls.key.pem").to_owned(),
        });
    })
    .await;
    let address = okta.sim.base_url().strip_prefix("https://").unwrap().to_owned();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stranger = connector(false).connect(name.clone(), TcpStream::connect(&address).await.unwrap()).await;
    assert!(stranger.is_err(), "a client that does not trust the authority");
    let mut stream = connector(true).connect(name, TcpStream::connect(&address).await.unwrap()).await.unwrap();
    let request =
        format!("GET /.well-known/okta-organization HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains(&format!(r#""href":"https://{address}""#)), "{answer}");
}
