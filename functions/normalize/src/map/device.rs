//! The device of the event, if Okta knows it (Okta Verify, Device Trust).

use crate::json::Object;
use crate::ocsf::{Device, Event, Os, Text};

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
    let version = device.take_text("os_version");
    event.device = Some(Device {
        uid,
        name,
        type_id,
        kind: kind.into(),
        os: platform.map(|platform| Os { version, ..operating_system(platform) }),
        is_managed: device.take_bool("managed"),
        is_trusted: device.take_bool("registered"),
        ..Device::default()
    });
}

/// The device that classes without a source endpoint get: what is known of the client.
pub(super) fn place_client<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let Some(client) = members.object("client") else { return };
    let ip = super::endpoint::take_ip(client, "ipAddress");
    let location = super::endpoint::location(client);
    match (&mut event.device, ip) {
        (Some(device), ip) => (device.ip, device.location) = (ip, location),
        (None, Some(ip)) => {
            let kind = "Unknown".into();
            event.device = Some(Device { ip: Some(ip), location, kind, ..Device::default() });
        }
        (None, None) => {}
    }
}

fn type_of(platform: Option<&str>) -> (i32, &'static str) {
    match platform {
        Some("ANDROID" | "IOS") => (5, "Mobile"),
        Some("WINDOWS" | "OSX" | "MACOS" | "LINUX" | "CHROMEOS") => (2, "Desktop"),
        _ => (0, "Unknown"),
    }
}

/// An operating system by Okta's name for it (`Mac OS X`, `Windows 10`, `ANDROID`).
pub(super) fn operating_system(name: Text<'_>) -> Os<'_> {
    let lower = name.to_ascii_lowercase();
    let (type_id, kind) = match lower.as_str() {
        "unknown" => (0, "Unknown"),
        _ if lower.starts_with("windows phone") || lower.starts_with("windows mobile") => (101, "Windows Mobile"),
        _ if lower.starts_with("windows") => (100, "Windows"),
        _ if lower.starts_with("android") => (201, "Android"),
        _ if lower.contains("ipad") => (302, "iPadOS"),
        _ if lower.starts_with("ios") || lower.contains("iphone") => (301, "iOS"),
        _ if lower.starts_with("mac") || lower.starts_with("osx") => (300, "macOS"),
        _ if lower.contains("linux") || lower.starts_with("ubuntu") => (200, "Linux"),
        _ => (99, ""),
    };
    let kind = if type_id == 99 { name.clone() } else { kind.into() };
    Os { name, type_id, kind, version: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operating_systems_by_oktas_names() {
        for (name, type_id) in [
            ("Mac OS X", 300),
            ("Mac OS X (iPhone)", 301),
            ("Windows 10", 100),
            ("iOS 17", 301),
            ("Android 1.x", 201),
            ("Linux", 200),
            ("Unknown", 0),
            ("Chrome OS", 99),
        ] {
            assert_eq!(operating_system(name.into()).type_id, type_id, "{name}");
        }
    }
}
