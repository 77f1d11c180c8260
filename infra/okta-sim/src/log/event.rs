//! One event of the System Log.

use jiff::Timestamp;

/// One event of the System Log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Okta's id of it.
    pub uuid: String,
    /// When it happened.
    pub published: Timestamp,
    /// When it was inserted, which is when a polling request can first see it.
    pub persisted: Timestamp,
    /// `eventType`.
    pub event_type: &'static str,
    /// The whole LogEvent, as Okta sends it.
    pub json: String,
}
