//! Everything that exists in an Okta org and that a read scope reaches: entity by entity. Paths and scopes are those of
//! Okta's management and governance `OpenAPI` documents (2026.06). To collect one more thing, add a row.

use serde_json::Value;

use crate::inventory::entity::{Entity, list, one};

const LIMIT: &[(&str, &str)] = &[("limit", "200")];

const USERS: &str = "okta.users.read";
const GROUPS: &str = "okta.groups.read";
const APPS: &str = "okta.apps.read";
const ROLES: &str = "okta.roles.read";
const POLICIES: &str = "okta.policies.read";
const AUTHENTICATORS: &str = "okta.authenticators.read";
const SERVERS: &str = "okta.authorizationServers.read";
const ORG: &str = "okta.orgs.read";
const SCHEMAS: &str = "okta.schemas.read";

/// The types of policies; an org answers 400 to those that it is not licensed for.
const POLICY_TYPES: &[&str] = &[
    "OKTA_SIGN_ON",
    "PASSWORD",
    "MFA_ENROLL",
    "IDP_DISCOVERY",
    "ACCESS_POLICY",
    "PROFILE_ENROLLMENT",
    "POST_AUTH_SESSION",
    "ENTITY_RISK",
    "DEVICE_SIGNAL_COLLECTION",
    "CLIENT_UPDATE",
    "SESSION_VIOLATION_DETECTION",
    "USER_LIFECYCLE",
];

/// What changes the members of a group. Who leaves the org leaves its groups without an event for each.
const MEMBERSHIP: &[&str] = &[
    "group.user_membership.",
    "user.lifecycle.",
    "user.account.update_profile",
    "group.lifecycle.",
    "directory.external.group.",
];
const ASSIGNMENT: &[&str] = &[
    "application.user_membership.",
    "application.lifecycle.",
    "group.application_assignment.",
    "group.user_membership.",
    "user.lifecycle.",
    "user.account.update_profile",
    "group.lifecycle.",
];
const ADMINS: &[&str] = &[
    "user.account.privilege.",
    "group.privilege.",
    "iam.role.",
    "iam.resourceset.",
    "user.lifecycle.",
    "app.oauth2.client.privilege.",
    "group.lifecycle.",
];
const POLICY: &[&str] = &["policy.lifecycle.", "policy.rule.", "policy.mapping."];
const AUTHORIZATION: &[&str] = &["oauth2.as.", "oauth2.scope.", "oauth2.claim."];
const CLIENT: &[&str] =
    &["app.oauth2.client.", "app.oauth2.credentials.", "app.oauth2.admin.", "app.keys.", "application.lifecycle."];
const APPLICATION: &[&str] = &["application.lifecycle.", "application.configuration.", "application.policy."];

/// Every entity; a parent stands before what hangs on it.
#[rustfmt::skip]
pub(crate) const ENTITIES: &[Entity] = &[
    // Users. Without a search, those who have left are not in the list.
    list("user", "/api/v1/users", USERS).query(&[("limit", "200"), ("search", "status pr")]).volatile(&["lastLogin"])
        .redacted(&["credentials.recovery_question"])
        .since("search", "lastUpdated ge \"{}\"", &["user.lifecycle.delete.completed"]).told_by(&["user.lifecycle.", "user.account."]),
    list("user_factor", "/api/v1/users/{}/factors", USERS).of("user", is_active_user).touched()
        .redacted(&["profile.phoneNumber", "profile.email", "profile.questionText", "profile.question"])
        .volatile(&["lastVerified"]).told_by(&["user.mfa.factor.", "device.enrollment.", "device.token.", "user.lifecycle."]),
    list("user_authenticator_enrollment", "/api/v1/users/{}/authenticator-enrollments", USERS).of("user", is_active_user).touched().additional()
        .redacted(&["profile.phoneNumber", "profile.email"]).told_by(&["user.mfa.factor.", "user.lifecycle."]),
    list("user_block", "/api/v1/users/{}/blocks", USERS).of("user", is_locked_out).key("type").touched(),
    one("user_risk", "/api/v1/users/{}/risk", "okta.userRisk.read").of("user", is_active_user).touched().additional(),
    one("user_classification", "/api/v1/users/{}/classification", USERS).of("user", is_active_user).touched().additional(),
    list("user_app_link", "/api/v1/users/{}/appLinks", USERS).of("user", is_active_user).touched().additional(),
    list("user_idp", "/api/v1/users/{}/idps", USERS).of("user", is_active_user).touched().additional(),
    list("user_grant", "/api/v1/users/{}/grants", USERS).of("user", is_active_user).query(LIMIT).touched().additional().told_by(&["app.oauth2.as.consent.", "user.lifecycle."]),
    list("user_client", "/api/v1/users/{}/clients", USERS).of("user", is_active_user).key("client_id").touched().additional(),
    list("user_client_token", "/api/v1/users/{}/clients/{}/tokens", USERS).each("user_client").additional(),
    list("user_device", "/api/v1/users/{}/devices", USERS).of("user", is_active_user).key("device.id").touched().additional(),
    list("user_group", "/api/v1/users/{}/groups", USERS).of("user", is_active_user).touched().additional(),
    list("user_type", "/api/v1/meta/types/user", "okta.userTypes.read"),
    one("user_schema", "/api/v1/meta/schemas/user/{}", SCHEMAS).each("user_type"),
    list("linked_object", "/api/v1/meta/schemas/user/linkedObjects", "okta.linkedObjects.read").key("primary.name"),
    // Groups. Their statistics say which calls are worth it.
    list("group", "/api/v1/groups", GROUPS).query(&[("limit", "200"), ("expand", "stats")]).volatile(&["lastMembershipUpdated"])
        .since("filter", "lastUpdated gt \"{}\" or lastMembershipUpdated gt \"{}\"", &["group.lifecycle.delete"]).told_by(&["group.lifecycle.", "group.profile.", "group.privilege."]),
    list("group_member", "/api/v1/groups/{}/users", GROUPS).of("group", has_members).query(&[("limit", "1000")]).touched()
        .edge().told_by(MEMBERSHIP),
    list("group_owner", "/api/v1/groups/{}/owners", GROUPS).of("group", is_okta_group).touched().told_by(&["group.lifecycle.", "group.owner."]),
    list("group_rule", "/api/v1/groups/rules", GROUPS).query(LIMIT).told_by(&["group.user_membership.rule."]),
    list("group_role", "/api/v1/groups/{}/roles", ROLES).of("group", is_admin_group).told_by(ADMINS),
    list("group_app", "/api/v1/groups/{}/apps", GROUPS).of("group", has_apps).query(LIMIT).touched().additional().edge(),
    one("group_schema", "/api/v1/meta/schemas/group/default", SCHEMAS),
    // Applications.
    list("app", "/api/v1/apps", APPS).query(&[("limit", "200"), ("includeNonDeleted", "true")]).redacted(&["credentials.password"]).told_by(APPLICATION),
    list("app_group", "/api/v1/apps/{}/groups", APPS).of("app", has_people).query(LIMIT).touched().told_by(&["group.application_assignment.", "application.lifecycle."]),
    list("app_user", "/api/v1/apps/{}/users", APPS).of("app", has_people).query(&[("limit", "500")]).touched().volatile(&["lastSync"])
        .redacted(&["credentials.password"]).told_by(ASSIGNMENT).via("app_group", "group"),
    list("app_grant", "/api/v1/apps/{}/grants", "okta.appGrants.read").of("app", is_oauth).told_by(CLIENT),
    list("app_client_secret", "/api/v1/apps/{}/credentials/secrets", APPS).of("app", has_client_secret).audited().redacted(&["client_secret", "secret_hash"]).told_by(CLIENT),
    list("app_jwk", "/api/v1/apps/{}/credentials/jwks", APPS).of("app", has_public_key).told_by(CLIENT),
    list("app_key", "/api/v1/apps/{}/credentials/keys", APPS).of("app", is_federated).key("kid").additional().told_by(CLIENT),
    list("app_csr", "/api/v1/apps/{}/credentials/csrs", APPS).of("app", is_federated).additional(),
    list("app_token", "/api/v1/apps/{}/tokens", APPS).of("app", is_web_oauth).query(LIMIT).additional(),
    list("app_feature", "/api/v1/apps/{}/features", APPS).of("app", is_provisioned).key("name"),
    one("app_connection", "/api/v1/apps/{}/connections/default", APPS).of("app", is_provisioned),
    list("group_push_mapping", "/api/v1/apps/{}/group-push/mappings", APPS).of("app", pushes_groups).query(&[("limit", "1000")]),
    list("app_federated_claim", "/api/v1/apps/{}/federated-claims", APPS).of("app", is_federated).additional(),
    one("app_user_schema", "/api/v1/meta/schemas/apps/{}/default", SCHEMAS).of("app", has_people).additional(),
    list("app_cross_app_connection", "/api/v1/apps/{}/cwo/connections", APPS).of("app", is_oauth).additional(),
    list("app_interclient_allowed", "/api/v1/apps/{}/interclient-allowed-apps", "okta.apps.interclientTrust.read").of("app", is_oauth).additional(),
    list("app_interclient_target", "/api/v1/apps/{}/interclient-target-apps", "okta.apps.interclientTrust.read").of("app", is_oauth).additional(),
    one("first_party_app_setting", "/api/v1/first-party-app-settings/admin-console", APPS),
    list("profile_mapping", "/api/v1/mappings", "okta.profileMappings.read").query(LIMIT),
    list("oauth_client", "/oauth2/v1/clients", "okta.clients.read").query(LIMIT).key("client_id").redacted(&["client_secret"]).told_by(CLIENT),
    // Admins.
    list("admin_user", "/api/v1/iam/assignees/users", ROLES).query(&[("limit", "100")]).told_by(ADMINS),
    list("user_role", "/api/v1/users/{}/roles", ROLES).each("admin_user").told_by(ADMINS),
    list("user_role_group_target", "/api/v1/users/{}/roles/{}/targets/groups", ROLES).of("user_role", is_scoped_to_groups).query(LIMIT).edge(),
    list("user_role_app_target", "/api/v1/users/{}/roles/{}/targets/catalog/apps", ROLES).of("user_role", is_scoped_to_apps).query(LIMIT).key("name").edge(),
    list("client_role", "/oauth2/v1/clients/{}/roles", ROLES).of("app", is_service).told_by(ADMINS),
    list("custom_role", "/api/v1/iam/roles", ROLES).told_by(ADMINS),
    list("custom_role_permission", "/api/v1/iam/roles/{}/permissions", ROLES).each("custom_role").key("label").told_by(ADMINS),
    list("resource_set", "/api/v1/iam/resource-sets", ROLES).told_by(ADMINS),
    list("resource_set_resource", "/api/v1/iam/resource-sets/{}/resources", ROLES).each("resource_set").told_by(ADMINS),
    list("resource_set_binding", "/api/v1/iam/resource-sets/{}/bindings", ROLES).each("resource_set").told_by(ADMINS),
    list("resource_set_member", "/api/v1/iam/resource-sets/{}/bindings/{}/members", ROLES).each("resource_set_binding").told_by(ADMINS),
    list("admin_bundle", "/api/v1/iam/governance/bundles", ROLES).additional(),
    one("admin_governance", "/api/v1/iam/governance/optIn", ROLES).additional(),
    list("role_subscription", "/api/v1/roles/{}/subscriptions", ROLES).key("notificationType").additional()
        .values(&["SUPER_ADMIN", "ORG_ADMIN", "APP_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "READ_ONLY_ADMIN", "REPORT_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "MOBILE_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"]),
    // Identities that are no people.
    list("api_token", "/api/v1/api-tokens", "okta.apiTokens.read").volatile(&["expiresAt"]).told_by(&["system.api_token."]),
    list("api_service_integration", "/integrations/api/v1/api-services", "okta.oauthIntegrations.read").told_by(&["integration.api_service."]),
    list("api_service_secret", "/integrations/api/v1/api-services/{}/credentials/secrets", "okta.oauthIntegrations.read").each("api_service_integration").audited().redacted(&["client_secret", "secret_hash"]),
    list("service_account", "/privileged-access/api/v1/service-accounts", "okta.serviceAccounts.read").query(LIMIT),
    list("okta_service_account", "/privileged-access/api/v1/okta-service-accounts", "okta.serviceAccounts.okta.read").query(LIMIT),
    list("ai_agent", "/workload-principals/api/v1/ai-agents", "okta.aiAgents.read").told_by(&["workload_principal."]),
    // Policies and what they look at.
    list("policy", "/api/v1/policies", POLICIES).query(&[("type", "{}")]).values(POLICY_TYPES).told_by(POLICY),
    list("policy_rule", "/api/v1/policies/{}/rules", POLICIES).each("policy").told_by(POLICY),
    list("policy_mapping", "/api/v1/policies/{}/mappings", POLICIES).of("policy", is_mapped).told_by(POLICY).additional(),
    list("device_assurance", "/api/v1/device-assurances", "okta.deviceAssurance.read"),
    list("device_posture_check", "/api/v1/device-posture-checks", "okta.devicePostureChecks.read"),
    list("device_integration", "/api/v1/device-integrations", "okta.deviceIntegrations.read"),
    list("authenticator", "/api/v1/authenticators", AUTHENTICATORS).redacted(&["provider.configuration.secretKey", "provider.configuration.sharedSecret"]).told_by(&["security.authenticator.", "system.mfa.factor."]),
    list("authenticator_method", "/api/v1/authenticators/{}/methods", AUTHENTICATORS).each("authenticator").key("type").told_by(&["security.authenticator."]),
    list("authenticator_aaguid", "/api/v1/authenticators/{}/aaguids", AUTHENTICATORS).of("authenticator", is_webauthn).key("aaguid"),
    list("behavior", "/api/v1/behaviors", "okta.behaviors.read").told_by(&["security.behavior."]),
    one("threat_insight", "/api/v1/threats/configuration", "okta.threatInsights.read").told_by(&["security.threat."]),
    one("user_lockout_setting", "/attack-protection/api/v1/user-lockout-settings", ORG).told_by(&["security.attack_protection."]),
    one("authenticator_setting", "/attack-protection/api/v1/authenticator-settings", ORG).told_by(&["security.attack_protection."]),
    one("bot_protection", "/api/v1/bot-protection/configuration", "okta.botProtection.read"),
    list("captcha", "/api/v1/captchas", "okta.captchas.read").redacted(&["secretKey"]),
    one("org_captcha", "/api/v1/org/captcha", "okta.captchas.read"),
    list("network_zone", "/api/v1/zones", "okta.networkZones.read").query(LIMIT).told_by(&["zone.", "security.zone."]),
    list("trusted_origin", "/api/v1/trustedOrigins", "okta.trustedOrigins.read").query(LIMIT).told_by(&["security.trusted_origin."]),
    // Federation. Okta returns client secrets of identity providers, and reading them is audited by Okta.
    list("identity_provider", "/api/v1/idps", "okta.idps.read").query(LIMIT).redacted(&["protocol.credentials.client.client_secret"]).told_by(&["system.idp."]),
    list("identity_provider_key", "/api/v1/idps/credentials/keys", "okta.idps.read").query(LIMIT).key("kid"),
    list("identity_provider_signing_key", "/api/v1/idps/{}/credentials/keys", "okta.idps.read").each("identity_provider").key("kid"),
    list("identity_provider_user", "/api/v1/idps/{}/users", "okta.idps.read").each("identity_provider").query(LIMIT).touched(),
    list("authorization_server", "/api/v1/authorizationServers", SERVERS).query(LIMIT)
        .volatile(&["credentials.signing.lastRotated", "credentials.signing.nextRotation"]).told_by(AUTHORIZATION),
    list("authorization_server_scope", "/api/v1/authorizationServers/{}/scopes", SERVERS).each("authorization_server").query(LIMIT).told_by(AUTHORIZATION),
    list("authorization_server_claim", "/api/v1/authorizationServers/{}/claims", SERVERS).each("authorization_server").told_by(AUTHORIZATION),
    list("authorization_server_policy", "/api/v1/authorizationServers/{}/policies", SERVERS).each("authorization_server").told_by(AUTHORIZATION),
    list("authorization_server_policy_rule", "/api/v1/authorizationServers/{}/policies/{}/rules", SERVERS).each("authorization_server_policy").told_by(AUTHORIZATION),
    list("authorization_server_key", "/api/v1/authorizationServers/{}/credentials/keys", SERVERS).each("authorization_server").key("kid").told_by(AUTHORIZATION),
    list("authorization_server_client", "/api/v1/authorizationServers/{}/clients", SERVERS).each("authorization_server").key("client_id").told_by(AUTHORIZATION),
    list("associated_server", "/api/v1/authorizationServers/{}/associatedServers", SERVERS).each("authorization_server").additional(),
    list("realm", "/api/v1/realms", "okta.realms.read").query(LIMIT),
    list("realm_assignment", "/api/v1/realm-assignments", "okta.realmAssignments.read").query(LIMIT),
    // Without the parameter Okta gives five pools of each type and says nothing of the others.
    list("agent_pool", "/api/v1/agentPools", "okta.agentPools.read").query(&[("limitPerPoolType", "200")]).volatile(&["agents", "operationalStatus"]),
    // Devices, each with its users.
    list("device", "/api/v1/devices", "okta.devices.read").query(&[("limit", "200"), ("expand", "user")]).told_by(&["device.lifecycle.", "device.user.", "device.enrollment."])
        .since("search", "lastUpdated ge \"{}\"", &["device.lifecycle.delete"]),
    list("push_provider", "/api/v1/push-providers", "okta.pushProviders.read").redacted(&["configuration.tokenSigningKey", "configuration.serviceAccountJson"]),
    list("yubikey_token", "/api/v1/org/factors/yubikey_token/tokens", USERS).query(LIMIT).volatile(&["lastVerified"]),
    // The org.
    one("org", "/api/v1/org", ORG).told_by(&["system.org."]),
    one("org_preference", "/api/v1/org/preferences", ORG),
    list("org_contact", "/api/v1/org/contacts", ORG).key("contactType"),
    one("third_party_admin_setting", "/api/v1/org/orgSettings/thirdPartyAdminSetting", ORG),
    one("auto_assign_admin_app_setting", "/api/v1/org/settings/autoAssignAdminAppSetting", ORG),
    one("client_privileges_setting", "/api/v1/org/settings/clientPrivilegesSetting", ORG),
    one("okta_support", "/api/v1/org/privacy/oktaSupport", ORG),
    list("okta_support_case", "/api/v1/org/privacy/oktaSupport/cases", ORG).key("caseNumber"),
    one("okta_communication", "/api/v1/org/privacy/oktaCommunication", ORG),
    list("feature", "/api/v1/features", "okta.features.read").told_by(&["system.feature."]),
    one("rate_limit_per_client", "/api/v1/rate-limit-settings/per-client", "okta.rateLimits.read").told_by(&["system.rate_limit."]),
    one("rate_limit_notification", "/api/v1/rate-limit-settings/admin-notifications", "okta.rateLimits.read").told_by(&["system.rate_limit."]),
    one("rate_limit_warning", "/api/v1/rate-limit-settings/warning-threshold", "okta.rateLimits.read").told_by(&["system.rate_limit."]),
    list("principal_rate_limit", "/api/v1/principal-rate-limits", "okta.principalRateLimits.read").query(&[("limit", "50")]),
    list("brand", "/api/v1/brands", "okta.brands.read").query(LIMIT),
    one("brand_sign_in_page", "/api/v1/brands/{}/pages/sign-in", "okta.brands.read").each("brand").additional(),
    list("brand_theme", "/api/v1/brands/{}/themes", "okta.brands.read").each("brand").additional(),
    list("email_template", "/api/v1/brands/{}/templates/email", "okta.templates.read").each("brand").query(LIMIT).key("name").additional(),
    list("sms_template", "/api/v1/templates/sms", "okta.templates.read").additional(),
    list("domain", "/api/v1/domains", "okta.domains.read"),
    list("email_domain", "/api/v1/email-domains", "okta.emailDomains.read"),
    list("email_server", "/api/v1/email-servers", "okta.emailServers.read"),
    list("telephony_provider", "/api/v1/telephony-providers", "okta.customTelephonyProvider.read"),
    one("disaster_recovery", "/api/v1/dr/status", "okta.dr.read").additional(),
    list("ui_schema", "/api/v1/meta/uischemas", "okta.uischemas.read").additional(),
    // Where events go.
    list("log_stream", "/api/v1/logStreams", "okta.logStreams.read").query(LIMIT).redacted(&["settings.token"]).told_by(&["system.log_stream."]),
    list("event_hook", "/api/v1/eventHooks", "okta.eventHooks.read").redacted(&["channel.config.authScheme.value", "channel.config.headers.value"]).told_by(&["event_hook."]),
    list("inline_hook", "/api/v1/inlineHooks", "okta.inlineHooks.read").redacted(&["channel.config.authScheme.value", "channel.config.headers.value", "channel.config.clientSecret"]).told_by(&["inline_hook."]),
    list("hook_key", "/api/v1/hook-keys", "okta.inlineHooks.read").told_by(&["system.hook.key."]),
    list("ssf_stream", "/api/v1/ssf/stream", "ssf.read").key("stream_id").redacted(&["delivery.authorization_header"]),
    list("security_events_provider", "/api/v1/security-events-providers", "okta.securityEventsProviders.read"),
    // Governance.
    list("access_campaign", "/governance/api/v1/campaigns", "okta.governance.accessCertifications.read").query(LIMIT),
    list("access_review", "/governance/api/v1/reviews", "okta.governance.accessCertifications.read").query(LIMIT).additional(),
    list("entitlement_bundle", "/governance/api/v1/entitlement-bundles", "okta.governance.entitlements.read").query(LIMIT).additional(),
    list("access_request", "/governance/api/v2/requests", "okta.accessRequests.request.read").query(LIMIT).additional(),
    one("access_request_setting", "/governance/api/v2/request-settings", "okta.accessRequests.condition.read").additional(),
    list("governance_collection", "/governance/api/v1/collections", "okta.governance.collections.read").query(LIMIT),
    list("governance_label", "/governance/api/v1/labels", "okta.governance.labels.read").query(LIMIT).key("labelId"),
    list("governance_delegate", "/governance/api/v1/delegates", "okta.governance.delegates.read").query(LIMIT),
    list("risk_rule", "/governance/api/v1/risk-rules", "okta.governance.riskRule.read").query(LIMIT),
    list("security_access_review", "/governance/api/v2/security-access-reviews", "okta.governance.securityAccessReviews.admin.read").query(LIMIT).additional(),
];

fn text<'a>(record: &'a Value, path: &str) -> &'a str {
    record.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn is_active_user(user: &Value) -> bool {
    !matches!(text(user, "/status"), "DEPROVISIONED" | "STAGED")
}

fn is_locked_out(user: &Value) -> bool {
    text(user, "/status") == "LOCKED_OUT"
}

/// Everybody is in the group Everyone: the list of users says it already. Without statistics, nobody knows.
fn has_members(group: &Value) -> bool {
    let is_everyone = text(group, "/type") == "BUILT_IN" && text(group, "/profile/name") == "Everyone";
    !is_everyone && group.pointer("/_embedded/stats/usersCount").and_then(Value::as_u64) != Some(0)
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

fn has_people(app: &Value) -> bool {
    !is_service(app) && text(app, "/status") != "DELETED"
}

fn is_oauth(app: &Value) -> bool {
    text(app, "/signOnMode") == "OPENID_CONNECT"
}

fn is_service(app: &Value) -> bool {
    is_oauth(app) && text(app, "/settings/oauthClient/application_type") == "service"
}

fn is_web_oauth(app: &Value) -> bool {
    is_oauth(app) && !is_service(app)
}

fn method(app: &Value) -> &str {
    text(app, "/credentials/oauthClient/token_endpoint_auth_method")
}

fn has_client_secret(app: &Value) -> bool {
    is_oauth(app) && method(app).starts_with("client_secret")
}

fn has_public_key(app: &Value) -> bool {
    is_oauth(app) && method(app) == "private_key_jwt"
}

fn is_federated(app: &Value) -> bool {
    is_oauth(app) || text(app, "/signOnMode").starts_with("SAML")
}

fn has_feature(app: &Value, is_wanted: impl Fn(&str) -> bool) -> bool {
    app["features"].as_array().is_some_and(|features| features.iter().filter_map(Value::as_str).any(is_wanted))
}

fn is_provisioned(app: &Value) -> bool {
    has_feature(app, |feature| feature.contains("PUSH") || feature.contains("IMPORT"))
}

fn pushes_groups(app: &Value) -> bool {
    has_feature(app, |feature| feature == "GROUP_PUSH")
}

fn is_scoped_to_groups(role: &Value) -> bool {
    matches!(text(role, "/type"), "USER_ADMIN" | "HELP_DESK_ADMIN" | "GROUP_MEMBERSHIP_ADMIN")
}

fn is_scoped_to_apps(role: &Value) -> bool {
    text(role, "/type") == "APP_ADMIN"
}

/// Apps say themselves which access policy is theirs.
fn is_mapped(policy: &Value) -> bool {
    matches!(text(policy, "/type"), "PROFILE_ENROLLMENT" | "MFA_ENROLL")
}

fn is_webauthn(authenticator: &Value) -> bool {
    text(authenticator, "/key") == "webauthn"
}

/// The entity of this name.
pub(crate) fn find(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|entity| entity.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::command::Mode;
    use crate::inventory::entity::Fan;

    #[test]
    fn rows_can_be_used() {
        let mut known = BTreeSet::new();
        for entity in ENTITIES {
            let places = entity.path.matches("{}").count();
            match entity.fan {
                Fan::Once => assert_eq!(places, 0, "{}", entity.name),
                Fan::Values(values) => {
                    let in_query = entity.query.iter().filter(|(_, value)| *value == "{}").count();
                    assert_eq!((places + in_query, values.is_empty()), (1, false), "{}", entity.name);
                }
                Fan::Each { of, .. } => {
                    assert!(known.contains(of) && places > 0, "{} hangs on {of}", entity.name);
                }
            }
            assert!(
                entity.needs(Mode::Incremental).all(|needed| known.contains(needed)),
                "{} stands too early",
                entity.name
            );
            assert_eq!(entity.scope.rsplit('.').next(), Some("read"), "{} is only read", entity.name);
            assert!(known.insert(entity.name), "{} stands twice", entity.name);
        }
    }

    #[test]
    fn the_page_has_them_all() {
        let page = include_str!("../../../../docs/inventory.md");
        for entity in ENTITIES {
            let row = format!("| `{}` | `{}` | `{}` |", entity.name, entity.path, entity.scope);
            assert!(page.contains(&row), "docs/inventory.md lacks {row}");
        }
        assert_eq!(page.matches("\n| `").count(), ENTITIES.len(), "docs/inventory.md has entities that are none");
    }

    #[test]
    fn what_is_needless_is_not_asked_for() {
        let everyone = serde_json::json!({"type": "BUILT_IN", "profile": {"name": "Everyone"}});
        let empty = serde_json::json!({"type": "OKTA_GROUP", "_embedded": {"stats": {"usersCount": 0, "hasAdminPrivlege": false}}});
        assert!(!has_members(&everyone) && !has_members(&empty) && !is_admin_group(&empty));
        assert!(has_members(&serde_json::json!({})) && is_admin_group(&serde_json::json!({})));
    }
}
