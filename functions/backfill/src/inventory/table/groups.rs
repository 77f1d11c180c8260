//! Groups, their members, rules and admin roles.

use serde_json::Value;

use crate::inventory::entity::{Entity, list, one};
use crate::inventory::table::fields::{is_scoped_to_apps, is_scoped_to_groups, text};
use crate::inventory::table::scopes::{ADMINS, GROUPS, LIMIT, ROLES, SCHEMAS};

/// What changes the members of a group. Who leaves the org leaves its groups without an event for each.
const MEMBERSHIP: &[&str] = &[
    "group.user_membership.",
    "user.lifecycle.",
    "user.account.update_profile",
    "group.lifecycle.",
    "directory.external.group.",
];

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    // Its statistics say which calls are worth it.
    list("group", "/api/v1/groups", GROUPS).query(&[("limit", "200"), ("expand", "stats")]).volatile(&["lastMembershipUpdated", "_embedded"]).since("filter", "lastUpdated gt \"{}\" or lastMembershipUpdated gt \"{}\"", &["group.lifecycle.delete"]).event_types(&["group.lifecycle.", "group.profile.", "group.privilege."]).item("/api/v1/groups/{}").listed_for_plan().rows_of("user", members_of_everyone),
    // Everybody is in the group Everyone: the users say so.
    list("group_member", "/api/v1/groups/{}/users", GROUPS).of("group", has_members).query(&[("limit", "1000")]).touched().relationship().event_types(MEMBERSHIP).pair_events(&["group.user_membership."]).rows_of_parent(members).implied(is_everyone, "user", is_in_everyone),
    list("group_owner", "/api/v1/groups/{}/owners", GROUPS).of("group", is_okta_group).touched().event_types(&["group.lifecycle.", "group.owner."]),
    list("group_rule", "/api/v1/groups/rules", GROUPS).query(LIMIT).event_types(&["group.user_membership.rule."]),
    list("group_role", "/api/v1/groups/{}/roles", ROLES).of("group", is_admin_group).event_types(ADMINS).item("/api/v1/groups/{}/roles/{}"),
    list("group_role_group_target", "/api/v1/groups/{}/roles/{}/targets/groups", ROLES).of("group_role", is_scoped_to_groups).query(LIMIT).relationship().event_types(ADMINS),
    list("group_role_app_target", "/api/v1/groups/{}/roles/{}/targets/catalog/apps", ROLES).of("group_role", is_scoped_to_apps).query(LIMIT).key(&["name", "id"]).relationship().event_types(ADMINS),
    list("group_app", "/api/v1/groups/{}/apps", GROUPS).of("group", has_apps).query(LIMIT).touched().additional().relationship(),
    one("group_schema", "/api/v1/meta/schemas/group/default", SCHEMAS),
];

/// Everybody is in it.
fn is_everyone(group: &Value) -> bool {
    text(group, "/type") == "BUILT_IN" && text(group, "/profile/name") == "Everyone"
}

/// Who has left is in no group.
fn is_in_everyone(user: &Value) -> bool {
    text(user, "/status") != "DEPROVISIONED"
}

/// How many people are in a group, if its statistics say so.
fn members(group: &Value) -> Option<u64> {
    group.pointer("/_embedded/stats/usersCount").and_then(Value::as_u64)
}

/// How many people are in the group of all.
fn members_of_everyone(group: &Value) -> Option<u64> {
    members(group).filter(|_| is_everyone(group))
}

/// Without statistics, a group is asked.
fn has_members(group: &Value) -> bool {
    members(group) != Some(0)
}

fn has_apps(group: &Value) -> bool {
    group.pointer("/_embedded/stats/appsCount").and_then(Value::as_u64) != Some(0)
}

fn is_okta_group(group: &Value) -> bool {
    text(group, "/type") == "OKTA_GROUP"
}

/// Okta spells it in three ways; a group without any of them is asked.
fn is_admin_group(group: &Value) -> bool {
    let spellings = ["hasAdminPrivilege", "hasAdminPrivlege", "hasAdminPrivileges"];
    let stats = group.pointer("/_embedded/stats");
    spellings.iter().find_map(|name| stats?.get(name)?.as_bool()).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn needless_calls_are_not_made() {
        let everyone =
            json!({"type": "BUILT_IN", "profile": {"name": "Everyone"}, "_embedded": {"stats": {"usersCount": 9}}});
        let stats = json!({"usersCount": 0, "hasAdminPrivlege": false});
        let empty = json!({"type": "OKTA_GROUP", "_embedded": {"stats": stats}});
        assert!(is_everyone(&everyone) && !has_members(&empty) && !is_admin_group(&empty));
        assert_eq!((members_of_everyone(&everyone), members_of_everyone(&empty)), (Some(9), None));
        assert!(has_members(&json!({})) && is_admin_group(&json!({})));
    }
}
