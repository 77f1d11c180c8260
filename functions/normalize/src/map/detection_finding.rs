//! Detection Finding [2004]: what Okta itself or a person found suspicious.

use jiff::Timestamp;

use super::behaviors::Behavior;
use super::{debug_data, endpoint, place, risk, target};
use crate::event_type::Decision;
use crate::json::{Json, Object};
use crate::ocsf::{
    Analytic, Event, Evidence, FindingInfo, Location, NetworkEndpoint, RelatedEvent, Text, Trait, non_empty,
};

pub(super) fn place<'a>(
    event: &mut Event<'a>,
    members: &mut Object<'a>,
    decision: &Decision,
    behaviors: Vec<Behavior<'a>>,
) {
    place_status(event, decision);
    let analytic = risk::detection(members, event.risk_details.as_deref()).map(|name| Analytic {
        name,
        type_id: 2,
        kind: "Behavioral".into(),
    });
    let related = related_event(members);
    // An admin's feedback is about a finding that is there already.
    let is_about = |related: &RelatedEvent<'a>| (event.activity_name == "Update").then(|| related.uid.clone());
    let title = analytic.as_ref().map(|analytic| analytic.name.clone()).or_else(|| event.status_detail.clone());
    event.finding_info = Some(FindingInfo {
        uid: related.as_ref().and_then(is_about).unwrap_or_else(|| event.metadata.uid.clone()),
        title: title.or_else(|| event.message.clone()),
        types: Some(vec![event.metadata.event_code.clone()]),
        created_time: Some(event.time).filter(|_| event.activity_name == "Create"),
        analytic,
        traits: traits(members, behaviors),
        related_events: related.map(|related| vec![related]),
    });
    event.comment = feedback(members);
    let suspicious = suspicious(members);
    event.evidences = non_empty(suspicious.into_iter().chain(evidence(event, members)).collect());
    event.resources = target::take_resources(members);
}

/// A finding's status is about its handling: how the request ended is its code only.
fn place_status(event: &mut Event<'_>, decision: &Decision) {
    let (id, caption) = match decision.activity.name {
        "Create" => (1, "New"),
        "Close" => (4, "Resolved"),
        _ => (0, "Unknown"),
    };
    (event.status_id, event.status) = (Some(id), Some(caption.into()));
}

/// The threats that `ThreatInsight` saw, or else the behaviors.
fn traits<'a>(members: &Object<'a>, behaviors: Vec<Behavior<'a>>) -> Option<Vec<Trait<'a>>> {
    let threats = debug_data::at(members).map(threats).unwrap_or_default();
    let named = |it: Behavior<'a>| Trait { uid: it.uid, name: it.name, values: Some(vec![it.result]) };
    non_empty(if threats.is_empty() { behaviors.into_iter().map(named).collect() } else { threats })
}

/// `threatDetections`, a JSON object, mostly within a text: `{"Password Spray":"HIGH"}`.
fn threats<'a>(debug: &Object<'_>) -> Vec<Trait<'a>> {
    let parsed = debug.text("threatDetections").and_then(|text| Json::parse(text).ok());
    let detections = parsed.as_ref().and_then(Json::as_object).or_else(|| debug.object_at("threatDetections"));
    let own = |text: &str| Text::Owned(text.to_owned());
    let level = |(name, level): (&str, &Json<'_>)| match level {
        Json::Text(level) if !level.is_empty() && !name.is_empty() => {
            Some(Trait { uid: None, name: own(name), values: Some(vec![own(level)]) })
        }
        _ => None,
    };
    detections.map(|detections| detections.iter().filter_map(level).collect()).unwrap_or_default()
}

/// The event that a person reports or gives their opinion on.
fn related_event<'a>(members: &mut Object<'a>) -> Option<RelatedEvent<'a>> {
    let debug = debug_data::of(members)?;
    if let Some(uid) = debug.take_text("eventUuid") {
        return Some(RelatedEvent { uid, kind: debug.take_text("eventType"), created_time: None });
    }
    let uid = debug.take_text("suspiciousActivityEventId")?;
    // The time is looked at, for a number of milliseconds is not what Okta wrote.
    let time: Option<Timestamp> = debug.text("suspiciousActivityTimestamp").and_then(|time| time.parse().ok());
    let created_time = time.map(Timestamp::as_millisecond).filter(|time| *time > 0);
    Some(RelatedEvent { uid, kind: debug.take_text("suspiciousActivityEventType"), created_time })
}

/// What an admin says about a finding.
fn feedback<'a>(members: &mut Object<'a>) -> Option<Text<'a>> {
    let debug = debug_data::of(members)?;
    if debug.get("label").is_some() { debug.take_text("reason") } else { None }
}

/// What the user found suspicious: from where it came is not from where they report it.
fn suspicious<'a>(members: &mut Object<'a>) -> Option<Evidence<'a>> {
    let debug = debug_data::of(members)?;
    let ip = place::take_ip(debug, "suspiciousActivityEventIp")?;
    let mut location = Location {
        city: debug.take_text("suspiciousActivityEventCity"),
        region: debug.take_text("suspiciousActivityEventState"),
        country: debug.take_text("suspiciousActivityEventCountry"),
        ..Location::default()
    };
    let is_place = location != Location::default();
    if is_place {
        location.lat = coordinate(debug, "suspiciousActivityEventLatitude", 90.0);
        location.long = coordinate(debug, "suspiciousActivityEventLongitude", 180.0);
    }
    let os = debug.take_text("suspiciousActivityOs").map(super::operating_system::operating_system);
    let location = Some(location).filter(|_| is_place);
    let source = NetworkEndpoint { ip: Some(ip), location, os, ..NetworkEndpoint::default() };
    Some(Evidence { name: Some("Suspicious activity".into()), src_endpoint: Some(source), ..Evidence::default() })
}

/// A coordinate is looked at: `30.000` is another text than the number.
fn coordinate(debug: &Object<'_>, key: &str, most: f64) -> Option<f64> {
    debug.text(key)?.parse().ok().filter(|degrees: &f64| degrees.abs() <= most)
}

/// Whom it is about and where it came from, which the class has only as evidence. Who did it is the event's `actor`.
fn evidence<'a>(event: &mut Event<'a>, members: &mut Object<'a>) -> Option<Evidence<'a>> {
    let mut evidence = Evidence {
        name: None,
        user: target::take_person(members),
        src_endpoint: event.src_endpoint.take(),
        http_request: event.http_request.take(),
    };
    if evidence == Evidence::default() {
        return None;
    }
    // To OCSF, a request alone is no evidence.
    if evidence.user.is_none() {
        evidence.src_endpoint.get_or_insert_with(endpoint::okta);
    }
    Some(evidence)
}
