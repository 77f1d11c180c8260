//! A group as the API shows it, and what it gives its members.

use serde_json::{Value, json};

use crate::api::endpoint_context::EndpointContext;
use crate::org::apps::App;
use crate::org::groups::{Group, Membership};
use crate::org::roles::SUPER_ADMIN;
use crate::time::{DAY_MS, iso};

/// A group as the API shows it.
pub(crate) fn group(context: &EndpointContext<'_>, position: usize) -> Value {
    let (found, state) = (&context.org.groups[position], &context.directory.groups[position]);
    let path = format!("/api/v1/groups/{}", found.id);
    let born_ms = if found.born_ms == i64::MIN {
        context.org.log_start_ms() - found.created_days_before.cast_signed() * DAY_MS
    } else {
        found.born_ms
    };
    let is_imported = matches!(found.membership, Membership::Imported(_));
    let mut group = json!({
        "id": found.id,
        "created": iso(born_ms),
        "lastUpdated": iso(state.updated_ms.max(born_ms)),
        "lastMembershipUpdated": iso(state.membership_updated_ms.max(born_ms)),
        "objectClass": [if is_imported { "okta:windows_security_principal" } else { "okta:user_group" }],
        "type": found.kind(),
        "profile": profile(found, state.revision),
        "_links": {
            "logo": [{"name": "medium", "href": context.url("/img/logos/groups/okta-medium.png"), "type": "image/png"}],
            "users": context.href(&format!("{path}/users")),
            "apps": context.href(&format!("{path}/apps")),
        },
    });
    if context.call.query("expand").is_some_and(|expand| expand.split(',').any(|part| part == "stats")) {
        group["_embedded"] = json!({"stats": stats(context, position, &path)});
    }
    group
}

fn profile(group: &Group, revision: u32) -> Value {
    let mut profile = json!({"name": group.name, "description": description(group.membership, revision)});
    if matches!(group.membership, Membership::Imported(_)) {
        let name = group.name.trim_start_matches("corp.acme.example\\");
        profile["samAccountName"] = name.into();
        profile["windowsDomainQualifiedName"] = format!("CORP\\{name}").into();
        profile["dn"] = format!("CN={name},OU=Groups,DC=corp,DC=acme,DC=example").into();
        profile["externalId"] = crate::id::hex(group.key, 32).into();
    }
    profile
}

fn description(membership: Membership, revision: u32) -> String {
    let text = match membership {
        Membership::Everyone => "All users in your organization",
        Membership::Department(_) => "Kept by a group rule on the department",
        Membership::Place(_) => "Kept by a group rule on the city",
        Membership::AppUsers(_) => "Whoever is in it has the app",
        Membership::Imported(_) => "Imported from Active Directory",
        Membership::Team(_) => "Kept by hand",
    };
    if revision == 0 { text.to_owned() } else { format!("{text}, revision {revision}") }
}

/// Okta spells one member wrong in its documentation and right in its answers: both are sent.
fn stats(context: &EndpointContext<'_>, position: usize, path: &str) -> Value {
    let apps = apps_of(context, position).count();
    let is_admin = role(context, position).is_some();
    json!({
        "usersCount": context.directory.groups[position].members.len(),
        "appsCount": apps,
        "groupPushMappingsCount": 0,
        "hasAdminPrivilege": is_admin,
        "hasAdminPrivlege": is_admin,
        "_links": {"users": context.href(&format!("{path}/users")), "apps": context.href(&format!("{path}/apps"))},
    })
}

/// The admin role that the group gives its members: one in six teams has one; in a bad org, a rule makes admins.
pub(crate) fn role(context: &EndpointContext<'_>, position: usize) -> Option<u32> {
    let group = &context.org.groups[position];
    match group.membership {
        Membership::Team(_) if group.key.is_multiple_of(6) => Some(context.pick(1, 1, SUPER_ADMIN)),
        Membership::Department(0) => context.pick(None, None, Some(2)),
        _ => None,
    }
}

/// Positions of the apps that are assigned to a group.
pub(crate) fn apps_of<'a>(context: &'a EndpointContext<'_>, position: usize) -> impl Iterator<Item = usize> + 'a {
    let is_assigned = move |app: &App| app.group == Some(position) && app.has_people() && app.born_ms <= context.now_ms;
    context.org.apps.iter().enumerate().filter(move |(_, app)| is_assigned(app)).map(|(position, _)| position)
}
