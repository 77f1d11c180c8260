//! Looks after the log stream. Okta turns a stream off after failed deliveries, and a dead stream cannot deliver the news
//! of its death: the state is read from the API, and so are the latest events, of which the stream must have brought some.
//! While it is off or silent the log is polled.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use jiff::{SignedDuration, Timestamp};
use lake::stored::ReadError;
use lake::{Lake, Partition, StateError, layout, stored};
use normalize::{IngestPath, LogEvent, Tenant, hour_of};
use okta::{Client, Error, Grants};

use crate::app::App;
use crate::aws::bus::Bus;
use crate::data_type::LOGS;
use crate::events::{Event, StreamDisabled, StreamSilent};
use crate::history::poll;
use crate::okta_log::query::stamp;
use crate::okta_log::stream_state::{StreamState, stream_state};
use crate::seal::due::HOUR;
use crate::seal::state::Memory;

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

/// What a look takes.
pub(crate) struct Watch<'a> {
    pub(crate) app: &'a App,
    pub(crate) client: &'a Client,
    pub(crate) grants: &'a Grants,
    pub(crate) lake: &'a Lake,
    pub(crate) bus: &'a Bus,
    pub(crate) tenant: &'a Tenant,
}

/// What the latest events tell of the stream.
enum Heard {
    /// It brought some of them.
    Stream,
    /// It brought none of these: when they were published, in order.
    Silence(Vec<Timestamp>),
    /// They are too few to tell.
    Nothing,
}

/// Why the stream was not looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WatchError {
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

impl Watch<'_> {
    /// Tells that the stream was turned off or went silent, and polls until it is back.
    pub(crate) async fn look(&self, memory: &mut Memory, now: Timestamp) -> Result<(), WatchError> {
        let (told, is_down) = match stream_state(self.app, self.client, self.grants).await? {
            StreamState::Off(name, status) => {
                let told = format!("{name}: {status}");
                if memory.stream.as_ref() != Some(&told) {
                    self.tell_off(&name, &status, now).await;
                }
                (told, true)
            }
            // Whether the log is polled is for a person to say.
            StreamState::None | StreamState::Elsewhere(_) => return Ok(()),
            StreamState::Unknown if !memory.has_stream => return Ok(()),
            // It may be so new that nothing came yet.
            StreamState::Active(_) if !memory.has_stream => (HEARD.to_owned(), false),
            StreamState::Active(_) | StreamState::Unknown => match self.listen(now).await? {
                Heard::Silence(times) => {
                    if memory.stream.as_deref() != Some(SILENT) {
                        self.tell_silent(&times).await;
                    }
                    (SILENT.to_owned(), true)
                }
                Heard::Stream => (HEARD.to_owned(), false),
                Heard::Nothing => return Ok(()),
            },
        };
        let was_down = memory.stream.as_deref().is_some_and(|stream| stream != HEARD);
        if is_down != was_down {
            // Hours before this one are repaired when they are sealed.
            poll::switch(self.lake, self.tenant, is_down, now.checked_sub(HOUR).unwrap_or(now)).await?;
        }
        memory.stream = Some(told);
        Ok(())
    }

    /// Looks for the latest events of the API among what the stream brought.
    async fn listen(&self, now: Timestamp) -> Result<Heard, WatchError> {
        if !self.grants.allows(LOGS.scope) {
            return Ok(Heard::Nothing);
        }
        let until = now.checked_sub(PATIENCE).unwrap_or(now);
        let (since, until) = (stamp(until.checked_sub(HOUR).unwrap_or(until)), stamp(until));
        let limit = LOOKED_FOR.to_string();
        let query = [("since", &*since), ("until", &*until), ("sortOrder", "DESCENDING"), ("limit", &*limit)];
        let page = self.client.get(&self.client.url(LOGS.path, &query)?).await?;
        let mut wanted = BTreeMap::<Timestamp, BTreeSet<String>>::new();
        let mut times = Vec::new();
        for event in page.records()?.into_iter().filter_map(|record| LogEvent::parse(record.get()).ok()) {
            wanted.entry(hour_of(event.published)).or_default().insert(event.uuid.to_string());
            times.push(event.published);
        }
        for (hour, uuids) in wanted {
            if self.was_heard(hour, &uuids).await? {
                return Ok(Heard::Stream);
            }
        }
        times.sort_unstable();
        Ok(if times.len() < ENOUGH { Heard::Nothing } else { Heard::Silence(times) })
    }

    /// Whether the stream brought one of these events of an hour.
    async fn was_heard(&self, hour: Timestamp, uuids: &BTreeSet<String>) -> Result<bool, WatchError> {
        let partition = Partition { tenant: self.tenant.clone(), hour };
        for key in self.lake.keys(&layout::live_folder(&partition)).await? {
            // Gone: it has been sealed and cleared away meanwhile.
            let Some(body) = self.lake.read_object(&key).await? else { return Ok(true) };
            let mut is_heard = false;
            let read = stored::read(&key, body, &mut |row| {
                is_heard |= row.metadata.source == IngestPath::Stream.as_str() && uuids.contains(&row.metadata.uid);
                Ok::<(), Infallible>(())
            });
            read.map_err(|error| error.either(|source| WatchError::Object { key, source }, |never| match never {}))?;
            if is_heard {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn tell_silent(&self, times: &[Timestamp]) {
        let remedy = "look at the stream (Admin Console > Reports > Log Streaming), the partner event bus and its rule; \
                      until it is heard again the log is polled";
        let (Some(&since), Some(&until)) = (times.first(), times.last()) else { return };
        tracing::error!(%since, %until, remedy, "the log stream is silent");
        let (tenant, events, remedy) = (self.tenant.to_string(), times.len() as u64, remedy.to_owned());
        let detail = StreamSilent { tenant, since, until, events, remedy };
        self.bus.publish(&Event::StreamSilent(detail)).await;
    }

    async fn tell_off(&self, stream: &str, status: &str, seen: Timestamp) {
        let remedy = "activate it: Admin Console > Reports > Log Streaming; until then the log is polled";
        tracing::error!(stream, status, remedy, "the log stream is off");
        let (stream, status, remedy) = (stream.to_owned(), status.to_owned(), remedy.to_owned());
        let detail = StreamDisabled { tenant: self.tenant.to_string(), stream, status, seen, remedy };
        self.bus.publish(&Event::StreamDisabled(detail)).await;
    }
}
