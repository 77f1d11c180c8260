//! The inventory: endpoint by endpoint, each with the scope and the role that it needs.

mod admins;
mod apps;
mod authenticators;
mod devices;
mod federation;
mod groups;
mod monitoring;
mod network;
mod policies;
mod settings;
mod user_object;
mod users;

use crate::api::endpoint_context::Serve;
use crate::identity::clients::Role;

/// An endpoint for reading.
pub(crate) struct Endpoint {
    /// A segment in braces stands for any.
    pub(crate) path: &'static str,
    pub(crate) scope: &'static str,
    pub(crate) role: Role,
    pub(crate) serve: Serve,
}

const fn get(path: &'static str, scope: &'static str, serve: Serve) -> Endpoint {
    Endpoint { path, scope, role: Role::ReadOnly, serve }
}

/// About admins: a read-only administrator does not see it, unless a custom role adds `okta.iam.read`.
const fn iam(path: &'static str, scope: &'static str, serve: Serve) -> Endpoint {
    Endpoint { path, scope, role: Role::ReadOnlyAndIam, serve }
}

/// Sorted by path.
#[rustfmt::skip]
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    get("/api/v1/agentPools", "okta.agentPools.read", federation::agent_pools),
    get("/api/v1/api-tokens", "okta.apiTokens.read", admins::tokens),
    get("/api/v1/apps", "okta.apps.read", apps::list),
    get("/api/v1/apps/{}", "okta.apps.read", apps::get),
    get("/api/v1/apps/{}/grants", "okta.appGrants.read", admins::grants),
    get("/api/v1/apps/{}/groups", "okta.apps.read", apps::groups),
    get("/api/v1/apps/{}/users", "okta.apps.read", apps::users),
    get("/api/v1/authenticators", "okta.authenticators.read", authenticators::list),
    get("/api/v1/authenticators/{}", "okta.authenticators.read", authenticators::get),
    get("/api/v1/authorizationServers", "okta.authorizationServers.read", federation::authorization_servers),
    get("/api/v1/behaviors", "okta.behaviors.read", network::behaviors),
    get("/api/v1/brands", "okta.brands.read", settings::brands),
    get("/api/v1/devices", "okta.devices.read", devices::list),
    get("/api/v1/devices/{}", "okta.devices.read", devices::get),
    get("/api/v1/devices/{}/users", "okta.devices.read", devices::users),
    get("/api/v1/domains", "okta.domains.read", settings::domains),
    get("/api/v1/eventHooks", "okta.eventHooks.read", monitoring::event_hooks),
    get("/api/v1/groups", "okta.groups.read", groups::list),
    get("/api/v1/groups/rules", "okta.groups.read", groups::rules),
    get("/api/v1/groups/{}", "okta.groups.read", groups::get),
    get("/api/v1/groups/{}/apps", "okta.groups.read", groups::apps),
    get("/api/v1/groups/{}/owners", "okta.groups.read", groups::owners),
    iam("/api/v1/groups/{}/roles", "okta.roles.read", admins::of_group),
    get("/api/v1/groups/{}/users", "okta.groups.read", groups::users),
    iam("/api/v1/iam/assignees/users", "okta.roles.read", admins::assignees),
    iam("/api/v1/iam/resource-sets", "okta.roles.read", admins::resource_sets),
    iam("/api/v1/iam/roles", "okta.roles.read", admins::roles),
    iam("/api/v1/iam/roles/{}", "okta.roles.read", admins::role),
    iam("/api/v1/iam/roles/{}/permissions", "okta.roles.read", admins::permissions),
    get("/api/v1/idps", "okta.idps.read", federation::idps),
    get("/api/v1/idps/{}", "okta.idps.read", federation::idp),
    get("/api/v1/inlineHooks", "okta.inlineHooks.read", monitoring::inline_hooks),
    get("/api/v1/logStreams", "okta.logStreams.read", monitoring::log_streams),
    get("/api/v1/logStreams/{}", "okta.logStreams.read", monitoring::log_stream),
    get("/api/v1/meta/types/user", "okta.userTypes.read", settings::user_types),
    get("/api/v1/org", "okta.orgs.read", settings::org),
    get("/api/v1/policies", "okta.policies.read", policies::list),
    get("/api/v1/policies/{}", "okta.policies.read", policies::get),
    get("/api/v1/policies/{}/rules", "okta.policies.read", policies::rules),
    get("/api/v1/realms", "okta.realms.read", settings::realms),
    get("/api/v1/threats/configuration", "okta.threatInsights.read", network::threat_insight),
    get("/api/v1/trustedOrigins", "okta.trustedOrigins.read", network::trusted_origins),
    get("/api/v1/users", "okta.users.read", users::list),
    get("/api/v1/users/{}", "okta.users.read", users::get),
    get("/api/v1/users/{}/appLinks", "okta.users.read", users::app_links),
    get("/api/v1/users/{}/factors", "okta.users.read", authenticators::factors),
    get("/api/v1/users/{}/groups", "okta.users.read", users::groups),
    iam("/api/v1/users/{}/roles", "okta.roles.read", admins::of_user),
    get("/api/v1/zones", "okta.networkZones.read", network::zones),
    get("/api/v1/zones/{}", "okta.networkZones.read", network::zone),
];

/// The endpoint of a path, with what stands for its braces. A name wins over braces.
pub(crate) fn find<'a>(segments: &[&'a str]) -> Option<(&'static Endpoint, Vec<&'a str>)> {
    let matching = ENDPOINTS.iter().filter_map(|endpoint| Some((endpoint, matched(endpoint.path, segments)?)));
    matching.min_by_key(|(_, ids)| ids.len())
}

fn matched<'a>(path: &str, segments: &[&'a str]) -> Option<Vec<&'a str>> {
    let wanted: Vec<&str> = path.split('/').skip(1).collect();
    if wanted.len() != segments.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (wanted, segment) in wanted.into_iter().zip(segments) {
        match wanted {
            "{}" => ids.push(*segment),
            name if name == *segment => {}
            _ => return None,
        }
    }
    Some(ids)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::identity::scopes::is_known;

    #[test]
    fn endpoints_are_sorted_unique_and_have_known_scopes() {
        assert!(ENDPOINTS.is_sorted_by_key(|endpoint| endpoint.path), "sort ENDPOINTS by path");
        let paths: BTreeSet<_> = ENDPOINTS.iter().map(|endpoint| endpoint.path).collect();
        assert_eq!(paths.len(), ENDPOINTS.len());
        for endpoint in ENDPOINTS {
            assert!(is_known(endpoint.scope) || endpoint.scope.is_empty(), "{} of {}", endpoint.scope, endpoint.path);
        }
    }

    #[test]
    fn a_path_finds_its_endpoint() {
        let found = |path: &str| {
            let segments: Vec<_> = path.split('/').skip(1).collect();
            find(&segments).map(|(endpoint, ids)| (endpoint.path, ids.join(",")))
        };
        assert_eq!(found("/api/v1/groups/rules"), Some(("/api/v1/groups/rules", String::new())));
        assert_eq!(found("/api/v1/groups/00g1/users"), Some(("/api/v1/groups/{}/users", "00g1".to_owned())));
        assert_eq!(found("/api/v1/nothing"), None);
    }
}
