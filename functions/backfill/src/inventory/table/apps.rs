//! Applications, who has them, and their credentials.

use serde_json::Value;

use crate::inventory::entity::{Entity, Envelope, Guess, list, one};
use crate::inventory::table::fields::{is_service, text};
use crate::inventory::table::scopes::{APPS, CLIENT, LIMIT, SCHEMAS};

const ASSIGNMENT: &[&str] = &[
    "application.user_membership.",
    "application.lifecycle.",
    "group.application_assignment.",
    "group.user_membership.",
    "user.lifecycle.",
    "user.account.update_profile",
    "group.lifecycle.",
];
const APPLICATION: &[&str] = &["application.lifecycle.", "application.configuration.", "application.policy."];

/// Apps that somebody has, on average.
const APPS_EACH: u64 = 15;

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    list("app", "/api/v1/apps", APPS).query(&[("limit", "200"), ("includeNonDeleted", "true")]).redacted(&["credentials.password"]).event_types(APPLICATION).item("/api/v1/apps/{}").listed_for_plan(),
    list("app_group", "/api/v1/apps/{}/groups", APPS).of("app", has_people).query(LIMIT).touched().event_types(&["group.application_assignment.", "application.lifecycle."]).pair_events(&["group.application_assignment."]),
    list("app_user", "/api/v1/apps/{}/users", APPS).of("app", has_people).query(&[("limit", "500")]).touched().volatile(&["lastSync"]).redacted(&["credentials.password"]).event_types(ASSIGNMENT).join_through("app_group", "group").pair_events(&["application.user_membership."]).guess(Guess::Each("user", APPS_EACH)),
    list("app_grant", "/api/v1/apps/{}/grants", "okta.appGrants.read").of("app", is_oauth).event_types(CLIENT),
    list("app_client_secret", "/api/v1/apps/{}/credentials/secrets", APPS).of("app", has_client_secret).audited().redacted(&["client_secret", "secret_hash"]).event_types(CLIENT),
    list("app_jwk", "/api/v1/apps/{}/credentials/jwks", APPS).of("app", has_public_key).event_types(CLIENT).envelope(Envelope::In("jwks.keys")),
    list("app_key", "/api/v1/apps/{}/credentials/keys", APPS).of("app", is_federated).key(&["kid"]).additional().event_types(CLIENT),
    list("app_csr", "/api/v1/apps/{}/credentials/csrs", APPS).of("app", is_federated).additional(),
    list("app_token", "/api/v1/apps/{}/tokens", APPS).of("app", is_web_oauth).query(LIMIT).additional(),
    // An app's own list of features says neither whether it provisions nor whether it pushes groups.
    list("app_feature", "/api/v1/apps/{}/features", APPS).of("app", has_people).key(&["name"]),
    one("app_connection", "/api/v1/apps/{}/connections/default", APPS).of("app", has_people),
    list("app_connection_key", "/api/v1/apps/{}/connections/default/jwks", APPS).of("app", is_provisioned).envelope(Envelope::In("jwks.keys")).key(&["kid"]).additional(),
    list("group_push_mapping", "/api/v1/apps/{}/group-push/mappings", APPS).of("app", has_people).query(&[("limit", "1000")]),
    list("app_federated_claim", "/api/v1/apps/{}/federated-claims", APPS).of("app", is_federated).additional(),
    one("app_user_schema", "/api/v1/meta/schemas/apps/{}/default", SCHEMAS).of("app", has_people).additional(),
    list("app_cross_app_connection", "/api/v1/apps/{}/cwo/connections", APPS).of("app", is_oauth).additional(),
    list("app_interclient_allowed", "/api/v1/apps/{}/interclient-allowed-apps", "okta.apps.interclientTrust.read").of("app", is_oauth).additional().envelope(Envelope::Ids),
    list("app_interclient_target", "/api/v1/apps/{}/interclient-target-apps", "okta.apps.interclientTrust.read").of("app", is_oauth).additional().envelope(Envelope::Ids),
    one("first_party_app_setting", "/api/v1/first-party-app-settings/admin-console", APPS),
    list("profile_mapping", "/api/v1/mappings", "okta.profileMappings.read").query(LIMIT).item("/api/v1/mappings/{}"),
    one("profile_mapping_property", "/api/v1/mappings/{}", "okta.profileMappings.read").each("profile_mapping").additional(),
    list("oauth_client", "/oauth2/v1/clients", "okta.clients.read").query(LIMIT).key(&["client_id"]).redacted(&["client_secret"]).event_types(CLIENT),
];

fn has_people(app: &Value) -> bool {
    !is_service(app) && text(app, "/status") != "DELETED"
}

fn is_oauth(app: &Value) -> bool {
    text(app, "/signOnMode") == "OPENID_CONNECT"
}

fn is_web_oauth(app: &Value) -> bool {
    is_oauth(app) && !is_service(app)
}

fn method(app: &Value) -> &str {
    text(app, "/credentials/oauthClient/token_endpoint_auth_method")
}

fn has_client_secret(app: &Value) -> bool {
    is_oauth(app) && method(app).starts_with("client_secret")
}

fn has_public_key(app: &Value) -> bool {
    is_oauth(app) && method(app) == "private_key_jwt"
}

fn is_federated(app: &Value) -> bool {
    is_oauth(app) || text(app, "/signOnMode").starts_with("SAML")
}

fn has_feature(app: &Value, is_wanted: impl Fn(&str) -> bool) -> bool {
    app["features"].as_array().is_some_and(|features| features.iter().filter_map(Value::as_str).any(is_wanted))
}

fn is_provisioned(app: &Value) -> bool {
    has_feature(app, |feature| feature.contains("PUSH") || feature.contains("IMPORT"))
}
