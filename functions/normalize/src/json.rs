//! A borrowed JSON tree that is read by *taking*: what the mapping takes is gone from the tree, and
//! what nobody took is still there to be reported as unmapped. Nothing can fall between the two.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

/// How many levels become a tree; what lies deeper stays text. Okta's own events have five, and a
/// bound keeps the stack safe from hostile nesting.
const MAX_DEPTH: u8 = 24;

/// One JSON value, borrowed from its text.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`, which Okta sends for "absent".
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number.
    Number(Number),
    /// A string, borrowed unless it has escapes.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object, keys in their order.
    Object(Object<'a>),
    /// The JSON text of an array or object below [`MAX_DEPTH`].
    Deep(Cow<'a, str>),
    /// Was here and has been taken.
    Taken,
}

/// The members of a JSON object, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Json<'a> {
    /// Parses one JSON document.
    pub fn parse(text: &'a str) -> serde_json::Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let json = AtDepth(0).deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(json)
    }

    /// This value if it is a scalar, as the text a reader would compare with: strings without quotes.
    pub fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(true) => Some(Cow::Borrowed("true")),
            Self::Bool(false) => Some(Cow::Borrowed("false")),
            Self::Deep(text) => Some(text),
            Self::Null | Self::Array(_) | Self::Object(_) | Self::Taken => None,
        }
    }

    /// Whether [`Json::into_text`] would give a text that says something: Okta writes absent values
    /// also as `""` and, in several places, as the four letters `null`.
    fn says_something(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty() && text != "null",
            Self::Number(_) | Self::Bool(_) => true,
            _ => false,
        }
    }

    /// The same tree without a borrow.
    pub(crate) fn into_owned(self) -> Json<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(flag),
            Self::Number(number) => Json::Number(number),
            Self::Text(text) => Json::Text(own(text)),
            Self::Array(values) => Json::Array(values.into_iter().map(Json::into_owned).collect()),
            Self::Object(Object(members)) => {
                Json::Object(Object(members.into_iter().map(|(name, value)| (own(name), value.into_owned())).collect()))
            }
            Self::Deep(text) => Json::Deep(own(text)),
            Self::Taken => Json::Taken,
        }
    }

    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Taken)
    }
}

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
        self.take_text_if(key, |_| true)
    }

    /// Takes the scalar at `key` as text if `wanted` likes it; numbers and booleans are always liked.
    pub fn take_text_if(&mut self, key: &str, wanted: impl FnOnce(&str) -> bool) -> Option<Cow<'a, str>> {
        let slot = self.slot(key).filter(|value| value.says_something())?;
        match slot {
            Json::Text(text) if !wanted(text) => None,
            _ => slot.take().into_text(),
        }
    }

    /// Takes the scalar at `key` if `convert` can make something of its text; else leaves it.
    pub fn take_as<T>(&mut self, key: &str, convert: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let slot = self.slot(key).filter(|value| value.says_something())?;
        let converted = match slot {
            Json::Text(text) => convert(text),
            Json::Number(number) => convert(&number.to_string()),
            Json::Bool(flag) => convert(if *flag { "true" } else { "false" }),
            _ => None,
        }?;
        slot.take();
        Some(converted)
    }

    /// Takes the number at `key`; Okta's older events have some numbers as text.
    pub fn take_number<T: std::str::FromStr>(&mut self, key: &str) -> Option<T> {
        self.take_as(key, |text| text.parse().ok())
    }

    /// Takes the boolean at `key`, also where Okta writes it as text.
    pub fn take_bool(&mut self, key: &str) -> Option<bool> {
        self.take_as(key, |text| match text {
            "true" | "TRUE" => Some(true),
            "false" | "FALSE" => Some(false),
            _ => None,
        })
    }

    /// The object at `key`, to take from.
    pub fn object(&mut self, key: &str) -> Option<&mut Object<'a>> {
        match self.slot(key)? {
            Json::Object(object) => Some(object),
            _ => None,
        }
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

    fn slot(&mut self, key: &str) -> Option<&mut Json<'a>> {
        self.0.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// JSON text again, for values that are kept whole.
impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null | Self::Taken => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write_quoted(text, f),
            Self::Deep(text) => f.write_str(text),
            Self::Array(values) => write_array(values, f),
            Self::Object(object) => write_object(object, f),
        }
    }
}

fn write_quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

fn write_array(values: &[Json<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("[")?;
    for (index, value) in values.iter().enumerate() {
        write!(f, "{}{value}", if index == 0 { "" } else { "," })?;
    }
    f.write_str("]")
}

fn write_object(object: &Object<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("{")?;
    let members = object.0.iter().filter(|(_, value)| *value != Json::Taken);
    for (index, (name, value)) in members.enumerate() {
        f.write_str(if index == 0 { "" } else { "," })?;
        write_quoted(name, f)?;
        write!(f, ":{value}")?;
    }
    f.write_str("}")
}

/// Reads a value that lies this deep.
struct AtDepth(u8);

impl<'de> DeserializeSeed<'de> for AtDepth {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        if self.0 < MAX_DEPTH {
            return deserializer.deserialize_any(self);
        }
        // Skipping is iterative in serde_json, so text of any depth is safe here.
        let raw: &'de RawValue = serde::Deserialize::deserialize(deserializer)?;
        let is_nested = raw.get().starts_with(['{', '[']);
        if is_nested { Ok(Json::Deep(Cow::Borrowed(raw.get()))) } else { Json::parse(raw.get()).map_err(serde::de::Error::custom) }
    }
}

impl<'de> Visitor<'de> for AtDepth {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(AtDepth(self.0 + 1))? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let mut members = Vec::with_capacity(8);
        while let Some(name) = entries.next_key_seed(Key)? {
            members.push((name, entries.next_value_seed(AtDepth(self.0 + 1))?));
        }
        Ok(Json::Object(Object(members)))
    }
}

/// Reads a member's name, borrowed where it has no escapes (serde's own `Cow` always copies).
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_and_the_rest_stays() {
        let Json::Object(mut object) = Json::parse(r#"{"a":"x","b":7,"zone":"null","deep":{"c":true}}"#).unwrap()
        else {
            panic!("not an object")
        };
        assert_eq!(object.take_text("a").as_deref(), Some("x"));
        assert_eq!(object.take_text("a"), None);
        assert_eq!(object.take_text("zone"), None, "the text null says nothing");
        assert_eq!(object.take_number::<u32>("b"), Some(7));
        assert_eq!(object.object("deep").unwrap().take_bool("c"), Some(true));
        assert_eq!(Json::Object(object).to_string(), r#"{"zone":"null","deep":{}}"#);
    }

    #[test]
    fn a_value_of_another_type_stays() {
        let Json::Object(mut object) = Json::parse(r#"{"a":{"b":1},"n":"seven"}"#).unwrap() else {
            panic!("not an object")
        };
        assert_eq!(object.take_text("a"), None);
        assert_eq!(object.take_number::<u32>("n"), None);
        assert_eq!(object.take_json("a").as_deref(), Some(r#"{"b":1}"#));
        assert_eq!(object.text("n"), Some("seven"));
    }

    #[test]
    fn nesting_of_any_depth_is_kept_as_text() {
        let text = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
        assert_eq!(Json::parse(&text).unwrap().to_string(), text);
    }
}
