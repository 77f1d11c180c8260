//! The event types that the org logs, as Okta words and ranks them.

/// What all events of a type have in common.
#[derive(Debug)]
pub(crate) struct EventType {
    pub(crate) name: &'static str,
    pub(crate) message: &'static str,
    pub(crate) severity: &'static str,
    /// Types from before 2016 still carry their old name.
    pub(crate) legacy: Option<&'static str>,
}

const INFO: &str = "INFO";
const WARN: &str = "WARN";
const DEBUG: &str = "DEBUG";
const ERROR: &str = "ERROR";

const fn row(name: &'static str, severity: &'static str, legacy: &'static str, message: &'static str) -> EventType {
    let legacy = if legacy.is_empty() { None } else { Some(legacy) };
    EventType { name, message, severity, legacy }
}

/// Sorted by name.
#[rustfmt::skip]
pub(crate) const EVENT_TYPES: &[EventType] = &[
    row("app.generic.unauth_app_access_attempt", WARN, "app.generic.unauth_app_access_attempt", "User attempted unauthorized access to app"),
    row("app.oauth2.as.authorize.code", INFO, "app.oauth2.as.authorize.code_success", "OAuth2 authorization code request"),
    row("app.oauth2.as.token.grant.access_token", INFO, "app.oauth2.as.token.grant.access_token_success", "OAuth2 access token is granted"),
    row("app.oauth2.as.token.grant.id_token", INFO, "app.oauth2.as.token.grant.id_token_success", "OAuth2 id token is granted"),
    row("app.oauth2.as.token.grant.refresh_token", INFO, "app.oauth2.as.token.grant.refresh_token_success", "OAuth2 refresh token is granted"),
    row("app.oauth2.authorize.code", INFO, "app.oauth2.authorize.code_success", "OIDC authorization code request"),
    row("app.oauth2.client.lifecycle.create", INFO, "app.oauth2.client.lifecycle.create", "Create OAuth client"),
    row("app.oauth2.client.privilege.grant", INFO, "", "Grant privilege to OAuth client"),
    row("app.oauth2.credentials.lifecycle.create", INFO, "", "Create OAuth client credentials"),
    row("app.oauth2.invalid_client_credentials", WARN, "", "OAuth2 client authentication failed"),
    row("app.oauth2.signon", INFO, "app.oauth2.signon_success", "User performed OIDC sign on to app"),
    row("app.oauth2.token.detect_reuse", WARN, "app.oauth2.token.detect_reuse", "OAuth2 refresh token reuse detected"),
    row("app.oauth2.token.grant.access_token", INFO, "app.oauth2.token.grant.access_token_success", "OIDC access token is granted"),
    row("app.oauth2.token.grant.id_token", INFO, "app.oauth2.token.grant.id_token_success", "OIDC id token is granted"),
    row("app.oauth2.token.grant.refresh_token", INFO, "app.oauth2.token.grant.refresh_token_success", "OIDC refresh token is granted"),
    row("app.oauth2.token.revoke", INFO, "app.oauth2.token.revoke_success", "OAuth2 token revocation request"),
    row("application.integration.rate_limit_exceeded", WARN, "app.api.error.rate.limit.exceeded", "Rate limit exceeded by the application's API"),
    row("application.lifecycle.create", INFO, "app.generic.config.app_create", "Create application"),
    row("application.lifecycle.update", INFO, "app.generic.config.app_updated", "Update application"),
    row("application.policy.sign_on.update", INFO, "app.generic.config.app_sign_on_policy_update", "Update sign on policy of application"),
    row("application.provision.user.deactivate", INFO, "app.user_management.deactivate_user.success", "Deactivate user's application account"),
    row("application.provision.user.push", INFO, "app.user_management.push_new_user_success", "Push new user to external application"),
    row("application.provision.user.push_profile", INFO, "app.user_management.push_profile_success", "Push user's profile to external application"),
    row("application.provision.user.sync", INFO, "app.user_management.provision_user.user_sync", "Sync user in external application"),
    row("application.user_membership.add", INFO, "app.generic.provision.assign_user_to_app", "Add user to application membership"),
    row("application.user_membership.change_username", INFO, "app.generic.config.app_username_update", "Change user's application username"),
    row("application.user_membership.provision", INFO, "app.user_management.provision_user", "Provision user to application"),
    row("application.user_membership.remove", INFO, "app.generic.provision.deactivate_user_from_app", "Remove user's application membership"),
    row("application.user_membership.show_password", INFO, "app.generic.show.password", "Show application password to user"),
    row("core.concurrency.org.limit.violation", WARN, "core.concurrency.org.limit.violation", "Too many requests in flight"),
    row("device.enrollment.create", INFO, "", "Create device enrollment"),
    row("device.user.add", INFO, "", "Add user to device"),
    row("event_hook.delivery", WARN, "", "Event hook delivery failed"),
    row("group.application_assignment.add", INFO, "app.generic.provision.assign_group_to_app", "Add application to group"),
    row("group.lifecycle.create", INFO, "", "Create Okta group"),
    row("group.privilege.grant", INFO, "group.privilege.grant", "Group privilege granted"),
    row("group.profile.update", INFO, "", "Update Okta group profile"),
    row("group.user_membership.add", INFO, "core.user_group_member.user_add", "Add user to group membership"),
    row("group.user_membership.remove", INFO, "core.user_group_member.user_remove", "Remove user from group membership"),
    row("group.user_membership.rule.evaluation", INFO, "", "Evaluation of group membership rule"),
    row("iam.resourceset.bindings.add", INFO, "", "Add bindings to resource set"),
    row("inline_hook.executed", INFO, "", "Inline hook was executed"),
    row("policy.auth_reevaluate.fail", WARN, "", "Authentication reevaluation policy violation"),
    row("policy.entity_risk.evaluate", INFO, "", "Evaluation of entity risk policy"),
    row("policy.evaluate_sign_on", INFO, "", "Evaluation of sign-on policy"),
    row("policy.lifecycle.update", INFO, "policy.updated", "Update policy"),
    row("policy.rule.update", INFO, "policy.rule.updated", "Update policy rule"),
    row("security.breached_credential.detected", WARN, "", "Credential set matches to known compromised credentials"),
    row("security.request.blocked", WARN, "security.request.blocked", "Request was blocked"),
    row("security.threat.detected", WARN, "security.threat.detected", "Request from suspicious actor"),
    row("system.agent.ad.connect", INFO, "app.ad.agent.connect", "Connect AD agent to Okta"),
    row("system.agent.ad.import_user", INFO, "app.ad.agent.import_user", "Import user from AD"),
    row("system.agent.ad.read_ldap", DEBUG, "app.ad.agent.read_ldap", "Perform AD agent LDAP read"),
    row("system.agent.ad.start", INFO, "app.ad.agent.start", "AD agent started"),
    row("system.api_token.create", INFO, "api.token.create", "Create API token"),
    row("system.api_token.revoke", INFO, "api.token.revoke", "Revoke API token"),
    row("system.client.rate_limit.violation", WARN, "", "Client rate limit violation"),
    row("system.email.account_unlock.sent_message", INFO, "core.user.email.message_sent.self_service_unlock", "Send self-service unlock account email"),
    row("system.email.delivery", INFO, "", "Email delivery status"),
    row("system.email.mfa_enroll_notification.sent_message", INFO, "", "Send factor enrollment notification email"),
    row("system.email.new_device_notification.sent_message", INFO, "core.user.email.message_sent.new_device_notification", "Send new device notification email"),
    row("system.email.password_reset.sent_message", INFO, "core.user.email.message_sent.password_reset", "Send password reset email"),
    row("system.idp.lifecycle.create", INFO, "", "Create identity provider"),
    row("system.idp.lifecycle.update", INFO, "", "Update identity provider"),
    row("system.import.complete", INFO, "app.user_management.import.complete", "Complete import"),
    row("system.import.start", INFO, "app.user_management.import.start", "Start import"),
    row("system.import.user.update", INFO, "app.user_management.user_group_import.update_success", "Update user from import"),
    row("system.operation.rate_limit.violation", WARN, "", "Operation rate limit violation"),
    row("system.org.rate_limit.violation", WARN, "core.framework.ratelimit.violation", "Rate limit violation"),
    row("system.org.rate_limit.warning", WARN, "core.framework.ratelimit.warning", "Rate limit warning"),
    row("system.push.send_factor_verify_push", INFO, "", "Push notification sent for verification"),
    row("system.sms.send_factor_verify_message", INFO, "core.user.sms.message_sent.factor", "Send SMS factor verification message"),
    row("user.account.lock", DEBUG, "core.user_auth.account_locked", "Max sign in attempts exceeded"),
    row("user.account.privilege.grant", INFO, "core.user.admin_privilege.granted", "Grant user privilege"),
    row("user.account.privilege.revoke", INFO, "core.user.admin_privilege.revoked", "Revoke user privilege"),
    row("user.account.report_suspicious_activity_by_enduser", WARN, "core.user.account.report_suspicious_activity_by_enduser", "User report suspicious activity"),
    row("user.account.reset_password", INFO, "core.user.config.user_status.password_reset", "User reset password for Okta"),
    row("user.account.unlock", INFO, "core.user.config.user_status.unlock", "Unlock user account"),
    row("user.account.update_password", INFO, "core.user.config.password_update.success", "User update password for Okta"),
    row("user.account.update_profile", INFO, "core.user.config.profile_update.success", "Update user profile for Okta"),
    row("user.authentication.auth_via_AD_agent", INFO, "core.user_auth.ad_agent.success", "Authenticate user with AD agent"),
    row("user.authentication.auth_via_IDP", INFO, "core.user_auth.idp.success", "Authenticate user via IDP"),
    row("user.authentication.auth_via_mfa", INFO, "core.user.factor.attempt_success", "Authentication of user via MFA"),
    row("user.authentication.auth_via_radius", INFO, "app.radius.agent.login_success", "Authentication of user via Radius"),
    row("user.authentication.sso", INFO, "app.auth.sso", "User single sign on to app"),
    row("user.authentication.verify", INFO, "", "Verify user identity"),
    row("user.lifecycle.activate", INFO, "core.user.config.user_activated", "Activate Okta user"),
    row("user.lifecycle.create", INFO, "core.user.config.user_creation.success", "Create okta user"),
    row("user.lifecycle.deactivate", INFO, "core.user.config.user_deactivated", "Deactivate Okta user"),
    row("user.lifecycle.suspend", INFO, "core.user.config.user_suspended", "Suspend Okta user"),
    row("user.lifecycle.unsuspend", INFO, "core.user.config.user_unsuspended", "Unsuspend Okta user"),
    row("user.mfa.attempt_bypass", WARN, "core.user.factor.attempt_bypass", "Attempt bypass of factor"),
    row("user.mfa.factor.activate", INFO, "core.user.factor.activate", "Activate factor or authenticator enrollment"),
    row("user.mfa.factor.deactivate", INFO, "core.user.factor.deactivate", "Reset factor for user"),
    row("user.mfa.factor.reset_all", INFO, "core.user.factor.reset_all", "Reset all factors for user"),
    row("user.mfa.okta_verify.deny_push", WARN, "", "User rejected Okta push verify"),
    row("user.risk.detect", WARN, "", "User risk detected"),
    row("user.session.access_admin_app", INFO, "app.admin.sso.login.success", "User accessing Okta admin app"),
    row("user.session.clear", INFO, "core.user_auth.session_clear", "Clear user session"),
    row("user.session.context.change", INFO, "", "User session context changed"),
    row("user.session.end", INFO, "core.user_auth.logout_success", "User logout from Okta"),
    row("user.session.expire", INFO, "core.user_auth.session_expired", "Expire user session"),
    row("user.session.impersonation.end", INFO, "core.user.impersonation.session.ended", "Impersonation session ended"),
    row("user.session.impersonation.grant", INFO, "core.user.impersonation.grant.enabled", "Enable impersonation grant"),
    row("user.session.impersonation.initiate", INFO, "core.user.impersonation.session.initiated", "Initiate impersonation session"),
    row("user.session.start", INFO, "core.user_auth.login_success", "User login to Okta"),
    row("workflows.user.delegatedflow.run", INFO, "", "Run delegated flow"),
    row("workflows.user.flow.save", INFO, "", "Save Workflows flow"),
    row("zone.update", INFO, "zone.update", "Update network zone"),
];

/// A type that no row knows, which the tests exclude.
static UNKNOWN: EventType = row("unknown", ERROR, "", "unknown");

/// The row of an event type.
pub(crate) fn event_type(name: &str) -> &'static EventType {
    let found = EVENT_TYPES.binary_search_by_key(&name, |row| row.name);
    found.map_or(&UNKNOWN, |index| &EVENT_TYPES[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_unique() {
        assert!(EVENT_TYPES.is_sorted_by(|left, right| left.name < right.name), "sort EVENT_TYPES by name");
    }
}
