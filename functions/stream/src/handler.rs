//! One invocation: receive, parse, map, encode, write, acknowledge. A message is acknowledged when
//! its row, or the message itself in quarantine, is durable in S3, and not before.

use std::collections::BTreeSet;

use aws_lambda_events::sqs::SqsBatchResponse;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use lake::batch::{Rows, object};
use lake::{EncodeError, Format, Lake, Partition, Rejected, WriteError, quarantine};
use lambda_runtime::{Diagnostic, LambdaEvent};
use normalize::event_type;
use serde_json::value::RawValue;

use crate::incoming::{self, Message};
use crate::metrics::MetricCounts;
use crate::triage::{Refused, Triage, triage};
use crate::undecodable::Undecodable;

/// Writes under way at once: enough to hide S3's latency, few enough for a small function's memory.
const WRITES_AT_ONCE: usize = 8;

/// What the function holds between invocations.
#[derive(Debug)]
pub(crate) struct App {
    /// Where rows go.
    pub(crate) lake: Lake,
    /// In which form.
    pub(crate) format: Format,
}

/// An invocation that must be repeated as a whole: something could not be written, and no message id can report it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandlerError {
    /// The direct event, or a message without an id.
    #[error("{0} of {1} messages could not be written: see the log for the cause")]
    NotWritten(usize, usize),
}

impl From<HandlerError> for Diagnostic {
    fn from(error: HandlerError) -> Self {
        Self { error_type: "NotWritten".to_owned(), error_message: error.to_string() }
    }
}

/// Why something is not durable yet.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("cannot write a quarantine record")]
    Quarantine(#[from] serde_json::Error),
}

/// Handles one invocation. The answer names the messages that SQS must deliver again (`ReportBatchItemFailures`).
pub(crate) async fn handle(app: &App, event: LambdaEvent<Box<RawValue>>) -> Result<SqsBatchResponse, HandlerError> {
    let now = Timestamp::now();
    let payload = event.payload.get();
    match Undecodable::of(payload) {
        None => handle_text(app, payload, now, None).await,
        Some((undecodable, text)) => handle_text(app, &text, now, Some(undecodable)).await,
    }
}

async fn handle_text(
    app: &App,
    payload: &str,
    now: Timestamp,
    undecodable: Option<Undecodable>,
) -> Result<SqsBatchResponse, HandlerError> {
    let messages = incoming::messages(payload);
    let mut triage = triage(&messages, now);
    let mut counts = counts(messages.len(), &triage, now);
    report_unknown(&triage.unknown_types);
    let refused = std::mem::take(&mut triage.refused);
    let original = undecodable.map(|undecodable| whole(payload, undecodable, now));
    let mut failed = write_rows(app, triage, &mut counts).await;
    failed.extend(write_refused(app, refused, &mut counts).await);
    if let Some(original) = original
        && let Err(failure) = keep(app, &original).await
    {
        report(&failure, 1);
        failed.extend(0..messages.len());
    }
    counts.events_returned = failed.len();
    counts.publish(now.as_millisecond());
    respond(&messages, &failed)
}

fn counts(events_received: usize, triage: &Triage<'_>, now: Timestamp) -> MetricCounts {
    MetricCounts {
        events_received,
        events_duplicate: triage.duplicates,
        unknown_event_types: triage.unknown_types.len(),
        freshness_lag: triage.newest.map(|newest| (now.as_millisecond() - newest.as_millisecond()).max(0)),
        ..MetricCounts::default()
    }
}

/// Writes every partition's object; returns the messages of those that failed.
async fn write_rows(app: &App, triage: Triage<'_>, counts: &mut MetricCounts) -> BTreeSet<usize> {
    let Triage { batch, mut messages, .. } = triage;
    let writes = batch.into_partitions().map(|(partition, rows)| {
        let messages = messages.remove(&partition).unwrap_or_default();
        async move { (write_object(app, &partition, rows).await, messages) }
    });
    let mut written = stream::iter(writes).buffer_unordered(WRITES_AT_ONCE);
    let mut failed = BTreeSet::new();
    while let Some((outcome, messages)) = written.next().await {
        match outcome {
            Ok(rows) => {
                counts.objects_written += 1;
                counts.events_written += rows;
            }
            Err(failure) => {
                report(&failure, messages.len());
                failed.extend(messages);
            }
        }
    }
    failed
}

/// Returns the number of rows that are durable now.
async fn write_object(app: &App, partition: &Partition, rows: Rows<'_>) -> Result<usize, Failure> {
    let object = object(partition, rows, app.format)?;
    let put = app.lake.put_new(&object.key, object.content_type, object.body).await?;
    tracing::debug!(key = object.key, rows = object.rows, ?put, "object is durable");
    Ok(object.rows)
}

/// Writes every refused message to quarantine; returns those that failed.
async fn write_refused(app: &App, refused: Vec<Refused<'_>>, counts: &mut MetricCounts) -> BTreeSet<usize> {
    let writes = refused
        .into_iter()
        .map(|Refused { position, cause, record }| async move { (position, cause, keep(app, &record).await) });
    let mut written = stream::iter(writes).buffer_unordered(WRITES_AT_ONCE);
    let mut failed = BTreeSet::new();
    while let Some((position, cause, outcome)) = written.next().await {
        match outcome {
            Ok(key) => {
                tracing::warn!(key, cause, "a message is in quarantine");
                counts.events_quarantined += 1;
            }
            Err(failure) => {
                report(&failure, 1);
                failed.insert(position);
            }
        }
    }
    failed
}

/// Returns the key under which the record is durable.
async fn keep(app: &App, record: &Rejected<'_>) -> Result<String, Failure> {
    let (key, body) = (record.key(), serde_json::to_vec(record)?);
    app.lake.put_new(&key, "application/json", body).await?;
    Ok(key)
}

/// The quarantine record of a payload that could only be read with replacements.
fn whole(text: &str, undecodable: Undecodable, received: Timestamp) -> Rejected<'_> {
    Rejected {
        tenant: None,
        reason: "the payload is no UTF-8 or no JSON".to_owned(),
        message_id: None,
        received,
        body: text,
        body_base64: Some(undecodable.base64),
    }
}

fn report(failure: &Failure, messages: usize) {
    let remedy = match failure {
        Failure::Write(error) => error.remedy(),
        Failure::Encode(_) | Failure::Quarantine(_) => "report it: this is a mistake of okta-lake",
    };
    let error = quarantine::reason(failure);
    tracing::error!(error, remedy, messages, "not written: the messages go back to the queue");
}

/// Logs an event type only if it has the form of Okta's own names: any other text may be content of an event.
fn report_unknown(types: &BTreeSet<String>) {
    for event_type in types {
        let event_type = if event_type::is_name(event_type) { event_type } else { "(not the form of an event type)" };
        tracing::warn!(event_type, "an event type is not in the table: mapped by its family");
    }
}

fn respond(messages: &[Message], failed: &BTreeSet<usize>) -> Result<SqsBatchResponse, HandlerError> {
    let mut response = SqsBatchResponse::default();
    for position in failed {
        match messages.get(*position).and_then(|message| message.id.as_deref()) {
            Some(id) => response.add_failure(id),
            None => return Err(HandlerError::NotWritten(failed.len(), messages.len())),
        }
    }
    Ok(response)
}
