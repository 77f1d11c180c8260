//! Identities that are no people: API tokens, service integrations, service accounts, agents of AI.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, whole};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::org::directory::{TokenState, token_name};
use crate::time::{DAY_MS, iso};

/// `GET /api/v1/api-tokens`.
pub(crate) fn tokens<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let token = |token: &TokenState| {
        let id = context.org.single_id("00T", u64::from(token.number));
        json!({
            "name": token_name(u64::from(token.number)),
            "userId": context.org.people[token.owner as usize].id,
            "tokenWindow": "P30D",
            "network": network(context, token.number),
            "expiresAt": iso(context.now_ms + 30 * DAY_MS),
            "created": iso(token.created_ms),
            "lastUpdated": iso(token.created_ms),
            "clientName": "Okta API",
            "_link": context.itself(&format!("/api/v1/api-tokens/{id}")),
            "id": id,
        })
    };
    whole(context.directory.tokens.iter().map(token).collect())
}

/// In a good org, every token is for some networks only.
fn network(context: &EndpointContext<'_>, number: u32) -> Value {
    let is_restricted = context.pick(true, number.is_multiple_of(2), false);
    if is_restricted {
        json!({"connection": "ZONE", "include": [context.org.zone_id(1)]})
    } else {
        json!({"connection": "ANYWHERE"})
    }
}

/// Name and scopes of API service integrations.
const INTEGRATIONS: &[(&str, &[&str])] = &[
    ("okta-lake", &["okta.logs.read", "okta.users.read"]),
    ("Anomaly Watch", &["okta.logs.read", "okta.users.manage"]),
];

/// `GET /integrations/api/v1/api-services`.
pub(crate) fn integrations<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let integration = |(number, (name, scopes)): (u64, &(&str, &[&str]))| {
        let id = context.org.single_id("0oa", 700 + number);
        json!({
            "id": id,
            "type": format!("{}app", name.to_lowercase().replace([' ', '-'], "")),
            "name": name,
            "createdAt": context.long_ago(),
            "createdBy": context.org.admins()[0].id,
            "configGuideUrl": "https://docs.example/guide",
            "grantedScopes": scopes,
            "_links": {
                "self": context.href(&format!("/integrations/api/v1/api-services/{id}")),
                "client": context.href(&format!("/oauth2/v1/clients/{id}")),
            },
        })
    };
    linked((0..).zip(INTEGRATIONS).map(integration).collect(), 200, 200)
}

/// `GET /integrations/api/v1/api-services/{id}/credentials/secrets`.
pub(crate) fn integration_secrets<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let is_it = |number: &u64| context.org.single_id("0oa", 700 + number) == context.id(0);
    let number =
        (0..INTEGRATIONS.len() as u64).find(is_it).ok_or_else(|| context.not_found(0, "ApiServiceIntegration"))?;
    whole(vec![json!({
        "id": context.org.single_id("ocs", 700 + number),
        "status": "ACTIVE",
        "created": context.days_ago(context.pick(60, 400, 1_500)),
        "lastUpdated": context.days_ago(context.pick(60, 400, 1_500)),
        "client_secret": "***PLANTED-integration-secret",
        "secret_hash": crate::id::hex(number, 22),
        "_links": {},
    })])
}

/// `GET /privileged-access/api/v1/service-accounts`: shared accounts in apps.
pub(crate) fn service_accounts<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let app = context.org.first_app();
    linked(
        vec![json!({
            "id": context.org.single_id("svc", 0),
            "name": "salesforce integration",
            "username": "integration@acme.example",
            "description": "Nightly export",
            "containerOrn": format!("orn:okta:idp:{}:apps:{}:{}", context.org_id(), app.kind.name, app.id),
            "containerGlobalName": app.kind.name,
            "containerInstanceName": app.label,
            "ownerUserIds": [context.org.admins()[0].id],
            "ownerGroupIds": [],
            "status": context.pick("NO_ISSUES", "NO_ISSUES", "UNSECURED"),
            "statusDetail": context.pick("ROTATED", "VAULTED", "UNMANAGED"),
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
        })],
        20,
        200,
    )
}

/// `GET /privileged-access/api/v1/okta-service-accounts`: users of Okta that nobody is.
pub(crate) fn okta_service_accounts<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let admin = &context.org.admins()[1];
    linked(
        vec![json!({
            "id": context.org.single_id("osa", 0),
            "name": "break glass",
            "username": "breakglass@acme.example",
            "email": "breakglass@acme.example",
            "oktaUserId": admin.id,
            "description": "Only when all else fails",
            "ownerUserIds": [admin.id],
            "ownerGroupIds": [],
            "status": "NO_ISSUES",
            "statusDetail": "VAULTED",
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
        })],
        20,
        200,
    )
}

/// `GET /workload-principals/api/v1/ai-agents`.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn ai_agents<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let owners = context.pick(json!([context.org.admins()[0].id]), json!([context.org.admins()[0].id]), json!([]));
    let agent = |(number, name): (u64, &str)| {
        json!({
            "id": context.org.single_id("wlp", number),
            "status": "ACTIVE",
            "profile": {"name": name, "description": format!("{name}, an agent")},
            "owners": owners,
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
        })
    };
    let agents = (0..).zip(["Travel assistant", "Ticket triage"]).map(agent).collect();
    Ok(Served::Listing(Listing::of(agents), Paging::Body("data", 100)))
}
