//! The signing key in AWS KMS: the private half never leaves it.

use std::error::Error;
use std::pin::Pin;
use std::sync::OnceLock;

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use lake::signing::{PublicKey, SignError, Signature, Signer};

/// A key of AWS KMS. Its public half is fetched at the first signature, so that a cold start does not wait for it.
#[derive(Debug)]
pub struct KmsSigner {
    client: Client,
    key: String,
    public: OnceLock<PublicKey>,
}

/// An answer of KMS without what it should have.
#[derive(Debug, thiserror::Error)]
#[error("the answer of KMS has no {0}")]
struct Incomplete(&'static str);

impl KmsSigner {
    /// The key of this ARN.
    pub fn new(client: Client, key: String) -> Self {
        Self { client, key, public: OnceLock::new() }
    }

    async fn signature(&self, message: &[u8]) -> Result<Signature, SignError> {
        let public = self.public().await?;
        let sign = self.client.sign().key_id(&self.key).message(Blob::new(message));
        let sign = sign.message_type(MessageType::Raw).signing_algorithm(SigningAlgorithmSpec::EcdsaSha256);
        let answer = sign.send().await.map_err(|error| {
            let is_passing = is_passing(error.as_service_error().map(|error| error.meta().code().unwrap_or_default()));
            self.failed(error, is_passing)
        })?;
        let der = answer.signature().ok_or_else(|| self.failed(Incomplete("signature"), true))?;
        Ok(Signature::of(public.fingerprint(), der.as_ref()))
    }

    async fn public(&self) -> Result<&PublicKey, SignError> {
        if let Some(public) = self.public.get() {
            return Ok(public);
        }
        let fetched = self.fetch_public().await?;
        Ok(self.public.get_or_init(|| fetched))
    }

    async fn fetch_public(&self) -> Result<PublicKey, SignError> {
        let answer = self.client.get_public_key().key_id(&self.key).send().await.map_err(|error| {
            let is_passing = is_passing(error.as_service_error().map(|error| error.meta().code().unwrap_or_default()));
            self.failed(error, is_passing)
        })?;
        let der = answer.public_key().ok_or_else(|| self.failed(Incomplete("public key"), true))?;
        PublicKey::from_der(der.as_ref()).map_err(|error| self.failed(error, false))
    }

    fn failed(&self, source: impl Error + Send + Sync + 'static, is_passing: bool) -> SignError {
        SignError { key: self.key.clone(), source: Box::new(source), is_passing }
    }
}

impl Signer for KmsSigner {
    fn sign<'a>(
        &'a self,
        message: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Result<Signature, SignError>> + Send + 'a>> {
        Box::pin(self.signature(message))
    }

    fn public_key<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<PublicKey, SignError>> + Send + 'a>> {
        Box::pin(async { self.public().await.cloned() })
    }
}

/// Whether a failure may pass by itself (AWS KMS API Reference, "Sign", errors): no answer, or one of these codes.
fn is_passing(code: Option<&str>) -> bool {
    let Some(code) = code else { return true };
    matches!(
        code,
        "DependencyTimeoutException" | "KMSInternalException" | "KeyUnavailableException" | "ThrottlingException"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disabled_or_denied_key_does_not_come_back_by_itself() {
        assert!(is_passing(None), "no answer");
        assert!(is_passing(Some("ThrottlingException")));
        for code in ["DisabledException", "AccessDeniedException", "NotFoundException", "KMSInvalidStateException"] {
            assert!(!is_passing(Some(code)), "{code}");
        }
    }
}
