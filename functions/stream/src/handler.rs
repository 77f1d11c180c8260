//! One invocation: receive, parse, map, encode, write, acknowledge. A message is acknowledged when
//! its row, or the message itself in quarantine, is durable in S3, and not before.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use lake::batch::{Rows, object};
use lake::{EncodeError, Format, Lake, Partition, Rejected, WriteError, quarantine};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::incoming::{Incoming, Message};
use crate::metrics::Figures;
use crate::sort::{Sorted, sort};
use crate::undecodable::Undecodable;

/// Writes under way at once: enough to hide S3's latency, few enough for a small function's memory.
const WRITES_AT_ONCE: usize = 8;

/// What the function holds between invocations.
#[derive(Debug)]
pub(crate) struct Function {
    /// Where rows go.
    pub(crate) lake: Lake,
    /// In which form.
    pub(crate) format: Format,
}

/// What SQS is told (`ReportBatchItemFailures`).
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    batch_item_failures: Vec<ItemFailure>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

/// An invocation that must be repeated as a whole: something could not be written, and there is no
/// message by whose id to say so.
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

/// Handles one invocation.
pub(crate) async fn handle(function: &Function, event: LambdaEvent<Box<RawValue>>) -> Result<Response, HandlerError> {
    let now = Timestamp::now();
    let payload = event.payload.get();
    match Undecodable::of(payload) {
        None => handle_text(function, payload, now, None).await,
        Some((undecodable, text)) => handle_text(function, &text, now, Some(undecodable)).await,
    }
}

async fn handle_text(
    function: &Function,
    payload: &str,
    now: Timestamp,
    undecodable: Option<Undecodable>,
) -> Result<Response, HandlerError> {
    let incoming = Incoming::parse(payload);
    let mut sorted = sort(&incoming.messages, now);
    let mut figures = figures(&incoming, &sorted, now);
    report_unknown(&sorted.unknown_types);
    let rejected = std::mem::take(&mut sorted.rejected);
    let original = undecodable.map(|undecodable| whole(payload, undecodable, now));
    let mut failed = write_rows(function, sorted, &mut figures).await;
    failed.extend(write_rejected(function, rejected, &mut figures).await);
    if let Some(original) = original
        && let Err(failure) = keep(function, &original).await
    {
        report(&failure, 1);
        failed.extend(0..incoming.messages.len());
    }
    figures.events_returned = failed.len();
    figures.publish(now.as_millisecond());
    respond(&incoming, &failed)
}

fn figures(incoming: &Incoming<'_>, sorted: &Sorted<'_>, now: Timestamp) -> Figures {
    Figures {
        events_received: incoming.messages.len(),
        events_duplicate: sorted.duplicates,
        unknown_event_types: sorted.unknown_types.len(),
        freshness_lag: sorted.newest.map(|newest| (now.as_millisecond() - newest.as_millisecond()).max(0)),
        ..Figures::default()
    }
}

/// Writes every partition's object; returns the messages of those that failed.
async fn write_rows(function: &Function, sorted: Sorted<'_>, figures: &mut Figures) -> BTreeSet<usize> {
    let Sorted { batch, mut messages, .. } = sorted;
    let writes = batch.into_partitions().map(|(partition, rows)| {
        let messages = messages.remove(&partition).unwrap_or_default();
        async move { (write_object(function, &partition, rows).await, messages) }
    });
    let mut written = stream::iter(writes).buffer_unordered(WRITES_AT_ONCE);
    let mut failed = BTreeSet::new();
    while let Some((outcome, messages)) = written.next().await {
        match outcome {
            Ok(rows) => {
                figures.objects_written += 1;
                figures.events_written += rows;
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
async fn write_object(function: &Function, partition: &Partition, rows: Rows<'_>) -> Result<usize, Failure> {
    let object = object(partition, rows, function.format)?;
    let put = function.lake.put_new(&object.key, object.content_type, object.body).await?;
    tracing::debug!(key = object.key, rows = object.rows, ?put, "object is durable");
    Ok(object.rows)
}

/// Writes every refused message to quarantine; returns those that failed.
async fn write_rejected(
    function: &Function,
    rejected: Vec<(usize, Rejected<'_>)>,
    figures: &mut Figures,
) -> BTreeSet<usize> {
    let writes = rejected.into_iter().map(|(position, rejected)| async move {
        tracing::warn!(reason = rejected.reason, message_id = rejected.message_id, "message goes to quarantine");
        (position, keep(function, &rejected).await)
    });
    let mut written = stream::iter(writes).buffer_unordered(WRITES_AT_ONCE);
    let mut failed = BTreeSet::new();
    while let Some((position, outcome)) = written.next().await {
        match outcome {
            Ok(()) => figures.events_quarantined += 1,
            Err(failure) => {
                report(&failure, 1);
                failed.insert(position);
            }
        }
    }
    failed
}

async fn keep(function: &Function, rejected: &Rejected<'_>) -> Result<(), Failure> {
    let body = serde_json::to_vec(rejected)?;
    function.lake.put_new(&rejected.key(), "application/json", body).await?;
    Ok(())
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

fn report_unknown(types: &BTreeSet<String>) {
    for event_type in types {
        tracing::warn!(event_type, "event type is not in the table: mapped by its family");
    }
}

fn respond(incoming: &Incoming<'_>, failed: &BTreeSet<usize>) -> Result<Response, HandlerError> {
    let id =
        |position: &usize| incoming.messages.get(*position).and_then(|message: &Message<'_>| message.id.as_deref());
    let ids: Option<Vec<_>> = failed.iter().map(id).collect();
    match ids {
        Some(ids) if incoming.is_batch || ids.is_empty() => {
            let failure = |id: &str| ItemFailure { item_identifier: id.to_owned() };
            Ok(Response { batch_item_failures: ids.into_iter().map(failure).collect() })
        }
        _ => Err(HandlerError::NotWritten(failed.len(), incoming.messages.len())),
    }
}
