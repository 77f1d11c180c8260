//! Which org a tenant is: bound to the org's id when it is first used, and compared on each use. A secret cannot write
//! another org's events under a tenant that is not its own.

use jiff::Timestamp;
use lake::{Lake, StateError, Version, layout};
use normalize::Tenant;
use okta::{Client, Engine, Error, OrgIdentity};
use serde::{Deserialize, Serialize};

/// `state/tenant=T/org.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Of this format.
    pub version: u32,
    /// The tenant.
    pub tenant: String,
    /// The org's id, which never changes.
    pub org_id: String,
    /// The engine that the org ran when it was last looked at: `classic` or `identity`.
    pub engine: String,
    /// The name of the secret.
    pub secret: String,
    /// When the tenant was bound.
    pub bound: Timestamp,
}

/// Why an org may not be worked on as this tenant.
#[derive(Debug, thiserror::Error)]
pub enum BindingError {
    /// Its public description cannot be read.
    #[error(transparent)]
    Okta(#[from] Error),
    /// The binding cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// The tenant belongs to another org.
    #[error("the tenant {tenant} belongs to the org {bound}, and the secret {secret} leads to the org {found}")]
    OtherOrg {
        /// The tenant.
        tenant: String,
        /// The id of the org that it belongs to.
        bound: String,
        /// The secret.
        secret: String,
        /// The id of the org that the secret leads to.
        found: String,
    },
    /// The secret claims a tenant that is neither its name nor its org's subdomain.
    #[error(
        "the secret {secret} claims the tenant {tenant}, which is neither its own name nor the subdomain of its org"
    )]
    Claimed {
        /// The secret.
        secret: String,
        /// The tenant.
        tenant: String,
    },
}

impl BindingError {
    /// What a person does about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Okta(error) => error.remedy(),
            Self::State(error) => error.remedy().to_owned(),
            Self::OtherOrg { tenant, .. } => format!(
                "put the credentials of the right org into the secret, or give this org another `tenant`; if the org was \
                 replaced by another one on purpose, move the lake's objects of {tenant} away and delete \
                 state/tenant={tenant}/org.json"
            ),
            Self::Claimed { .. } => {
                "name the secret after the tenant, or leave the member `tenant` out of the secret".to_owned()
            }
        }
    }
}

/// Whether the tenant is the secret's own as far as is known without a call: it is bound through this secret or, if it is
/// bound to no org yet, has the secret's name.
pub(crate) async fn is_own(lake: &Lake, secret: &str, tenant: &Tenant) -> Result<bool, StateError> {
    Ok(match stored(lake, tenant).await? {
        Some(bound) => bound.secret == secret,
        None => tenant.as_str() == secret.to_ascii_lowercase(),
    })
}

/// The org that the tenant is bound to through this secret, if there is one: for when the org does not answer.
pub(crate) async fn remembered(lake: &Lake, secret: &str, tenant: &Tenant) -> Result<Option<OrgIdentity>, StateError> {
    let bound = stored(lake, tenant).await?.filter(|bound| bound.secret == secret);
    Ok(bound.map(Binding::into_identity))
}

/// The binding of a tenant; none if there is none that can be used.
async fn stored(lake: &Lake, tenant: &Tenant) -> Result<Option<Binding>, StateError> {
    let (found, _) = lake.inspect_state::<Binding>(&key(tenant)).await?;
    Ok(found.and_then(Result::ok).filter(|bound| bound.tenant == tenant.as_str()))
}

/// The name of the secret that led to the tenant's org, or the tenant's own.
pub(crate) async fn secret_of(lake: &Lake, tenant: &Tenant) -> Result<String, StateError> {
    Ok(stored(lake, tenant).await?.map_or_else(|| tenant.to_string(), |bound| bound.secret))
}

/// Compares the org that answers with the one that the tenant is bound to, and binds it the first time.
pub(crate) async fn confirm(
    lake: &Lake,
    client: &Client,
    secret: &str,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<OrgIdentity, BindingError> {
    let (found, unbound) = compare(lake, client, secret, tenant).await?;
    if let Some(version) = unbound {
        tracing::info!(%tenant, org_id = found.id, "the tenant is bound to its org");
        bind(lake, &key(tenant), Binding::new(secret, tenant, &found, now), &version).await?;
    }
    Ok(found)
}

/// Compares the org that answers with the one that the tenant is bound to. If it is bound to none, returns the version of
/// the object that will hold the binding.
pub(crate) async fn compare(
    lake: &Lake,
    client: &Client,
    secret: &str,
    tenant: &Tenant,
) -> Result<(OrgIdentity, Option<Version>), BindingError> {
    let found = client.org_identity().await?;
    if !may_claim(secret, tenant.as_str(), &found, client.org().host()) {
        return Err(BindingError::Claimed { secret: secret.to_owned(), tenant: tenant.to_string() });
    }
    let key = key(tenant);
    match lake.inspect_state::<Binding>(&key).await? {
        (None, version) => Ok((found, Some(version))),
        (Some(Ok(bound)), _) if bound.tenant == tenant.as_str() && bound.org_id == found.id => Ok((found, None)),
        (Some(Ok(bound)), _) if bound.tenant == tenant.as_str() => Err(BindingError::OtherOrg {
            tenant: bound.tenant,
            bound: bound.org_id,
            secret: secret.to_owned(),
            found: found.id,
        }),
        (Some(unusable), version) => {
            let error = unusable.err().unwrap_or_else(|| lake.misplaced(&key));
            tracing::error!(%error, org_id = found.id, "the binding of a tenant cannot be read: it is bound anew");
            Ok((found, Some(version)))
        }
    }
}

/// Another run may be first: it has met the same org, or the next use finds the contradiction.
async fn bind(lake: &Lake, key: &str, binding: Binding, seen: &Version) -> Result<(), StateError> {
    match lake.write_state(key, &binding, seen).await {
        Ok(_) | Err(StateError::Lost(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn key(tenant: &Tenant) -> String {
    layout::state_key(tenant, "org.json")
}

/// A secret may name its own tenant if an administrator of this account called the secret so, or if Okta calls the org so.
fn may_claim(secret: &str, tenant: &str, org: &OrgIdentity, asked: &str) -> bool {
    let label = |host: &str| host.split('.').next().unwrap_or_default().to_ascii_lowercase();
    tenant == secret.to_ascii_lowercase()
        || tenant == label(asked)
        || org.subdomain.as_deref().is_some_and(|subdomain| subdomain.eq_ignore_ascii_case(tenant))
        || org.host.as_deref().is_some_and(|host| label(host) == tenant)
}

impl Binding {
    fn new(secret: &str, tenant: &Tenant, org: &OrgIdentity, now: Timestamp) -> Self {
        Self {
            version: 1,
            tenant: tenant.to_string(),
            org_id: org.id.clone(),
            engine: match &org.engine {
                Engine::Classic => "classic".to_owned(),
                Engine::Identity => "identity".to_owned(),
                Engine::Other(name) => name.clone(),
            },
            secret: secret.to_owned(),
            bound: now,
        }
    }

    /// What is known of the org without asking it.
    fn into_identity(self) -> OrgIdentity {
        let engine = match self.engine.as_str() {
            "classic" => Engine::Classic,
            "identity" => Engine::Identity,
            _ => Engine::Other(self.engine),
        };
        OrgIdentity { id: self.org_id, engine, subdomain: None, host: None, custom_domain: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_claims_its_own_name_or_the_subdomain_of_its_org() {
        let org = OrgIdentity {
            id: "00o1".to_owned(),
            engine: Engine::Identity,
            subdomain: None,
            host: Some("acme.okta.com".to_owned()),
            custom_domain: Some("login.example.com".to_owned()),
        };
        assert!(may_claim("acme", "acme", &org, "login.example.com"));
        assert!(may_claim("production", "acme", &org, "login.example.com"), "Okta calls it so");
        assert!(may_claim("Sandbox", "sandbox", &org, "login.example.com"), "the account's administrator calls it so");
        assert!(!may_claim("b", "other", &org, "login.example.com"));
    }
}
