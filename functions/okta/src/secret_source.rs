//! The source of a tenant's secret. The client does not know Secrets Manager; the caller supplies one of these.

use futures::future::BoxFuture;
use secrecy::SecretString;

/// An error of any kind, from the store of the secrets.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Reads the secret of one org, again whenever the org rejects the last one.
pub trait SecretSource: Send + Sync + 'static {
    /// Reads the JSON of the secret as it is now, not from a cache. The error must not show the secret.
    fn read(&self) -> BoxFuture<'_, Result<SecretString, BoxError>>;
}

/// A secret that never changes.
impl SecretSource for SecretString {
    fn read(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}
