//! The device of the event, if Okta knows it (Okta Verify, Device Trust).

use super::named::{Named, take_named};
use super::operating_system::operating_system;
use super::place;
use super::target_types::DEVICE;
use crate::json::Object;
use crate::ocsf::{Device, Event, Os, Text};

/// Places `device`, which Okta writes with names of its own (`os_platform`, `managed`, ...).
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    event.device = members.object("device").and_then(take);
    take_actor(event, members);
}

fn take<'a>(device: &mut Object<'a>) -> Option<Device<'a>> {
    let uid = device.take_text("id");
    let name = take_any(device, &["name", "displayName"]);
    if uid.is_none() && name.is_none() {
        return None;
    }
    let platform = take_any(device, &["os_platform", "osPlatform", "platform"]);
    let (type_id, kind) = type_of(platform.as_deref());
    let version = |device: &mut Object<'a>| take_any(device, &["os_version", "osVersion"]);
    let os = platform.map(|platform| Os { version: version(device), ..operating_system(platform) });
    Some(Device {
        uid,
        name,
        type_id,
        kind: kind.into(),
        os,
        is_managed: device.take_bool("managed"),
        // Registered: it has proven, with a key of its own, to be the device that its user enrolled.
        is_trusted: device.take_bool("registered"),
        ..Device::default()
    })
}

/// The text under the first of the `keys` that has one: Okta wrote members of a device in snake case first, and in camel
/// case since.
fn take_any<'a>(device: &mut Object<'a>, keys: &[&str]) -> Option<Text<'a>> {
    keys.iter().find_map(|key| device.take_text(key))
}

/// A device that acts by itself is the device of the event.
fn take_actor<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let Some(actor) = members.object("actor") else { return };
    if !actor.text("type").is_some_and(|kind| DEVICE.contains(&kind)) {
        return;
    }
    if let Some(device) = event.device.as_ref() {
        actor.take_repeated("id", device.uid.as_deref());
        actor.take_repeated("displayName", device.name.as_deref());
    } else if let Some(Named { uid, name }) = take_named(actor) {
        event.device = Some(Device { uid, name, kind: "Unknown".into(), ..Device::default() });
    }
}

/// The device that classes without a source endpoint get: what is known of the client.
pub(super) fn place_client<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let Some(client) = members.object("client") else { return };
    let Some(ip) = place::take_ip(client, "ipAddress") else { return };
    let unknown = || Device { kind: "Unknown".into(), ..Device::default() };
    let device = event.device.get_or_insert_with(unknown);
    device.ip = Some(ip);
    device.location = place::location(client);
    if device.os.is_none() {
        device.os = client.object("userAgent").and_then(|agent| agent.take_text("os")).map(operating_system);
    }
}

fn type_of(platform: Option<&str>) -> (i32, &'static str) {
    match platform {
        Some("ANDROID" | "IOS") => (5, "Mobile"),
        Some("WINDOWS" | "OSX" | "MACOS" | "LINUX" | "CHROMEOS") => (2, "Desktop"),
        _ => (0, "Unknown"),
    }
}
