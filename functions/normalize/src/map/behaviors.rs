//! What was unusual about a request, as traits of a finding: Okta's behaviors, and the threats that
//! `ThreatInsight` saw.

use super::debug_data;
use crate::json::{Json, Object};
use crate::ocsf::{Text, Trait, non_empty};

/// The traits that the event names. Structured behaviors are taken, those within a text looked at.
pub(super) fn traits<'a>(members: &mut Object<'a>) -> Option<Vec<Trait<'a>>> {
    let mut traits = assessed(members);
    if let Some(debug) = debug_data::at(members) {
        traits.extend(threats(debug));
        if traits.is_empty() {
            traits.extend(behaviors(debug));
        }
    }
    non_empty(traits)
}

/// `securityContext.userBehaviors`.
fn assessed<'a>(members: &mut Object<'a>) -> Vec<Trait<'a>> {
    let behaviors = members.object("securityContext").and_then(|network| network.array("userBehaviors"));
    behaviors.into_iter().flatten().filter_map(Json::as_object_mut).filter_map(behavior).collect()
}

fn behavior<'a>(behavior: &mut Object<'a>) -> Option<Trait<'a>> {
    let name = behavior.take_text("name")?;
    let values = behavior.take_text("result").map(|result| vec![result]);
    Some(Trait { uid: behavior.take_text("id"), name, values })
}

/// `threatDetections`, a JSON object within a text: `{"Password Spray":"HIGH"}`.
fn threats<'a>(debug: &Object<'_>) -> Vec<Trait<'a>> {
    let detections = debug.text("threatDetections").and_then(|text| Json::parse(text).ok());
    let named = |detections: &Json<'_>| Some(detections.as_object()?.iter().filter_map(pair).collect());
    detections.as_ref().and_then(named).unwrap_or_default()
}

/// `behaviors`, an object or a Java map's text.
fn behaviors<'a>(debug: &Object<'_>) -> Vec<Trait<'a>> {
    match debug.get("behaviors") {
        Some(Json::Object(behaviors)) => behaviors.iter().filter_map(pair).collect(),
        Some(Json::Text(text)) => debug_data::java_map(text).map(|(name, value)| named(name, value)).collect(),
        _ => Vec::new(),
    }
}

fn pair<'a>((name, value): (&str, &Json<'_>)) -> Option<Trait<'a>> {
    match value {
        Json::Text(value) if !value.is_empty() && !name.is_empty() => Some(named(name, value)),
        _ => None,
    }
}

fn named<'a>(name: &str, value: &str) -> Trait<'a> {
    let values = Some(vec![Text::Owned(value.to_owned())]);
    Trait { uid: None, name: Text::Owned(name.to_owned()), values }
}
