//! Checks one scalar value: its type, form, range and enum.

use serde_json::Value;

use crate::facts::{Attribute, Scalar};
use crate::fault::Rule;

/// A time in milliseconds lies between the years 1973 and 2286; in other units it does not.
const MILLISECONDS: std::ops::Range<i64> = 100_000_000_001..10_000_000_000_000;

/// The first rule that `value` breaks.
pub(crate) fn check(value: &Value, attribute: &Attribute, scalar: &Scalar) -> Option<Rule> {
    let kind = attribute.kind;
    if !is_of(value, scalar.base) {
        return Some(Rule::Type(kind));
    }
    if !has_form(value, scalar) {
        return Some(Rule::Form(kind));
    }
    if !is_in_range(value, kind, scalar) {
        return Some(Rule::Range(kind));
    }
    let key = as_key(value);
    let captions = attribute.captions.filter(|_| !kind.ends_with("string_t"))?;
    (!captions.contains_key(key.as_str())).then_some(Rule::Enum(key))
}

/// `value` as an enum's table writes it.
pub(crate) fn as_key(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_of(value: &Value, base: &str) -> bool {
    match base {
        "boolean_t" => value.is_boolean(),
        "integer_t" | "long_t" => value.is_i64() || value.is_u64(),
        "float_t" => value.is_number(),
        "string_t" => value.is_string(),
        _ => true,
    }
}

fn has_form(value: &Value, scalar: &Scalar) -> bool {
    match (&scalar.form, value.as_str()) {
        (Some(form), Some(text)) => form.is_match(text),
        _ => true,
    }
}

fn is_in_range(value: &Value, kind: &str, scalar: &Scalar) -> bool {
    let number = value.as_i64();
    let is_short =
        value.as_str().is_none_or(|text| scalar.longest.is_none_or(|longest| text.chars().count() <= longest));
    let is_inside = scalar.range.is_none_or(|(from, to)| number.is_some_and(|number| (from..=to).contains(&number)));
    let is_time = kind != "timestamp_t" || number.is_some_and(|number| MILLISECONDS.contains(&number));
    is_short && is_inside && is_time
}
