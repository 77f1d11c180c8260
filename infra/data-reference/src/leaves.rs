//! The leaves of a JSON value, by path; and LogEvents that differ from another one in a single leaf.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Value, json};

/// What stands at each path of a row, elements of a list under one.
pub(crate) type Leaves = BTreeMap<String, BTreeSet<String>>;

/// The leaves of `row`. `unmapped` and `raw_data` are left out: they have what is left, and everything.
pub(crate) fn of_row(row: &Value) -> Leaves {
    let mut leaves = Leaves::new();
    for (name, value) in row.as_object().into_iter().flatten() {
        if !matches!(name.as_str(), "unmapped" | "raw_data") {
            collect(&mut leaves, name.clone(), value);
        }
    }
    leaves
}

fn collect(leaves: &mut Leaves, path: String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect(leaves, format!("{path}.{name}"), value));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(leaves, format!("{path}[]"), value)),
        Value::String(text) => {
            leaves.entry(path).or_default().insert(text.clone());
        }
        scalar => {
            leaves.entry(path).or_default().insert(scalar.to_string());
        }
    }
}

/// A LogEvent that differs from another one in a single field.
#[derive(Debug)]
pub(crate) struct Variant {
    /// The field: `actor.id`; of a target, `target[User].id`.
    pub(crate) field: String,
    /// What stands there now.
    pub(crate) value: String,
    /// The LogEvent.
    pub(crate) event: Value,
}

/// `event` with each of its fields changed, one at a time. Those that say which event it is stay.
pub(crate) fn variants(event: &Value) -> Vec<Variant> {
    let mut pointers = Vec::new();
    point(&mut pointers, String::new(), String::new(), event);
    let variant = |(pointer, field): (String, String)| {
        let mut changed = event.clone();
        let place = changed.pointer_mut(&pointer)?;
        *place = other(place)?;
        let value = place.as_str().map_or_else(|| place.to_string(), str::to_owned);
        Some(Variant { field, value, event: changed })
    };
    pointers.into_iter().filter_map(variant).collect()
}

fn point(pointers: &mut Vec<(String, String)>, pointer: String, field: String, value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let field = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                point(pointers, format!("{pointer}/{name}"), field, value);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                let kind = value["type"].as_str().unwrap_or_default();
                point(pointers, format!("{pointer}/{index}"), format!("{field}[{kind}]"), value);
            }
        }
        // Another type is another target: that says nothing of where a value goes.
        _ if field == "eventType" || field.starts_with("target[") && field.ends_with("].type") => {}
        _ => pointers.push((pointer, field)),
    }
}

/// Another value of the same kind.
fn other(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => number.as_i64().map_or(json!(7.25), |number| json!(number + 1)),
        Value::String(text) if text.parse::<IpAddr>().is_ok() => json!("198.51.100.77"),
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => json!("2026-05-04T10:36:08.007Z"),
        Value::String(text) => json!(format!("zz{text}")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_differs_in_one_field() {
        let event = json!({"eventType": "a", "actor": {"id": "1"}, "target": [{"type": "User", "id": "2"}]});
        let variants = variants(&event);
        let fields: Vec<_> = variants.iter().map(|variant| (variant.field.as_str(), variant.value.as_str())).collect();
        assert_eq!(fields, [("actor.id", "zz1"), ("target[User].id", "zz2")]);
        assert_eq!(variants[1].event["target"][0]["id"], "zz2");
        assert_eq!(variants[1].event["actor"]["id"], "1");
    }

    #[test]
    fn a_row_s_lists_are_one_column() {
        let leaves = of_row(&json!({"a": [{"b": 1}, {"b": 2}], "raw_data": "x", "c": null}));
        assert_eq!(leaves, Leaves::from([("a[].b".into(), ["1".into(), "2".into()].into())]));
    }
}
