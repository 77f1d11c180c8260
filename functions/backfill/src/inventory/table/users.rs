//! Users and what each of them has.

use serde_json::Value;

use crate::inventory::entity::{Entity, Envelope, Guess, list, one};
use crate::inventory::table::fields::text;
use crate::inventory::table::scopes::{LIMIT, SCHEMAS, USERS};

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    // Without a search, users who have left are missing.
    list("user", "/api/v1/users", USERS).query(&[("limit", "200"), ("search", "status pr")]).volatile(&["lastLogin"]).redacted(&["credentials.recovery_question"]).since("search", "lastUpdated ge \"{}\"", &["user.lifecycle.delete.completed"]).event_types(&["user.lifecycle.", "user.account."]).item("/api/v1/users/{}"),
    list("user_factor", "/api/v1/users/{}/factors", USERS).of("user", is_active_user).touched().redacted(&["profile.phoneNumber", "profile.email", "profile.questionText", "profile.question"]).volatile(&["lastVerified", "_embedded"]).event_types(&["user.mfa.factor.", "device.enrollment.", "device.token.", "user.lifecycle."]),
    list("user_authenticator_enrollment", "/api/v1/users/{}/authenticator-enrollments", USERS).of("user", is_active_user).touched().additional().redacted(&["profile.phoneNumber", "profile.email"]).event_types(&["user.mfa.factor.", "user.lifecycle."]).envelope(Envelope::ListOrOne).identity_engine(),
    list("user_block", "/api/v1/users/{}/blocks", USERS).of("user", is_active_user).key(&["type"]).touched().additional().event_types(&["user.account."]),
    one("user_risk", "/api/v1/users/{}/risk", "okta.userRisk.read").of("user", is_active_user).touched().additional().identity_engine(),
    one("user_classification", "/api/v1/users/{}/classification", USERS).of("user", is_active_user).touched().additional(),
    list("user_app_link", "/api/v1/users/{}/appLinks", USERS).key(&["appInstanceId", "label"]).of("user", is_active_user).touched().additional(),
    list("user_idp", "/api/v1/users/{}/idps", USERS).of("user", is_active_user).touched().additional(),
    list("user_grant", "/api/v1/users/{}/grants", USERS).of("user", is_active_user).query(LIMIT).touched().additional().event_types(&["app.oauth2.as.consent.", "user.lifecycle."]),
    list("user_client", "/api/v1/users/{}/clients", USERS).of("user", is_active_user).key(&["client_id"]).touched().additional(),
    list("user_client_token", "/api/v1/users/{}/clients/{}/tokens", USERS).each("user_client").additional(),
    list("user_device", "/api/v1/users/{}/devices", USERS).of("user", is_active_user).key(&["device.id"]).touched().additional().identity_engine(),
    list("user_group", "/api/v1/users/{}/groups", USERS).of("user", is_active_user).touched().additional(),
    list("user_security_key", "/webauthn-registration/api/v1/users/{}/enrollments", USERS).of("user", is_active_user).touched().additional(),
    list("user_type", "/api/v1/meta/types/user", "okta.userTypes.read").item("/api/v1/meta/types/user/{}").guess(Guess::Rows(2)),
    one("user_schema", "/api/v1/meta/schemas/user/{}", SCHEMAS).by_link("user_type", "/_links/schema/href"),
    list("linked_object", "/api/v1/meta/schemas/user/linkedObjects", "okta.linkedObjects.read").key(&["primary.name"]),
];

fn is_active_user(user: &Value) -> bool {
    !matches!(text(user, "/status"), "DEPROVISIONED" | "STAGED")
}
