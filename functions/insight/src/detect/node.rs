//! What a rule needs of an event: any tree of JSON values can be matched where it lies.

use std::borrow::Cow;

use serde_json::Value;

/// One value of an event.
pub trait Node<'a>: Copy {
    /// The member of an object.
    fn member(self, name: &str) -> Option<Self>;
    /// Whether one of an array's items is `wanted`; none if this is no array.
    fn any_item(self, wanted: &mut dyn FnMut(Self) -> bool) -> Option<bool>;
    /// Whether one of an object's members is `wanted`.
    fn any_member(self, wanted: &mut dyn FnMut(Self) -> bool) -> bool;
    /// The text of a scalar, a string without its quotes; none for null and for containers.
    fn scalar(self) -> Option<Cow<'a, str>>;
}

impl<'a> Node<'a> for &'a Value {
    fn member(self, name: &str) -> Option<Self> {
        self.as_object()?.get(name)
    }

    fn any_item(self, wanted: &mut dyn FnMut(Self) -> bool) -> Option<bool> {
        Some(self.as_array()?.iter().any(wanted))
    }

    fn any_member(self, wanted: &mut dyn FnMut(Self) -> bool) -> bool {
        self.as_object().is_some_and(|members| members.values().any(wanted))
    }

    fn scalar(self) -> Option<Cow<'a, str>> {
        match self {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            Value::Bool(true) => Some(Cow::Borrowed("true")),
            Value::Bool(false) => Some(Cow::Borrowed("false")),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}
