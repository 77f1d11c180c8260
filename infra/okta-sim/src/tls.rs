//! TLS for the simulator, with a certificate that the caller brings.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate chain and its key, as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// The chain, the server's own certificate first.
    pub certificates: String,
    /// The private key.
    pub private_key: String,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// It is no PEM.
    #[error("cannot read the certificate or its key")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// Key and certificate do not fit, or are of an unknown kind.
    #[error("cannot use the certificate")]
    Unusable(#[from] rustls::Error),
}

/// What the TLS library needs.
pub(crate) fn server_config(config: &TlsConfig) -> Result<Arc<rustls::ServerConfig>, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(config.certificates.as_bytes()).collect();
    let key = PrivateKeyDer::from_pem_slice(config.private_key.as_bytes())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut server = builder.with_no_client_auth().with_single_cert(chain?, key)?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(server))
}
