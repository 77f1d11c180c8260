//! What people can prove themselves with, and what they have enrolled.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, whole};
use crate::api::entities::users;
use crate::api::error::ApiError;
use crate::org::people::{Factor, Person};
use crate::time::iso;

/// `key`, `type` and name, sorted by key.
const AUTHENTICATORS: &[(&str, &str, &str)] = &[
    ("google_otp", "app", "Google Authenticator"),
    ("okta_email", "email", "Email"),
    ("okta_password", "password", "Password"),
    ("okta_verify", "app", "Okta Verify"),
    ("phone_number", "phone", "Phone"),
    ("webauthn", "security_key", "Security Key or Biometric"),
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
    let authenticator = |(number, (key, kind, name)): (u64, &(&str, &str, &str))| {
        let id = context.org.single_id("aut", number);
        let path = format!("/api/v1/authenticators/{id}");
        json!({
            "type": kind,
            "id": id,
            "key": key,
            "status": "ACTIVE",
            "name": name,
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "_links": {"self": context.href(&path), "methods": context.href(&format!("{path}/methods"))},
        })
    };
    Ok((0..).zip(AUTHENTICATORS).map(authenticator).collect())
}

/// `GET /api/v1/users/{id}/factors`.
pub(crate) fn factors<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = users::person(context)?;
    let state = &context.directory.users[person as usize];
    if !state.has_factors {
        return whole(Vec::new());
    }
    let person = &context.org.people[person as usize];
    let (kind, provider, profile) = described(person);
    let path = format!("/api/v1/users/{}/factors/{}", person.id, person.factor_id());
    whole(vec![json!({
        "id": person.factor_id(),
        "factorType": kind,
        "provider": provider,
        "vendorName": provider,
        "status": "ACTIVE",
        "created": iso(state.created_ms + 7_200_000),
        "lastUpdated": iso(state.created_ms + 7_200_000),
        "profile": profile,
        "_links": {"self": context.href(&path), "user": context.href(&format!("/api/v1/users/{}", person.id))},
    })])
}

/// Type, provider and profile of somebody's factor.
fn described(person: &Person) -> (&'static str, &'static str, Value) {
    let login = &person.login;
    match person.factor {
        Factor::Email => ("email", "OKTA", json!({"email": login})),
        Factor::FastPass => (
            "signed_nonce",
            "OKTA",
            json!({
                "credentialId": login, "deviceType": "Laptop", "name": person.computer_name(),
                "platform": person.computer.platform, "version": person.computer.os_version,
            }),
        ),
        Factor::OktaVerifyPush => (
            "push",
            "OKTA",
            json!({
                "credentialId": login, "deviceType": "SmartPhone", "name": person.phone.model,
                "platform": person.phone.platform, "version": person.phone.os_version,
            }),
        ),
        Factor::Sms => ("sms", "OKTA", json!({"phoneNumber": format!("+155501000{:02}", person.key % 100)})),
        Factor::Totp => ("token:software:totp", "GOOGLE", json!({"credentialId": login})),
        Factor::WebAuthn => (
            "webauthn",
            "FIDO",
            json!({
                "credentialId": crate::id::hex(person.key ^ 2, 40), "authenticatorName": "Security Key",
            }),
        ),
    }
}
