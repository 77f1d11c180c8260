//! Detection Finding [2004]: what Okta itself found suspicious.

use super::{behaviors, endpoint, target};
use crate::json::Object;
use crate::ocsf::{Analytic, Event, Evidence, FindingInfo, non_empty};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let analytic = analytic(members);
    event.finding_info = Some(FindingInfo {
        uid: event.metadata.uid.clone(),
        title: analytic.as_ref().map(|analytic| analytic.name.clone()).or_else(|| event.message.clone()),
        types: Some(vec![event.metadata.event_code.clone()]),
        created_time: Some(event.time),
        analytic,
        traits: behaviors::traits(members),
    });
    event.evidences = non_empty(evidence(event, members).into_iter().collect());
    event.resources = target::take_resources(members);
}

/// What of Identity Threat Protection found it (`securityContext.risk.detectionName`).
fn analytic<'a>(members: &mut Object<'a>) -> Option<Analytic<'a>> {
    let name = members.object("securityContext")?.object("risk")?.take_text("detectionName")?;
    Some(Analytic { name, type_id: 2, kind: "Behavioral".into() })
}

/// Who did it, whom it is about and where it came from. The class has these only as evidence.
fn evidence<'a>(event: &mut Event<'a>, members: &mut Object<'a>) -> Option<Evidence<'a>> {
    let mut evidence = Evidence {
        actor: event.actor.clone(),
        user: target::take_person(members),
        src_endpoint: event.src_endpoint.take(),
        http_request: event.http_request.take(),
    };
    if evidence == Evidence::default() {
        return None;
    }
    // To OCSF, a request alone is no evidence.
    if evidence.actor.is_none() && evidence.user.is_none() {
        evidence.src_endpoint.get_or_insert_with(endpoint::okta);
    }
    Some(evidence)
}
