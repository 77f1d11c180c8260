//! Policies, and what they look at.

use serde_json::Value;

use crate::inventory::entity::{Entity, Guess, list, one};
use crate::inventory::table::fields::text;
use crate::inventory::table::scopes::{AUTHENTICATORS, LIMIT, ORG, POLICIES};

/// The types of policies.
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
    "IDENTITY_CLAIM_SOURCING",
];

/// Those that come with a licence.
const LICENSED_POLICY_TYPES: &[&str] = &[
    "POST_AUTH_SESSION",
    "ENTITY_RISK",
    "DEVICE_SIGNAL_COLLECTION",
    "CLIENT_UPDATE",
    "SESSION_VIOLATION_DETECTION",
    "USER_LIFECYCLE",
    "IDENTITY_CLAIM_SOURCING",
];

/// Those that Classic Engine does not have.
const IDENTITY_ENGINE_POLICY_TYPES: &[&str] = &[
    "ACCESS_POLICY",
    "PROFILE_ENROLLMENT",
    "POST_AUTH_SESSION",
    "ENTITY_RISK",
    "DEVICE_SIGNAL_COLLECTION",
    "CLIENT_UPDATE",
    "SESSION_VIOLATION_DETECTION",
    "USER_LIFECYCLE",
    "IDENTITY_CLAIM_SOURCING",
];

const POLICY: &[&str] = &["policy.lifecycle.", "policy.rule.", "policy.mapping."];

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    list("policy", "/api/v1/policies", POLICIES).query(&[("type", "{}")]).values(POLICY_TYPES).optional(LICENSED_POLICY_TYPES).only_in_identity_engine(IDENTITY_ENGINE_POLICY_TYPES).event_types(POLICY).item("/api/v1/policies/{}").guess(Guess::Rows(30)),
    list("policy_rule", "/api/v1/policies/{}/rules", POLICIES).each("policy").event_types(POLICY),
    list("policy_mapping", "/api/v1/policies/{}/mappings", POLICIES).each("policy").event_types(POLICY).additional(),
    list("device_assurance", "/api/v1/device-assurances", "okta.deviceAssurance.read").identity_engine(),
    list("device_posture_check", "/api/v1/device-posture-checks", "okta.devicePostureChecks.read").identity_engine(),
    list("device_integration", "/api/v1/device-integrations", "okta.deviceIntegrations.read").identity_engine(),
    list("authenticator", "/api/v1/authenticators", AUTHENTICATORS).redacted(&["provider.configuration.secretKey", "provider.configuration.sharedSecret"]).event_types(&["security.authenticator.", "system.mfa.factor."]).item("/api/v1/authenticators/{}").guess(Guess::Rows(8)).identity_engine(),
    list("authenticator_method", "/api/v1/authenticators/{}/methods", AUTHENTICATORS).each("authenticator").key(&["type"]).event_types(&["security.authenticator."]).identity_engine(),
    list("authenticator_aaguid", "/api/v1/authenticators/{}/aaguids", AUTHENTICATORS).of("authenticator", is_webauthn).key(&["aaguid"]).identity_engine(),
    list("behavior", "/api/v1/behaviors", "okta.behaviors.read").event_types(&["security.behavior."]),
    one("threat_insight", "/api/v1/threats/configuration", "okta.threatInsights.read").event_types(&["security.threat."]),
    one("user_lockout_setting", "/attack-protection/api/v1/user-lockout-settings", ORG).event_types(&["security.attack_protection."]),
    one("authenticator_setting", "/attack-protection/api/v1/authenticator-settings", ORG).event_types(&["security.attack_protection."]),
    one("bot_protection", "/api/v1/bot-protection/configuration", "okta.botProtection.read").identity_engine(),
    list("captcha", "/api/v1/captchas", "okta.captchas.read").redacted(&["secretKey"]),
    one("org_captcha", "/api/v1/org/captcha", "okta.captchas.read"),
    list("network_zone", "/api/v1/zones", "okta.networkZones.read").query(LIMIT).event_types(&["zone.", "security.zone."]),
    list("trusted_origin", "/api/v1/trustedOrigins", "okta.trustedOrigins.read").query(LIMIT).event_types(&["security.trusted_origin."]),
];

fn is_webauthn(authenticator: &Value) -> bool {
    text(authenticator, "/key") == "webauthn"
}
