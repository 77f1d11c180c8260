//! What records say, as conditions of several sections read it.

use serde_json::Value;

/// The text at a pointer; empty if there is none.
pub(super) fn text<'a>(record: &'a Value, path: &str) -> &'a str {
    record.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// Whether an app is a service, which has no users.
pub(super) fn is_service(app: &Value) -> bool {
    text(app, "/signOnMode") == "OPENID_CONNECT" && text(app, "/settings/oauthClient/application_type") == "service"
}

/// Whether a role can be limited to groups.
pub(super) fn is_scoped_to_groups(role: &Value) -> bool {
    matches!(text(role, "/type"), "USER_ADMIN" | "HELP_DESK_ADMIN" | "GROUP_MEMBERSHIP_ADMIN")
}

/// Whether a role can be limited to apps.
pub(super) fn is_scoped_to_apps(role: &Value) -> bool {
    text(role, "/type") == "APP_ADMIN"
}
