//! How an event was delivered: what its row says that the event itself does not know.

use jiff::Timestamp;

use crate::tenant::Tenant;

/// How an event reached okta-lake; `metadata.source` of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IngestPath {
    /// Okta Log Streaming through EventBridge.
    Stream,
    /// The System Log API, following the polling cursor.
    Poll,
    /// The System Log API, a bounded range.
    History,
    /// The System Log API, when an hour was sealed: the event had come by no other way.
    Repair,
}

impl IngestPath {
    /// The path as rows name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Poll => "poll",
            Self::History => "history",
            Self::Repair => "repair",
        }
    }

    /// The path that rows name so.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Stream, Self::Poll, Self::History, Self::Repair].into_iter().find(|path| path.as_str() == name)
    }
}

/// What is known of an event's delivery.
#[derive(Debug, Clone)]
pub struct IngestContext<'a> {
    /// The org it came from.
    pub tenant: &'a Tenant,
    /// How it came.
    pub path: IngestPath,
    /// When it was received: the queue's time of arrival or the answer's.
    pub logged: Timestamp,
    /// When it is being normalized.
    pub processed: Timestamp,
}
