//! One org in one invocation: the function, the client, the tenant, this run's name and the deadline.

use std::sync::Arc;

use lake::Lake;
use normalize::{Tenant, TenantError};
use okta::{Client, ClockReading, Observer, OrgIdentity};
use tokio::sync::OnceCell;

use crate::app::App;
use crate::check::CLOCKS;
use crate::events::{ClockDisagreement, Event};
use crate::org::binding::{self, BindingError};
use crate::org::deadline::Deadline;
use crate::org::lease::Owner;

/// What every kind of work on an org needs. `C` is `Option<Client>` where work goes on without the API.
#[derive(Debug)]
pub struct OrgContext<'a, C = Client> {
    /// The function.
    pub app: &'a App,
    /// The org's API.
    pub client: C,
    /// The name of its secret.
    pub secret: String,
    /// The org.
    pub tenant: Tenant,
    /// This run, as leases name it.
    pub owner: Owner,
    /// When the invocation must have answered.
    pub deadline: Deadline,
    /// The org, once it has been confirmed.
    identity: OnceCell<OrgIdentity>,
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

    /// The org's id in Okta; none before it has been confirmed, and for an org that the lake knows only by name.
    pub fn org_id(&self) -> Option<&str> {
        self.identity.get().map(|identity| identity.id.as_str())
    }

    fn new(app: &'a App, client: C, secret: &str, tenant: Tenant, deadline: &Deadline) -> Self {
        let (secret, deadline) = (secret.to_owned(), deadline.clone());
        Self { app, client, secret, tenant, owner: Owner::new(), deadline, identity: OnceCell::new() }
    }
}

impl<'a> OrgContext<'a> {
    /// Opens the org whose secret has this name. `observer` sees every call.
    pub async fn open(app: &'a App, name: &str, deadline: &Deadline, observer: Observer) -> Result<Self, OrgError> {
        let client = client(app, name, deadline, observer).await?;
        let tenant = Tenant::parse(client.org().tenant())?;
        Ok(Self::new(app, client, name, tenant, deadline))
    }
}

impl OrgContext<'_> {
    /// Confirms, once, that the org which answers is the one that the tenant belongs to, and that its clock can be believed.
    /// To be called before anything that the org says is written.
    pub async fn confirm(&self) -> Result<&OrgIdentity, BindingError> {
        self.identity.get_or_try_init(|| confirm(self.app, &self.client, &self.secret, &self.tenant)).await
    }

    /// Confirms the org, unless the tenant is the secret's own as far as the lake knows. To be called before a request is
    /// written, which is durable before the first call.
    pub async fn confirm_claim(&self) -> Result<(), BindingError> {
        if !binding::is_own(self.lake(), &self.secret, &self.tenant).await? {
            self.confirm().await?;
        }
        Ok(())
    }
}

impl OrgContext<'_, Option<Client>> {
    /// Confirms the same. Where the org does not answer, or its API cannot be used, it is the one that the secret led to
    /// before: what the lake has of it can be worked on.
    pub async fn confirm(&self) -> Result<(), BindingError> {
        let answered = match &self.client {
            Some(client) => Some(confirm(self.app, client, &self.secret, &self.tenant).await),
            None => None,
        };
        let identity = match answered {
            Some(Err(BindingError::Okta(error))) => {
                let before = binding::remembered(self.lake(), &self.secret, &self.tenant).await?;
                tracing::warn!(tenant = %self.tenant, %error, "the org does not say which one it is");
                Some(before.ok_or(BindingError::Okta(error))?)
            }
            Some(answered) => Some(answered?),
            None => binding::remembered(self.lake(), &self.secret, &self.tenant).await?,
        };
        if let Some(identity) = identity {
            self.identity.get_or_init(|| async { identity }).await;
        }
        Ok(())
    }
}

async fn confirm(app: &App, client: &Client, secret: &str, tenant: &Tenant) -> Result<OrgIdentity, BindingError> {
    let identity = binding::confirm(&app.sink.lake, client, secret, tenant, app.clock.now()).await;
    report_clocks(app, tenant, client.clocks()).await;
    identity
}

/// Publishes that the clocks disagree. What is due, and what may be removed, is decided by the earlier of the two.
async fn report_clocks(app: &App, tenant: &Tenant, clocks: ClockReading) {
    let (Some(okta), Some(ahead)) = (clocks.okta, clocks.disagreement) else { return };
    let ahead_seconds = ahead.as_secs();
    tracing::error!(%tenant, ahead_seconds, remedy = CLOCKS, "Okta's clock and the local clock disagree");
    app.figures.clocks_disagreed();
    let detail = ClockDisagreement {
        tenant: tenant.to_string(),
        local: clocks.local,
        okta,
        ahead_seconds,
        remedy: CLOCKS.to_owned(),
    };
    app.bus.publish(&Event::ClockDisagreement(detail)).await;
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
        Ok(Self::new(app, client, name, tenant, deadline))
    }
}

async fn client(app: &App, name: &str, deadline: &Deadline, observer: Observer) -> Result<Client, okta::Error> {
    let secret = Arc::new(app.secrets.of(name));
    Ok(Client::new(secret, app.options(observer)).await?.with_deadline(deadline.moment()))
}
