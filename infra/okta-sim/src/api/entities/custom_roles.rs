//! Custom admin roles, resource sets and who is bound to them.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, one};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};

/// Label and permissions; the number is the role's.
const CUSTOM_ROLES: &[(&str, &[&str])] = &[
    (
        "Help desk of Berlin",
        &["okta.users.credentials.resetFactors", "okta.users.credentials.resetPassword", "okta.users.read"],
    ),
    ("okta-lake reader", &["okta.iam.read", "okta.users.read"]),
    ("App owners", &["okta.apps.assignment.manage", "okta.apps.manage"]),
];

/// Label, description and resources; the number is the set's, from 1.
const RESOURCE_SETS: &[(&str, &str)] =
    &[("Help desk people", "Everybody in Berlin"), ("Business apps", "Apps of the departments")];

/// `GET /api/v1/iam/roles`.
pub(crate) fn roles<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    listed("roles", all_roles(context))
}

/// `GET /api/v1/iam/roles/{id}`.
pub(crate) fn role<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    found(context, all_roles(context), "CustomRole")
}

/// The id of a custom role.
pub(crate) fn role_id(context: &EndpointContext<'_>, number: usize) -> String {
    context.org.single_id("cr0", number as u64)
}

/// The id of a resource set.
pub(crate) fn set_id(context: &EndpointContext<'_>, number: usize) -> String {
    context.org.single_id("iam", 1 + number as u64)
}

fn all_roles(context: &EndpointContext<'_>) -> Vec<Value> {
    let role = |number: usize| {
        let (label, _) = CUSTOM_ROLES[number];
        let id = role_id(context, number);
        let path = format!("/api/v1/iam/roles/{id}");
        json!({
            "id": id,
            "label": label,
            "description": format!("{label}, a custom role"),
            "isCloneable": true,
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "_links": {"self": context.href(&path), "permissions": context.href(&format!("{path}/permissions"))},
        })
    };
    (0..CUSTOM_ROLES.len()).map(role).collect()
}

/// `GET /api/v1/iam/roles/{id}/permissions`.
pub(crate) fn permissions<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let number = (0..CUSTOM_ROLES.len()).find(|number| role_id(context, *number) == context.id(0));
    let (_, permissions) = CUSTOM_ROLES[number.ok_or_else(|| context.not_found(0, "CustomRole"))?];
    let permission = |label: &&str| {
        let path = format!("/api/v1/iam/roles/{}/permissions/{label}", context.id(0));
        json!({
            "label": label, "conditions": null, "created": context.long_ago(), "lastUpdated": context.long_ago(),
            "_links": context.itself(&path),
        })
    };
    one(json!({"permissions": permissions.iter().map(permission).collect::<Vec<_>>()}))
}

/// `GET /api/v1/iam/resource-sets`.
pub(crate) fn resource_sets<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let set = |(number, (label, description)): (usize, &(&str, &str))| {
        let id = set_id(context, number);
        let path = format!("/api/v1/iam/resource-sets/{id}");
        json!({
            "id": id,
            "label": label,
            "description": description,
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "_links": {
                "self": context.href(&path),
                "resources": context.href(&format!("{path}/resources")),
                "bindings": context.href(&format!("{path}/bindings")),
            },
        })
    };
    listed("resource-sets", RESOURCE_SETS.iter().enumerate().map(set).collect())
}

/// `GET /api/v1/iam/resource-sets/{id}/resources`: a group with its members, or all apps.
pub(crate) fn resources<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let orn = if set(context)? == 0 {
        let group = &context.org.groups[context.org.groups.len() / 3].id;
        format!("orn:okta:directory:{}:groups:{group}:contained_resources", context.org_id())
    } else {
        format!("orn:okta:idp:{}:apps", context.org_id())
    };
    listed(
        "resources",
        vec![json!({
            "id": context.org.single_id("ire", set(context)? as u64), "orn": orn, "conditions": null,
            "created": context.long_ago(), "lastUpdated": context.long_ago(), "_links": {},
        })],
    )
}

/// `GET /api/v1/iam/resource-sets/{id}/bindings`: one role each.
pub(crate) fn bindings<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let role = role_id(context, bound_role(set(context)?));
    let path = format!("/api/v1/iam/resource-sets/{}/bindings/{role}", context.id(0));
    let links = json!({"self": context.href(&path), "members": context.href(&format!("{path}/members"))});
    listed("roles", vec![json!({"id": role, "_links": links})])
}

/// `GET /api/v1/iam/resource-sets/{id}/bindings/{id}/members`: an admin and a group.
pub(crate) fn members<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let number = set(context)?;
    if role_id(context, bound_role(number)) != context.id(1) {
        return Err(context.not_found(1, "Binding"));
    }
    let admins = context.org.admins();
    let user = format!("/api/v1/users/{}", admins[(number + 1) % admins.len()].id);
    let group = format!("/api/v1/groups/{}", context.org.groups[context.org.groups.len() / 2].id);
    let member = |(place, path): (u64, String)| {
        json!({
            "id": context.org.single_id("irb", number as u64 * 10 + place),
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "_links": context.itself(&path),
        })
    };
    listed("members", (0..).zip([user, group]).map(member).collect())
}

const fn bound_role(set: usize) -> usize {
    set * 2
}

fn set(context: &EndpointContext<'_>) -> Result<usize, ApiError> {
    let found = (0..RESOURCE_SETS.len()).find(|number| set_id(context, *number) == context.id(0));
    found.ok_or_else(|| context.not_found(0, "ResourceSet"))
}

#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
fn listed<'a>(name: &'static str, objects: Vec<Value>) -> Result<Served<'a>, ApiError> {
    Ok(Served::Listing(Listing::of(objects), Paging::Body(name, 100)))
}
