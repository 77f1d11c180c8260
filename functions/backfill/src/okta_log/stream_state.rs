//! Whether the org sends its log to the event bus of this stack.

use okta::{Client, Error, Grants};
use serde::Deserialize;

use crate::app::App;
use crate::aws::stack::Destination;
use crate::data_type::LOG_STREAMS;

/// The part of a log stream that is looked at.
#[derive(Debug, Deserialize)]
struct LogStream {
    name: String,
    status: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    settings: Settings,
}

/// Where a log stream leads.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Settings {
    account_id: Option<String>,
    region: Option<String>,
    event_source_name: Option<String>,
}

/// Whether Okta sends its log to EventBridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StreamState {
    /// It does, by its name.
    Active(String),
    /// It did, and has been switched off.
    Off(String, String),
    /// A stream of this name is active, and leads to another account, region or event source.
    Elsewhere(String),
    /// Nobody has set one up.
    None,
    /// The scope is missing.
    Unknown,
}

/// Asks the org whether it sends its log to this stack. Without a partner event bus any stream to EventBridge counts.
pub(crate) async fn stream_state(app: &App, client: &Client, grants: &Grants) -> Result<StreamState, Error> {
    if !grants.allows(LOG_STREAMS.scope) {
        return Ok(StreamState::Unknown);
    }
    let streams: Vec<LogStream> = client.get(&client.url(LOG_STREAMS.path, &[])?).await?.value()?;
    Ok(state(streams, app.stack.destination().await.as_ref()))
}

fn state(streams: Vec<LogStream>, destination: Option<&Destination>) -> StreamState {
    let to_eventbridge = streams.into_iter().filter(|stream| stream.kind == "aws_eventbridge");
    let (mut ours, others): (Vec<_>, Vec<_>) = to_eventbridge.partition(|stream| stream.leads_to(destination));
    ours.sort_by_key(|stream| !stream.is_active());
    match ours.into_iter().next() {
        Some(stream) if stream.is_active() => StreamState::Active(stream.name),
        Some(stream) => StreamState::Off(stream.name, stream.status),
        None => match others.into_iter().find(LogStream::is_active) {
            Some(stream) => StreamState::Elsewhere(stream.name),
            None => StreamState::None,
        },
    }
}

impl LogStream {
    fn is_active(&self) -> bool {
        self.status == "ACTIVE"
    }

    /// Whether it leads to a destination. What either side does not say is no difference.
    fn leads_to(&self, destination: Option<&Destination>) -> bool {
        let Some(destination) = destination else { return true };
        let is_same = |ours: Option<&str>, theirs: Option<&str>| {
            ours.zip(theirs).is_none_or(|(ours, theirs)| ours.eq_ignore_ascii_case(theirs))
        };
        let Settings { account_id, region, event_source_name } = &self.settings;
        is_same(destination.account.as_deref(), account_id.as_deref())
            && is_same(destination.region.as_deref(), region.as_deref())
            && is_same(Some(&destination.source), event_source_name.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Stream = (&'static str, &'static str, &'static str, &'static str, &'static str);

    fn log_stream((name, status, account, region, source): &Stream) -> LogStream {
        let settings = json!({"accountId": account, "region": region, "eventSourceName": source});
        let stream = json!({"name": name, "status": status, "type": "aws_eventbridge", "settings": settings});
        serde_json::from_value(stream).unwrap()
    }

    #[test]
    fn only_a_stream_to_this_stack_counts() {
        let (account, region) = (Some("111122223333".to_owned()), Some("us-east-1".to_owned()));
        let destination = Destination { account, region, source: "okta-lake".to_owned() };
        let state = |found: &[Stream]| state(found.iter().map(log_stream).collect(), Some(&destination));
        let ours = ("ours", "ACTIVE", "111122223333", "us-east-1", "okta-lake");
        assert_eq!(state(&[ours]), StreamState::Active("ours".to_owned()));
        for other in [
            ("siem", "ACTIVE", "999999999999", "us-east-1", "okta-lake"),
            ("siem", "ACTIVE", "111122223333", "eu-west-1", "okta-lake"),
            ("siem", "ACTIVE", "111122223333", "us-east-1", "siem"),
        ] {
            assert_eq!(state(&[other]), StreamState::Elsewhere("siem".to_owned()), "{other:?}");
            assert_eq!(state(&[other, ours]), StreamState::Active("ours".to_owned()));
            let off = ("ours", "INACTIVE", ours.2, ours.3, ours.4);
            assert_eq!(state(&[other, off]), StreamState::Off("ours".to_owned(), "INACTIVE".to_owned()));
        }
        assert_eq!(state(&[]), StreamState::None);
    }
}
