//! Okta's types of targets (`target[].type`), which say what a target is.

/// Okta's types of a person.
pub(super) const USER: [&str; 1] = ["User"];
/// Okta's types of a person's account in an app.
pub(super) const APP_USER: [&str; 1] = ["AppUser"];
/// Okta's types of an app.
pub(super) const APP: [&str; 2] = ["AppInstance", "PublicClientApp"];
/// Okta's types of a group.
pub(super) const GROUP: [&str; 2] = ["UserGroup", "AppGroup"];
/// Okta's types of a device.
pub(super) const DEVICE: [&str; 2] = ["Device", "UDDevice"];
/// Okta's types of a policy, and of a rule in one.
pub(super) const POLICY: [&str; 4] = ["Policy", "PolicyEntity", "PolicyRule", "Rule"];
