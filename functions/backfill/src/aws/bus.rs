//! The okta-lake event bus: what happened, for whoever wants to act upon it, and the wish to be called again.

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde::Serialize;

/// The `source` of every event of ours.
pub const SOURCE: &str = "okta-lake";

/// What an event is about: its `detail-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What a collection will read and how long it should take, before it begins.
    CollectionPlanned,
    /// How far a collection is.
    CollectionProgress,
    /// A collection has ended: finished, cancelled or failed.
    CollectionFinished,
    /// An hour has a seal, or a new one.
    HourSealed,
    /// Events that the stream did not bring.
    GapFound,
    /// They are in the lake, and their hour is sealed.
    GapRepaired,
    /// Events of the stream that the API does not have.
    Unconfirmed,
    /// Okta has turned the log stream off.
    StreamDisabled,
    /// The log stream brings nothing, while the API has events.
    StreamSilent,
    /// Credentials, a permission or the stack do not work.
    ConnectivityFailed,
    /// Something could not be parsed, and is kept whole.
    QuarantineAdded,
    /// How far a collection of the inventory is.
    InventoryProgress,
    /// A collection of the inventory has ended: its manifest.
    InventoryFinished,
    /// Work is left: a rule hands the detail, which is a command, to the function.
    Continue,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::CollectionPlanned => "CollectionPlanned",
            Self::CollectionProgress => "CollectionProgress",
            Self::CollectionFinished => "CollectionFinished",
            Self::HourSealed => "HourSealed",
            Self::GapFound => "GapFound",
            Self::GapRepaired => "GapRepaired",
            Self::Unconfirmed => "Unconfirmed",
            Self::StreamDisabled => "StreamDisabled",
            Self::StreamSilent => "StreamSilent",
            Self::ConnectivityFailed => "ConnectivityFailed",
            Self::QuarantineAdded => "QuarantineAdded",
            Self::InventoryProgress => "InventoryProgress",
            Self::InventoryFinished => "InventoryFinished",
            Self::Continue => "Continue",
        }
    }
}

/// The bus, if this deployment has one.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: Option<String>,
}

impl Bus {
    /// The bus of this name.
    pub fn new(client: Client, name: Option<String>) -> Self {
        Self { client, name }
    }

    /// Publishes an event. Nothing depends on its arrival: what cannot be published is logged.
    pub async fn publish(&self, kind: Kind, detail: &impl Serialize) {
        let Some(name) = &self.name else { return };
        let detail = match serde_json::to_string(detail) {
            Ok(detail) => detail,
            Err(error) => return tracing::warn!(%error, kind = kind.name(), "an event has no JSON form"),
        };
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(name)
            .source(SOURCE)
            .detail_type(kind.name())
            .detail(detail)
            .build();
        match self.client.put_events().entries(entry).send().await {
            Ok(answer) => {
                for refused in answer.entries().iter().filter_map(|entry| entry.error_code()) {
                    tracing::warn!(bus = name, kind = kind.name(), code = refused, "the bus refuses an event");
                }
            }
            Err(error) => {
                let code = error.code().unwrap_or("no answer");
                tracing::warn!(bus = name, kind = kind.name(), code, "an event cannot be published");
            }
        }
    }
}
