//! Operating systems by Okta's names for them.

use crate::ocsf::{Os, Text};

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
