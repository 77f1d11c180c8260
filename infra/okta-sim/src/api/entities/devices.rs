//! Registered devices, and whose they are.

use serde_json::{Value, json};

use crate::api::desk::{Desk, Served, iso, one, whole};
use crate::api::entities::users::user;
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::api::scim::Filter;
use crate::org::DAY_MS;
use crate::org::directory::Status;

/// `GET /api/v1/devices`, with `search` and `expand=user`.
pub(crate) fn list<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let listing = Listing::by(owners(desk).map(u64::from), |owner| device(desk, owner as u32));
    let filter = desk.call.query("search").map(Filter::parse).transpose().map_err(|_| ApiError::InvalidSearch)?;
    let listing = match filter {
        Some(filter) => listing.filtered(|device| filter.holds(device)),
        None => listing,
    };
    Ok(Served::Listing(listing, Paging::Link(200, 200)))
}

/// `GET /api/v1/devices/{id}`.
pub(crate) fn get<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    one(device(desk, owner(desk)?))
}

/// `GET /api/v1/devices/{id}/users`.
pub(crate) fn users<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    whole(vec![device_user(desk, owner(desk)?)])
}

/// Who has a registered computer. Okta Verify is not made for Linux.
fn owners<'a>(desk: &'a Desk<'a>) -> impl Iterator<Item = u32> + 'a {
    (0..desk.directory.users.len() as u32).filter(|owner| {
        let person = &desk.org.people[*owner as usize];
        person.has_registered_computer() && person.computer.platform != "LINUX"
    })
}

fn owner(desk: &Desk<'_>) -> Result<u32, ApiError> {
    let is_wanted = |owner: &u32| desk.org.people[*owner as usize].computer_id() == desk.id(0);
    owners(desk).find(is_wanted).ok_or_else(|| desk.not_found(0, "UDDevice"))
}

fn device(desk: &Desk<'_>, owner: u32) -> Value {
    let (person, state) = (&desk.org.people[owner as usize], &desk.directory.users[owner as usize]);
    let id = person.computer_id();
    let path = format!("/api/v1/devices/{id}");
    let is_mac = person.computer.platform == "MACOS";
    let mut device = json!({
        "id": id,
        "status": if state.status == Status::Deprovisioned { "DEACTIVATED" } else { "ACTIVE" },
        "created": iso(state.created_ms + DAY_MS),
        "lastUpdated": iso((state.created_ms + DAY_MS).max(state.status_changed_ms)),
        "profile": {
            "displayName": person.computer_name(),
            "platform": person.computer.platform,
            "manufacturer": if is_mac { "Apple Inc." } else { "OEM" },
            "model": person.computer.model,
            "osVersion": person.computer.os_version,
            "serialNumber": crate::id::hex(person.key, 12).to_uppercase(),
            "udid": crate::id::hex(person.key ^ 1, 32).to_uppercase(),
            "registered": true,
            "managed": person.key.is_multiple_of(2),
            "secureHardwarePresent": true,
            "diskEncryptionType": "ALL_INTERNAL_VOLUMES",
        },
        "resourceType": "UDDevice",
        "resourceDisplayName": {"value": person.computer_name(), "sensitive": false},
        "resourceAlternateId": null,
        "resourceId": id,
        "_links": {
            "self": desk.href(&path),
            "users": desk.href(&format!("{path}/users")),
            "suspend": desk.href(&format!("{path}/lifecycle/suspend")),
        },
    });
    if desk.call.query("expand").is_some() {
        device["_embedded"] = json!({"users": [device_user(desk, owner)]});
    }
    device
}

fn device_user(desk: &Desk<'_>, owner: u32) -> Value {
    let person = &desk.org.people[owner as usize];
    json!({
        "created": iso(desk.directory.users[owner as usize].created_ms + DAY_MS),
        "managementStatus": if person.key.is_multiple_of(2) { "MANAGED" } else { "NOT_MANAGED" },
        "screenLockType": if person.computer.platform == "MACOS" { "BIOMETRIC" } else { "PASSCODE" },
        "user": user(desk, owner),
    })
}
