//! Who is trusted to say who somebody is, and who is told: identity providers, authorization servers, directory agents.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, linked, whole};
use crate::api::error::ApiError;
use crate::time::{DAY_MS, iso};

/// `GET /api/v1/idps`.
pub(crate) fn idps<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    linked(all_idps(context), 20, 200)
}

/// `GET /api/v1/idps/{id}`.
pub(crate) fn idp<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    found(context, all_idps(context), "IdentityProvider")
}

/// The first is the one that people in the log sign in through.
fn all_idps(context: &EndpointContext<'_>) -> Vec<Value> {
    vec![
        idp_object(context, 0, "Partner Directory", "SAML2", &saml(context)),
        idp_object(context, 1, "Contractors", "OIDC", &oidc()),
    ]
}

fn idp_object(context: &EndpointContext<'_>, number: u64, name: &str, kind: &str, protocol: &Value) -> Value {
    let id = context.org.single_id("0oi", number);
    let path = format!("/api/v1/idps/{id}");
    let updated = if number == 0 { iso(context.directory.idp_updated_ms) } else { context.long_ago() };
    json!({
        "id": id,
        "type": kind,
        "name": name,
        "status": "ACTIVE",
        "issuerMode": "DYNAMIC",
        "created": context.long_ago(),
        "lastUpdated": updated,
        "protocol": protocol,
        "policy": {
            "provisioning": {
                "action": "AUTO", "profileMaster": false, "groups": {"action": "NONE"},
                "conditions": {"deprovisioned": {"action": "NONE"}, "suspended": {"action": "NONE"}},
            },
            "accountLink": {"filter": null, "action": "AUTO"},
            "subject": {
                "userNameTemplate": {"template": "idpuser.email"}, "filter": "", "matchType": "USERNAME",
            },
            "maxClockSkew": 120_000,
        },
        "_links": {"self": context.href(&path), "users": context.href(&format!("{path}/users"))},
    })
}

fn saml(context: &EndpointContext<'_>) -> Value {
    json!({
        "type": "SAML2",
        "endpoints": {
            "sso": {"url": "https://idp.partner.example/sso", "binding": "HTTP-POST", "destination": "https://idp.partner.example"},
            "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
        },
        "algorithms": {
            "request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}},
            "response": {"signature": {"algorithm": "SHA-256", "scope": "ANY"}},
        },
        "settings": {"nameFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "honorPersistentNameId": true},
        "credentials": {
            "trust": {
                "issuer": "https://idp.partner.example", "audience": context.org_url, "kid": context.org.single_id("kid", 1),
            },
            "signing": {"kid": context.org.single_id("kid", 2)},
        },
    })
}

/// With the client secret in plain text: so Okta sends it.
fn oidc() -> Value {
    let at = |path: &str, binding: &str| json!({"url": format!("https://login.contractors.example{path}"), "binding": binding});
    json!({
        "type": "OIDC",
        "endpoints": {
            "authorization": at("/authorize", "HTTP-REDIRECT"),
            "token": at("/token", "HTTP-POST"),
            "userInfo": at("/userinfo", "HTTP-REDIRECT"),
            "jwks": at("/keys", "HTTP-REDIRECT"),
        },
        "scopes": ["openid", "profile", "email"],
        "issuer": {"url": "https://login.contractors.example"},
        "credentials": {"client": {"client_id": "acme", "client_secret": "PLANTED-idp-client-secret"}},
    })
}

/// `GET /api/v1/authorizationServers`.
pub(crate) fn authorization_servers<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("aus", 0);
    let path = format!("/api/v1/authorizationServers/{id}");
    let link = |name: &str| context.href(&format!("{path}/{name}"));
    let server = json!({
        "id": id,
        "name": "default",
        "description": "For the org's own APIs",
        "audiences": ["api://default"],
        "issuer": context.url("/oauth2/default"),
        "issuerMode": "ORG_URL",
        "status": "ACTIVE",
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "credentials": {"signing": {
            "kid": context.org.single_id("kid", 0),
            "rotationMode": "AUTO",
            "lastRotated": iso(context.now_ms - 40 * DAY_MS),
            "nextRotation": iso(context.now_ms + 50 * DAY_MS),
        }},
        "_links": {
            "self": context.href(&path), "claims": link("claims"), "policies": link("policies"), "scopes": link("scopes"),
            "deactivate": link("lifecycle/deactivate"), "rotateKey": link("credentials/lifecycle/keyRotate"),
        },
    });
    linked(vec![server], 200, 200)
}

/// `GET /api/v1/agentPools`: the agent of the Active Directory.
pub(crate) fn agent_pools<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let pool = context.org.single_id("0oa", 78);
    whole(vec![json!({
        "id": pool,
        "name": "corp.acme.example",
        "type": "AD",
        "operationalStatus": "OPERATIONAL",
        "disruptedAgents": 0,
        "inactiveAgents": 0,
        "agents": [{
            "id": context.org.single_id("a53", 0),
            "name": "dc01.corp.acme.example",
            "type": "AD",
            "poolId": pool,
            "operationalStatus": "OPERATIONAL",
            "updateStatus": "Success",
            "version": "3.22.0",
            "isHidden": false,
            "isLatestGAedVersion": true,
            "lastConnection": context.now_ms - 20_000,
        }],
    })])
}
