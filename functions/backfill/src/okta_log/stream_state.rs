//! Whether the org sends its log to EventBridge.

use okta::{Client, Error, Grants};
use serde::Deserialize;

use crate::data_type::LOG_STREAMS;

/// The part of a log stream that is looked at.
#[derive(Debug, Deserialize)]
struct LogStream {
    name: String,
    status: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Whether Okta sends its log to EventBridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StreamState {
    /// It does, by its name.
    Active(String),
    /// It did, and has been switched off.
    Off(String, String),
    /// Nobody has set one up.
    None,
    /// The scope is missing.
    Unknown,
}

/// Asks the org whether it sends its log to EventBridge.
pub(crate) async fn stream_state(client: &Client, grants: &Grants) -> Result<StreamState, Error> {
    if !grants.allows(LOG_STREAMS.scope) {
        return Ok(StreamState::Unknown);
    }
    let streams: Vec<LogStream> = client.get(&client.url(LOG_STREAMS.path, &[])?).await?.value()?;
    let mut to_eventbridge: Vec<_> = streams.into_iter().filter(|stream| stream.kind == "aws_eventbridge").collect();
    to_eventbridge.sort_by_key(|stream| stream.status != "ACTIVE");
    Ok(match to_eventbridge.into_iter().next() {
        Some(stream) if stream.status == "ACTIVE" => StreamState::Active(stream.name),
        Some(stream) => StreamState::Off(stream.name, stream.status),
        None => StreamState::None,
    })
}
