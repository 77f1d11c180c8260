//! What anybody may read: the org's description of itself.

use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::api::org_state::OrgState;
use crate::org::model::OrgModel;

/// What the org says of itself.
pub(crate) struct Organization<'a> {
    pub(crate) org: &'a OrgModel,
    pub(crate) org_url: &'a str,
    pub(crate) custom_domain: Option<&'a str>,
    pub(crate) state: &'a OrgState,
}

/// The answer to a path below `/.well-known`, if there is something.
pub(crate) fn answer(path: &str, organization: &Organization<'_>) -> Option<Answer> {
    match path {
        "/.well-known/okta-organization" => Some(Answer::json(200, &okta_organization(organization))),
        "/.well-known/oauth-authorization-server" => {
            Some(Answer::json(200, &authorization_server(organization.org_url)))
        }
        _ => None,
    }
}

fn okta_organization(organization: &Organization<'_>) -> Value {
    let Organization { org, org_url, custom_domain, state } = organization;
    let mut links = json!({"organization": {"href": org_url}});
    if let Some(domain) = custom_domain {
        links["alternate"] = json!({"href": domain});
    }
    json!({
        "id": state.org_id.clone().unwrap_or_else(|| org.org_id()),
        "_links": links,
        "pipeline": if state.is_classic { "v1" } else { "idx" },
        "settings": {
            "analyticsCollectionEnabled": false, "bugReportingEnabled": true, "omEnabled": false,
            "pssoEnabled": false, "desktopMFAEnabled": false, "itpEnabled": !state.is_classic,
        },
    })
}

fn authorization_server(org_url: &str) -> Value {
    json!({
        "issuer": org_url,
        "token_endpoint": format!("{org_url}/oauth2/v1/token"),
        "authorization_endpoint": format!("{org_url}/oauth2/v1/authorize"),
        "jwks_uri": format!("{org_url}/oauth2/v1/keys"),
        "registration_endpoint": format!("{org_url}/oauth2/v1/clients"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "dpop_signing_alg_values_supported": ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
    })
}
