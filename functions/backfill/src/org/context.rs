//! One org in one invocation: the function, the client, the tenant, this run's name and the deadline.

use std::sync::Arc;

use lake::Lake;
use normalize::{Tenant, TenantError};
use okta::{Client, Observer};

use crate::app::App;
use crate::org::deadline::Deadline;
use crate::org::lease::Owner;

/// What every kind of work on an org needs. `C` is `Option<Client>` where work goes on without the API.
#[derive(Debug)]
pub struct OrgContext<'a, C = Client> {
    /// The function.
    pub app: &'a App,
    /// The org's API.
    pub client: C,
    /// The org.
    pub tenant: Tenant,
    /// This run, as leases name it.
    pub owner: Owner,
    /// When the invocation must have answered.
    pub deadline: Deadline,
}

/// Why an org cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub enum OrgError {
    /// Its secret cannot be used.
    #[error(transparent)]
    Okta(#[from] okta::Error),
    /// Its secret does not tell which org it is.
    #[error(transparent)]
    Tenant(#[from] TenantError),
}

impl OrgError {
    /// Returns what a person does about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Okta(error) => error.remedy(),
            Self::Tenant(_) => "put the member `tenant` into the secret".to_owned(),
        }
    }
}

impl<'a, C> OrgContext<'a, C> {
    /// The lake.
    pub fn lake(&self) -> &'a Lake {
        &self.app.sink.lake
    }
}

impl<'a> OrgContext<'a> {
    /// Opens the org whose secret has this name. `observer` sees every call.
    pub async fn open(app: &'a App, name: &str, deadline: &Deadline, observer: Observer) -> Result<Self, OrgError> {
        let client = client(app, name, deadline, observer).await?;
        let tenant = Tenant::parse(client.org().tenant())?;
        Ok(Self { app, client, tenant, owner: Owner::new(), deadline: deadline.clone() })
    }
}

impl<'a> OrgContext<'a, Option<Client>> {
    /// Opens the org whose secret has this name or, where the secret cannot be used, the org of this name without its
    /// API.
    pub async fn open_offline(app: &'a App, name: &str, deadline: &Deadline) -> Result<Self, TenantError> {
        let client = match client(app, name, deadline, Arc::new(|_| {})).await {
            Ok(client) => Some(client),
            Err(error) => {
                tracing::warn!(tenant = name, %error, remedy = error.remedy(), "the org's API cannot be used");
                None
            }
        };
        let tenant = Tenant::parse(client.as_ref().map_or(name, |client| client.org().tenant()))?;
        Ok(Self { app, client, tenant, owner: Owner::new(), deadline: deadline.clone() })
    }
}

async fn client(app: &App, name: &str, deadline: &Deadline, observer: Observer) -> Result<Client, okta::Error> {
    let secret = Arc::new(app.secrets.of(name));
    Ok(Client::new(secret, app.options(observer)).await?.with_deadline(deadline.moment()))
}
