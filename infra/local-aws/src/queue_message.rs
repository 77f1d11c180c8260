//! One message of the queue.

use std::sync::Arc;

use jiff::Timestamp;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, given by the queue.
    pub id: String,
    /// Its text.
    pub body: Arc<str>,
    /// When it was sent.
    pub sent: Timestamp,
    /// How often it was received.
    pub receives: u32,
    /// When it was received for the first time.
    pub first_received: Option<Timestamp>,
}

impl Message {
    /// The message as it is received once more.
    pub(crate) fn receive(&self, now: Timestamp) -> Self {
        Self { receives: self.receives + 1, first_received: self.first_received.or(Some(now)), ..self.clone() }
    }
}
