//! The risk that Okta assessed, which it writes in up to five places.

use super::debug_data;
use crate::json::{Json, Object};
use crate::ocsf::{Class, Event, Text};

/// Places the risk level with its reasons, and the suspicion of a threat.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, class: Class) {
    if let Some((id, caption)) = level(members) {
        event.risk_level_id = Some(id);
        event.risk_level = Some(caption.into());
    }
    event.risk_details = details(members);
    event.is_alert = match class {
        Class::DetectionFinding => Some(true),
        _ => debug_data::of(members).and_then(|debug| debug.take_bool("threatSuspected")),
    };
}

/// The level in Okta's word, the surest of those that it writes.
pub(super) fn word<'a>(members: &Object<'a>) -> Option<Text<'a>> {
    let assessed = members.object_at("securityContext").and_then(|network| network.object_at("risk"));
    assessed.and_then(|risk| risk.peek_text("level")).or_else(|| word_in_debug_data(debug_data::at(members)?))
}

/// Why, each reason by itself: Okta lists them, or writes them into one text.
pub(super) fn reasons<'a>(members: &Object<'a>) -> Vec<Text<'a>> {
    let own = |text: &str| Text::Owned(text.to_owned());
    let assessed = members.object_at("securityContext").and_then(|network| network.object_at("risk"));
    if let Some(Json::Array(reasons)) = assessed.and_then(|risk| risk.get("reasons")) {
        let texts = reasons.iter().filter_map(|reason| match reason {
            Json::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        });
        return texts.collect();
    }
    let Some(debug) = debug_data::at(members) else { return Vec::new() };
    let of_risk = in_java_map(debug.text("risk"), "reasons");
    let text = of_risk.or_else(|| debug.text("riskReasons"));
    text.map_or_else(Vec::new, |text| debug_data::list(text).map(own).collect())
}

/// What of Identity Threat Protection found it: a member of its own, or a part of the risk's `details`.
pub(super) fn detection<'a>(members: &mut Object<'a>, details: Option<&str>) -> Option<Text<'a>> {
    let assessed = members.object("securityContext").and_then(|network| network.object("risk"));
    if let Some(name) = assessed.and_then(|risk| risk.take_text("detectionName")) {
        return Some(name);
    }
    let named = in_java_map(details, "detectionName").map(|name| Text::Owned(name.to_owned()));
    named.or_else(|| debug_data::at(members)?.object_at("risk")?.peek_text("detectionName"))
}

fn in_java_map<'t>(text: Option<&'t str>, key: &str) -> Option<&'t str> {
    debug_data::java_map(text?).find(|(known, _)| *known == key).map(|(_, value)| value)
}

fn level(members: &Object<'_>) -> Option<(i32, &'static str)> {
    of(&word(members)?)
}

fn word_in_debug_data<'a>(debug: &Object<'a>) -> Option<Text<'a>> {
    let own = |text: &str| Text::Owned(text.to_owned());
    let of_text = in_java_map(debug.text("risk"), "level").map(own);
    let of_risk = of_text.or_else(|| debug.object_at("risk")?.peek_text("level"));
    of_risk.or_else(|| debug.peek_text("riskLevel")).or_else(|| match debug.get("logOnlySecurityData")? {
        Json::Object(logged) => logged.object_at("risk")?.peek_text("level"),
        Json::Text(text) => Json::parse(text).ok()?.as_object()?.object_at("risk")?.text("level").map(own),
        _ => None,
    })
}

fn of(okta: &str) -> Option<(i32, &'static str)> {
    match okta {
        "LOW" => Some((1, "Low")),
        "MEDIUM" => Some((2, "Medium")),
        "HIGH" => Some((3, "High")),
        _ => None,
    }
}

/// Why: Okta's own text, or its reasons in one.
fn details<'a>(members: &mut Object<'a>) -> Option<Text<'a>> {
    let joined = reasons(members).join(", ");
    let debug = debug_data::of(members);
    let text = debug.and_then(|debug| debug.take_text("risk").or_else(|| debug.take_text("riskReasons")));
    text.or_else(|| (!joined.is_empty()).then_some(Text::Owned(joined)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of(json: &str) -> Option<i32> {
        level(Json::parse(json).unwrap().as_object().unwrap()).map(|(id, _)| id)
    }

    fn debug(data: &str) -> String {
        format!(r#"{{"debugContext":{{"debugData":{{{data}}}}}}}"#)
    }

    #[test]
    fn okta_writes_the_level_in_five_places() {
        assert_eq!(level_of(r#"{"securityContext":{"risk":{"level":"HIGH"}}}"#), Some(3));
        assert_eq!(level_of(&debug(r#""risk":"{reasons=Anomalous Device, level=MEDIUM}""#)), Some(2));
        assert_eq!(level_of(&debug(r#""risk":"Risk{level=HIGH}""#)), Some(3));
        assert_eq!(level_of(&debug(r#""risk":{"level":"LOW"}"#)), Some(1));
        assert_eq!(level_of(&debug(r#""riskLevel":"HIGH""#)), Some(3));
        assert_eq!(level_of(&debug(r#""logOnlySecurityData":"{\"risk\":{\"level\":\"LOW\"}}""#)), Some(1));
        assert_eq!(level_of(&debug(r#""logOnlySecurityData":{"risk":{"level":"LOW"}}"#)), Some(1));
        assert_eq!(level_of(&debug(r#""risk":"{level=ENORMOUS}""#)), None);
    }

    #[test]
    fn each_reason_stands_by_itself() {
        for event in [
            r#"{"securityContext":{"risk":{"reasons":["Anomalous Device","New IP"]}}}"#.to_owned(),
            debug(r#""risk":"{reasons=Anomalous Device, New IP, level=HIGH}""#),
            debug(r#""riskReasons":"Anomalous Device, New IP""#),
        ] {
            let json = Json::parse(&event).unwrap();
            assert_eq!(reasons(json.as_object().unwrap()), ["Anomalous Device", "New IP"], "{event}");
        }
    }

    #[test]
    fn a_detection_has_its_name_in_two_places() {
        for (event, details) in [
            (r#"{"securityContext":{"risk":{"detectionName":"Session Hijack"}}}"#.to_owned(), None),
            (debug(r#""risk":{"detectionName":"Session Hijack"}"#), None),
            (debug(""), Some("{reasons=A, B, level=HIGH, detectionName=Session Hijack}")),
        ] {
            let mut json = Json::parse(&event).unwrap();
            let found = detection(json.as_object_mut().unwrap(), details);
            assert_eq!(found.as_deref(), Some("Session Hijack"), "{event}");
        }
    }
}
