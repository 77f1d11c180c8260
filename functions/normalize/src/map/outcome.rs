//! How it ended: Okta's outcome as OCSF status, and as action and disposition where a policy decided.

use super::debug_data;
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Class, Event, Text};

/// Places `outcome`.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    let outcome = members.object("outcome");
    let (result, reason) = outcome.map_or((None, None), |outcome| (outcome.take_text("result"), reason(outcome)));
    let (status_id, status) = match result.as_deref() {
        Some("FAILURE") if is_lock(decision) => (1, "Success".into()),
        _ => status(result.as_ref()),
    };
    (event.status_id, event.status) = (Some(status_id), Some(status));
    place_decision(event, result.as_deref(), is_rejected(event, members));
    event.status_code = result;
    event.status_detail = reason.or_else(|| debug_data::of(members)?.take_text("errorMessage"));
}

/// Whether an account was locked. Okta calls that a failure, for so ended the sign-in that led to it: the lock is done.
fn is_lock(decision: &Decision) -> bool {
    decision.class == Class::AccountChange && decision.activity.name == "Lock"
}

/// Why sign-ins fail, in Okta's word and in the one that OCSF gives for Authentication; the same word in every class.
const REASONS: [(&str, &str); 2] = [("LOCKED_OUT", "ACCOUNT_LOCKED_OUT"), ("UNKNOWN_USER", "USER_DOES_NOT_EXIST")];

fn reason<'a>(outcome: &mut Object<'a>) -> Option<Text<'a>> {
    let known = outcome.text("reason").and_then(|reason| REASONS.iter().find(|(okta, _)| *okta == reason));
    match known {
        Some((_, ocsf)) => Some((*ocsf).into()),
        None => outcome.take_text("reason"),
    }
}

/// `status_id` and caption: Okta's own word where OCSF has none (`SKIPPED`, `DEFERRED`, `CHALLENGE`).
fn status<'a>(result: Option<&Text<'a>>) -> (i32, Text<'a>) {
    let Some(result) = result else { return (0, "Unknown".into()) };
    match result.as_ref() {
        "SUCCESS" | "ALLOW" => (1, "Success".into()),
        "FAILURE" | "DENY" | "UNANSWERED" | "ABANDONED" | "RATE_LIMIT" => (2, "Failure".into()),
        "UNKNOWN" => (0, "Unknown".into()),
        _ => (99, result.clone()),
    }
}

/// Whether a person refused a push notification: in Classic Engine an event of its own, in Identity
/// Engine a failed verification that says so.
fn is_rejected(event: &Event<'_>, members: &Object<'_>) -> bool {
    let response = debug_data::at(members).and_then(|debug| debug.text("pushOnlyResponseType"));
    event.metadata.event_code == "user.mfa.okta_verify.deny_push" || response == Some("OV_RESPONSE_DENY")
}

/// `action` and `disposition` of an event in which a policy or a person allowed, denied or challenged.
fn place_decision(event: &mut Event<'_>, result: Option<&str>, is_rejected: bool) {
    let (action, disposition) = match result {
        _ if is_rejected => ((2, "Denied"), (25, "Rejected")),
        Some("ALLOW") => ((1, "Allowed"), (1, "Allowed")),
        Some("DENY") => ((2, "Denied"), (2, "Blocked")),
        Some("CHALLENGE") => ((99, "Challenge"), (23, "Challenge")),
        _ => return,
    };
    (event.action_id, event.action) = (Some(action.0), Some(action.1.into()));
    (event.disposition_id, event.disposition) = (Some(disposition.0), Some(disposition.1.into()));
}
