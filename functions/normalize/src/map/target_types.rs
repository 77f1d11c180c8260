//! Okta's types of targets (`target[].type`), which say what a target is.

/// Okta's types of a person; of one who is made by the event, the second.
pub(super) const USER: [&str; 2] = ["User", "NewUser"];
/// Okta's types of a person's account in an app.
pub(super) const APP_USER: [&str; 1] = ["AppUser"];
/// Okta's type of an app that an admin has added.
pub(super) const APP_INSTANCE: &str = "AppInstance";
/// Okta's types of an app.
pub(super) const APP: [&str; 2] = [APP_INSTANCE, "PublicClientApp"];
/// Okta's types of what else one signs in to.
pub(super) const SERVICE: [&str; 2] = ["AuthorizationServer", "Server"];
/// Okta's types of a group.
pub(super) const GROUP: [&str; 2] = ["UserGroup", "AppGroup"];
/// Okta's types of a device.
pub(super) const DEVICE: [&str; 2] = ["Device", "UDDevice"];
/// Okta's types of a policy, and of a rule in one.
pub(super) const POLICY: [&str; 4] = ["Policy", "PolicyEntity", "PolicyRule", "Rule"];
