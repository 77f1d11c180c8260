//! What the inventory knew of a subject at a time.

use jiff::Timestamp;
use serde_json::Value;

/// The inventory and its history, as far as rules ask it.
pub trait AsOf {
    /// What is known of a subject at a time. The kind is Okta's type of an actor or target (`User`, `UserGroup`,
    /// `AppInstance`).
    fn facts(&self, kind: &str, id: &str, at: Timestamp) -> Facts;

    /// The ids of the users who share an attribute's value with a user, without that user; none if it is not known.
    fn alike(&self, user: &str, attribute: &str, at: Timestamp) -> Option<Vec<String>>;
}

/// What is known of a subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts {
    /// This is known.
    Known(Value),
    /// It did not exist, and the inventory was complete.
    Absent,
    /// It is not known, and why.
    Unknown(String),
}

/// An inventory of which nothing is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoInventory;

impl AsOf for NoInventory {
    fn facts(&self, _: &str, _: &str, _: Timestamp) -> Facts {
        Facts::Unknown("there is no inventory".to_owned())
    }

    fn alike(&self, _: &str, _: &str, _: Timestamp) -> Option<Vec<String>> {
        None
    }
}
