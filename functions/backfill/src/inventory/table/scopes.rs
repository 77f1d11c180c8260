//! Scopes, queries and event types that several sections share.

pub(super) const LIMIT: &[(&str, &str)] = &[("limit", "200")];

pub(super) const USERS: &str = "okta.users.read";
pub(super) const GROUPS: &str = "okta.groups.read";
pub(super) const APPS: &str = "okta.apps.read";
pub(super) const ROLES: &str = "okta.roles.read";
pub(super) const POLICIES: &str = "okta.policies.read";
pub(super) const AUTHENTICATORS: &str = "okta.authenticators.read";
pub(super) const SERVERS: &str = "okta.authorizationServers.read";
pub(super) const ORG: &str = "okta.orgs.read";
pub(super) const SCHEMAS: &str = "okta.schemas.read";

/// Event types that change who is an admin.
pub(super) const ADMINS: &[&str] = &[
    "user.account.privilege.",
    "group.privilege.",
    "iam.role.",
    "iam.resourceset.",
    "user.lifecycle.",
    "app.oauth2.client.privilege.",
    "group.lifecycle.",
];

/// Event types that change an OAuth client.
pub(super) const CLIENT: &[&str] =
    &["app.oauth2.client.", "app.oauth2.credentials.", "app.oauth2.admin.", "app.keys.", "application.lifecycle."];
