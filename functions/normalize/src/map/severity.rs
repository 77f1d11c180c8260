//! Okta's severity in OCSF's terms.

use crate::ocsf::Text;

/// `severity_id` and caption. Okta's WARN is something to look at soon (Medium), its ERROR something
/// that failed (High); DEBUG and INFO inform. A word that Okta adds one day is its own caption.
pub(super) fn of<'a>(okta: Option<&Text<'a>>) -> (i32, Text<'a>) {
    let Some(okta) = okta else { return (0, "Unknown".into()) };
    match okta.as_ref() {
        "DEBUG" | "INFO" => (1, "Informational".into()),
        "WARN" => (3, "Medium".into()),
        "ERROR" => (4, "High".into()),
        _ => (99, okta.clone()),
    }
}
