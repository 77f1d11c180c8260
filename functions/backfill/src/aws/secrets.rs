//! The tenants' secrets, in AWS Secrets Manager under one prefix: `okta-lake/acme` is that of the tenant `acme`.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry};
use futures::future::BoxFuture;
use jiff::Timestamp;
use okta::{BoxError, SecretSource, SecretString};

/// Where the secrets are.
#[derive(Debug, Clone)]
pub struct Secrets {
    client: Client,
    prefix: String,
}

/// A secret, as the list has it: never with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// What follows the prefix in its name.
    pub(crate) tenant: String,
    /// When its value was last changed.
    pub(crate) changed: Option<Timestamp>,
    /// Whether a value was ever put into it. The stack makes secrets without one.
    pub(crate) has_value: bool,
}

/// One tenant's secret, read anew each time.
#[derive(Debug, Clone)]
pub struct TenantSecret {
    client: Client,
    id: String,
}

/// Why a secret or the list of them was not read. Says the name of the secret, never what is in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Secrets Manager refused.
    #[error("Secrets Manager does not give {name} ({code})")]
    Refused {
        /// The secret, or the prefix.
        name: String,
        /// The error code of AWS.
        code: String,
    },
    /// It is not there, or empty: Secrets Manager has one answer for both.
    #[error("Secrets Manager has no secret {name} with a value in {region}")]
    Missing {
        /// The secret.
        name: String,
        /// The region in which it was looked for.
        region: String,
    },
    /// The secret has bytes instead of text.
    #[error("the secret {0} is binary: put the JSON into its text")]
    Binary(String),
}

impl Found {
    /// The tenants of those that have a value.
    pub(crate) fn with_values(found: Vec<Self>) -> Vec<String> {
        found.into_iter().filter(|secret| secret.has_value).map(|secret| secret.tenant).collect()
    }
}

impl Secrets {
    /// The secrets whose names begin with `prefix`.
    pub fn new(client: Client, prefix: String) -> Self {
        Self { client, prefix }
    }

    /// The tenants that have a secret with a value, sorted.
    pub(crate) async fn tenants(&self) -> Result<Vec<String>, SecretsError> {
        self.list().await.map(Found::with_values)
    }

    /// Every secret, sorted by tenant.
    pub(crate) async fn list(&self) -> Result<Vec<Found>, SecretsError> {
        let filter = Filter::builder().key(FilterNameStringType::Name).values(&self.prefix).build();
        let mut pages = self.client.list_secrets().filters(filter).into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| refused(&format!("the list of {}*", self.prefix), &error))?;
            found.extend(page.secret_list().iter().filter_map(|secret| self.found(secret)));
        }
        found.sort_by(|a, b| a.tenant.cmp(&b.tenant));
        Ok(found)
    }

    fn found(&self, secret: &SecretListEntry) -> Option<Found> {
        let tenant = secret.name()?.strip_prefix(&self.prefix)?.to_owned();
        let changed = secret.last_changed_date().and_then(|date| Timestamp::from_nanosecond(date.as_nanos()).ok());
        let has_value = secret.secret_versions_to_stages().is_some_and(|versions| !versions.is_empty());
        Some(Found { tenant, changed, has_value })
    }

    /// The region in which secrets are looked for.
    pub(crate) fn region(&self) -> String {
        region(&self.client)
    }

    /// The secret of a tenant.
    pub(crate) fn of(&self, tenant: &str) -> TenantSecret {
        TenantSecret { client: self.client.clone(), id: format!("{}{tenant}", self.prefix) }
    }

    /// What the names begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl TenantSecret {
    async fn get(&self) -> Result<SecretString, SecretsError> {
        let answer = self.client.get_secret_value().secret_id(&self.id).send().await;
        let answer = answer.map_err(|error| match error.code() {
            Some("ResourceNotFoundException") => {
                SecretsError::Missing { name: self.id.clone(), region: region(&self.client) }
            }
            _ => refused(&self.id, &error),
        })?;
        let text = answer.secret_string.ok_or_else(|| SecretsError::Binary(self.id.clone()))?;
        Ok(SecretString::from(text))
    }
}

impl SecretSource for TenantSecret {
    fn read(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
        Box::pin(async { Ok(self.get().await?) })
    }
}

fn region(client: &Client) -> String {
    client.config().region().map_or_else(|| "this region".to_owned(), ToString::to_string)
}

/// Only the code: the SDK's error can hold the whole answer.
fn refused(name: &str, error: &impl ProvideErrorMetadata) -> SecretsError {
    SecretsError::Refused { name: name.to_owned(), code: error.code().unwrap_or("no answer").to_owned() }
}
