//! What can be wrong with an event.

use std::fmt;

/// One fault: where and what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    /// The attribute, such as `actor.user.type_id`.
    pub path: String,
    /// The rule that it breaks.
    pub rule: Rule,
}

/// The rules of OCSF that an event can break.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The event is no JSON object.
    NotObject,
    /// `class_uid` is no class that the facts know.
    UnknownClass,
    /// `metadata.profiles` names a profile that the class does not have.
    ForeignProfile(String),
    /// `type_uid` is not `class_uid * 100 + activity_id`.
    TypeUid,
    /// `category_uid` is not the class's.
    Category,
    /// `metadata.version` is not the facts' version.
    Version,
    /// A required attribute is missing.
    Required,
    /// A constraint (`at_least_one`, `just_one`) does not hold.
    Constraint(&'static str),
    /// The class or object has no such attribute.
    NoSuchAttribute,
    /// The attribute belongs to a profile that `metadata.profiles` does not name.
    NeedsProfile(&'static str),
    /// An attribute with many values has none, or is no array.
    NotArray,
    /// Null, an empty text or an empty object.
    Empty,
    /// Of another type than the schema's.
    Type(&'static str),
    /// An object that the facts do not describe: add it to `derive_facts.py`.
    UndescribedObject(&'static str),
    /// Text that has not the form of its type, such as an IP address.
    Form(&'static str),
    /// A number or a length outside the type's range.
    Range(&'static str),
    /// A value outside the attribute's enum.
    Enum(String),
    /// The caption beside an enum's value is not that value's.
    Caption(&'static str),
    /// The attribute is deprecated. Not wrong in OCSF, but not to be written by new code.
    Deprecated,
}

impl Fault {
    pub(crate) fn new(path: impl Into<String>, rule: Rule) -> Self {
        Self { path: path.into(), rule }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.path, self.rule)
    }
}
