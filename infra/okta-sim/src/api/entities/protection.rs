//! What protects sign-ins of everybody: lock-outs, bots, devices, threats.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, one, whole};
use crate::api::error::ApiError;

/// `GET /api/v1/threats/configuration`: a date of another form than elsewhere.
pub(crate) fn threat_insight<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({
        "action": context.pick("block", "audit", "none"),
        "excludeZones": context.pick(json!([]), json!([]), json!([context.org.zone_id(3)])),
        "created": "2023-01-02 03:04:05.0",
        "lastUpdated": "2025-01-02 03:04:05.0",
        "_links": context.itself("/api/v1/threats/configuration"),
    }))
}

/// `GET /attack-protection/api/v1/user-lockout-settings`.
pub(crate) fn lockout<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({"preventBruteForceLockoutFromUnknownDevices": context.pick(true, true, false)}))
}

/// `GET /attack-protection/api/v1/authenticator-settings`.
pub(crate) fn authenticator_order<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({"verifyKnowledgeSecondWhen2faRequired": context.pick(true, false, false)}))
}

/// `GET /api/v1/bot-protection/configuration`.
pub(crate) fn bots<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({
        "mode": context.pick("ENFORCED", "LOG_ONLY", "DISABLED"),
        "enforcementType": "OKTA_CHALLENGE",
        "level": "MEDIUM",
        "supportedFlows": ["SIGN_IN", "SSPR", "SSR"],
        "_links": context.itself("/api/v1/bot-protection/configuration"),
    }))
}

/// `GET /api/v1/captchas`: none in a bad org.
pub(crate) fn captchas<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("cap", 0);
    let captcha = json!({
        "id": id, "name": "hCaptcha", "type": "HCAPTCHA", "siteKey": "10000000-ffff-ffff-ffff-000000000001",
        "_links": context.itself(&format!("/api/v1/captchas/{id}")),
    });
    whole(context.pick(vec![captcha.clone()], vec![captcha], Vec::new()))
}

/// `GET /api/v1/org/captcha`.
pub(crate) fn org_captcha<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("cap", 0);
    let (id, pages) =
        context.pick((Some(id.clone()), json!(["SIGN_IN", "SSPR"])), (Some(id), json!(["SSR"])), (None, json!([])));
    one(json!({"captchaId": id, "enabledPages": pages, "_links": context.itself("/api/v1/org/captcha")}))
}

/// `GET /api/v1/device-assurances`.
pub(crate) fn assurances<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let assurance = |(number, (platform, version)): (u64, (&str, &str))| {
        let id = context.org.single_id("dae", number);
        json!({
            "id": id,
            "name": format!("Managed {platform}"),
            "platform": platform,
            "osVersion": {"minimum": version},
            "diskEncryptionType": {"include": ["ALL_INTERNAL_VOLUMES"]},
            "screenLockType": {"include": ["BIOMETRIC", "PASSCODE"]},
            "secureHardwarePresent": true,
            "displayRemediationMode": "SHOW",
            "createdBy": context.org.admins()[0].id,
            "createdDate": context.long_ago(),
            "lastUpdatedBy": context.org.admins()[0].id,
            "lastUpdate": context.long_ago(),
            "_links": context.itself(&format!("/api/v1/device-assurances/{id}")),
        })
    };
    let all = [("MACOS", "14.0.0"), ("WINDOWS", "10.0.22631")];
    whole((0..).zip(all).take(context.pick(2, 1, 0)).map(assurance).collect())
}

/// `GET /api/v1/device-posture-checks`.
pub(crate) fn posture_checks<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("dpc", 0);
    whole(vec![json!({
        "id": id,
        "name": "Firewall is on",
        "variableName": "macOSFirewall",
        "description": "The firewall of macOS",
        "platform": "MACOS",
        "type": "BUILTIN",
        "mappingType": "CHECKBOX",
        "query": "SELECT CASE WHEN global_state = 0 THEN 0 ELSE 1 END AS firewall_enabled FROM alf;",
        "remediationSettings": {"message": {"defaultI18nKey": "macOSFirewall", "customText": null}, "link": {"defaultUrl": null, "customUrl": null}},
        "createdBy": context.org.admins()[0].id,
        "createdDate": context.long_ago(),
        "lastUpdatedBy": context.org.admins()[0].id,
        "lastUpdate": context.long_ago(),
        "_links": context.itself(&format!("/api/v1/device-posture-checks/{id}")),
    })])
}

/// `GET /api/v1/device-integrations`.
pub(crate) fn device_integrations<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let integration = |(number, (name, label, status)): (u64, (&str, &str, &str))| {
        let id = context.org.single_id("din", number);
        json!({
            "id": id, "name": name, "displayName": label, "platform": "WINDOWS", "status": status, "metadata": null,
            "_links": context.itself(&format!("/api/v1/device-integrations/{id}")),
        })
    };
    let all = [
        ("com.crowdstrike.zta", "CrowdStrike", context.pick("ACTIVE", "ACTIVE", "DEACTIVATED")),
        ("com.okta.device.osquery", "Advanced posture checks", "DEACTIVATED"),
    ];
    whole((0..).zip(all).map(integration).collect())
}

/// `GET /api/v1/push-providers`.
pub(crate) fn push_providers<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("ppc", 0);
    whole(vec![json!({
        "id": id,
        "name": "Own app",
        "providerType": "APNS",
        "lastUpdatedDate": context.long_ago(),
        "configuration": {"keyId": "KEY1", "teamId": "TEAM1", "tokenSigningKey": "PLANTED-push-signing-key", "fileName": "key.p8"},
        "_links": context.itself(&format!("/api/v1/push-providers/{id}")),
    })])
}

/// `GET /api/v1/org/factors/yubikey_token/tokens`.
pub(crate) fn yubikeys<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let token = |number: u64| {
        let id = context.org.single_id("ykk", number);
        let owner =
            number.is_multiple_of(2).then(|| context.org.people[number as usize % context.org.people.len()].id.clone());
        json!({
            "id": id,
            "status": if owner.is_some() { "ACTIVE" } else { "UNASSIGNED" },
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "lastVerified": owner.as_ref().map(|_| context.days_ago(1)),
            "profile": {"serial": (10_000_000 + number).to_string()},
            "_links": {"self": context.href(&format!("/api/v1/org/factors/yubikey_token/tokens/{id}")), "user": owner.map(|id| context.href(&format!("/api/v1/users/{id}")))},
        })
    };
    linked((0..6).map(token).collect::<Vec<Value>>(), 20, 200)
}
