//! Where a tenant's secret comes from. The client does not know Secrets Manager: it is given one of these.

use futures::future::BoxFuture;
use secrecy::SecretString;

use crate::error::BoxError;

/// Reads the secret of one org; again whenever the org no longer takes what was read last.
pub trait SecretSource: Send + Sync + 'static {
    /// The JSON of the secret, as it is now: not from a cache. The error must not show the secret.
    fn read(&self) -> BoxFuture<'_, Result<SecretString, BoxError>>;
}

/// A secret that never changes.
impl SecretSource for SecretString {
    fn read(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}
