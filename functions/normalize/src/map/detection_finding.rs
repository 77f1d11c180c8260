//! Detection Finding [2004]: what Okta itself found suspicious.

use super::{debug_data, endpoint, target};
use crate::json::Object;
use crate::ocsf::{Event, Evidence, FindingInfo};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    debug_data::place_risk(event, members);
    event.is_alert = Some(true);
    (event.status_id, event.status) = (Some(1), Some("New".into()));
    event.finding_info = Some(FindingInfo {
        uid: event.metadata.uid.clone(),
        title: event.message.clone(),
        types: Some(vec![event.metadata.event_code.clone()]),
        created_time: Some(event.time),
    });
    let evidence = evidence(event, members);
    event.evidences = (evidence != Evidence::default()).then(|| vec![evidence]);
    event.resources = target::take_resources(members);
}

/// Where it came from and whom it is about. The class has these only as evidence.
fn evidence<'a>(event: &mut Event<'a>, members: &mut Object<'a>) -> Evidence<'a> {
    endpoint::place(event, members);
    let (src_endpoint, http_request) = (event.src_endpoint.take(), event.http_request.take());
    let user = target::take_user(members);
    Evidence { actor: event.actor.clone(), user, src_endpoint, http_request }
}
