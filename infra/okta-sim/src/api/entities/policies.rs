//! Policies and their rules.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, one, whole};
use crate::api::error::ApiError;
use crate::org::apps::App;
use crate::org::policies::{APP_POLICY, POLICIES};
use crate::random::mix;
use crate::time::iso;

/// `GET /api/v1/policies`, which asks for a type.
pub(crate) fn list<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let missing = || ApiError::Validation("type".to_owned(), "type: The field cannot be left blank".to_owned());
    let kind = context.call.query("type").ok_or_else(missing)?;
    if !KINDS.contains(&kind) {
        return Err(ApiError::Validation("type".to_owned(), format!("type: {kind:?} is no policy type")));
    }
    let of_kind = POLICIES.iter().enumerate().filter(|(_, policy)| policy.kind == kind);
    linked(of_kind.map(|(position, _)| policy(context, position)).collect(), 20, 200)
}

/// Every type that Okta's document has; the org has policies of some.
const KINDS: &[&str] = &[
    "ACCESS_POLICY",
    "CLIENT_UPDATE",
    "DEVICE_SIGNAL_COLLECTION",
    "ENTITY_RISK",
    "IDENTITY_CLAIM_SOURCING",
    "IDP_DISCOVERY",
    "MFA_ENROLL",
    "OKTA_SIGN_ON",
    "PASSWORD",
    "POST_AUTH_SESSION",
    "PROFILE_ENROLLMENT",
    "SESSION_VIOLATION_DETECTION",
    "USER_LIFECYCLE",
];

/// `GET /api/v1/policies/{id}`.
pub(crate) fn get<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(policy(context, position(context)?))
}

/// `GET /api/v1/policies/{id}/rules`.
pub(crate) fn rules<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let policy = position(context)?;
    whole((0..POLICIES[policy].rules.len()).map(|number| rule(context, policy, number)).collect())
}

/// `GET /api/v1/policies/{id}/mappings`: the apps of a policy for apps.
pub(crate) fn mappings<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let policy = position(context)?;
    let is_for_apps = policy == APP_POLICY || POLICIES[policy].kind == "PROFILE_ENROLLMENT";
    let apps = context.org.apps.iter().filter(|app| is_for_apps && app.has_people() && app.born_ms <= context.now_ms);
    let mapping = |app: &App| {
        let id = crate::id::object("pma", mix(app.key, policy as u64));
        let path = format!("/api/v1/policies/{}/mappings/{id}", context.id(0));
        json!({"id": id, "_links": {
            "self": context.href(&path),
            "application": context.href(&format!("/api/v1/apps/{}", app.id)),
            "policy": context.href(&format!("/api/v1/policies/{}", context.id(0))),
        }})
    };
    whole(apps.map(mapping).collect())
}

fn position(context: &EndpointContext<'_>) -> Result<usize, ApiError> {
    let found = (0..POLICIES.len()).find(|position| context.org.policy_id(*position) == context.id(0));
    found.ok_or_else(|| context.not_found(0, "Policy"))
}

fn policy(context: &EndpointContext<'_>, position: usize) -> Value {
    let found = &POLICIES[position];
    let id = context.org.policy_id(position);
    let path = format!("/api/v1/policies/{id}");
    let first = POLICIES.iter().position(|policy| policy.kind == found.kind).unwrap_or(position);
    let mut policy = json!({
        "id": id,
        "status": "ACTIVE",
        "name": found.name,
        "description": format!("{} of the org", found.name),
        "priority": 1 + position - first,
        "system": found.name.ends_with("Policy"),
        "conditions": if found.kind == "PASSWORD" { password_conditions(context) } else { Value::Null },
        "created": context.long_ago(),
        "lastUpdated": iso(context.directory.policies_updated_ms[position]),
        "type": found.kind,
        "_links": {"self": context.href(&path), "rules": context.href(&format!("{path}/rules"))},
    });
    if let Some(settings) = settings(context, found.kind) {
        policy["settings"] = settings;
    }
    policy
}

fn password_conditions(context: &EndpointContext<'_>) -> Value {
    json!({"people": {"groups": {"include": [context.org.groups[0].id]}}, "authProvider": {"provider": "OKTA"}})
}

fn settings(context: &EndpointContext<'_>, kind: &str) -> Option<Value> {
    match kind {
        "MFA_ENROLL" => Some(json!({
            "type": "AUTHENTICATORS",
            "authenticators": [
                {"key": "okta_password", "enroll": {"self": "REQUIRED"}},
                {"key": "okta_verify", "enroll": {"self": "REQUIRED"}},
                {"key": "webauthn", "enroll": {"self": context.pick("REQUIRED", "OPTIONAL", "NOT_ALLOWED")}},
                {"key": "phone_number", "enroll": {"self": context.pick("NOT_ALLOWED", "OPTIONAL", "OPTIONAL")}},
            ],
        })),
        "PASSWORD" => Some(json!({
            "password": {
                "complexity": {
                    "minLength": context.pick(14, 10, 8), "minLowerCase": 1, "minUpperCase": 1, "minNumber": 1, "minSymbol": 0,
                    "excludeUsername": true, "dictionary": {"common": {"exclude": context.pick(true, true, false)}},
                    "excludeAttributes": ["firstName", "lastName"],
                },
                "age": {"maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 120, "historyCount": context.pick(24, 4, 0)},
                "lockout": {
                    "maxAttempts": context.pick(5, 10, 0), "autoUnlockMinutes": 60, "userLockoutNotificationChannels": ["EMAIL"],
                    "showLockoutFailures": false,
                },
            },
            "recovery": {"factors": {
                "okta_email": {"status": "ACTIVE", "properties": {"recoveryToken": {"tokenLifetimeMinutes": 60}}},
                "okta_sms": {"status": context.pick("INACTIVE", "INACTIVE", "ACTIVE")},
                "recovery_question": {"status": context.pick("INACTIVE", "INACTIVE", "ACTIVE"), "properties": {"complexity": {"minLength": 4}}},
            }},
            "delegation": {"options": {"skipUnlock": false}},
        })),
        _ => None,
    }
}

fn rule(context: &EndpointContext<'_>, policy: usize, number: usize) -> Value {
    let (kind, name) = (POLICIES[policy].kind, POLICIES[policy].rules[number]);
    let id = context.org.rule_id(policy, number);
    let path = format!("/api/v1/policies/{}/rules/{id}", context.org.policy_id(policy));
    let is_last = number + 1 == POLICIES[policy].rules.len();
    json!({
        "id": id,
        "status": if name == "Partners" { "INACTIVE" } else { "ACTIVE" },
        "name": name,
        // The catch-all of an access policy is the 99th, whatever comes before it.
        "priority": if name == "Catch-all Rule" { 99 } else { number + 1 },
        "created": context.long_ago(),
        "lastUpdated": iso(context.directory.policies_updated_ms[policy]),
        "system": matches!(name, "Default Rule" | "Catch-all Rule"),
        "conditions": conditions(context, kind, is_last),
        "actions": actions(context, kind, is_last),
        "type": if kind == "OKTA_SIGN_ON" { "SIGN_ON" } else { kind },
        "_links": context.itself(&path),
    })
}

/// The last rule of a policy is for everybody.
fn conditions(context: &EndpointContext<'_>, kind: &str, is_last: bool) -> Value {
    if !matches!(kind, "MFA_ENROLL" | "OKTA_SIGN_ON" | "PASSWORD") {
        return Value::Null;
    }
    let network = if is_last {
        json!({"connection": "ANYWHERE"})
    } else {
        json!({"connection": "ZONE", "exclude": [context.org.zone_id(1)]})
    };
    // In a bad org, somebody is exempt.
    let exempt = context.pick(Vec::new(), Vec::new(), vec![&context.org.admins()[1].id]);
    json!({"people": {"users": {"exclude": exempt}}, "network": network})
}

fn actions(context: &EndpointContext<'_>, kind: &str, is_last: bool) -> Value {
    match kind {
        "ACCESS_POLICY" => app_sign_on(context, is_last),
        "ENTITY_RISK" => json!({"entityRisk": {"actions": [{"action": "TERMINATE_ALL_SESSIONS"}]}}),
        "IDP_DISCOVERY" if is_last => json!({"idp": {"providers": [], "idpSelectionType": "SPECIFIC"}}),
        "IDP_DISCOVERY" => {
            let partner = json!({"id": context.org.single_id("0oi", 0), "type": "SAML2", "name": "Partner Directory"});
            json!({"idp": {"providers": [partner], "idpSelectionType": "SPECIFIC"}})
        }
        "MFA_ENROLL" => json!({"enroll": {"self": "CHALLENGE"}}),
        "OKTA_SIGN_ON" => json!({"signon": {
            "access": "ALLOW", "requireFactor": context.pick(true, true, false),
            "primaryFactor": "PASSWORD_IDP_ANY_FACTOR",
            "rememberDeviceByDefault": context.pick(false, false, true),
            "factorPromptMode": context.pick("ALWAYS", "DEVICE", "DEVICE"),
            "session": {
                "usePersistentCookie": context.pick(false, false, true),
                "maxSessionIdleMinutes": context.pick(60, 120, 1_440),
                "maxSessionLifetimeMinutes": context.pick(720, 720, 0),
            },
        }}),
        "PASSWORD" => json!({
            "passwordChange": {"access": "ALLOW"},
            "selfServicePasswordReset": {"access": "ALLOW"},
            "selfServiceUnlock": {"access": context.pick("DENY", "DENY", "ALLOW")},
        }),
        "POST_AUTH_SESSION" => {
            let actions = context.pick(json!([{"action": "TERMINATE_SESSION"}]), json!([]), json!([]));
            json!({"postAuthSession": {"failureActions": actions}})
        }
        "SESSION_VIOLATION_DETECTION" => json!({"sessionViolationDetection": {"minRiskLevel": "HIGH"}}),
        _ => json!({"profileEnrollment": {
            "access": "ALLOW", "activationRequirements": {"emailVerification": true},
            "profileAttributes": [{"name": "email", "label": "Email", "required": true}],
            "preRegistrationInlineHooks": null, "targetGroupIds": null, "unknownUserAction": "DENY",
        }}),
    }
}

/// The last rule is the catch-all: it denies in a good org, and asks for a password alone in a bad one.
fn app_sign_on(context: &EndpointContext<'_>, is_last: bool) -> Value {
    let two_factors = json!({
        "factorMode": "2FA", "type": "ASSURANCE", "reauthenticateIn": "PT12H",
        "constraints": [{"possession": {"deviceBound": "REQUIRED", "phishingResistant": "REQUIRED", "required": true}}],
    });
    let any_two = json!({"factorMode": "2FA", "type": "ASSURANCE", "reauthenticateIn": "PT12H", "constraints": []});
    let password = json!({
        "factorMode": "1FA", "type": "ASSURANCE", "reauthenticateIn": "PT0S",
        "constraints": [{"knowledge": {"types": ["password"], "required": true, "reauthenticateIn": "PT0S"}}],
    });
    let (access, method) = if is_last {
        context.pick(("DENY", any_two.clone()), ("ALLOW", any_two), ("ALLOW", password))
    } else {
        ("ALLOW", two_factors)
    };
    json!({"appSignOn": {"access": access, "verificationMethod": method}})
}
