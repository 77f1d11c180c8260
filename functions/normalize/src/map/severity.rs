//! Okta's severity in OCSF's terms.

/// `severity_id` and caption. Okta's WARN is something to look at soon (Medium), its ERROR something
/// that failed (High); DEBUG and INFO inform.
pub(super) fn of(okta: Option<&str>) -> (i32, &'static str) {
    match okta {
        Some("DEBUG" | "INFO") => (1, "Informational"),
        Some("WARN") => (3, "Medium"),
        Some("ERROR") => (4, "High"),
        Some(_) => (99, "Other"),
        None => (0, "Unknown"),
    }
}
