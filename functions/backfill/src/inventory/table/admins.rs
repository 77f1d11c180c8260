//! Admins: roles, what they are for, and what they may do.

use crate::inventory::entity::{Entity, Envelope, Guess, list, one};
use crate::inventory::table::fields::{is_scoped_to_apps, is_scoped_to_groups, is_service};
use crate::inventory::table::scopes::{ADMINS, LIMIT, ROLES};

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    list("admin_user", "/api/v1/iam/assignees/users", ROLES).query(&[("limit", "100")]).event_types(ADMINS).envelope(Envelope::In("value")).item("/api/v1/users/{}").listed_for_plan(),
    list("user_role", "/api/v1/users/{}/roles", ROLES).each("admin_user").event_types(ADMINS).item("/api/v1/users/{}/roles/{}"),
    list("user_role_group_target", "/api/v1/users/{}/roles/{}/targets/groups", ROLES).of("user_role", is_scoped_to_groups).query(LIMIT).relationship(),
    list("user_role_app_target", "/api/v1/users/{}/roles/{}/targets/catalog/apps", ROLES).of("user_role", is_scoped_to_apps).query(LIMIT).key(&["name", "id"]).relationship(),
    list("user_role_target", "/api/v1/users/{}/roles/{}/targets", ROLES).each("user_role").query(LIMIT).key(&["orn", "assignmentType"]).additional().event_types(ADMINS),
    list("user_role_governance", "/api/v1/users/{}/roles/{}/governance", ROLES).each("user_role").envelope(Envelope::In("grants")).key(&["grantId"]).additional(),
    list("client_role", "/oauth2/v1/clients/{}/roles", ROLES).of("app", is_service).event_types(ADMINS).item("/oauth2/v1/clients/{}/roles/{}"),
    list("client_role_group_target", "/oauth2/v1/clients/{}/roles/{}/targets/groups", ROLES).of("client_role", is_scoped_to_groups).query(LIMIT).relationship().event_types(ADMINS),
    list("client_role_app_target", "/oauth2/v1/clients/{}/roles/{}/targets/catalog/apps", ROLES).of("client_role", is_scoped_to_apps).query(LIMIT).key(&["name", "id"]).relationship().event_types(ADMINS),
    list("custom_role", "/api/v1/iam/roles", ROLES).event_types(ADMINS).envelope(Envelope::In("roles")).item("/api/v1/iam/roles/{}").guess(Guess::Rows(3)),
    list("custom_role_permission", "/api/v1/iam/roles/{}/permissions", ROLES).each("custom_role").key(&["label"]).event_types(ADMINS).envelope(Envelope::In("permissions")),
    list("resource_set", "/api/v1/iam/resource-sets", ROLES).event_types(ADMINS).envelope(Envelope::In("resource-sets")).item("/api/v1/iam/resource-sets/{}").guess(Guess::Rows(2)),
    list("resource_set_resource", "/api/v1/iam/resource-sets/{}/resources", ROLES).each("resource_set").event_types(ADMINS).envelope(Envelope::In("resources")),
    list("resource_set_binding", "/api/v1/iam/resource-sets/{}/bindings", ROLES).each("resource_set").event_types(ADMINS).envelope(Envelope::In("roles")).item("/api/v1/iam/resource-sets/{}/bindings/{}"),
    list("resource_set_member", "/api/v1/iam/resource-sets/{}/bindings/{}/members", ROLES).each("resource_set_binding").event_types(ADMINS).envelope(Envelope::In("members")),
    list("admin_bundle", "/api/v1/iam/governance/bundles", ROLES).additional().envelope(Envelope::In("bundles")),
    list("admin_bundle_entitlement", "/api/v1/iam/governance/bundles/{}/entitlements", ROLES).each("admin_bundle").envelope(Envelope::In("entitlements")).additional(),
    one("admin_governance", "/api/v1/iam/governance/optIn", ROLES).additional(),
    list("role_subscription", "/api/v1/roles/{}/subscriptions", ROLES).key(&["notificationType"]).additional().keyed_by_value(&["SUPER_ADMIN", "ORG_ADMIN", "APP_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "READ_ONLY_ADMIN", "REPORT_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "MOBILE_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"]),
];
