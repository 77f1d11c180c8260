//! The device of the event, if Okta knows it (Okta Verify, Device Trust).

use super::endpoint;
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
    let Some(ip) = endpoint::take_ip(client, "ipAddress") else { return };
    let unknown = || Device { kind: "Unknown".into(), ..Device::default() };
    let device = event.device.get_or_insert_with(unknown);
    device.ip = Some(ip);
    device.location = endpoint::location(client);
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

/// OCSF's operating systems by how Okta's names for them start, in any case.
const SYSTEMS: [(&str, i32, &str); 12] = [
    ("windows phone", 101, "Windows Mobile"),
    ("windows mobile", 101, "Windows Mobile"),
    ("windows", 100, "Windows"),
    ("android", 201, "Android"),
    ("ipados", 302, "iPadOS"),
    ("mac os x (ipad)", 302, "iPadOS"),
    ("ios", 301, "iOS"),
    ("mac os x (iphone)", 301, "iOS"),
    ("mac", 300, "macOS"),
    ("osx", 300, "macOS"),
    ("linux", 200, "Linux"),
    ("ubuntu", 200, "Linux"),
];

/// An operating system by Okta's name for it (`Mac OS X`, `Windows 10`, `ANDROID`).
pub(super) fn operating_system(name: Text<'_>) -> Os<'_> {
    let starts = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let (type_id, kind) = match SYSTEMS.iter().find(|(prefix, ..)| starts(prefix)) {
        Some(&(_, type_id, kind)) => (type_id, kind.into()),
        None if name.eq_ignore_ascii_case("unknown") => (0, "Unknown".into()),
        None => (99, name.clone()),
    };
    Os { name, type_id, kind, version: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operating_systems_by_oktas_names() {
        for (name, type_id) in [
            ("Mac OS X", 300),
            ("Mac OS 14.4.1 (Sonoma)", 300),
            ("Mac OS X (iPhone)", 301),
            ("Mac OS X (iPad)", 302),
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
