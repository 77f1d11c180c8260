//! Browsers and machines that requests come from.

/// A browser on an operating system.
#[derive(Debug)]
pub(crate) struct Agent {
    /// `client.userAgent.os`.
    pub(crate) os: &'static str,
    /// `client.userAgent.browser`.
    pub(crate) browser: &'static str,
    pub(crate) raw: &'static str,
    /// `client.device`.
    pub(crate) device: &'static str,
    /// `device.os_platform`, and the platform of a registered device.
    pub(crate) platform: &'static str,
    pub(crate) os_version: &'static str,
    /// What people's machines of this kind are named after.
    pub(crate) model: &'static str,
}

/// What people work on, with the first ones more often.
#[rustfmt::skip]
pub(crate) const COMPUTERS: &[Agent] = &[
    Agent { os: "Mac OS 14.5.0 (Sonoma)", browser: "CHROME", raw: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36", device: "Computer", platform: "MACOS", os_version: "14.5.0", model: "MacBook Pro" },
    Agent { os: "Windows 10", browser: "CHROME", raw: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36", device: "Computer", platform: "WINDOWS", os_version: "10.0.22631.4169", model: "Latitude 5450" },
    Agent { os: "Windows 10", browser: "EDGE", raw: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0", device: "Computer", platform: "WINDOWS", os_version: "10.0.26100.2314", model: "ThinkPad X1" },
    Agent { os: "Mac OS 15.1.0 (Sequoia)", browser: "SAFARI", raw: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", device: "Computer", platform: "MACOS", os_version: "15.1.0", model: "MacBook Air" },
    Agent { os: "Linux", browser: "FIREFOX", raw: "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0", device: "Computer", platform: "LINUX", os_version: "6.8.0", model: "ThinkPad P14s" },
];

/// What people carry.
#[rustfmt::skip]
pub(crate) const PHONES: &[Agent] = &[
    Agent { os: "iOS 18.1.1 (iPhone)", browser: "SAFARI", raw: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1.1 Mobile/15E148 Safari/604.1", device: "Mobile", platform: "IOS", os_version: "18.1.1", model: "iPhone" },
    Agent { os: "Android 15", browser: "CHROME", raw: "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36", device: "Mobile", platform: "ANDROID", os_version: "15", model: "Pixel 8" },
];

/// What attacks come from.
#[rustfmt::skip]
pub(crate) const STRANGE_AGENTS: &[Agent] = &[
    Agent { os: "Unknown", browser: "UNKNOWN", raw: "python-requests/2.32.3", device: "Unknown", platform: "UNKNOWN", os_version: "", model: "" },
    Agent { os: "Windows 7", browser: "CHROME", raw: "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36", device: "Computer", platform: "WINDOWS", os_version: "6.1.7601", model: "" },
    Agent { os: "Windows 10", browser: "FIREFOX", raw: "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0", device: "Computer", platform: "WINDOWS", os_version: "10.0.19045", model: "" },
];

/// What service apps call with.
#[rustfmt::skip]
pub(crate) const SERVICE_AGENTS: &[Agent] = &[
    Agent { os: "Linux", browser: "UNKNOWN", raw: "okta-sdk-python/3.4.0 python/3.12.8 Linux/6.1.112", device: "Unknown", platform: "LINUX", os_version: "6.1.112", model: "" },
    Agent { os: "Unknown", browser: "UNKNOWN", raw: "okta-terraform/6.4.0 okta-sdk-golang/5.0.6 golang/go1.23.4 linux/amd64", device: "Unknown", platform: "LINUX", os_version: "", model: "" },
    Agent { os: "Unknown", browser: "UNKNOWN", raw: "okta-lake/0.1.0", device: "Unknown", platform: "LINUX", os_version: "", model: "" },
];
