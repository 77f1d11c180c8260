//! Registered devices, and whose they are.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, one, whole};
use crate::api::entities::user_object::user;
use crate::api::entities::users;
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::api::scim::Filter;
use crate::org::status::Status;
use crate::time::{DAY_MS, iso};

/// `GET /api/v1/devices`, with `search` and `expand=user`.
pub(crate) fn list<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let listing = Listing::by(owners(context).map(u64::from), |owner| device(context, owner as u32));
    let filter = context.call.query("search").map(Filter::parse).transpose().map_err(|_| ApiError::InvalidSearch)?;
    let listing = match filter {
        Some(filter) => listing.filtered(|device| filter.holds(device)),
        None => listing,
    };
    Ok(Served::Listing(listing, Paging::Link(200, 200)))
}

/// `GET /api/v1/devices/{id}`.
pub(crate) fn get<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(device(context, owner(context)?))
}

/// `GET /api/v1/devices/{id}/users`.
pub(crate) fn device_users<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    whole(vec![device_user(context, owner(context)?)])
}

/// Who has a registered computer. Okta Verify is not made for Linux.
fn owners<'a>(context: &'a EndpointContext<'a>) -> impl Iterator<Item = u32> + 'a {
    (0..context.directory.users.len() as u32).filter(|owner| {
        let person = &context.org.people[*owner as usize];
        person.has_registered_computer() && person.computer.platform != "LINUX"
    })
}

fn owner(context: &EndpointContext<'_>) -> Result<u32, ApiError> {
    let is_wanted = |owner: &u32| context.org.people[*owner as usize].computer_id() == context.id(0);
    owners(context).find(is_wanted).ok_or_else(|| context.not_found(0, "UDDevice"))
}

fn device(context: &EndpointContext<'_>, owner: u32) -> Value {
    let (person, state) = (&context.org.people[owner as usize], &context.directory.users[owner as usize]);
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
            "self": context.href(&path),
            "users": context.href(&format!("{path}/users")),
            "suspend": context.href(&format!("{path}/lifecycle/suspend")),
        },
    });
    if context.call.query("expand").is_some() {
        device["_embedded"] = json!({"users": [device_user(context, owner)]});
    }
    device
}

fn device_user(context: &EndpointContext<'_>, owner: u32) -> Value {
    let person = &context.org.people[owner as usize];
    json!({
        "created": iso(context.directory.users[owner as usize].created_ms + DAY_MS),
        "managementStatus": if person.key.is_multiple_of(2) { "MANAGED" } else { "NOT_MANAGED" },
        "screenLockType": if person.computer.platform == "MACOS" { "BIOMETRIC" } else { "PASSCODE" },
        "user": user(context, owner),
    })
}

/// `GET /api/v1/users/{id}/devices`.
pub(crate) fn of_user<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let person = users::person(context)?;
    let Some(owner) = owners(context).find(|owner| *owner == person) else { return whole(Vec::new()) };
    whole(vec![json!({
        "created": iso(context.directory.users[owner as usize].created_ms + DAY_MS),
        "deviceUserId": crate::id::object("duo", context.org.people[owner as usize].key),
        "device": device(context, owner),
    })])
}
