//! Looks after the log stream. Okta turns a stream off after failed deliveries, and a dead stream cannot deliver the news
//! of its death: the state is read from the API, and while the stream is off the log is polled.

use jiff::Timestamp;
use lake::{Lake, StateError};
use normalize::Tenant;
use okta::{Client, Error, Grants};
use serde::Serialize;

use crate::bus::{Bus, Kind};
use crate::connectivity::{StreamState, stream_state};
use crate::poll;
use crate::reconcile::due::HOUR;
use crate::reconcile::memory::Memory;

/// What a look takes.
pub(crate) struct Watch<'a> {
    pub(crate) client: &'a Client,
    pub(crate) grants: &'a Grants,
    pub(crate) lake: &'a Lake,
    pub(crate) bus: &'a Bus,
    pub(crate) tenant: &'a Tenant,
}

/// The detail of `StreamDisabled`.
#[derive(Debug, Serialize)]
struct StreamDisabled<'a> {
    tenant: &'a str,
    /// The stream's name.
    stream: &'a str,
    /// What Okta says of it, such as `INACTIVE`.
    status: &'a str,
    /// When it was seen.
    seen: Timestamp,
    remedy: &'static str,
}

/// Why the stream was not looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WatchError {
    #[error("the state of the log stream cannot be read")]
    Okta(#[from] Error),
    #[error(transparent)]
    State(#[from] StateError),
}

impl Watch<'_> {
    /// Tells that the stream was turned off, and polls until it is on again.
    pub(crate) async fn look(&self, memory: &mut Memory, now: Timestamp) -> Result<(), WatchError> {
        let (told, is_off) = match stream_state(self.client, self.grants).await? {
            StreamState::Off(name, status) => {
                let told = format!("{name}: {status}");
                if memory.stream.as_ref() != Some(&told) {
                    self.tell(&name, &status, now).await;
                }
                (Some(told), true)
            }
            StreamState::Active(name) => (Some(name), false),
            // Nobody knows, or there is none: whether the log is polled is for a person to say.
            StreamState::None | StreamState::Unknown => return Ok(()),
        };
        if memory.stream != told {
            // Hours before this one are repaired when they are sealed.
            poll::switch(self.lake, self.tenant, is_off, now.checked_sub(HOUR).unwrap_or(now)).await?;
        }
        memory.stream = told;
        Ok(())
    }

    async fn tell(&self, stream: &str, status: &str, seen: Timestamp) {
        let remedy = "activate it: Admin Console > Reports > Log Streaming; until then the log is polled";
        tracing::error!(stream, status, remedy, "the log stream is off");
        let detail = StreamDisabled { tenant: self.tenant.as_str(), stream, status, seen, remedy };
        self.bus.publish(Kind::StreamDisabled, &detail).await;
    }
}
