//! TLS as the client speaks it: AWS-LC, the system's root certificates, and those of a company's own bundle.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// No TLS, so no client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// Nothing to trust.
    #[error("no trusted root certificates are found")]
    NoRoots,
    /// A bundle that cannot be read.
    #[error("the bundle of CA certificates is not PEM")]
    Bundle(#[source] rustls::pki_types::pem::Error),
    /// A bundle without a certificate that can be used.
    #[error("the bundle of CA certificates holds none that can be used")]
    EmptyBundle,
    /// AWS-LC supports none of the protocol versions.
    #[error("no version of TLS is available")]
    Protocol(#[source] rustls::Error),
}

/// TLS that trusts the system's root certificates, read once per process because that takes milliseconds of cold start.
pub(crate) fn system_tls() -> Result<Arc<ClientConfig>, TlsError> {
    static SYSTEM: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(tls) = SYSTEM.get() {
        return Ok(tls.clone());
    }
    let tls = config(system_roots())?;
    Ok(SYSTEM.get_or_init(|| tls).clone())
}

/// TLS that also trusts the CA certificates of a PEM bundle, as `SSL_CERT_FILE` and `AWS_CA_BUNDLE` name one. Keep it in
/// [`crate::Network`] of every client: reading the certificates takes milliseconds.
pub fn tls_with_bundle(pem: &[u8]) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = system_roots();
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(TlsError::Bundle)?;
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(TlsError::EmptyBundle);
    }
    config(roots)
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some of the system's root certificates cannot be read");
    }
    roots.add_parsable_certificates(found.certs);
    roots
}

fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, TlsError> {
    if roots.is_empty() {
        return Err(TlsError::NoRoots);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = builder.map_err(TlsError::Protocol)?.with_root_certificates(roots).with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_must_hold_a_certificate() {
        assert!(tls_with_bundle(include_bytes!("../tests/keys/tls.ca.pem")).is_ok());
        for (name, pem) in [
            ("empty", &b""[..]),
            ("text", b"not PEM"),
            ("key", include_bytes!("../tests/keys/rsa.pkcs8.pem")),
            ("garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ] {
            assert!(matches!(tls_with_bundle(pem), Err(TlsError::EmptyBundle)), "{name}");
        }
        let cut = b"-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(matches!(tls_with_bundle(cut), Err(TlsError::Bundle(_))));
    }
}
