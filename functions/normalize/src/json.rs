//! A borrowed JSON tree that is read by *taking*: what the mapping takes is gone from the tree, and
//! what is not taken is still there to be reported as unmapped. Nothing can fall between the two, as
//! long as what is taken is placed as it stands: a value that is only looked at stays.

mod object;
mod parse;
mod text;

use std::borrow::Cow;

use serde_json::Number;

pub use object::Object;

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
    /// The JSON text of an array or object that lies too deep to be of use as a tree.
    Deep(Cow<'a, str>),
    /// Was here and has been taken.
    Taken,
}

impl<'a> Json<'a> {
    /// Parses one JSON document.
    pub fn parse(text: &'a str) -> serde_json::Result<Self> {
        parse::document(text)
    }

    /// This value if it is an object.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// This value if it is an object, to take from.
    pub fn as_object_mut(&mut self) -> Option<&mut Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// This value as the text a reader would compare with (a string without its quotes), if it is a
    /// scalar that says something: Okta writes absent values also as `""` and, in several places, as
    /// the four letters `null`.
    fn said(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) if text.is_empty() || text == "null" => None,
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            _ => None,
        }
    }

    /// Whether both say the same. The order of members says nothing; a repeated name does.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(Object(members)), Self::Object(Object(others))) => {
                let is_there = |(name, value): &(Cow<'a, str>, Self)| {
                    others.iter().filter(|(other, _)| other == name).count() == 1
                        && others.iter().any(|(other, its)| other == name && value.is_same(its))
                };
                members.len() == others.len() && members.iter().all(is_there)
            }
            _ => self == other,
        }
    }

    fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(flag) => Some(Cow::Borrowed(if flag { "true" } else { "false" })),
            _ => None,
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

    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Taken)
    }
}
