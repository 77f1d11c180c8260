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

/// The surest level. Okta's word is only looked at, for OCSF spells it in another way.
fn level(members: &Object<'_>) -> Option<(i32, &'static str)> {
    let assessed = members.object_at("securityContext").and_then(|network| network.object_at("risk"));
    let assessed = assessed.and_then(level_in);
    assessed.or_else(|| level_in_debug_data(debug_data::at(members)?))
}

fn level_in_debug_data(debug: &Object<'_>) -> Option<(i32, &'static str)> {
    let of_text =
        |text: &str| debug_data::java_map(text).find(|(key, _)| *key == "level").and_then(|(_, word)| of(word));
    let of_risk = debug.text("risk").and_then(of_text).or_else(|| level_in(debug.object_at("risk")?));
    of_risk.or_else(|| of(debug.text("riskLevel")?)).or_else(|| match debug.get("logOnlySecurityData")? {
        Json::Object(logged) => level_in(logged.object_at("risk")?),
        Json::Text(text) => level_in(Json::parse(text).ok()?.as_object()?.object_at("risk")?),
        _ => None,
    })
}

fn level_in(risk: &Object<'_>) -> Option<(i32, &'static str)> {
    of(risk.text("level")?)
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
    let debug = debug_data::of(members);
    let text = debug.and_then(|debug| debug.take_text("risk").or_else(|| debug.take_text("riskReasons")));
    text.or_else(|| reasons(members))
}

fn reasons<'a>(members: &Object<'_>) -> Option<Text<'a>> {
    let risk = members.object_at("securityContext")?.object_at("risk")?;
    let Json::Array(reasons) = risk.get("reasons")? else { return None };
    let texts = reasons.iter().filter_map(|reason| match reason {
        Json::Text(text) if !text.is_empty() => Some(text.as_ref()),
        _ => None,
    });
    let joined = texts.collect::<Vec<_>>().join(", ");
    (!joined.is_empty()).then_some(Text::Owned(joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of(json: &str) -> Option<i32> {
        level(Json::parse(json).unwrap().as_object().unwrap()).map(|(id, _)| id)
    }

    #[test]
    fn okta_writes_the_level_in_five_places() {
        let debug = |data: &str| format!(r#"{{"debugContext":{{"debugData":{{{data}}}}}}}"#);
        assert_eq!(level_of(r#"{"securityContext":{"risk":{"level":"HIGH"}}}"#), Some(3));
        assert_eq!(level_of(&debug(r#""risk":"{reasons=Anomalous Device, level=MEDIUM}""#)), Some(2));
        assert_eq!(level_of(&debug(r#""risk":{"level":"LOW"}"#)), Some(1));
        assert_eq!(level_of(&debug(r#""riskLevel":"HIGH""#)), Some(3));
        assert_eq!(level_of(&debug(r#""logOnlySecurityData":"{\"risk\":{\"level\":\"LOW\"}}""#)), Some(1));
        assert_eq!(level_of(&debug(r#""logOnlySecurityData":{"risk":{"level":"LOW"}}"#)), Some(1));
        assert_eq!(level_of(&debug(r#""risk":"{level=ENORMOUS}""#)), None);
    }
}
