//! How it ended: Okta's outcome as OCSF status, and as action and disposition where a policy decided.

use crate::json::Object;
use crate::ocsf::{Class, Event};

/// Places `outcome`.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, class: Class) {
    let Some(outcome) = members.object("outcome") else { return };
    let result = outcome.take_text("result");
    if let Some(result) = result.as_deref() {
        place_status(event, result, class);
        place_decision(event, result);
    }
    event.status_code = result;
    event.status_detail = outcome.take_text("reason");
}

/// `status_id`; a finding's status is about its handling, so there the outcome is `status_code` only.
fn place_status(event: &mut Event<'_>, result: &str, class: Class) {
    if class == Class::DetectionFinding {
        return;
    }
    let (status_id, status) = match result {
        "SUCCESS" | "ALLOW" => (1, "Success"),
        "FAILURE" | "DENY" | "UNANSWERED" | "ABANDONED" | "RATE_LIMIT" => (2, "Failure"),
        "UNKNOWN" => (0, "Unknown"),
        _ => (99, "Other"),
    };
    event.status_id = Some(status_id);
    event.status = Some(status.into());
}

/// `action` and `disposition` of an event in which a policy allowed, denied or challenged.
fn place_decision(event: &mut Event<'_>, result: &str) {
    let (action, disposition) = match result {
        "ALLOW" => ((1, "Allowed"), (1, "Allowed")),
        "DENY" => ((2, "Denied"), (2, "Blocked")),
        "CHALLENGE" => ((99, "Challenge"), (23, "Challenge")),
        _ => return,
    };
    (event.action_id, event.action) = (Some(action.0), Some(action.1.into()));
    (event.disposition_id, event.disposition) = (Some(disposition.0), Some(disposition.1.into()));
}
