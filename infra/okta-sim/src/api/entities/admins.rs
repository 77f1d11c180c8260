//! Who may do what: admin roles, resource sets, API tokens, granted scopes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, one, whole};
use crate::api::entities::{apps, groups, users};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::org::apps::SignOn;
use crate::org::directory::{ROLES, TokenState, token_name};
use crate::random::mix;
use crate::time::{DAY_MS, iso};

/// `GET /api/v1/iam/roles`: the custom ones.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn roles<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    Ok(Served::Listing(Listing::of(all_roles(context)), Paging::Body("roles", 100)))
}

/// `GET /api/v1/iam/roles/{id}`.
pub(crate) fn role<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    found(context, all_roles(context), "CustomRole")
}

fn all_roles(context: &EndpointContext<'_>) -> Vec<Value> {
    let role = |(number, name): (u64, &str)| {
        let id = context.org.single_id("cr0", number);
        let path = format!("/api/v1/iam/roles/{id}");
        json!({
            "id": id,
            "label": name,
            "description": format!("{name}, a custom role"),
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "_links": {"self": context.href(&path), "permissions": context.href(&format!("{path}/permissions"))},
        })
    };
    (0..).zip(["Help desk of Berlin", "okta-lake reader"]).map(role).collect()
}

/// `GET /api/v1/iam/roles/{id}/permissions`.
pub(crate) fn permissions<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    role(context)?;
    let permission = |label: &str| {
        let path = format!("/api/v1/iam/roles/{}/permissions/{label}", context.id(0));
        json!({
            "label": label, "conditions": null, "created": context.long_ago(), "lastUpdated": context.long_ago(),
            "_links": context.itself(&path),
        })
    };
    let permissions = ["okta.iam.read", "okta.users.read"].map(permission);
    one(json!({"permissions": permissions}))
}

/// `GET /api/v1/iam/resource-sets`.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn resource_sets<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("iam", 1);
    let path = format!("/api/v1/iam/resource-sets/{id}");
    let set = json!({
        "id": id,
        "label": "Help desk people",
        "description": "Everybody in Berlin",
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "_links": {
            "self": context.href(&path),
            "resources": context.href(&format!("{path}/resources")),
            "bindings": context.href(&format!("{path}/bindings")),
        },
    });
    Ok(Served::Listing(Listing::of(vec![set]), Paging::Body("resource-sets", 100)))
}

/// `GET /api/v1/iam/assignees/users`: everybody with an admin role of their own.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn assignees<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let admins: BTreeSet<u64> = context.directory.roles.iter().map(|(person, _)| u64::from(*person)).collect();
    let assignee = |person: u64| {
        let id = &context.org.people[person as usize].id;
        let path = format!("/api/v1/users/{id}");
        json!({
            "id": id,
            "orn": format!("orn:okta:directory:{}:users:{id}", context.org_id()),
            "_links": {"self": context.href(&path), "roles": context.href(&format!("{path}/roles"))},
        })
    };
    Ok(Served::Listing(Listing::by(admins, assignee), Paging::Body("value", 100)))
}

/// `GET /api/v1/users/{id}/roles`.
pub(crate) fn of_user<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = users::person(context)?;
    let id = &context.org.people[person as usize].id;
    let of_person = context.directory.roles.iter().filter(|(holder, _)| *holder == person);
    let key = context.org.people[person as usize].key;
    whole(of_person.map(|(_, role)| assignment(context, *role as usize, key, "USER", &format!("users/{id}"))).collect())
}

/// `GET /api/v1/groups/{id}/roles`.
pub(crate) fn of_group<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let position = groups::position(context)?;
    if !groups::has_roles(context, position) {
        return whole(Vec::new());
    }
    let group = &context.org.groups[position];
    whole(vec![assignment(context, 1, group.key, "GROUP", &format!("groups/{}", group.id))])
}

fn assignment(context: &EndpointContext<'_>, role: usize, key: u64, kind: &str, assignee: &str) -> Value {
    json!({
        "id": crate::id::object("ra1", mix(key, role as u64)),
        "label": ROLES[role].1,
        "type": ROLES[role].0,
        "status": "ACTIVE",
        "assignmentType": kind,
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "_links": {"assignee": context.href(&format!("/api/v1/{assignee}"))},
    })
}

/// `GET /api/v1/api-tokens`.
pub(crate) fn tokens<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let token = |token: &TokenState| {
        let id = context.org.single_id("00T", u64::from(token.number));
        json!({
            "name": token_name(u64::from(token.number)),
            "userId": context.org.people[token.owner as usize].id,
            "tokenWindow": "P30D",
            "network": {"connection": "ANYWHERE"},
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

/// `GET /api/v1/apps/{id}/grants`: the scopes of a service app.
pub(crate) fn grants<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let app = &context.org.apps[apps::position(context)?];
    if !app.is(SignOn::Service) {
        return whole(Vec::new());
    }
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
    whole((0..).zip(["okta.logs.read", "okta.users.read"]).map(grant).collect())
}
