//! The okta-lake event bus: what happened, for whoever wants to act upon it, and requests for further invocations.

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde_json::Value;

use crate::events::{Event, SOURCE};

/// How many events one call takes (EventBridge API reference, `PutEvents`).
const MOST_ENTRIES: usize = 10;

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
    pub async fn publish(&self, event: &Event) {
        self.publish_all(std::slice::from_ref(event)).await;
    }

    /// Publishes events; returns for each whether the bus has taken it.
    pub async fn publish_all(&self, events: &[Event]) -> Vec<bool> {
        let mut are_taken = Vec::with_capacity(events.len());
        for events in events.chunks(MOST_ENTRIES) {
            are_taken.extend(self.put(events).await.unwrap_or_else(|| vec![false; events.len()]));
        }
        are_taken
    }

    /// Publishes a few events; returns nothing if the bus takes none of them.
    async fn put(&self, events: &[Event]) -> Option<Vec<bool>> {
        let bus = self.name.as_ref()?;
        let entries = events.iter().map(|event| entry(bus, event)).collect::<Result<Vec<_>, _>>();
        let entries = entries.inspect_err(|error| tracing::warn!(%error, bus, "an event has no JSON form")).ok()?;
        let answer = self.client.put_events().set_entries(Some(entries)).send().await;
        let answer = answer.inspect_err(|error| {
            let code = error.code().unwrap_or("no answer");
            tracing::warn!(bus, code, remedy = PUT, "events cannot be published");
        });
        let answer = answer.ok()?;
        for code in answer.entries().iter().filter_map(|entry| entry.error_code()) {
            tracing::warn!(bus, code, "the bus refuses an event");
        }
        Some(answer.entries().iter().map(|entry| entry.error_code().is_none()).collect())
    }
}

/// What a person does when the bus cannot be reached.
const PUT: &str = "see that the bus exists, and that the function's role may put events on it (events:PutEvents)";

fn entry(bus: &str, event: &Event) -> Result<PutEventsRequestEntry, serde_json::Error> {
    let event = serde_json::to_value(event)?;
    let kind = event["detail-type"].as_str().unwrap_or_default();
    let detail = serde_json::to_string(event.get("detail").unwrap_or(&Value::Null))?;
    let entry = PutEventsRequestEntry::builder().event_bus_name(bus).source(SOURCE);
    Ok(entry.detail_type(kind).detail(detail).build())
}
