//! What the inventory's `changes` say, as plain data, and from when to when something held.

use jiff::Timestamp;
use serde_json::Value;

/// What happened to a record between two collections.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The entity.
    pub entity: String,
    /// The record's key within the entity.
    pub id: String,
    /// The id of its parent.
    pub parent: Option<String>,
    /// When: the time of the event that explains it; otherwise the beginning of the collection that found it.
    pub at: Timestamp,
    /// The record before; none if it was added.
    pub before: Option<Value>,
    /// The record after; none if it was removed.
    pub after: Option<Value>,
    /// What explains it.
    pub cause: Cause,
}

/// The event of the System Log that explains a change; empty if the log has none, or was not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cause {
    /// The event's uuid.
    pub event: Option<String>,
    /// The event's type.
    pub event_type: Option<String>,
    /// Who did it.
    pub actor: Option<String>,
}

/// From when to when something held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// When it began; none if that was before the first collection, or is not known.
    pub from: Option<Timestamp>,
    /// When it ended; none if it still holds.
    pub to: Option<Timestamp>,
    /// What opened it.
    pub opened_by: Cause,
    /// What closed it.
    pub closed_by: Cause,
}
