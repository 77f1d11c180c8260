//! The members of an object, looked at or taken.

use std::borrow::Cow;

use super::Json;

/// The members of a JSON object, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object<'a>(pub(super) Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Object<'a> {
    /// The value of `key` as it stands, if it was not taken.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of `key` without taking it.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Json::Text(text) if !text.is_empty() && text != "null" => Some(text),
            _ => None,
        }
    }

    /// The text of `key`, which stays: what is made of it may not be all of it.
    pub fn peek_text(&self, key: &str) -> Option<Cow<'a, str>> {
        match self.get(key)? {
            Json::Text(text) if !text.is_empty() && text != "null" => Some(text.clone()),
            _ => None,
        }
    }

    /// The object at `key` as it stands.
    pub fn object_at(&self, key: &str) -> Option<&Object<'a>> {
        self.get(key)?.as_object()
    }

    /// The members, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the scalar at `key` as text. Leaves it where it is if it is absent, no scalar, empty or
    /// the text `null`.
    pub fn take_text(&mut self, key: &str) -> Option<Cow<'a, str>> {
        let slot = self.slot(key)?;
        if slot.said().is_some() { slot.take().into_text() } else { None }
    }

    /// Takes the scalar at `key` as text if `wanted` likes it.
    pub fn take_text_if(&mut self, key: &str, wanted: impl FnOnce(&str) -> bool) -> Option<Cow<'a, str>> {
        let slot = self.slot(key)?;
        if wanted(&slot.said()?) { slot.take().into_text() } else { None }
    }

    /// Takes the scalar at `key` if it says what is `placed` already.
    pub fn take_repeated(&mut self, key: &str, placed: Option<&str>) {
        self.take_text_if(key, |text| Some(text) == placed);
    }

    /// Takes the value at `key` if it is the `same` as one that is placed, in whatever order members stand.
    pub fn take_same(&mut self, key: &str, same: &Json<'a>) {
        if let Some(slot) = self.slot(key).filter(|slot| slot.is_same(same)) {
            slot.take();
        }
    }

    /// Takes the whole number at `key`; Okta writes some numbers as text. What another spelling of
    /// the number would be (`+7`, `007`) stays.
    pub fn take_integer(&mut self, key: &str) -> Option<i64> {
        let slot = self.slot(key)?;
        let text = slot.said()?;
        let number = text.parse().ok().filter(|number: &i64| number.to_string() == text)?;
        slot.take();
        Some(number)
    }

    /// Takes the number at `key` if it lies within `range`, also where Okta writes it as text.
    pub fn take_float(&mut self, key: &str, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
        let slot = self.slot(key)?;
        let number = match slot {
            Json::Number(number) => number.as_f64(),
            Json::Text(text) => text.parse().ok().filter(|number| is_spelled(*number, text)),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number))?;
        slot.take();
        Some(number)
    }

    /// Takes the boolean at `key`, also where Okta writes it as text.
    pub fn take_bool(&mut self, key: &str) -> Option<bool> {
        let flag = self.take_text_if(key, |text| matches!(text, "true" | "false"))?;
        Some(flag == "true")
    }

    /// The object at `key`, to take from.
    pub fn object(&mut self, key: &str) -> Option<&mut Object<'a>> {
        self.slot(key)?.as_object_mut()
    }

    /// The values of two keys at once, to compare and take from.
    pub fn pair(&mut self, first: &str, second: &str) -> Option<[&mut Json<'a>; 2]> {
        let position = |key: &str| self.0.iter().position(|(name, _)| name == key);
        let positions = [position(first)?, position(second)?];
        let [first, second] = self.0.get_disjoint_mut(positions).ok()?;
        Some([&mut first.1, &mut second.1])
    }

    /// The array at `key`, to take from.
    pub fn array(&mut self, key: &str) -> Option<&mut Vec<Json<'a>>> {
        match self.slot(key)? {
            Json::Array(values) => Some(values),
            _ => None,
        }
    }

    /// Takes a whole non-empty object or array at `key` as JSON text.
    pub fn take_json(&mut self, key: &str) -> Option<String> {
        let slot = self.slot(key)?;
        match slot {
            Json::Object(object) if !object.is_empty() => {}
            Json::Array(values) if !values.is_empty() => {}
            _ => return None,
        }
        Some(slot.take().to_string())
    }

    /// Takes every member that says something as one JSON text; none if no member does.
    pub fn take_rest(&mut self) -> Option<String> {
        let said = self.0.iter_mut().filter(|(_, value)| !matches!(value, Json::Null | Json::Taken));
        let rest: Vec<_> = said.map(|(name, value)| (name.clone(), value.take())).collect();
        (!rest.is_empty()).then(|| Json::Object(Object(rest)).to_string())
    }

    fn slot(&mut self, key: &str) -> Option<&mut Json<'a>> {
        self.0.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// Whether `number` is written as `text` (`20`, `20.0`): no digit is lost if only the number is kept.
fn is_spelled(number: f64, text: &str) -> bool {
    format!("{number}") == text || format!("{number:?}") == text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object<'_> {
        match Json::parse(text).unwrap() {
            Json::Object(object) => object,
            other => panic!("not an object: {other}"),
        }
    }

    #[test]
    fn what_is_taken_is_gone_and_the_rest_stays() {
        let mut object = object(r#"{"a":"x","b":7,"zone":"null","deep":{"c":true}}"#);
        assert_eq!(object.take_text("a").as_deref(), Some("x"));
        assert_eq!(object.take_text("a"), None);
        assert_eq!(object.take_text("zone"), None, "the text null says nothing");
        assert_eq!(object.take_integer("b"), Some(7));
        assert_eq!(object.object("deep").unwrap().take_bool("c"), Some(true));
        assert_eq!(Json::Object(object).to_string(), r#"{"zone":"null","deep":{}}"#);
    }

    #[test]
    fn a_value_of_another_type_stays() {
        let mut object = object(r#"{"a":{"b":1},"n":"seven","i":7}"#);
        assert_eq!(object.take_text("a"), None);
        assert_eq!(object.take_integer("n"), None);
        assert_eq!(object.take_text_if("i", |text| text.contains('.')), None, "numbers are asked about too");
        assert_eq!(object.take_json("a").as_deref(), Some(r#"{"b":1}"#));
        assert_eq!(object.text("n"), Some("seven"));
    }

    #[test]
    fn a_value_that_would_change_stays() {
        let text = r#"{"a":"007","b":"+7","c":7.5,"d":"1e2","e":"inf","f":"NaN","g":500,"h":"TRUE","i":"20.00"}"#;
        let mut object = object(text);
        for key in ["a", "b", "c"] {
            assert_eq!(object.take_integer(key), None, "{key}");
        }
        for key in ["d", "e", "f", "g", "i"] {
            assert_eq!(object.take_float(key, -180.0..=180.0), None, "{key}");
        }
        assert_eq!(object.take_bool("h"), None);
        assert_eq!(Json::Object(object).to_string(), text);
    }

    #[test]
    fn what_is_placed_already_is_taken() {
        let mut object = object(r#"{"alternateId":"Slack","displayName":"Slack"}"#);
        let name = object.take_text("displayName");
        object.take_repeated("alternateId", name.as_deref());
        assert_eq!(object.get("alternateId"), Some(&Json::Taken));
    }

    #[test]
    fn members_in_another_order_are_the_same() {
        let mut object = object(r#"{"a":{"x":1,"y":{"p":[2],"q":null}},"b":{"x":1,"x":2}}"#);
        object.take_same("a", &Json::parse(r#"{"y":{"q":null,"p":[2]},"x":1}"#).unwrap());
        assert_eq!(object.get("a"), Some(&Json::Taken));
        object.take_same("b", &Json::parse(r#"{"x":1,"x":1}"#).unwrap());
        assert_ne!(object.get("b"), Some(&Json::Taken), "a repeated name is not lost");
    }

    #[test]
    fn nesting_of_any_depth_is_kept_as_text() {
        let text = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
        assert_eq!(Json::parse(&text).unwrap().to_string(), text);
    }
}
