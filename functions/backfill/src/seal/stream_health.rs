//! The health of the log stream. Okta turns a stream off after failed deliveries, and a dead stream cannot deliver the news
//! of its death: the state is read from the API, and so are the latest events, of which the stream must have brought some.
//! While it is off or silent the log is polled.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use jiff::{SignedDuration, Timestamp};
use lake::stored::ReadError;
use lake::{Partition, StateError, layout, stored};
use normalize::{IngestPath, LogEvent, hour_of};
use okta::{Client, Error, Grants};

use crate::data_type::{LOG_STREAMS, LOGS};
use crate::events::{Event, StreamDisabled, StreamSilent};
use crate::history::poll;
use crate::okta_log::query::stamp;
use crate::okta_log::stream_state::{StreamState, stream_state};
use crate::org::problem::Problem;
use crate::seal::due::HOUR;
use crate::seal::session::Org;
use crate::seal::state::ReconcileState;

/// An event that is younger may still be on its way.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// Of the hour before that, so many of the latest events are looked for in the lake.
const LOOKED_FOR: usize = 10;

/// When none of at least so many came, the stream is silent: it loses single events anyway.
const ENOUGH: usize = 3;

/// What is remembered of a stream that brings nothing.
const SILENT: &str = "silent";

/// What is remembered of a stream that brings events.
const HEARD: &str = "heard";

/// What was found.
#[derive(Debug)]
pub(crate) struct StreamHealth {
    /// Whether the org's log can be read.
    pub(crate) is_log_readable: bool,
    /// The state of the stream that was published last.
    pub(crate) stream: Option<String>,
    /// Why the state of the stream is not known.
    pub(crate) problem: Option<Problem>,
}

/// What the latest events say about the stream.
enum Heard {
    /// It brought some of them.
    Stream,
    /// It brought none of these: when they were published, in order.
    Silence(Vec<Timestamp>),
    /// They are too few to tell.
    Nothing,
}

/// Why the state of the stream is not known.
#[derive(Debug, thiserror::Error)]
enum HealthError {
    #[error("the state of the log stream cannot be read")]
    Okta(#[from] Error),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("{key} cannot be read")]
    Object {
        key: String,
        #[source]
        source: ReadError,
    },
}

/// Publishes that the stream was turned off or went silent, and polls until it is back.
pub(crate) async fn look(org: &Org<'_>, state: &ReconcileState, now: Timestamp) -> StreamHealth {
    let unreadable = || StreamHealth { is_log_readable: false, stream: state.stream.clone(), problem: None };
    let Some(client) = &org.client else { return unreadable() };
    let grants = match client.discover_scopes(&[LOGS.scope, LOG_STREAMS.scope]).await {
        Ok(grants) => grants,
        Err(error) => {
            tracing::warn!(%error, remedy = error.remedy(), "the org's scopes cannot be discovered");
            return unreadable();
        }
    };
    let is_log_readable = grants.allows(LOGS.scope);
    match judge(org, client, &grants, state, now).await {
        Ok(stream) => StreamHealth { is_log_readable, stream, problem: None },
        Err(error) => {
            let remedy = "nothing: the next run tries again".to_owned();
            let problem = Problem::told(org.tenant.as_str(), lake::quarantine::reason(&error), remedy);
            StreamHealth { is_log_readable, stream: state.stream.clone(), problem: Some(problem) }
        }
    }
}

/// Returns the stream's state as it is published by now.
async fn judge(
    org: &Org<'_>,
    client: &Client,
    grants: &Grants,
    state: &ReconcileState,
    now: Timestamp,
) -> Result<Option<String>, HealthError> {
    let known = state.stream.clone();
    let (stream, is_down) = match stream_state(org.app, client, grants).await? {
        StreamState::Off(name, status) => {
            let stream = format!("{name}: {status}");
            if known.as_ref() != Some(&stream) {
                publish_off(org, &name, &status, now).await;
            }
            (stream, true)
        }
        // Whether the log is polled is for a person to say.
        StreamState::None | StreamState::Elsewhere(_) => return Ok(known),
        StreamState::Unknown if !state.has_stream => return Ok(known),
        // It may be so new that nothing came yet.
        StreamState::Active(_) if !state.has_stream => (HEARD.to_owned(), false),
        StreamState::Active(_) | StreamState::Unknown => match listen(org, client, grants, now).await? {
            Heard::Silence(times) => {
                if known.as_deref() != Some(SILENT) {
                    publish_silent(org, &times).await;
                }
                (SILENT.to_owned(), true)
            }
            Heard::Stream => (HEARD.to_owned(), false),
            Heard::Nothing => return Ok(known),
        },
    };
    let was_down = known.as_deref().is_some_and(|stream| stream != HEARD);
    if is_down != was_down {
        // Hours before this one are repaired when they are sealed.
        poll::switch(org.lake(), &org.tenant, is_down, now.checked_sub(HOUR).unwrap_or(now)).await?;
    }
    Ok(Some(stream))
}

/// Looks for the latest events of the API among what the stream brought.
async fn listen(org: &Org<'_>, client: &Client, grants: &Grants, now: Timestamp) -> Result<Heard, HealthError> {
    if !grants.allows(LOGS.scope) {
        return Ok(Heard::Nothing);
    }
    let until = now.checked_sub(PATIENCE).unwrap_or(now);
    let (since, until) = (stamp(until.checked_sub(HOUR).unwrap_or(until)), stamp(until));
    let limit = LOOKED_FOR.to_string();
    let query = [("since", &*since), ("until", &*until), ("sortOrder", "DESCENDING"), ("limit", &*limit)];
    let page = client.get(&client.url(LOGS.path, &query)?).await?;
    let mut wanted = BTreeMap::<Timestamp, BTreeSet<String>>::new();
    let mut times = Vec::new();
    for event in page.records()?.into_iter().filter_map(|record| LogEvent::parse(record.get()).ok()) {
        wanted.entry(hour_of(event.published)).or_default().insert(event.uuid.to_string());
        times.push(event.published);
    }
    for (hour, uuids) in wanted {
        if was_heard(org, hour, &uuids).await? {
            return Ok(Heard::Stream);
        }
    }
    times.sort_unstable();
    Ok(if times.len() < ENOUGH { Heard::Nothing } else { Heard::Silence(times) })
}

/// Returns whether the stream brought one of these events of an hour.
async fn was_heard(org: &Org<'_>, hour: Timestamp, uuids: &BTreeSet<String>) -> Result<bool, HealthError> {
    let partition = Partition { tenant: org.tenant.clone(), hour };
    for key in org.lake().keys(&layout::live_folder(&partition)).await? {
        // It has been sealed and removed meanwhile.
        let Some(body) = org.lake().read_object(&key).await? else { return Ok(true) };
        let mut is_heard = false;
        let read = stored::read(&key, body, &mut |row| {
            is_heard |= row.metadata.source == IngestPath::Stream.as_str() && uuids.contains(&row.metadata.uid);
            Ok::<(), Infallible>(())
        });
        read.map_err(|error| error.either(|source| HealthError::Object { key, source }, |never| match never {}))?;
        if is_heard {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn publish_silent(org: &Org<'_>, times: &[Timestamp]) {
    let remedy = "look at the stream (Admin Console > Reports > Log Streaming), the partner event bus and its rule; \
                  until the stream brings events again the log is polled";
    let (Some(&since), Some(&until)) = (times.first(), times.last()) else { return };
    tracing::error!(%since, %until, remedy, "the log stream is silent");
    let (tenant, events, remedy) = (org.tenant.to_string(), times.len() as u64, remedy.to_owned());
    org.app.bus.publish(&Event::StreamSilent(StreamSilent { tenant, since, until, events, remedy })).await;
}

async fn publish_off(org: &Org<'_>, stream: &str, status: &str, seen: Timestamp) {
    let remedy = "activate it: Admin Console > Reports > Log Streaming; until then the log is polled";
    tracing::error!(stream, status, remedy, "the log stream is off");
    let (tenant, remedy) = (org.tenant.to_string(), remedy.to_owned());
    let (stream, status) = (stream.to_owned(), status.to_owned());
    org.app.bus.publish(&Event::StreamDisabled(StreamDisabled { tenant, stream, status, seen, remedy })).await;
}
