//! The inventory: endpoint by endpoint, each with the scope and the role that it needs.

mod app_credentials;
mod app_provisioning;
mod apps;
mod authenticators;
mod authorization_servers;
mod branding;
mod custom_roles;
mod devices;
mod directory_agents;
mod factors;
mod fixed_apps;
mod governance;
mod group_object;
mod groups;
mod idps;
mod machine_identities;
mod monitoring;
mod network;
mod org_settings;
mod policies;
mod protection;
mod rate_limits;
mod role_assignments;
mod schemas;
mod user_details;
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
    get("/api/v1/agentPools", "okta.agentPools.read", directory_agents::pools),
    get("/api/v1/agentPools/{}/updates", "okta.agentPools.read", directory_agents::updates),
    get("/api/v1/api-tokens", "okta.apiTokens.read", machine_identities::tokens),
    get("/api/v1/apps", "okta.apps.read", apps::list),
    get("/api/v1/apps/{}", "okta.apps.read", apps::get),
    get("/api/v1/apps/{}/connections/default", "okta.apps.read", app_provisioning::connection),
    get("/api/v1/apps/{}/connections/default/jwks", "okta.apps.read", app_provisioning::connection_keys),
    get("/api/v1/apps/{}/credentials/csrs", "okta.apps.read", app_credentials::csrs),
    get("/api/v1/apps/{}/credentials/jwks", "okta.apps.read", app_credentials::jwks),
    get("/api/v1/apps/{}/credentials/keys", "okta.apps.read", app_credentials::keys),
    get("/api/v1/apps/{}/credentials/secrets", "okta.apps.read", app_credentials::secrets),
    get("/api/v1/apps/{}/cwo/connections", "okta.apps.read", app_provisioning::cross_app_connections),
    get("/api/v1/apps/{}/features", "okta.apps.read", app_provisioning::features),
    get("/api/v1/apps/{}/federated-claims", "okta.apps.read", app_provisioning::federated_claims),
    get("/api/v1/apps/{}/grants", "okta.appGrants.read", app_credentials::grants),
    get("/api/v1/apps/{}/group-push/mappings", "okta.apps.read", app_provisioning::push_mappings),
    get("/api/v1/apps/{}/groups", "okta.apps.read", apps::groups),
    get("/api/v1/apps/{}/interclient-allowed-apps", "okta.apps.interclientTrust.read", app_provisioning::interclient),
    get("/api/v1/apps/{}/interclient-target-apps", "okta.apps.interclientTrust.read", app_provisioning::interclient),
    get("/api/v1/apps/{}/sso/saml/metadata", "okta.apps.read", app_provisioning::saml_metadata),
    get("/api/v1/apps/{}/tokens", "okta.apps.read", app_credentials::tokens),
    get("/api/v1/apps/{}/users", "okta.apps.read", apps::users),
    get("/api/v1/authenticators", "okta.authenticators.read", authenticators::list),
    get("/api/v1/authenticators/{}", "okta.authenticators.read", authenticators::get),
    get("/api/v1/authenticators/{}/aaguids", "okta.authenticators.read", authenticators::aaguids),
    get("/api/v1/authenticators/{}/methods", "okta.authenticators.read", authenticators::methods),
    get("/api/v1/authorizationServers", "okta.authorizationServers.read", authorization_servers::list),
    get("/api/v1/authorizationServers/{}", "okta.authorizationServers.read", authorization_servers::get),
    get("/api/v1/authorizationServers/{}/associatedServers", "okta.authorizationServers.read", authorization_servers::associated),
    get("/api/v1/authorizationServers/{}/claims", "okta.authorizationServers.read", authorization_servers::claims),
    get("/api/v1/authorizationServers/{}/clients", "okta.authorizationServers.read", authorization_servers::clients),
    get("/api/v1/authorizationServers/{}/clients/{}/tokens", "okta.authorizationServers.read", authorization_servers::client_tokens),
    get("/api/v1/authorizationServers/{}/credentials/keys", "okta.authorizationServers.read", authorization_servers::keys),
    get("/api/v1/authorizationServers/{}/policies", "okta.authorizationServers.read", authorization_servers::policies),
    get("/api/v1/authorizationServers/{}/policies/{}/rules", "okta.authorizationServers.read", authorization_servers::rules),
    get("/api/v1/authorizationServers/{}/resourceservercredentials/keys", "okta.authorizationServers.read", authorization_servers::resource_keys),
    get("/api/v1/authorizationServers/{}/scopes", "okta.authorizationServers.read", authorization_servers::scopes),
    get("/api/v1/behaviors", "okta.behaviors.read", network::behaviors),
    get("/api/v1/bot-protection/configuration", "okta.botProtection.read", protection::bots),
    get("/api/v1/brands", "okta.brands.read", branding::brands),
    get("/api/v1/brands/{}/pages/sign-in", "okta.brands.read", branding::sign_in_page),
    get("/api/v1/brands/{}/pages/sign-in/customized", "okta.brands.read", branding::customized_page),
    get("/api/v1/brands/{}/templates/email", "okta.templates.read", branding::email_templates),
    get("/api/v1/brands/{}/themes", "okta.brands.read", branding::themes),
    get("/api/v1/captchas", "okta.captchas.read", protection::captchas),
    get("/api/v1/device-assurances", "okta.deviceAssurance.read", protection::assurances),
    get("/api/v1/device-integrations", "okta.deviceIntegrations.read", protection::device_integrations),
    get("/api/v1/device-posture-checks", "okta.devicePostureChecks.read", protection::posture_checks),
    get("/api/v1/devices", "okta.devices.read", devices::list),
    get("/api/v1/devices/{}", "okta.devices.read", devices::get),
    get("/api/v1/devices/{}/users", "okta.devices.read", devices::device_users),
    get("/api/v1/domains", "okta.domains.read", branding::domains),
    get("/api/v1/dr/status", "okta.dr.read", branding::disaster_recovery),
    get("/api/v1/email-domains", "okta.emailDomains.read", branding::email_domains),
    get("/api/v1/email-servers", "okta.emailServers.read", branding::email_servers),
    get("/api/v1/eventHooks", "okta.eventHooks.read", monitoring::event_hooks),
    get("/api/v1/features", "okta.features.read", org_settings::features),
    get("/api/v1/first-party-app-settings/{}", "okta.apps.read", app_provisioning::first_party_setting),
    get("/api/v1/groups", "okta.groups.read", groups::list),
    get("/api/v1/groups/rules", "okta.groups.read", groups::rules),
    get("/api/v1/groups/{}", "okta.groups.read", groups::get),
    get("/api/v1/groups/{}/apps", "okta.groups.read", groups::apps),
    get("/api/v1/groups/{}/owners", "okta.groups.read", groups::owners),
    iam("/api/v1/groups/{}/roles", "okta.roles.read", role_assignments::of_group),
    iam("/api/v1/groups/{}/roles/{}/targets/catalog/apps", "okta.roles.read", role_assignments::group_apps),
    iam("/api/v1/groups/{}/roles/{}/targets/groups", "okta.roles.read", role_assignments::group_groups),
    get("/api/v1/groups/{}/users", "okta.groups.read", groups::users),
    get("/api/v1/hook-keys", "okta.inlineHooks.read", monitoring::hook_keys),
    iam("/api/v1/iam/assignees/users", "okta.roles.read", role_assignments::assignees),
    iam("/api/v1/iam/governance/bundles", "okta.roles.read", role_assignments::bundles),
    iam("/api/v1/iam/governance/bundles/{}/entitlements", "okta.roles.read", role_assignments::bundle_entitlements),
    iam("/api/v1/iam/governance/optIn", "okta.roles.read", role_assignments::opt_in),
    iam("/api/v1/iam/resource-sets", "okta.roles.read", custom_roles::resource_sets),
    iam("/api/v1/iam/resource-sets/{}/bindings", "okta.roles.read", custom_roles::bindings),
    iam("/api/v1/iam/resource-sets/{}/bindings/{}/members", "okta.roles.read", custom_roles::members),
    iam("/api/v1/iam/resource-sets/{}/resources", "okta.roles.read", custom_roles::resources),
    iam("/api/v1/iam/roles", "okta.roles.read", custom_roles::roles),
    iam("/api/v1/iam/roles/{}", "okta.roles.read", custom_roles::role),
    iam("/api/v1/iam/roles/{}/permissions", "okta.roles.read", custom_roles::permissions),
    get("/api/v1/idps", "okta.idps.read", idps::idps),
    get("/api/v1/idps/credentials/keys", "okta.idps.read", idps::keys),
    get("/api/v1/idps/{}", "okta.idps.read", idps::idp),
    get("/api/v1/idps/{}/credentials/csrs", "okta.idps.read", idps::csrs),
    get("/api/v1/idps/{}/credentials/keys", "okta.idps.read", idps::signing_keys),
    get("/api/v1/idps/{}/credentials/keys/active", "okta.idps.read", idps::active_key),
    get("/api/v1/idps/{}/metadata.xml", "okta.idps.read", idps::idp_metadata),
    get("/api/v1/idps/{}/users", "okta.idps.read", idps::linked_users),
    get("/api/v1/inlineHooks", "okta.inlineHooks.read", monitoring::inline_hooks),
    get("/api/v1/logStreams", "okta.logStreams.read", monitoring::log_streams),
    get("/api/v1/logStreams/{}", "okta.logStreams.read", monitoring::log_stream),
    get("/api/v1/mappings", "okta.profileMappings.read", app_provisioning::mappings),
    get("/api/v1/mappings/{}", "okta.profileMappings.read", app_provisioning::mapping),
    get("/api/v1/meta/schemas/apps/{}/default", "okta.schemas.read", app_provisioning::user_schema),
    get("/api/v1/meta/schemas/group/default", "okta.schemas.read", schemas::group_schema),
    get("/api/v1/meta/schemas/user/linkedObjects", "okta.linkedObjects.read", user_details::linked_object_definitions),
    get("/api/v1/meta/schemas/user/{}", "okta.schemas.read", schemas::user_schema),
    get("/api/v1/meta/types/user", "okta.userTypes.read", schemas::user_types),
    get("/api/v1/meta/uischemas", "okta.uischemas.read", schemas::ui_schemas),
    get("/api/v1/org", "okta.orgs.read", org_settings::org),
    get("/api/v1/org/captcha", "okta.captchas.read", protection::org_captcha),
    get("/api/v1/org/contacts", "okta.orgs.read", org_settings::contacts),
    get("/api/v1/org/contacts/{}", "okta.orgs.read", org_settings::contact),
    get("/api/v1/org/factors/yubikey_token/tokens", "okta.users.read", protection::yubikeys),
    get("/api/v1/org/orgSettings/thirdPartyAdminSetting", "okta.orgs.read", org_settings::third_party_admin),
    get("/api/v1/org/preferences", "okta.orgs.read", org_settings::preferences),
    get("/api/v1/org/privacy/aerial", "okta.orgs.read", org_settings::aerial),
    get("/api/v1/org/privacy/oktaCommunication", "okta.orgs.read", org_settings::communication),
    get("/api/v1/org/privacy/oktaSupport", "okta.orgs.read", org_settings::support),
    get("/api/v1/org/privacy/oktaSupport/cases", "okta.orgs.read", org_settings::support_cases),
    get("/api/v1/org/settings/autoAssignAdminAppSetting", "okta.orgs.read", org_settings::auto_assign_admin_app),
    get("/api/v1/org/settings/clientPrivilegesSetting", "okta.orgs.read", org_settings::client_privileges),
    get("/api/v1/policies", "okta.policies.read", policies::list),
    get("/api/v1/policies/{}", "okta.policies.read", policies::get),
    get("/api/v1/policies/{}/mappings", "okta.policies.read", policies::mappings),
    get("/api/v1/policies/{}/rules", "okta.policies.read", policies::rules),
    get("/api/v1/principal-rate-limits", "okta.principalRateLimits.read", rate_limits::principals),
    get("/api/v1/push-providers", "okta.pushProviders.read", protection::push_providers),
    get("/api/v1/rate-limit-settings/admin-notifications", "okta.rateLimits.read", rate_limits::notifications),
    get("/api/v1/rate-limit-settings/per-client", "okta.rateLimits.read", rate_limits::per_client),
    get("/api/v1/rate-limit-settings/warning-threshold", "okta.rateLimits.read", rate_limits::warning),
    get("/api/v1/realm-assignments", "okta.realmAssignments.read", directory_agents::realm_assignments),
    get("/api/v1/realms", "okta.realms.read", directory_agents::realms),
    iam("/api/v1/roles/{}/subscriptions", "okta.roles.read", role_assignments::subscriptions),
    get("/api/v1/security-events-providers", "okta.securityEventsProviders.read", monitoring::event_providers),
    get("/api/v1/ssf/stream", "ssf.read", monitoring::ssf_stream),
    get("/api/v1/ssf/stream/status", "ssf.read", monitoring::ssf_status),
    get("/api/v1/telephony-providers", "okta.customTelephonyProvider.read", branding::telephony),
    get("/api/v1/templates/sms", "okta.templates.read", branding::sms_templates),
    get("/api/v1/threats/configuration", "okta.threatInsights.read", protection::threat_insight),
    get("/api/v1/trustedOrigins", "okta.trustedOrigins.read", network::trusted_origins),
    get("/api/v1/users", "okta.users.read", users::list),
    get("/api/v1/users/{}", "okta.users.read", users::get),
    get("/api/v1/users/{}/appLinks", "okta.users.read", users::app_links),
    get("/api/v1/users/{}/authenticator-enrollments", "okta.users.read", factors::enrollments),
    get("/api/v1/users/{}/blocks", "okta.users.read", user_details::blocks),
    get("/api/v1/users/{}/classification", "okta.users.read", user_details::classification),
    get("/api/v1/users/{}/clients", "okta.users.read", user_details::clients),
    get("/api/v1/users/{}/clients/{}/tokens", "okta.users.read", user_details::client_tokens),
    get("/api/v1/users/{}/devices", "okta.users.read", devices::of_user),
    get("/api/v1/users/{}/factors", "okta.users.read", factors::factors),
    get("/api/v1/users/{}/grants", "okta.users.read", user_details::grants),
    get("/api/v1/users/{}/groups", "okta.users.read", users::groups),
    get("/api/v1/users/{}/idps", "okta.users.read", user_details::idps),
    get("/api/v1/users/{}/linkedObjects/{}", "okta.users.read", user_details::linked_objects),
    get("/api/v1/users/{}/risk", "okta.userRisk.read", user_details::risk),
    iam("/api/v1/users/{}/roles", "okta.roles.read", role_assignments::of_user),
    iam("/api/v1/users/{}/roles/{}/governance", "okta.roles.read", role_assignments::governance),
    iam("/api/v1/users/{}/roles/{}/targets", "okta.roles.read", role_assignments::user_targets),
    iam("/api/v1/users/{}/roles/{}/targets/catalog/apps", "okta.roles.read", role_assignments::user_apps),
    iam("/api/v1/users/{}/roles/{}/targets/groups", "okta.roles.read", role_assignments::user_groups),
    get("/api/v1/zones", "okta.networkZones.read", network::zones),
    get("/api/v1/zones/{}", "okta.networkZones.read", network::zone),
    get("/attack-protection/api/v1/authenticator-settings", "okta.orgs.read", protection::authenticator_order),
    get("/attack-protection/api/v1/user-lockout-settings", "okta.orgs.read", protection::lockout),
    get("/governance/api/v1/campaigns", "okta.governance.accessCertifications.read", governance::campaigns),
    get("/governance/api/v1/collections", "okta.governance.collections.read", governance::collections),
    get("/governance/api/v1/delegates", "okta.governance.delegates.read", governance::delegates),
    get("/governance/api/v1/entitlement-bundles", "okta.governance.entitlements.read", governance::bundles),
    get("/governance/api/v1/labels", "okta.governance.labels.read", governance::labels),
    get("/governance/api/v1/reviews", "okta.governance.accessCertifications.read", governance::reviews),
    get("/governance/api/v1/risk-rules", "okta.governance.riskRule.read", governance::risk_rules),
    get("/governance/api/v2/request-settings", "okta.accessRequests.condition.read", governance::request_settings),
    get("/governance/api/v2/requests", "okta.accessRequests.request.read", governance::requests),
    get("/governance/api/v2/security-access-reviews", "okta.governance.securityAccessReviews.admin.read", governance::security_reviews),
    get("/integrations/api/v1/api-services", "okta.oauthIntegrations.read", machine_identities::integrations),
    get("/integrations/api/v1/api-services/{}/credentials/secrets", "okta.oauthIntegrations.read", machine_identities::integration_secrets),
    get("/oauth2/v1/clients", "okta.clients.read", app_credentials::oauth_clients),
    iam("/oauth2/v1/clients/{}/roles", "okta.roles.read", role_assignments::of_client),
    iam("/oauth2/v1/clients/{}/roles/{}/targets/catalog/apps", "okta.roles.read", role_assignments::client_apps),
    iam("/oauth2/v1/clients/{}/roles/{}/targets/groups", "okta.roles.read", role_assignments::client_groups),
    get("/privileged-access/api/v1/okta-service-accounts", "okta.serviceAccounts.okta.read", machine_identities::okta_service_accounts),
    get("/privileged-access/api/v1/service-accounts", "okta.serviceAccounts.read", machine_identities::service_accounts),
    get("/webauthn-registration/api/v1/users/{}/enrollments", "okta.users.read", factors::preregistered),
    get("/workload-principals/api/v1/ai-agents", "okta.aiAgents.read", machine_identities::ai_agents),
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
