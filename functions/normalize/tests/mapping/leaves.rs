//! What a row says, to look up what must not be lost.

use std::collections::HashSet;

use normalize::json::Json;
use serde_json::Value;

/// The leaves of the LogEvent `event` that its `row` does not have.
pub(crate) fn lost(event: &str, row: &Value) -> Vec<String> {
    let mut wanted = Vec::new();
    collect(&serde_json::from_str(event).unwrap(), &mut wanted);
    let leaves = Leaves::of(row);
    wanted.retain(|leaf| !leaves.has(leaf));
    wanted
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => found.push(text.clone()),
        Value::Bool(_) | Value::Number(_) => found.push(value.to_string()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(members) => members.values().for_each(|value| collect(value, found)),
    }
}

/// Every scalar of a row, as text, but those of `raw_data`.
pub(crate) struct Leaves(HashSet<String>);

impl Leaves {
    pub(crate) fn of(row: &Value) -> Self {
        let mut leaves = Self(HashSet::new());
        for (name, value) in row.as_object().into_iter().flatten() {
            if name != "raw_data" {
                leaves.add(value);
            }
        }
        leaves
    }

    /// Whether `leaf` stands in the row: as it is, or as the same number.
    pub(crate) fn has(&self, leaf: &str) -> bool {
        self.0.contains(leaf) || leaf.parse().is_ok_and(|number: f64| self.0.contains(&format!("{number:?}")))
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(flag) => self.add_text(&flag.to_string()),
            Value::Number(number) => self.add_text(&number.to_string()),
            Value::String(text) => self.add_text(text),
            Value::Array(values) => values.iter().for_each(|value| self.add(value)),
            Value::Object(members) => members.values().for_each(|value| self.add(value)),
        }
    }

    /// A text, and what is in it if it is JSON: details and what lies deep are kept as JSON text.
    fn add_text(&mut self, text: &str) {
        if text.starts_with(['{', '[']) {
            // What lies deep keeps its escapes, also those that are no characters.
            let readable = text.replace("\\ud83d", "\\ufffd");
            if let Ok(json) = Json::parse(&readable) {
                self.add_json(&json);
            }
        }
        if let Ok(number) = text.parse::<f64>() {
            self.0.insert(format!("{number:?}"));
        }
        self.0.insert(text.to_owned());
    }

    fn add_json(&mut self, json: &Json<'_>) {
        match json {
            Json::Null | Json::Taken => {}
            Json::Bool(_) | Json::Number(_) => self.add_text(&json.to_string()),
            Json::Text(text) | Json::Deep(text) => self.add_text(text),
            Json::Array(values) => values.iter().for_each(|value| self.add_json(value)),
            Json::Object(object) => object.iter().for_each(|(_, value)| self.add_json(value)),
        }
    }
}
