//! What an app and Okta do for each other: provisioning, group push, claims, trust between apps, mappings.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, one, whole};
use crate::api::entities::app_credentials::signing_key;
use crate::api::entities::{apps, fixed_apps};
use crate::api::error::ApiError;
use crate::org::apps::{App, SignOn};
use crate::random::mix;

/// `GET /api/v1/apps/{id}/features`: 400 where there is no provisioning, as Okta answers.
pub(crate) fn features<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let app = apps::named(context)?
        .filter(|app| is_provisioned(app))
        .ok_or_else(|| ApiError::Validation("feature".to_owned(), "Provisioning is not supported.".to_owned()))?;
    let feature = |name: &str, status: &str| {
        json!({
            "name": name, "status": status, "description": format!("{name} of {}", app.label), "capabilities": {},
            "_links": context.itself(&format!("/api/v1/apps/{}/features/{name}", app.id)),
        })
    };
    let is_source = app.is(SignOn::ActiveDirectory);
    let enabled = |is_enabled| if is_enabled { "ENABLED" } else { "DISABLED" };
    whole(vec![
        feature("USER_PROVISIONING", enabled(app.kind.provisions)),
        feature("INBOUND_PROVISIONING", enabled(is_source)),
    ])
}

/// `GET /api/v1/apps/{id}/connections/default`: 200 also where there is no provisioning.
pub(crate) fn connection<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some(app) = apps::named(context)?.filter(|app| app.kind.provisions) else {
        return one(json!({"status": "UNKNOWN", "profile": {"authScheme": "UNKNOWN"}}));
    };
    let scheme = if app.key.is_multiple_of(3) { "OAUTH2" } else { "TOKEN" };
    one(json!({
        "status": "ENABLED",
        "authScheme": scheme,
        "baseUrl": format!("https://{}.example/scim/v2", app.kind.name),
        "profile": {"authScheme": scheme, "signing": {"rotationMode": "MANUAL"}},
        "_links": context.itself(&format!("/api/v1/apps/{}/connections/default", app.id)),
    }))
}

/// `GET /api/v1/apps/{id}/connections/default/jwks`.
pub(crate) fn connection_keys<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let app = apps::named(context)?.filter(|app| app.kind.provisions && app.key.is_multiple_of(3));
    let keys: Vec<Value> = app.map(|app| signing_key(context, app.key ^ 3, 120)).into_iter().collect();
    one(json!({"jwks": {"keys": keys}}))
}

/// `GET /api/v1/apps/{id}/group-push/mappings`: also of an app whose `features` say nothing of it.
pub(crate) fn push_mappings<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let pushes = |app: &&App| app.kind.provisions || app.is(SignOn::ActiveDirectory);
    let Some(app) = apps::named(context)?.filter(pushes) else { return linked(Vec::new(), 1_000, 1_000) };
    let groups = context.org.groups.iter().skip(1).take(40).filter(|group| mix(group.key, app.key).is_multiple_of(6));
    let mapping = |group: &crate::org::groups::Group| {
        let id = crate::id::object("gPm", mix(group.key, app.key));
        json!({
            "id": id,
            "sourceGroupId": group.id,
            "targetGroupId": crate::id::object("00g", mix(app.key, group.key)),
            "status": if group.key.is_multiple_of(9) { "ERROR" } else { "ACTIVE" },
            "errorSummary": group.key.is_multiple_of(9).then_some("The group does not exist in the app any more"),
            "lastPush": "2026-01-02T03:04:05Z",
            "created": "2026-01-02T03:04:05Z",
            "lastUpdated": "2026-01-02T03:04:05Z",
            "_links": context.itself(&format!("/api/v1/apps/{}/group-push/mappings/{id}", app.id)),
        })
    };
    linked(groups.map(mapping).collect(), 1_000, 1_000)
}

/// `GET /api/v1/apps/{id}/federated-claims`.
pub(crate) fn federated_claims<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some(app) = apps::named(context)?.filter(|app| app.is(SignOn::Saml)) else { return whole(Vec::new()) };
    let id = context.org.single_id("ofc", app.key);
    whole(vec![json!({
        "id": id, "name": "department", "expression": "user.profile.department",
        "created": context.long_ago(), "lastUpdated": context.long_ago(),
    })])
}

/// `GET /api/v1/apps/{id}/cwo/connections`: cross-app access.
pub(crate) fn cross_app_connections<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let Some((app, other)) = trusted_pair(context)? else { return linked(Vec::new(), 50, 200) };
    linked(
        vec![json!({
            "id": context.org.single_id("cwo", app.key),
            "requestingAppInstanceId": app.id,
            "resourceAppInstanceId": other.id,
            "status": "ACTIVE",
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
        })],
        50,
        200,
    )
}

/// `GET /api/v1/apps/{id}/interclient-allowed-apps` and `interclient-target-apps`: ids, not objects.
pub(crate) fn interclient<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let other = trusted_pair(context)?.map(|(_, other)| json!(other.id));
    linked(other.into_iter().collect(), 50, 200)
}

/// An OIDC app and the one that trusts it: the first of the org's.
fn trusted_pair<'a>(context: &'a EndpointContext<'_>) -> Result<Option<(&'a App, &'a App)>, ApiError> {
    let app = apps::named(context)?.filter(|app| app.is(SignOn::Oidc));
    let first = context.org.oidc_apps.first().map(|position| context.org.app(*position));
    Ok(app.zip(first).filter(|(app, first)| app.id != first.id))
}

/// `GET /api/v1/apps/{id}/sso/saml/metadata`.
pub(crate) fn saml_metadata<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let app = apps::named(context)?.filter(|app| app.is(SignOn::Saml));
    let app = app.ok_or_else(|| context.not_found(0, "AppInstance"))?;
    Ok(Served::Text(
        "text/xml",
        metadata(&format!("http://www.okta.com/{}", app.id.replacen("0oa", "exk", 1)), app.key),
    ))
}

/// SAML metadata with a certificate.
pub(crate) fn metadata(entity: &str, key: u64) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><md:EntityDescriptor entityID=\"{entity}\" \
         xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"><md:IDPSSODescriptor WantAuthnRequestsSigned=\"false\" \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><md:KeyDescriptor use=\"signing\">\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>{}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor></md:IDPSSODescriptor></md:EntityDescriptor>",
        crate::id::hex(key, 400),
    )
}

/// `GET /api/v1/first-party-app-settings/{name}`.
pub(crate) fn first_party_setting<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    if context.id(0) != "admin-console" {
        return Err(context.not_found(0, "FirstPartyAppSetting"));
    }
    one(json!({
        "sessionIdleTimeoutMinutes": context.pick(15, 15, 120),
        "sessionMaxLifetimeMinutes": context.pick(720, 720, 1_440),
    }))
}

/// `GET /api/v1/mappings`: between each app with accounts and the user type. A list says nothing of the properties.
pub(crate) fn mappings<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    linked(all_mappings(context).into_iter().map(|(mapping, _)| mapping).collect(), 20, 200)
}

/// `GET /api/v1/mappings/{id}`: with its properties.
pub(crate) fn mapping<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let found = all_mappings(context).into_iter().find(|(mapping, _)| mapping["id"] == context.id(0));
    let (mut mapping, is_source) = found.ok_or_else(|| context.not_found(0, "ProfileMapping"))?;
    let property = |expression: &str| json!({"expression": expression, "pushStatus": "PUSH"});
    mapping["properties"] = if is_source {
        json!({"firstName": property("appuser.firstName"), "login": property("appuser.email")})
    } else {
        json!({"email": property("user.email"), "displayName": property("user.displayName")})
    };
    one(mapping)
}

/// Each mapping, and whether the app is its source.
fn all_mappings(context: &EndpointContext<'_>) -> Vec<(Value, bool)> {
    let user_type = json!({"id": context.org.single_id("oty", 0), "name": "user", "type": "user"});
    let with_accounts = context.org.apps.iter().filter(|app| is_provisioned(app) && app.born_ms <= context.now_ms);
    let mapping = |app: &App| {
        let is_source = app.is(SignOn::ActiveDirectory);
        let instance = json!({"id": app.id, "name": app.kind.name, "type": "appuser"});
        let (source, target) = if is_source { (instance, user_type.clone()) } else { (user_type.clone(), instance) };
        let id = context.org.single_id("prm", app.key);
        let links = context.itself(&format!("/api/v1/mappings/{id}"));
        (json!({"id": id, "source": source, "target": target, "_links": links}), is_source)
    };
    with_accounts.map(mapping).collect()
}

fn is_provisioned(app: &App) -> bool {
    app.kind.provisions || app.is(SignOn::ActiveDirectory)
}

/// `GET /api/v1/meta/schemas/apps/{id}/default`.
pub(crate) fn user_schema<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let label = match apps::named(context)? {
        Some(app) => app.label.clone(),
        None => fixed_apps::number(context, context.id(0)).map(|_| "Okta".to_owned()).unwrap_or_default(),
    };
    let id = context.url(&format!("/meta/schemas/apps/{}/default", context.id(0)));
    one(crate::api::entities::schemas::schema(
        &id,
        &format!("{label} User"),
        &[("userName", "Username"), ("email", "Email")],
    ))
}
