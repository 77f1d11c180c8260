//! What others check and we do not, and why.

/// The check and the reason, sorted by the check.
pub const LEFT_OUT: &[(&str, &str)] = &[
    (
        "app-user-consents",
        "Needs a list of third parties: what people consented to is on record, but not who is foreign",
    ),
    ("email-template-links", "No readable endpoint in the inventory: the list of mail templates has no bodies"),
    ("feature-new", "Needs the history of the inventory: a feature says that it is on, not since when"),
    ("iga-sod", "Needs the graph: entitlements of people are not in the inventory"),
    (
        "mfa-fastpass-loopback-trusted-apps",
        "No readable endpoint: Okta's management document has no such setting (2026.06)",
    ),
    ("notify-password-change", "No readable endpoint, and no event of Okta's catalog tells of the mail"),
    ("signin-enumeration", "No readable endpoint, and no event that tells whether it is on"),
];
