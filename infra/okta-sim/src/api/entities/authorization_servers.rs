//! Authorization servers: scopes, claims, policies, keys, clients.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, linked, whole};
use crate::api::entities::app_credentials::signing_key;
use crate::api::error::ApiError;
use crate::org::apps::App;
use crate::random::mix;

/// Name and audience. The first is Okta's own default.
const SERVERS: &[(&str, &str)] = &[("default", "api://default"), ("Partner API", "https://api.acme.example")];

const PATH: &str = "/api/v1/authorizationServers";

/// `GET /api/v1/authorizationServers`.
pub(crate) fn list<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    linked(all(context), 200, 200)
}

/// `GET /api/v1/authorizationServers/{id}`.
pub(crate) fn get<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    found(context, all(context), "AuthorizationServer")
}

fn all(context: &EndpointContext<'_>) -> Vec<Value> {
    let server = |(number, (name, audience)): (u64, &(&str, &str))| {
        let id = context.org.single_id("aus", number);
        let link = |name: &str| context.href(&format!("{PATH}/{id}/{name}"));
        let mut server = context.object(
            "aus",
            number,
            PATH,
            json!({
                "name": name,
                "description": "For the org's own APIs",
                "audiences": [audience],
                "issuer": context.url(&format!("/oauth2/{}", if number == 0 { "default" } else { &id })),
                "issuerMode": "ORG_URL",
                "status": "ACTIVE",
                "credentials": {"signing": {
                    "kid": context.org.single_id("kid", number),
                    "rotationMode": context.pick("AUTO", "AUTO", "MANUAL"),
                    "lastRotated": context.days_ago(40),
                    "nextRotation": context.days_ago(-50),
                }},
            }),
        );
        for name in ["claims", "policies", "scopes"] {
            server["_links"][name] = link(name);
        }
        server
    };
    (0..).zip(SERVERS).map(server).collect()
}

/// `GET …/{id}/scopes`.
pub(crate) fn scopes<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let server = server(context)?;
    let scope = |(number, (name, is_system)): (u64, &(&str, bool))| {
        json!({
            "id": context.org.single_id("scp", server * 10 + number),
            "name": name,
            "displayName": null,
            "description": format!("The scope {name}"),
            "system": is_system,
            "default": false,
            "optional": false,
            "consent": context.pick("REQUIRED", "FLEXIBLE", "IMPLICIT"),
            "metadataPublish": "ALL_CLIENTS",
            "_links": {},
        })
    };
    let scopes = [
        ("openid", true),
        ("profile", true),
        ("offline_access", true),
        ("orders:read", false),
        ("orders:write", false),
    ];
    linked((0..).zip(&scopes).map(scope).collect(), 200, 200)
}

/// `GET …/{id}/claims`.
pub(crate) fn claims<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let server = server(context)?;
    let claim = |(number, (name, kind, value)): (u64, (&str, &str, &str))| {
        let mut claim = json!({
            "id": context.org.single_id("ocl", server * 10 + number),
            "name": name,
            "status": "ACTIVE",
            "claimType": "RESOURCE",
            "valueType": kind,
            "value": value,
            "conditions": {"scopes": []},
            "system": kind == "SYSTEM",
            "alwaysIncludeInToken": true,
            "_links": {},
        });
        if kind == "GROUPS" {
            claim["group_filter_type"] = "REGEX".into();
        }
        claim
    };
    let groups = context.pick("^api-.*", ".*", ".*");
    let claims = [
        ("sub", "SYSTEM", "(appuser != null) ? appuser.userName : app.clientId"),
        ("groups", "GROUPS", groups),
        ("department", "EXPRESSION", "user.department"),
    ];
    whole((0..).zip(claims).map(claim).collect())
}

/// `GET …/{id}/policies`.
pub(crate) fn policies<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let server = server(context)?;
    let clients = context.pick(json!([service_ids(context).first()]), json!(["ALL_CLIENTS"]), json!(["ALL_CLIENTS"]));
    whole(vec![context.object(
        "00p",
        500 + server,
        &format!("{PATH}/{}/policies", context.id(0)),
        json!({
            "type": "OAUTH_AUTHORIZATION_POLICY",
            "name": "Default Policy",
            "description": "Default policy of the server",
            "status": "ACTIVE",
            "priority": 1,
            "system": false,
            "conditions": {"clients": {"include": clients}},
        }),
    )])
}

/// `GET …/{id}/policies/{id}/rules`.
pub(crate) fn rules<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let server = server(context)?;
    if context.org.single_id("00p", 500 + server) != context.id(1) {
        return Err(context.not_found(1, "Policy"));
    }
    let list = format!("{PATH}/{}/policies/{}/rules", context.id(0), context.id(1));
    let grants = context.pick(
        json!(["authorization_code"]),
        json!(["authorization_code", "client_credentials"]),
        json!(["implicit", "password", "client_credentials"]),
    );
    whole(vec![context.object(
        "0pr",
        500 + server,
        &list,
        json!({
            "type": "RESOURCE_ACCESS",
            "name": "Default Policy Rule",
            "status": "ACTIVE",
            "priority": 1,
            "system": false,
            "conditions": {
                "people": {"users": {"include": [], "exclude": []}, "groups": {"include": ["EVERYONE"], "exclude": []}},
                "grantTypes": {"include": grants},
                "scopes": {"include": ["*"]},
            },
            "actions": {"token": {
                "accessTokenLifetimeMinutes": context.pick(60, 60, 1_440),
                "refreshTokenLifetimeMinutes": context.pick(10_080, 0, 0),
                "refreshTokenWindowMinutes": context.pick(1_440, 10_080, 2_628_000),
            }},
        }),
    )])
}

/// `GET …/{id}/credentials/keys`.
pub(crate) fn keys<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let server = server(context)?;
    let key = |(number, status): (u64, &str)| {
        let mut key = signing_key(context, server * 10 + number, 40);
        key["status"] = status.into();
        key
    };
    whole((0..).zip(["ACTIVE", "NEXT", "EXPIRED"]).map(key).collect())
}

/// `GET …/{id}/resourceservercredentials/keys`: none is encrypted for.
pub(crate) fn resource_keys<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    server(context)?;
    whole(Vec::new())
}

/// `GET …/{id}/clients`: those with tokens.
pub(crate) fn clients<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    server(context)?;
    let client = |app: &App| {
        let tokens = context.href(&format!("{PATH}/{}/clients/{}/tokens", context.id(0), app.id));
        json!({"client_id": app.id, "client_name": app.label, "client_uri": null, "logo_uri": null, "_links": {"tokens": tokens}})
    };
    whole(oidc_apps(context).map(client).collect())
}

/// `GET …/{id}/clients/{id}/tokens`.
pub(crate) fn client_tokens<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let server = server(context)?;
    let app = oidc_apps(context)
        .find(|app| app.id == context.id(1))
        .ok_or_else(|| context.not_found(1, "PublicClientApp"))?;
    let token = |number: usize| {
        let person = &context.org.people[number];
        json!({
            "id": crate::id::object("oar", mix(mix(app.key, person.key), server)),
            "status": "ACTIVE",
            "created": context.days_ago(2),
            "lastUpdated": context.days_ago(2),
            "expiresAt": context.days_ago(-5),
            "issuer": context.url("/oauth2/default"),
            "clientId": app.id,
            "userId": person.id,
            "scopes": ["offline_access", "openid"],
            "_links": {},
        })
    };
    linked((0..context.org.people.len().min(3)).map(token).collect(), 20, 200)
}

/// `GET …/{id}/associatedServers`: the others, one a page; the links lead to another path, as Okta's do.
pub(crate) fn associated<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    server(context)?;
    whole(Vec::new())
}

fn server(context: &EndpointContext<'_>) -> Result<u64, ApiError> {
    let is_it = |number: &u64| {
        context.org.single_id("aus", *number) == context.id(0) || (*number == 0 && context.id(0) == "default")
    };
    (0..SERVERS.len() as u64).find(is_it).ok_or_else(|| context.not_found(0, "AuthorizationServer"))
}

fn oidc_apps<'a>(context: &'a EndpointContext<'_>) -> impl Iterator<Item = &'a App> {
    context.org.oidc_apps.iter().map(|position| context.org.app(*position)).filter(|app| app.born_ms <= context.now_ms)
}

fn service_ids(context: &EndpointContext<'_>) -> Vec<String> {
    context.org.service_apps.iter().map(|position| context.org.app(*position).id.clone()).collect()
}
