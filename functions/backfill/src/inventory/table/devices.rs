//! Devices, each with its users.

use crate::inventory::entity::{Entity, Guess, list};
use crate::inventory::table::scopes::{LIMIT, USERS};

/// What changes of a device's user without the device having changed.
const DEVICE_USER: &[&str] = &[
    "_embedded.users.user._links",
    "_embedded.users.user.activated",
    "_embedded.users.user.credentials",
    "_embedded.users.user.lastLogin",
    "_embedded.users.user.lastUpdated",
    "_embedded.users.user.passwordChanged",
    "_embedded.users.user.profile",
    "_embedded.users.user.status",
    "_embedded.users.user.statusChanged",
    "_embedded.users.user.transitioningToStatus",
];

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    list("device", "/api/v1/devices", "okta.devices.read").query(&[("limit", "200"), ("expand", "user")]).volatile(DEVICE_USER).event_types(&["device.lifecycle.", "device.user.", "device.enrollment."]).since("search", "lastUpdated ge \"{}\"", &["device.lifecycle.delete"]).identity_engine().guess(Guess::Each("user", 1)),
    list("push_provider", "/api/v1/push-providers", "okta.pushProviders.read").redacted(&["configuration.tokenSigningKey", "configuration.serviceAccountJson"]).identity_engine(),
    list("yubikey_token", "/api/v1/org/factors/yubikey_token/tokens", USERS).query(LIMIT).volatile(&["lastVerified"]),
];
