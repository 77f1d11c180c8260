//! What Okta's built-in roles permit, which the API does not say, and what each permission lets its holder do.
//!
//! Sources: Okta's table "Standard administrator roles and permissions" (help.okta.com, Security > Administrators), the
//! permission catalog of its management API, and SpecterOps/openhound-okta at 01c4369 (`built_in_role_permission.py`),
//! which names the permissions of each role; where they differ, the narrower of the two stands.

use crate::graph::edge::EdgeKind;

/// A built-in role.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInRole {
    /// Its type, as assignments name it.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Its permissions, of those that [`POWERS`] has.
    pub permissions: &'static [&'static str],
    /// Whether Okta keeps its holder from acting on super admins and on groups that have roles.
    pub is_bounded: bool,
}

/// A built-in role for each row, sorted by type.
#[rustfmt::skip]
pub const BUILT_IN_ROLES: &[BuiltInRole] = &[
    BuiltInRole { name: "ACCESS_CERTIFICATIONS_ADMIN", label: "Access Certifications Administrator", permissions: &[], is_bounded: true },
    BuiltInRole { name: "ACCESS_REQUESTS_ADMIN", label: "Access Requests Administrator", permissions: &[], is_bounded: true },
    BuiltInRole { name: "API_ACCESS_MANAGEMENT_ADMIN", label: "API Access Management Administrator", permissions: &["okta.apps.clientCredentials.read", "okta.apps.manage", "okta.authzServers.manage"], is_bounded: true },
    BuiltInRole { name: "API_ADMIN", label: "API Administrator", permissions: &[], is_bounded: true },
    BuiltInRole { name: "APP_ADMIN", label: "Application Administrator", permissions: &["okta.apps.clientCredentials.read", "okta.apps.manage", "okta.users.userprofile.manage"], is_bounded: true },
    BuiltInRole { name: "GROUP_MEMBERSHIP_ADMIN", label: "Group Membership Administrator", permissions: &["okta.groups.members.manage"], is_bounded: true },
    BuiltInRole { name: "HELP_DESK_ADMIN", label: "Help Desk Administrator", permissions: &["okta.users.credentials.resetFactors", "okta.users.credentials.resetPassword"], is_bounded: true },
    BuiltInRole { name: "MOBILE_ADMIN", label: "Mobile Administrator", permissions: &[], is_bounded: true },
    BuiltInRole { name: "ORG_ADMIN", label: "Organization Administrator", permissions: &["okta.authzServers.manage", "okta.customizations.manage", "okta.groups.manage", "okta.identityProviders.manage", "okta.inlinehooks.manage", "okta.users.manage"], is_bounded: true },
    BuiltInRole { name: "READ_ONLY_ADMIN", label: "Read-Only Administrator", permissions: &["okta.apps.clientCredentials.read"], is_bounded: true },
    BuiltInRole { name: "REPORT_ADMIN", label: "Report Administrator", permissions: &[], is_bounded: true },
    BuiltInRole { name: "SUPER_ADMIN", label: "Super Administrator", permissions: &[], is_bounded: false },
    BuiltInRole { name: "USER_ADMIN", label: "Group Administrator", permissions: &["okta.groups.members.manage", "okta.users.manage"], is_bounded: true },
    BuiltInRole { name: "WORKFLOWS_ADMIN", label: "Workflows Administrator", permissions: &[], is_bounded: true },
];

/// What a permission is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Domain {
    Users,
    Groups,
    Apps,
    Policies,
    IdentityProviders,
    AuthorizationServers,
    Hooks,
    Customizations,
}

/// What a permission lets its holder do.
#[derive(Debug, Clone, Copy)]
pub struct Power {
    /// The permission, of a built-in or a custom role.
    pub permission: &'static str,
    pub(crate) domain: Domain,
    /// The edge to each thing that the assignment is for.
    pub edge: EdgeKind,
    /// The scopes of the API of which a client needs one.
    pub scopes: &'static [&'static str],
}

const fn power(permission: &'static str, domain: Domain, edge: EdgeKind, scopes: &'static [&'static str]) -> Power {
    Power { permission, domain, edge, scopes }
}

const USERS: &[&str] = &["okta.users.manage"];
const GROUPS: &[&str] = &["okta.groups.manage"];
const APPS: &[&str] = &["okta.apps.manage"];
const HOOKS: &[&str] = &["okta.inlineHooks.manage"];

/// A row for each permission and what it lets its holder do, sorted.
pub const POWERS: &[Power] = &[
    power(
        "okta.apps.clientCredentials.read",
        Domain::Apps,
        EdgeKind::ReadSecret,
        &["okta.apps.read", "okta.apps.manage"],
    ),
    power("okta.apps.manage", Domain::Apps, EdgeKind::ManageApp, APPS),
    power(
        "okta.authzServers.manage",
        Domain::AuthorizationServers,
        EdgeKind::ManageServer,
        &["okta.authorizationServers.manage"],
    ),
    power("okta.customizations.manage", Domain::Customizations, EdgeKind::EditSignInPage, &["okta.brands.manage"]),
    power("okta.groups.manage", Domain::Groups, EdgeKind::AddMember, GROUPS),
    power("okta.groups.members.manage", Domain::Groups, EdgeKind::AddMember, GROUPS),
    power("okta.identityProviders.manage", Domain::IdentityProviders, EdgeKind::ManageIdp, &["okta.idps.manage"]),
    power("okta.inlinehooks.manage", Domain::Hooks, EdgeKind::EditHook, HOOKS),
    power("okta.policies.manage", Domain::Policies, EdgeKind::ManagePolicy, &["okta.policies.manage"]),
    power("okta.users.credentials.manage", Domain::Users, EdgeKind::ResetFactors, USERS),
    power("okta.users.credentials.manage", Domain::Users, EdgeKind::ResetPassword, USERS),
    power("okta.users.credentials.manageTemporaryAccessCode", Domain::Users, EdgeKind::ResetPassword, USERS),
    power("okta.users.credentials.resetFactors", Domain::Users, EdgeKind::ResetFactors, USERS),
    power("okta.users.credentials.resetPassword", Domain::Users, EdgeKind::ResetPassword, USERS),
    power("okta.users.manage", Domain::Users, EdgeKind::ResetFactors, USERS),
    power("okta.users.manage", Domain::Users, EdgeKind::ResetPassword, USERS),
    power("okta.users.manage", Domain::Users, EdgeKind::WritesAttribute, USERS),
    power("okta.users.userprofile.manage", Domain::Users, EdgeKind::WritesAttribute, USERS),
];

/// Scopes each of which suffices a super admin's client to take the org: it gives roles, adds keys to apps, resets admins,
/// or makes somebody else the judge of who signs in.
pub const TAKING_SCOPES: &[&str] = &[
    "okta.appGrants.manage",
    "okta.apps.manage",
    "okta.clients.manage",
    "okta.groups.manage",
    "okta.idps.manage",
    "okta.policies.manage",
    "okta.roles.manage",
    "okta.users.manage",
];

/// The role of this type.
pub fn built_in(name: &str) -> Option<&'static BuiltInRole> {
    let at = BUILT_IN_ROLES.binary_search_by_key(&name, |role| role.name).ok()?;
    BUILT_IN_ROLES.get(at)
}

/// What a permission lets its holder do.
pub(crate) fn powers(permission: &str) -> impl Iterator<Item = &'static Power> {
    POWERS.iter().filter(move |power| power.permission == permission)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_agree() {
        assert!(BUILT_IN_ROLES.is_sorted_by_key(|role| role.name), "sort BUILT_IN_ROLES by type");
        assert!(
            POWERS.is_sorted_by_key(|power| (power.permission, power.edge.name())),
            "sort POWERS by permission and edge"
        );
        assert!(TAKING_SCOPES.is_sorted(), "sort TAKING_SCOPES");
        for role in BUILT_IN_ROLES {
            assert!(role.permissions.is_sorted(), "sort the permissions of {}", role.name);
            for permission in role.permissions {
                assert!(
                    powers(permission).next().is_some(),
                    "{}: add {permission} to POWERS, or take it out",
                    role.name
                );
            }
        }
    }

    #[test]
    fn a_role_is_found_by_its_type() {
        assert_eq!(built_in("APP_ADMIN").map(|role| role.label), Some("Application Administrator"));
        assert!(built_in("NEW_ADMIN").is_none());
    }
}
