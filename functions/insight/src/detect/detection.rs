//! A rule's `detection`: its selections and its condition become one predicate.

use std::collections::BTreeMap;

use regex::RegexBuilder;
use serde_json::{Map, Value};

use super::cidr::Cidr;
use super::condition;
use super::error::RuleError;
use super::lists::Lists;
use super::modifiers::{Comparison, Key};
use super::path::Path;
use super::pattern::{Pattern, Place};
use super::predicate::{Predicate, Test};

/// How large a compiled regular expression may be, in bytes.
const REGEX_LIMIT: usize = 1 << 20;

/// Compiles the `detection` of a rule.
///
/// # Errors
/// If a selection or the condition cannot be read, or a list is not configured.
pub(crate) fn compile(detection: &Map<String, Value>, lists: &Lists) -> Result<Predicate, RuleError> {
    let mut selections = BTreeMap::new();
    for (name, value) in detection.iter().filter(|(name, _)| !matches!(name.as_str(), "condition" | "timeframe")) {
        selections.insert(name.clone(), selection(value, lists)?);
    }
    let conditions = match detection.get("condition") {
        Some(Value::String(text)) => vec![condition::parse(text, &selections)?],
        Some(Value::Array(texts)) => texts
            .iter()
            .map(|text| condition::parse(text.as_str().unwrap_or_default(), &selections))
            .collect::<Result<_, _>>()?,
        _ => return Err(RuleError::Condition("there is none".to_owned())),
    };
    Ok(one_or(conditions, Predicate::Any))
}

/// Compiles one selection: a map is "and", a list is "or", a text without a field is sought everywhere.
///
/// # Errors
/// If a key or a value cannot be read.
pub(crate) fn selection(value: &Value, lists: &Lists) -> Result<Predicate, RuleError> {
    match value {
        Value::Object(items) if !items.is_empty() => {
            let parts = items.iter().map(|(key, value)| item(key, value, lists)).collect::<Result<_, _>>()?;
            Ok(one_or(parts, Predicate::All))
        }
        Value::Array(items) if !items.is_empty() => {
            let parts = items.iter().map(|item| selection(item, lists)).collect::<Result<_, _>>()?;
            Ok(one_or(parts, Predicate::Any))
        }
        Value::String(_) | Value::Number(_) => keyword("", value, &Key::default()),
        _ => Err(RuleError::shape("a selection is a map, a list or a text")),
    }
}

fn item(text: &str, value: &Value, lists: &Lists) -> Result<Predicate, RuleError> {
    let key = Key::parse(text)?;
    let values = match value {
        Value::Array(values) if values.is_empty() => return Err(RuleError::modifier(text, "the list is empty")),
        Value::Array(values) => values.clone(),
        value => vec![value.clone()],
    };
    let values = if key.expand { lists.expand(&values)? } else { values };
    let found = if key.field.is_empty() {
        let words = values.iter().map(|value| keyword(text, value, &key)).collect::<Result<Vec<_>, _>>()?;
        if key.all { Predicate::All(words) } else { Predicate::Any(words) }
    } else {
        field(text, &key, &values)?
    };
    Ok(if key.negated { Predicate::Not(Box::new(found)) } else { found })
}

fn keyword(text: &str, value: &Value, key: &Key) -> Result<Predicate, RuleError> {
    let wanted = scalar(text, value)?;
    match key.comparison {
        Comparison::Plain | Comparison::Text(_) => {
            Ok(Predicate::Keyword(Pattern::new(&wanted, Place::Anywhere, key.cased)))
        }
        _ => Err(RuleError::modifier(text, "a search in all fields takes texts only")),
    }
}

fn field(text: &str, key: &Key, values: &[Value]) -> Result<Predicate, RuleError> {
    let path = Path::new(&key.field);
    if key.comparison == Comparison::Field {
        let other = |value| Ok(Predicate::SameAs(path.clone(), Path::new(&scalar(text, value)?)));
        let parts = values.iter().map(other).collect::<Result<_, RuleError>>()?;
        return Ok(if key.all { Predicate::All(parts) } else { one_or(parts, Predicate::Any) });
    }
    let mut tests = values.iter().map(|value| test(text, key, value)).collect::<Result<Vec<_>, _>>()?;
    if !key.all {
        return Ok(Predicate::Field(path, tests));
    }
    let each = tests.drain(..).map(|test| Predicate::Field(path.clone(), vec![test])).collect();
    Ok(one_or(each, Predicate::All))
}

fn test(text: &str, key: &Key, value: &Value) -> Result<Test, RuleError> {
    Ok(match key.comparison {
        Comparison::Plain if value.is_null() => Test::Exists(false),
        // pySigma takes no placeholder for a range, so a range of a list is known by its slash.
        Comparison::Plain if key.expand && scalar(text, value)?.contains('/') => {
            Test::Cidr(Cidr::parse(&scalar(text, value)?)?)
        }
        Comparison::Plain => Test::Text(Pattern::new(&scalar(text, value)?, Place::Whole, key.cased)),
        Comparison::Text(place) => Test::Text(Pattern::new(&scalar(text, value)?, place, key.cased)),
        Comparison::Regex { ignore_case, multi_line, dot_all } => {
            let pattern = scalar(text, value)?;
            linear(&pattern)?;
            let mut builder = RegexBuilder::new(&pattern);
            builder.size_limit(REGEX_LIMIT).case_insensitive(ignore_case);
            builder.multi_line(multi_line).dot_matches_new_line(dot_all);
            Test::Regex(builder.build().map_err(|error| RuleError::Regex(error.to_string()))?)
        }
        Comparison::Cidr => Test::Cidr(Cidr::parse(&scalar(text, value)?)?),
        Comparison::Exists => {
            Test::Exists(value.as_bool().ok_or_else(|| RuleError::modifier(text, "`exists` takes true or false"))?)
        }
        Comparison::Number(order) => {
            Test::Number(order, value.as_f64().ok_or_else(|| RuleError::modifier(text, "the value is no number"))?)
        }
        Comparison::Field => return Err(RuleError::modifier(text, "a field is no value")),
    })
}

fn scalar(text: &str, value: &Value) -> Result<String, RuleError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err(RuleError::modifier(text, "a value is a text, a number or a truth")),
    }
}

/// Refuses by name what no linear-time engine has.
fn linear(pattern: &str) -> Result<(), RuleError> {
    let mut letters = pattern.char_indices();
    while let Some((at, letter)) = letters.next() {
        let rest = &pattern[at..];
        if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| rest.starts_with(look)) {
            return Err(RuleError::RegexFeature("lookaround"));
        }
        if letter == '\\' && matches!(letters.next(), Some((_, '1'..='9' | 'k'))) {
            return Err(RuleError::RegexFeature("a backreference"));
        }
    }
    Ok(())
}

fn one_or(mut parts: Vec<Predicate>, many: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    if parts.len() == 1 { parts.remove(0) } else { many(parts) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compiled(detection: &Value) -> Result<Predicate, RuleError> {
        compile(detection.as_object().unwrap(), &Lists::default())
    }

    fn finds(detection: &Value, event: &Value) -> bool {
        compiled(detection).unwrap().holds(event)
    }

    #[test]
    fn maps_are_and_lists_are_or() {
        let event = json!({"eventType": "a.b", "outcome": {"result": "FAILURE"}, "n": 5, "flag": "true"});
        let selection = |selection: Value| finds(&json!({"s": selection, "condition": "s"}), &event);
        assert!(selection(json!({"eventType": "A.B", "outcome.result": ["SUCCESS", "FAILURE"]})));
        assert!(!selection(json!({"eventType": "a.b", "outcome.result": "SUCCESS"})));
        assert!(selection(json!([{"eventType": "x"}, {"n": 5}])));
        assert!(selection(json!({"n|gt": 4, "n|lte": 5, "flag": true})));
        assert!(selection(json!({"nothing": null, "n|exists": true, "more|exists": false})));
        assert!(!selection(json!({"n": null})) && selection(json!({"n": [null, 5]})));
        assert!(selection(json!({"outcome.result|neq": "SUCCESS"})));
        assert!(selection(json!({"eventType|contains|all": ["a", "b"]})));
        assert!(!selection(json!({"eventType|contains|all": ["a", "c"]})));
        assert!(selection(json!(["fail"])) && !selection(json!(["absent"])));
        assert!(selection(json!({"|all": ["fail", "a.b"]})) && !selection(json!({"|all": ["fail", "z"]})));
        assert!(selection(json!({"eventType|re": "^a[.]b$"})) && selection(json!({"eventType|re|i": "^A"})));
        assert!(!selection(json!({"eventType|re": "^A"})));
    }

    #[test]
    fn fields_are_compared_with_fields() {
        let detection = json!({"s": {"actor.id|fieldref": "target.User.id"}, "condition": "s"});
        let event = |actor: &str| json!({"actor": {"id": actor}, "target": [{"type": "User", "id": "U1"}]});
        assert!(finds(&detection, &event("u1")) && !finds(&detection, &event("u2")));
    }

    #[test]
    fn a_rule_is_indexed_by_its_event_types() {
        let types = |detection: Value| compiled(&detection).unwrap().event_types();
        let found = types(json!({"a": {"eventType": ["x.Y", "z"]}, "b": {"n": 1}, "condition": "a and not b"}));
        assert_eq!(found, Some(["x.y".to_owned(), "z".to_owned()].into()));
        assert_eq!(types(json!({"a": {"eventType": "x"}, "b": {"n": 1}, "condition": "a or b"})), None);
        assert_eq!(types(json!({"a": {"eventType|startswith": "x"}, "condition": "a"})), None);
        assert_eq!(types(json!({"a": {"eventType": "x*"}, "condition": "a"})), None);
    }

    #[test]
    fn lists_come_from_the_configuration() {
        let detection = json!({"s": {"client.ipAddress|expand": "%bad%"}, "condition": "s"});
        let lists = Lists::from_iter([("bad".to_owned(), vec!["192.0.2.1".to_owned(), "10.0.0.0/8".to_owned()])]);
        let predicate = compile(detection.as_object().unwrap(), &lists).unwrap();
        let holds = |address: &str| predicate.holds(&json!({"client": {"ipAddress": address}}));
        assert!(holds("192.0.2.1") && holds("10.9.8.7") && !holds("192.0.2.2"));
        assert_eq!(compiled(&detection).unwrap_err(), RuleError::NoList("bad".to_owned()));
    }

    #[test]
    fn what_cannot_be_linear_is_refused_by_name() {
        let regex = |pattern: &str| compiled(&json!({"s": {"a|re": pattern}, "condition": "s"})).unwrap_err();
        assert_eq!(regex("a(?=b)"), RuleError::RegexFeature("lookaround"));
        assert_eq!(regex("(?<!b)a"), RuleError::RegexFeature("lookaround"));
        assert_eq!(regex(r"(a)\1"), RuleError::RegexFeature("a backreference"));
        assert!(matches!(regex("(a{1000}){1000}"), RuleError::Regex(_)));
        assert!(matches!(regex("("), RuleError::Regex(_)));
        assert!(compiled(&json!({"s": {"a|re": r"\\1"}, "condition": "s"})).is_ok());
    }

    #[test]
    fn bad_selections_are_refused() {
        for bad in [
            json!(null),
            json!({}),
            json!([]),
            json!({"a": []}),
            json!({"a|exists": 1}),
            json!({"a|gt": "x"}),
            json!({"a": {}}),
        ] {
            assert!(compiled(&json!({"s": bad.clone(), "condition": "s"})).is_err(), "{bad}");
        }
    }
}
