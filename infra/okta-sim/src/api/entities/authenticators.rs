//! What people can prove themselves with.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, whole};
use crate::api::error::ApiError;

/// `key`, `type`, name and methods, sorted by key.
const AUTHENTICATORS: &[(&str, &str, &str, &[&str])] = &[
    ("custom_otp", "security_key", "Hardware token", &["otp"]),
    ("google_otp", "app", "Google Authenticator", &["otp"]),
    ("okta_email", "email", "Email", &["email"]),
    ("okta_password", "password", "Password", &["password"]),
    ("okta_verify", "app", "Okta Verify", &["push", "signed_nonce", "totp"]),
    ("phone_number", "phone", "Phone", &["sms", "voice"]),
    ("security_question", "security_question", "Security Question", &["security_question"]),
    ("webauthn", "security_key", "Security Key or Biometric", &["webauthn"]),
];

/// `GET /api/v1/authenticators`, which Classic Engine does not have.
pub(crate) fn list<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    whole(all(context)?)
}

/// `GET /api/v1/authenticators/{id}`.
pub(crate) fn get<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    found(context, all(context)?, "Authenticator")
}

fn all(context: &EndpointContext<'_>) -> Result<Vec<Value>, ApiError> {
    if context.state.is_classic {
        return Err(ApiError::FeatureNotEnabled);
    }
    let authenticator = |(number, (key, kind, name, _)): (u64, &(&str, &str, &str, &[&str]))| {
        let id = context.org.single_id("aut", number);
        let path = format!("/api/v1/authenticators/{id}");
        json!({
            "type": kind,
            "id": id,
            "key": key,
            "status": status(context, key),
            "name": name,
            "settings": settings(context, key),
            "provider": provider(key),
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "_links": {"self": context.href(&path), "methods": context.href(&format!("{path}/methods"))},
        })
    };
    Ok((0..).zip(AUTHENTICATORS).map(authenticator).collect())
}

/// A good org switches the weak ones off.
fn status(context: &EndpointContext<'_>, key: &str) -> &'static str {
    let is_off = match key {
        "custom_otp" => true,
        "security_question" => context.pick(true, true, false),
        "phone_number" => context.pick(true, false, false),
        _ => false,
    };
    if is_off { "INACTIVE" } else { "ACTIVE" }
}

fn settings(context: &EndpointContext<'_>, key: &str) -> Value {
    match key {
        "okta_email" => json!({"allowedFor": context.pick("recovery", "recovery", "any"), "tokenLifetimeInMinutes": 5}),
        "okta_verify" => json!({
            "channelBinding": {"style": "NUMBER_CHALLENGE", "required": context.pick("ALWAYS", "HIGH_RISK_ONLY", "NEVER")},
            "compliance": {"fips": "OPTIONAL"}, "userVerification": "PREFERRED", "appInstanceId": null,
        }),
        "phone_number" | "security_question" => json!({"allowedFor": "any"}),
        _ => Value::Null,
    }
}

fn provider(key: &str) -> Value {
    match key {
        "custom_otp" => {
            json!({"type": "DEL_OATH", "configuration": {"hostName": null, "authPort": null, "instanceId": null, "sharedSecret": "PLANTED-otp-shared-secret"}})
        }
        _ => Value::Null,
    }
}

/// `GET /api/v1/authenticators/{id}/methods`.
pub(crate) fn methods<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let position = position(context)?;
    let is_weak_allowed = context.pick("INACTIVE", "ACTIVE", "ACTIVE");
    let method = |kind: &str| {
        let status = if matches!(kind, "sms" | "voice") { is_weak_allowed } else { "ACTIVE" };
        let mut method = json!({"type": kind, "status": status});
        if let Some(settings) = method_settings(kind) {
            method["settings"] = settings;
        }
        method
    };
    whole(AUTHENTICATORS[position].3.iter().copied().map(method).collect())
}

fn method_settings(kind: &str) -> Option<Value> {
    Some(match kind {
        "push" => json!({"algorithms": ["ES256"], "keyProtection": "ANY", "transactionTypes": ["LOGIN"]}),
        "signed_nonce" => {
            json!({"algorithms": ["ES256", "RS256"], "keyProtection": "ANY", "userVerificationMethods": ["BIOMETRICS"]})
        }
        "totp" => {
            json!({"timeIntervalInSeconds": 30, "encoding": "Base32", "algorithm": "HMACSHA1", "passCodeLength": 6})
        }
        "webauthn" => json!({"userVerification": "PREFERRED", "attachment": "ANY", "aaguidGroups": []}),
        _ => return None,
    })
}

/// `GET /api/v1/authenticators/{id}/aaguids`: keys of one maker are allowed.
pub(crate) fn aaguids<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    if AUTHENTICATORS[position(context)?].0 != "webauthn" {
        return whole(Vec::new());
    }
    whole(vec![json!({
        "aaguid": "cb69481e-8ff7-4039-93ec-0a2729a154a8",
        "name": "YubiKey 5 Series",
        "authenticatorCharacteristics": {"fipsCompliant": false, "hardwareProtected": true, "platformAttached": false},
        "attestationRootCertificates": [],
    })])
}

fn position(context: &EndpointContext<'_>) -> Result<usize, ApiError> {
    if context.state.is_classic {
        return Err(ApiError::FeatureNotEnabled);
    }
    let found = (0..AUTHENTICATORS.len()).find(|number| context.org.single_id("aut", *number as u64) == context.id(0));
    found.ok_or_else(|| context.not_found(0, "Authenticator"))
}
