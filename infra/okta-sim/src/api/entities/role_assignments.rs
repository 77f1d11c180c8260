//! Who has which admin role, and on what: people, groups and clients.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, one, whole};
use crate::api::entities::{apps, custom_roles, group_object, groups, users};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::org::apps::{App, SignOn};
use crate::org::roles::{ROLES, SUPER_ADMIN};
use crate::random::mix;

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

/// One role of somebody or something.
struct Assignment {
    role: u32,
    /// Of whoever has it.
    key: u64,
    kind: &'static str,
    /// Below `/api/v1`, or an address of its own.
    assignee: String,
}

/// `GET /api/v1/users/{id}/roles`.
pub(crate) fn of_user<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    whole(user_roles(context)?.iter().map(|assignment| object(context, assignment)).collect())
}

/// `GET /api/v1/groups/{id}/roles`.
pub(crate) fn of_group<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    whole(group_roles(context)?.iter().map(|assignment| object(context, assignment)).collect())
}

/// `GET /oauth2/v1/clients/{id}/roles`.
pub(crate) fn of_client<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    whole(client_roles(context)?.iter().map(|assignment| object(context, assignment)).collect())
}

/// `GET …/roles/{id}/targets/groups`; none means all.
pub(crate) fn user_groups<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    group_targets(context, &user_roles(context)?)
}

/// The same of a group's role.
pub(crate) fn group_groups<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    group_targets(context, &group_roles(context)?)
}

/// The same of a client's role.
pub(crate) fn client_groups<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    group_targets(context, &client_roles(context)?)
}

/// `GET …/roles/{id}/targets/catalog/apps`: a kind of app, or one instance of it.
pub(crate) fn user_apps<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    app_targets(context, &user_roles(context)?)
}

/// The same of a group's role.
pub(crate) fn group_apps<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    app_targets(context, &group_roles(context)?)
}

/// The same of a client's role.
pub(crate) fn client_apps<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    app_targets(context, &client_roles(context)?)
}

/// `GET /api/v1/users/{id}/roles/{id}/targets`: both kinds at once, as resource names.
pub(crate) fn user_targets<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let roles = user_roles(context)?;
    named(context, &roles)?;
    linked(Vec::new(), 20, 200)
}

/// `GET /api/v1/users/{id}/roles/{id}/governance`: nobody's role comes from a bundle.
pub(crate) fn governance<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let roles = user_roles(context)?;
    let path = format!("/api/v1/users/{}/roles/{}/governance", context.id(0), named(context, &roles)?.id());
    one(json!({"grants": [], "_links": context.itself(&path)}))
}

fn user_roles(context: &EndpointContext<'_>) -> Result<Vec<Assignment>, ApiError> {
    let position = users::person(context)?;
    let person = &context.org.people[position as usize];
    let of_person = context.directory.roles.iter().filter(|(holder, _)| *holder == position);
    let assignee = format!("users/{}", person.id);
    Ok(of_person
        .map(|(_, role)| Assignment { role: *role, key: person.key, kind: "USER", assignee: assignee.clone() })
        .collect())
}

fn group_roles(context: &EndpointContext<'_>) -> Result<Vec<Assignment>, ApiError> {
    let position = groups::position(context)?;
    let group = &context.org.groups[position];
    let role = group_object::role(context, position);
    let assignee = format!("groups/{}", group.id);
    Ok(role.map(|role| Assignment { role, key: group.key, kind: "GROUP", assignee }).into_iter().collect())
}

/// In a bad org, service apps are super administrators.
fn client_roles(context: &EndpointContext<'_>) -> Result<Vec<Assignment>, ApiError> {
    let Some(app) = apps::named(context)?.filter(|app| app.is(SignOn::Service)) else { return Ok(Vec::new()) };
    let role = context.pick(3, 3 + (app.key % 2) as u32 * 5, SUPER_ADMIN);
    let assignee = format!("/oauth2/v1/clients/{}", app.id);
    Ok(vec![Assignment { role, key: app.key, kind: "CLIENT", assignee }])
}

impl Assignment {
    fn id(&self) -> String {
        let prefix = if self.is_custom() { "irb" } else { "ra1" };
        crate::id::object(prefix, mix(self.key, u64::from(self.role)))
    }

    fn is_custom(&self) -> bool {
        ROLES[self.role as usize].0 == "CUSTOM"
    }

    /// Whether the role holds for some groups or apps only: every second one that can.
    fn is_scoped(&self, kinds: &[&str]) -> bool {
        kinds.contains(&ROLES[self.role as usize].0) && self.key.is_multiple_of(2)
    }
}

fn object(context: &EndpointContext<'_>, assignment: &Assignment) -> Value {
    let (kind, label) = ROLES[assignment.role as usize];
    let assignee = match assignment.assignee.strip_prefix('/') {
        Some(_) => assignment.assignee.clone(),
        None => format!("/api/v1/{}", assignment.assignee),
    };
    let mut object = json!({
        "id": assignment.id(),
        "label": label,
        "type": kind,
        "status": "ACTIVE",
        "assignmentType": assignment.kind,
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "_links": {"assignee": context.href(&assignee)},
    });
    if assignment.is_custom() {
        object["role"] = custom_roles::role_id(context, 0).into();
        object["resource-set"] = custom_roles::set_id(context, 0).into();
    }
    object
}

/// The assignment that the path names.
fn named<'a>(context: &EndpointContext<'_>, all: &'a [Assignment]) -> Result<&'a Assignment, ApiError> {
    all.iter().find(|assignment| assignment.id() == context.id(1)).ok_or_else(|| context.not_found(1, "RoleAssignment"))
}

fn group_targets<'a>(context: &'a EndpointContext<'a>, all: &[Assignment]) -> Result<Served<'a>, ApiError> {
    let assignment = named(context, all)?;
    if !assignment.is_scoped(&["USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"]) {
        return linked(Vec::new(), 20, 200);
    }
    let first = assignment.key as usize % context.org.groups.len();
    let targets = BTreeSet::from([first, (first + 3) % context.org.groups.len()]);
    let there = targets.into_iter().filter(|group| context.org.groups[*group].born_ms <= context.now_ms);
    linked(there.map(|position| group_object::group(context, position)).collect(), 20, 200)
}

fn app_targets<'a>(context: &'a EndpointContext<'a>, all: &[Assignment]) -> Result<Served<'a>, ApiError> {
    let assignment = named(context, all)?;
    if !assignment.is_scoped(&["APP_ADMIN"]) {
        return linked(Vec::new(), 20, 200);
    }
    let saml: Vec<&App> = context.org.apps.iter().filter(|app| app.is(SignOn::Saml)).take(3).collect();
    // The first by its kind, the others as instances.
    linked(saml.iter().enumerate().map(|(number, app)| catalog_app(context, app, number > 0)).collect(), 20, 200)
}

fn catalog_app(context: &EndpointContext<'_>, app: &App, is_instance: bool) -> Value {
    let mut object = json!({
        "name": app.kind.name,
        "displayName": app.label,
        "status": "ACTIVE",
        "category": "COLLABORATION",
        "lastUpdated": context.long_ago(),
        "verificationStatus": "OKTA_VERIFIED",
        "signOnModes": [app.kind.sign_on.mode()],
        "features": [],
        "_links": context.itself(&format!("/api/v1/catalog/apps/{}", app.kind.name)),
    });
    if is_instance {
        object["id"] = app.id.as_str().into();
    }
    object
}

/// `GET /api/v1/iam/governance/bundles`.
pub(crate) fn bundles<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("enb", 50);
    let orn = format!("orn:okta:governance:{}:entitlement-bundles:{id}", context.org_id());
    one(json!({
        "bundles": [{"id": id, "name": "Help desk for a week", "description": null, "orn": orn, "status": "ACTIVE"}],
        "_links": context.itself("/api/v1/iam/governance/bundles"),
    }))
}

/// `GET /api/v1/iam/governance/bundles/{id}/entitlements`: the role of the bundle.
pub(crate) fn bundle_entitlements<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    if context.id(0) != context.org.single_id("enb", 50) {
        return Err(context.not_found(0, "Bundle"));
    }
    let entitlement =
        json!({"id": context.org.single_id("ent", 50), "role": "HELP_DESK_ADMIN", "name": "Help desk", "targets": []});
    one(json!({"entitlements": [entitlement], "_links": context.itself("/api/v1/iam/governance/bundles")}))
}

/// `GET /api/v1/iam/governance/optIn`.
pub(crate) fn opt_in<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let status = context.pick("OPTED_IN", "OPTED_OUT", "OPTED_OUT");
    one(json!({"optInStatus": status, "_links": context.itself("/api/v1/iam/governance/optIn")}))
}

/// Which notifications admins of a role get.
const NOTIFICATIONS: [&str; 3] = ["OKTA_ANNOUNCEMENT", "RATELIMIT_NOTIFICATION", "REPORT_SUSPICIOUS_ACTIVITY"];

/// `GET /api/v1/roles/{type}/subscriptions`.
pub(crate) fn subscriptions<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let role = context.id(0);
    let is_standard = role != "CUSTOM" && (ROLES.iter().any(|(kind, _)| *kind == role) || role == "MOBILE_ADMIN");
    if !is_standard {
        return Err(context.not_found(0, "Role"));
    }
    let status = context.pick("subscribed", "subscribed", "unsubscribed");
    let subscription = |kind: &str| {
        let path = format!("/api/v1/roles/{role}/subscriptions/{kind}");
        json!({"notificationType": kind, "channels": ["email"], "status": status, "_links": context.itself(&path)})
    };
    whole(NOTIFICATIONS.into_iter().map(subscription).collect())
}
