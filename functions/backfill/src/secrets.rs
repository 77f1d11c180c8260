//! The tenants' secrets, in AWS Secrets Manager under one prefix: `okta-lake/acme` is that of the tenant `acme`.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType};
use futures::future::BoxFuture;
use okta::{BoxError, SecretSource, SecretString};

/// Where the secrets are.
#[derive(Debug, Clone)]
pub struct Secrets {
    client: Client,
    prefix: String,
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
    /// The secret has bytes instead of text.
    #[error("the secret {0} is binary: put the JSON into its text")]
    Binary(String),
}

impl Secrets {
    /// The secrets whose names begin with `prefix`.
    pub fn new(client: Client, prefix: String) -> Self {
        Self { client, prefix }
    }

    /// The tenants that have a secret, sorted.
    pub(crate) async fn tenants(&self) -> Result<Vec<String>, SecretsError> {
        let filter = Filter::builder().key(FilterNameStringType::Name).values(&self.prefix).build();
        let mut pages = self.client.list_secrets().filters(filter).into_paginator().send();
        let mut tenants = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| refused(&format!("the list of {}*", self.prefix), &error))?;
            let names = page.secret_list().iter().filter_map(|secret| secret.name());
            tenants.extend(names.filter_map(|name| name.strip_prefix(&self.prefix)).map(str::to_owned));
        }
        tenants.sort();
        Ok(tenants)
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
        let answer = answer.map_err(|error| refused(&self.id, &error))?;
        let text = answer.secret_string.ok_or_else(|| SecretsError::Binary(self.id.clone()))?;
        Ok(SecretString::from(text))
    }
}

impl SecretSource for TenantSecret {
    fn read(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
        Box::pin(async { Ok(self.get().await?) })
    }
}

/// Only the code: the SDK's error can hold the whole answer.
fn refused(name: &str, error: &impl ProvideErrorMetadata) -> SecretsError {
    SecretsError::Refused { name: name.to_owned(), code: error.code().unwrap_or("no answer").to_owned() }
}
