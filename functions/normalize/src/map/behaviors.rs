//! What was unusual about a request: Okta's behaviors, which it writes in up to five places.

use super::debug_data;
use crate::json::{Json, Object};
use crate::ocsf::Text;

/// One behavior and whether the request departed from it (`New Device`, `POSITIVE`).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Behavior<'a> {
    pub(super) uid: Option<Text<'a>>,
    pub(super) name: Text<'a>,
    pub(super) result: Text<'a>,
}

/// Every behavior once for each result: `securityContext.userBehaviors`, `debugData.behaviors` and
/// `debugData.logOnlySecurityData`, the last two as objects or as texts. All are looked at only.
pub(super) fn all<'a>(members: &Object<'a>) -> Vec<Behavior<'a>> {
    let mut found = Found(Vec::new());
    found.assessed(members);
    let Some(debug) = debug_data::at(members) else { return found.0 };
    if let Some(behaviors) = debug.get("behaviors") {
        found.map(behaviors);
    }
    match debug.get("logOnlySecurityData") {
        Some(Json::Object(logged)) => found.logged(logged),
        Some(Json::Text(text)) => {
            if let Ok(Json::Object(logged)) = Json::parse(text) {
                found.logged(&logged);
            }
        }
        _ => {}
    }
    found.0
}

struct Found<'a>(Vec<Behavior<'a>>);

impl<'a> Found<'a> {
    fn add(&mut self, uid: Option<Text<'a>>, name: &str, result: &str) {
        let is_same = |known: &Behavior<'a>| known.name == name && known.result == result;
        if !name.is_empty() && !result.is_empty() && !self.0.iter().any(is_same) {
            let own = |text: &str| Text::Owned(text.to_owned());
            self.0.push(Behavior { uid, name: own(name), result: own(result) });
        }
    }

    fn assessed(&mut self, members: &Object<'a>) {
        let behaviors = members.object_at("securityContext").and_then(|network| network.get("userBehaviors"));
        let Some(Json::Array(behaviors)) = behaviors else { return };
        for behavior in behaviors.iter().filter_map(Json::as_object) {
            if let (Some(name), Some(result)) = (behavior.text("name"), behavior.text("result")) {
                self.add(behavior.peek_text("id"), name, result);
            }
        }
    }

    fn logged(&mut self, logged: &Object<'_>) {
        if let Some(behaviors) = logged.get("behaviors") {
            self.map(behaviors);
        }
    }

    /// Names and results, as an object or as a Java map's text.
    fn map(&mut self, behaviors: &Json<'_>) {
        match behaviors {
            Json::Object(behaviors) => {
                for (name, _) in behaviors.iter() {
                    if let Some(result) = behaviors.text(name) {
                        self.add(None, name, result);
                    }
                }
            }
            Json::Text(text) => debug_data::java_map(text).for_each(|(name, result)| self.add(None, name, result)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(json: &str) -> Vec<(String, String)> {
        let json = Json::parse(json).unwrap();
        let behaviors = all(json.as_object().unwrap());
        behaviors.into_iter().map(|it| (it.name.into_owned(), it.result.into_owned())).collect()
    }

    #[test]
    fn okta_writes_behaviors_in_five_places() {
        let debug = |data: &str| format!(r#"{{"debugContext":{{"debugData":{{{data}}}}}}}"#);
        for event in [
            r#"{"securityContext":{"userBehaviors":[{"id":"b1","name":"New Device","result":"POSITIVE"}]}}"#,
            &debug(r#""behaviors":"{New Device=POSITIVE}""#),
            &debug(r#""behaviors":{"New Device":"POSITIVE","Velocity":null}"#),
            &debug(r#""logOnlySecurityData":"{\"risk\":{},\"behaviors\":{\"New Device\":\"POSITIVE\"}}""#),
            &debug(r#""logOnlySecurityData":{"behaviors":{"New Device":"POSITIVE"}}"#),
            &debug(
                r#""behaviors":"{New Device=POSITIVE}","logOnlySecurityData":{"behaviors":{"New Device":"POSITIVE"}}"#,
            ),
        ] {
            assert_eq!(named(event), [("New Device".to_owned(), "POSITIVE".to_owned())], "{event}");
        }
    }
}
