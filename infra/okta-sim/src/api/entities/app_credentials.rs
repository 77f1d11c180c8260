//! Keys, secrets, grants and tokens of apps.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, whole};
use crate::api::entities::apps;
use crate::api::error::ApiError;
use crate::org::apps::{App, SignOn};
use crate::random::mix;

/// `GET /api/v1/apps/{id}/grants`: the scopes of a service app.
pub(crate) fn grants<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some(app) = apps::named(context)?.filter(|app| app.is(SignOn::Service)) else { return whole(Vec::new()) };
    let grant = |(number, scope): (u64, &str)| {
        let id = crate::id::object("oag", mix(app.key, number));
        json!({
            "id": id,
            "status": "ACTIVE",
            "created": context.long_ago(),
            "createdBy": {"id": context.org.admins()[0].id, "type": "User"},
            "lastUpdated": context.long_ago(),
            "issuer": context.org_url,
            "clientId": app.id,
            "scopeId": scope,
            "source": "ADMIN",
            "_links": context.itself(&format!("/api/v1/apps/{}/grants/{id}", app.id)),
        })
    };
    let scopes: &[&str] = context.pick(
        &["okta.logs.read", "okta.users.read"],
        &["okta.logs.read", "okta.users.read", "okta.groups.manage"],
        &["okta.logs.read", "okta.users.manage", "okta.apps.manage", "okta.roles.manage", "okta.policies.manage"],
    );
    whole((0..).zip(scopes.iter().copied()).map(grant).collect())
}

/// `GET /api/v1/apps/{id}/credentials/secrets`: in clear text, as Okta sends them.
pub(crate) fn secrets<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some(app) = apps::named(context)?.filter(|app| app.is(SignOn::Oidc)) else { return whole(Vec::new()) };
    let secret = |number: u64| {
        let id = crate::id::object("ocs", mix(app.key, number));
        json!({
            "id": id,
            "status": if number == 0 { "ACTIVE" } else { "INACTIVE" },
            "created": context.days_ago(age(context, app)),
            "lastUpdated": context.days_ago(age(context, app)),
            "client_secret": format!("PLANTED-client-secret-{number}"),
            "secret_hash": crate::id::hex(mix(app.key, number), 22),
            "_links": context.itself(&format!("/api/v1/apps/{}/credentials/secrets/{id}", app.id)),
        })
    };
    whole((0..2).map(secret).collect())
}

/// `GET /api/v1/apps/{id}/credentials/jwks`: the public keys of service apps.
pub(crate) fn jwks<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some(app) = apps::named(context)?.filter(|app| app.is(SignOn::Service)) else { return whole(Vec::new()) };
    let key = |number: u64| {
        let id = crate::id::object("pks", mix(app.key, number));
        json!({
            "id": id,
            "kid": crate::id::hex(mix(app.key, number), 20),
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "e": "AQAB",
            "n": crate::id::hex(mix(app.key, number + 9), 342),
            "status": if number == 0 { "ACTIVE" } else { "INACTIVE" },
            "created": context.days_ago(age(context, app)),
            "lastUpdated": context.days_ago(age(context, app)),
            "_links": context.itself(&format!("/api/v1/apps/{}/credentials/jwks/{id}", app.id)),
        })
    };
    whole((0..2).map(key).collect())
}

/// `GET /api/v1/apps/{id}/credentials/keys`: the certificates of federated apps. The oldest expires soon.
pub(crate) fn keys<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some(app) = apps::named(context)?.filter(|app| has_certificates(app)) else { return whole(Vec::new()) };
    whole(vec![signing_key(context, app.key, age(context, app))])
}

/// A signing key with a certificate of ten years.
pub(crate) fn signing_key(context: &EndpointContext<'_>, key: u64, age_days: i64) -> Value {
    json!({
        "kid": context.org.single_id("kid", key),
        "kty": "RSA",
        "use": "sig",
        "e": "AQAB",
        "n": crate::id::hex(key, 342),
        "x5c": [crate::id::hex(key ^ 5, 800)],
        "x5t#S256": crate::id::hex(key ^ 6, 43),
        "created": context.days_ago(age_days),
        "lastUpdated": context.days_ago(age_days),
        "expiresAt": context.days_ago(age_days - 3_650),
    })
}

/// `GET /api/v1/apps/{id}/credentials/csrs`: one that nobody has signed.
pub(crate) fn csrs<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let has_one = |app: &&App| app.is(SignOn::Saml) && app.key.is_multiple_of(7);
    let Some(app) = apps::named(context)?.filter(has_one) else { return whole(Vec::new()) };
    let id = context.org.single_id("csr", app.key);
    whole(vec![json!({
        "id": id, "created": context.long_ago(), "kty": "RSA", "csr": crate::id::hex(app.key, 400),
        "_links": context.itself(&format!("/api/v1/apps/{}/credentials/csrs/{id}", app.id)),
    })])
}

/// `GET /api/v1/apps/{id}/tokens`: refresh tokens of people.
pub(crate) fn tokens<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some(app) = apps::named(context)?.filter(|app| app.is(SignOn::Oidc)) else {
        return linked(Vec::new(), 20, 200);
    };
    let token = |number: usize| {
        let person = &context.org.people[number];
        let id = crate::id::object("oar", mix(app.key, person.key));
        json!({
            "id": id,
            "status": "ACTIVE",
            "created": context.days_ago(2),
            "lastUpdated": context.days_ago(2),
            "expiresAt": context.days_ago(-5),
            "issuer": context.url("/oauth2/default"),
            "clientId": app.id,
            "userId": person.id,
            "scopes": ["offline_access", "openid"],
            "_links": context.itself(&format!("/api/v1/apps/{}/tokens/{id}", app.id)),
        })
    };
    linked((0..context.org.people.len().min(25)).map(token).collect(), 20, 200)
}

/// `GET /oauth2/v1/clients`: every OAuth app, as a client.
pub(crate) fn oauth_clients<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let is_client = |app: &&App| app.kind.sign_on.mode() == "OPENID_CONNECT" && app.born_ms <= context.now_ms;
    let client = |app: &App| {
        let is_service = app.is(SignOn::Service);
        json!({
            "client_id": app.id,
            "client_id_issued_at": 1_700_000_000,
            "client_name": app.label,
            "client_secret_expires_at": 0,
            "client_secret": if is_service { Value::Null } else { json!("PLANTED-client-secret-0") },
            "client_uri": null,
            "logo_uri": null,
            "redirect_uris": if is_service { json!([]) } else { json!(["https://portal.acme.example/callback"]) },
            "response_types": if is_service { json!(["token"]) } else { json!(["code"]) },
            "grant_types": if is_service { json!(["client_credentials"]) } else { json!(["authorization_code", "refresh_token"]) },
            "application_type": if is_service { "service" } else { "web" },
            "token_endpoint_auth_method": if is_service { "private_key_jwt" } else { "client_secret_basic" },
        })
    };
    linked(context.org.apps.iter().filter(is_client).map(client).collect(), 50, 200)
}

/// Apps that sign with a certificate: SAML, WS-Federation, OIDC.
fn has_certificates(app: &App) -> bool {
    !matches!(app.kind.sign_on, SignOn::ActiveDirectory | SignOn::Bookmark | SignOn::Swa)
}

/// How old an app's credentials are, in days.
fn age(context: &EndpointContext<'_>, app: &App) -> i64 {
    (app.key % context.pick(80, 700, 3_600)).cast_signed() + 1
}
