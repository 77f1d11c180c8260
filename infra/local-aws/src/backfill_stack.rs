//! The backfill side of the system: the function with its lake, its bus and one org's secret, all of it on this machine.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::bus_server::{BusEvent, BusServer};
use crate::config::Config;
use crate::error::{Error, FunctionError};
use crate::function_binaries::FunctionBinaries;
use crate::function_process::{FunctionProcess, FunctionSettings, Invocation};
use crate::s3_server::EmbeddedS3;
use crate::secrets_server::SecretsServer;
use crate::stream_stack::ALLOCATOR;

/// The longest that Lambda lets a function run.
pub const TIMEOUT: Duration = Duration::from_mins(15);

/// The function, ready for commands.
#[derive(Debug)]
pub struct BackfillStack {
    /// The secret, as the function reads it.
    pub secrets: SecretsServer,
    /// The object store.
    pub s3: EmbeddedS3,
    /// The function.
    pub function: FunctionProcess,
    _bus: BusServer,
    tenant: String,
}

/// The members of a secret that name its tenant.
#[derive(Deserialize)]
struct Named {
    tenant: Option<String>,
    org_url: Option<String>,
}

impl BackfillStack {
    /// Starts the function on the folder of a lake, with the JSON of a secret; returns also what it puts on its bus.
    /// What is wrong with the secret is for the function to say.
    pub async fn start(
        lake: &Path,
        binaries: &FunctionBinaries,
        secret: String,
        config: &Config,
    ) -> Result<(Self, UnboundedReceiver<BusEvent>), Error> {
        let tenant = tenant(&secret);
        let s3 = EmbeddedS3::start(lake).await?;
        let secrets = SecretsServer::start(s3.credentials(), &tenant, secret).await?;
        let (bus, events) = BusServer::start(s3.credentials()).await?;
        let own = [("OKTA_LAKE_CUSTOM_DOMAINS", "loopback"), ("OKTA_LAKE_PROGRESS_SECONDS", "1")];
        let own = own.into_iter().chain(ALLOCATOR).map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = FunctionSettings::new("backfill", &binaries.backfill)
            .environment(s3.environment())
            .environment(secrets.environment())
            .environment(bus.environment())
            .environment(own)
            .environment(config.handed_on.iter().cloned());
        Ok((Self { secrets, function: FunctionProcess::new(settings), s3, _bus: bus, tenant }, events))
    }

    /// Gives the function a command for this org, as a JSON object without the tenant, and waits for its answer.
    pub async fn run(&self, mut command: Value, timeout: Duration) -> Result<Invocation, FunctionError> {
        if let Some(fields) = command.as_object_mut() {
            fields.insert("tenant".to_owned(), self.tenant.clone().into());
        }
        self.function.invoke(command.to_string(), timeout).await
    }

    /// The tenant that the secret names.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }
}

/// The tenant that the secret names, or the first label of its host.
fn tenant(secret: &str) -> String {
    let named = serde_json::from_str(secret).unwrap_or(Named { tenant: None, org_url: None });
    let host = named.org_url.as_deref().and_then(|url| url.split("://").nth(1)).unwrap_or_default();
    let label = host.split(['.', ':', '/']).next().filter(|label| !label.is_empty());
    named.tenant.unwrap_or_else(|| label.unwrap_or("local").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_is_named_or_the_subdomain() {
        assert_eq!(tenant(r#"{"tenant": "acme", "org_url": "https://login.example"}"#), "acme");
        assert_eq!(tenant(r#"{"org_url": "https://acme.okta.com"}"#), "acme");
        assert_eq!(tenant("no JSON"), "local");
    }
}
