//! What every attribute's type is made of.

/// Text of an event: borrowed from it wherever its JSON has no escapes.
pub type Text<'a> = std::borrow::Cow<'a, str>;

/// A non-empty list or none: OCSF has no empty arrays.
pub(crate) fn non_empty<T>(values: Vec<T>) -> Option<Vec<T>> {
    (!values.is_empty()).then_some(values)
}
