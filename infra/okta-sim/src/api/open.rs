//! What anybody may read: the org's description of itself.

use serde_json::json;

use crate::api::answer::Answer;
use crate::api::desk::Switches;
use crate::org::Org;

/// The answer to a path below `/.well-known`, if there is something.
pub(crate) fn answer(path: &str, org: &Org, org_url: &str, switches: &Switches) -> Option<Answer> {
    match path {
        "/.well-known/okta-organization" => Some(Answer::json(
            200,
            &json!({
                "id": org.single_id("00o", 0),
                "_links": {"organization": {"href": org_url}, "alternate": {"href": org_url}},
                "pipeline": if switches.is_classic { "v1" } else { "idx" },
                "settings": {"analyticsCollectionEnabled": false, "bugReportingEnabled": true, "omEnabled": false, "pssoEnabled": false, "desktopMFAEnabled": false, "itpEnabled": true},
            }),
        )),
        "/.well-known/oauth-authorization-server" => Some(Answer::json(
            200,
            &json!({
                "issuer": org_url,
                "token_endpoint": format!("{org_url}/oauth2/v1/token"),
                "authorization_endpoint": format!("{org_url}/oauth2/v1/authorize"),
                "jwks_uri": format!("{org_url}/oauth2/v1/keys"),
                "registration_endpoint": format!("{org_url}/oauth2/v1/clients"),
                "response_types_supported": ["code"],
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
                "dpop_signing_alg_values_supported": ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
            }),
        )),
        _ => None,
    }
}
