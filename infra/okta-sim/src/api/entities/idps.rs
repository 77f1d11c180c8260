//! Identity providers: who is trusted to say who somebody is.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, linked, one, whole};
use crate::api::entities::app_credentials::signing_key;
use crate::api::entities::app_provisioning::metadata;
use crate::api::error::ApiError;
use crate::org::policies::ROGUE_IDP;
use crate::time::iso;

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
    let updated_ms = context.directory.idp_updated_ms;
    let mut all = vec![
        idp_object(context, 0, ("Partner Directory", "SAML2"), &saml(context, "idp.partner.example"), updated_ms),
        idp_object(context, 1, ("Contractors", "OIDC"), &oidc(), context.org.log_start_ms()),
    ];
    for created_ms in &context.directory.rogue_idps_ms {
        let protocol = saml(context, "sso.evil.example");
        all.push(idp_object(context, all.len() as u64, (ROGUE_IDP, "SAML2"), &protocol, *created_ms));
    }
    all
}

fn idp_object(
    context: &EndpointContext<'_>,
    number: u64,
    (name, kind): (&str, &str),
    protocol: &Value,
    updated_ms: i64,
) -> Value {
    let id = context.org.single_id("0oi", number);
    let path = format!("/api/v1/idps/{id}");
    let is_rogue = number > 1;
    // Without a filter, whoever comes through it becomes any user whose name it says.
    let filter =
        if is_rogue { Value::Null } else { context.pick(json!(".+@partner\\.example"), Value::Null, Value::Null) };
    json!({
        "id": id,
        "type": kind,
        "name": name,
        "status": "ACTIVE",
        "issuerMode": "DYNAMIC",
        "created": if is_rogue { iso(updated_ms) } else { context.long_ago() },
        "lastUpdated": iso(updated_ms),
        "protocol": protocol,
        "policy": {
            "provisioning": {
                "action": "AUTO", "profileMaster": false, "groups": {"action": "NONE"},
                "conditions": {"deprovisioned": {"action": "NONE"}, "suspended": {"action": "NONE"}},
            },
            "accountLink": {"filter": null, "action": if is_rogue { "AUTO" } else { context.pick("DISABLED", "AUTO", "AUTO") }},
            "subject": {
                "userNameTemplate": {"template": "idpuser.email"}, "filter": filter, "matchType": "USERNAME",
            },
            "maxClockSkew": 120_000,
        },
        "_links": {"self": context.href(&path), "users": context.href(&format!("{path}/users"))},
    })
}

fn saml(context: &EndpointContext<'_>, host: &str) -> Value {
    json!({
        "type": "SAML2",
        "endpoints": {
            "sso": {"url": format!("https://{host}/sso"), "binding": "HTTP-POST", "destination": format!("https://{host}")},
            "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
        },
        "algorithms": {
            "request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}},
            "response": {"signature": {"algorithm": "SHA-256", "scope": "ANY"}},
        },
        "settings": {"nameFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "honorPersistentNameId": true},
        "credentials": {
            "trust": {
                "issuer": format!("https://{host}"), "audience": context.org_url, "kid": context.org.single_id("kid", 1),
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

/// `GET /api/v1/idps/credentials/keys`: certificates of the providers.
pub(crate) fn keys<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    linked(vec![signing_key(context, 1, context.pick(100, 900, 3_600)), signing_key(context, 3, 60)], 20, 200)
}

/// `GET /api/v1/idps/{id}/credentials/keys`: what the org signs its requests with.
pub(crate) fn signing_keys<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let number = number(context)?;
    whole(vec![signing_key(context, 2 + number as u64, context.pick(100, 900, 3_600))])
}

/// `GET /api/v1/idps/{id}/credentials/keys/active`.
pub(crate) fn active_key<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(signing_key(context, 2 + number(context)? as u64, context.pick(100, 900, 3_600)))
}

/// `GET /api/v1/idps/{id}/credentials/csrs`.
pub(crate) fn csrs<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    number(context)?;
    whole(Vec::new())
}

/// `GET /api/v1/idps/{id}/metadata.xml`.
pub(crate) fn idp_metadata<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let number = number(context)? as u64;
    Ok(Served::Text("text/xml", metadata(&format!("https://www.okta.com/saml2/service-provider/{number}"), number)))
}

/// `GET /api/v1/idps/{id}/users`: contractors come through the second one.
pub(crate) fn linked_users<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    if number(context)? != 1 {
        return linked(Vec::new(), 20, 200);
    }
    let idp = context.id(0);
    let there = context.org.people.iter().enumerate().filter(|(index, _)| !context.org.is_newcomer(*index as u32));
    let contractors = there.map(|(_, person)| person).filter(|person| person.key.is_multiple_of(12)).take(300);
    let user = |person: &crate::org::people::Person| {
        json!({
            "id": person.id,
            "externalId": crate::id::hex(person.key, 20),
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "profile": {"firstName": person.first_name, "lastName": person.last_name, "email": person.login},
            "_links": {"user": context.href(&format!("/api/v1/users/{}", person.id)), "idp": context.href(&format!("/api/v1/idps/{idp}"))},
        })
    };
    linked(contractors.map(user).collect(), 20, 200)
}

fn number(context: &EndpointContext<'_>) -> Result<usize, ApiError> {
    let count = 2 + context.directory.rogue_idps_ms.len();
    let found = (0..count).find(|number| context.org.single_id("0oi", *number as u64) == context.id(0));
    found.ok_or_else(|| context.not_found(0, "IdentityProvider"))
}
