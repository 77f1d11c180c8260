//! Who may do what: admin roles, resource sets, API tokens, granted scopes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::api::desk::{Desk, Served, found, iso, one, whole};
use crate::api::entities::{apps, groups, users};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::org::DAY_MS;
use crate::org::apps::SignOn;
use crate::org::directory::{ROLES, TokenState, token_name};
use crate::random::mix;

/// `GET /api/v1/iam/roles`: the custom ones.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn roles<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    Ok(Served::Listing(Listing::of(all_roles(desk)), Paging::Body("roles", 100)))
}

/// `GET /api/v1/iam/roles/{id}`.
pub(crate) fn role<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    found(desk, all_roles(desk), "CustomRole")
}

fn all_roles(desk: &Desk<'_>) -> Vec<Value> {
    let role = |(number, name): (u64, &str)| {
        let id = desk.org.single_id("cr0", number);
        let path = format!("/api/v1/iam/roles/{id}");
        json!({
            "id": id,
            "label": name,
            "description": format!("{name}, a custom role"),
            "created": desk.long_ago(),
            "lastUpdated": desk.long_ago(),
            "_links": {"self": desk.href(&path), "permissions": desk.href(&format!("{path}/permissions"))},
        })
    };
    (0..).zip(["Help desk of Berlin", "okta-lake reader"]).map(role).collect()
}

/// `GET /api/v1/iam/roles/{id}/permissions`.
pub(crate) fn permissions<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    role(desk)?;
    let permission = |label: &str| {
        let path = format!("/api/v1/iam/roles/{}/permissions/{label}", desk.id(0));
        json!({
            "label": label, "conditions": null, "created": desk.long_ago(), "lastUpdated": desk.long_ago(),
            "_links": desk.itself(&path),
        })
    };
    let permissions = ["okta.iam.read", "okta.users.read"].map(permission);
    one(json!({"permissions": permissions}))
}

/// `GET /api/v1/iam/resource-sets`.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn resource_sets<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let id = desk.org.single_id("iam", 1);
    let path = format!("/api/v1/iam/resource-sets/{id}");
    let set = json!({
        "id": id,
        "label": "Help desk people",
        "description": "Everybody in Berlin",
        "created": desk.long_ago(),
        "lastUpdated": desk.long_ago(),
        "_links": {
            "self": desk.href(&path),
            "resources": desk.href(&format!("{path}/resources")),
            "bindings": desk.href(&format!("{path}/bindings")),
        },
    });
    Ok(Served::Listing(Listing::of(vec![set]), Paging::Body("resource-sets", 100)))
}

/// `GET /api/v1/iam/assignees/users`: everybody with an admin role of their own.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn assignees<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let admins: BTreeSet<u64> = desk.directory.roles.iter().map(|(person, _)| u64::from(*person)).collect();
    let assignee = |person: u64| {
        let id = &desk.org.people[person as usize].id;
        let path = format!("/api/v1/users/{id}");
        json!({
            "id": id,
            "orn": format!("orn:okta:directory:{}:users:{id}", desk.org.single_id("00o", 0)),
            "_links": {"self": desk.href(&path), "roles": desk.href(&format!("{path}/roles"))},
        })
    };
    Ok(Served::Listing(Listing::by(admins, assignee), Paging::Body("value", 100)))
}

/// `GET /api/v1/users/{id}/roles`.
pub(crate) fn of_user<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let person = users::person(desk)?;
    let id = &desk.org.people[person as usize].id;
    let of_person = desk.directory.roles.iter().filter(|(holder, _)| *holder == person);
    let key = desk.org.people[person as usize].key;
    whole(of_person.map(|(_, role)| assignment(desk, *role as usize, key, "USER", &format!("users/{id}"))).collect())
}

/// `GET /api/v1/groups/{id}/roles`.
pub(crate) fn of_group<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let position = groups::position(desk)?;
    if !groups::has_roles(desk, position) {
        return whole(Vec::new());
    }
    let group = &desk.org.groups[position];
    whole(vec![assignment(desk, 1, group.key, "GROUP", &format!("groups/{}", group.id))])
}

fn assignment(desk: &Desk<'_>, role: usize, key: u64, kind: &str, assignee: &str) -> Value {
    json!({
        "id": crate::id::object("ra1", mix(key, role as u64)),
        "label": ROLES[role].1,
        "type": ROLES[role].0,
        "status": "ACTIVE",
        "assignmentType": kind,
        "created": desk.long_ago(),
        "lastUpdated": desk.long_ago(),
        "_links": {"assignee": desk.href(&format!("/api/v1/{assignee}"))},
    })
}

/// `GET /api/v1/api-tokens`.
pub(crate) fn tokens<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let token = |token: &TokenState| {
        let id = desk.org.single_id("00T", u64::from(token.number));
        json!({
            "name": token_name(u64::from(token.number)),
            "userId": desk.org.people[token.owner as usize].id,
            "tokenWindow": "P30D",
            "network": {"connection": "ANYWHERE"},
            "expiresAt": iso(desk.now_ms + 30 * DAY_MS),
            "created": iso(token.created_ms),
            "lastUpdated": iso(token.created_ms),
            "clientName": "Okta API",
            "_link": desk.itself(&format!("/api/v1/api-tokens/{id}")),
            "id": id,
        })
    };
    whole(desk.directory.tokens.iter().map(token).collect())
}

/// `GET /api/v1/apps/{id}/grants`: the scopes of a service app.
pub(crate) fn grants<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let app = &desk.org.apps[apps::position(desk)?];
    if !app.is(SignOn::Service) {
        return whole(Vec::new());
    }
    let grant = |(number, scope): (u64, &str)| {
        let id = crate::id::object("oag", mix(app.key, number));
        json!({
            "id": id,
            "status": "ACTIVE",
            "created": desk.long_ago(),
            "createdBy": {"id": desk.org.admins()[0].id, "type": "User"},
            "lastUpdated": desk.long_ago(),
            "issuer": desk.org_url,
            "clientId": app.id,
            "scopeId": scope,
            "source": "ADMIN",
            "_links": desk.itself(&format!("/api/v1/apps/{}/grants/{id}", app.id)),
        })
    };
    whole((0..).zip(["okta.logs.read", "okta.users.read"]).map(grant).collect())
}
