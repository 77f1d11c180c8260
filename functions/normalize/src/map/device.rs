//! The device of the event, if Okta knows it (Okta Verify, Device Trust).

use super::operating_system::operating_system;
use super::place;
use crate::json::Object;
use crate::ocsf::{Device, Event, Os};

/// Places `device`, which Okta writes with names of its own (`os_platform`, `managed`, ...).
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let Some(device) = members.object("device") else { return };
    let uid = device.take_text("id");
    let name = device.take_text("name");
    if uid.is_none() && name.is_none() {
        return;
    }
    let platform = device.take_text("os_platform");
    let (type_id, kind) = type_of(platform.as_deref());
    let os = platform.map(|platform| Os { version: device.take_text("os_version"), ..operating_system(platform) });
    event.device = Some(Device {
        uid,
        name,
        type_id,
        kind: kind.into(),
        os,
        is_managed: device.take_bool("managed"),
        // Registered: it has proven, with a key of its own, to be the device that its user enrolled.
        is_trusted: device.take_bool("registered"),
        ..Device::default()
    });
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
