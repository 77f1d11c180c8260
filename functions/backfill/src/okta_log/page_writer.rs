//! One page of the log into the lake: the mapping, the layout and the writer are the stream's. A record that cannot be
//! parsed goes to quarantine, whole, and stops nothing else.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use lake::batch::{Inserted, Rows, object};
use lake::{Batch, EncodeError, Format, Lake, Partition, Rejected, WriteError, quarantine};
use normalize::event_type::Basis;
use normalize::{IngestContext, LogEvent, Normalized, hour_of};
use serde_json::value::RawValue;

use crate::aws::metrics::Metrics;
use crate::written::WriteCounts;

/// Writes under way at once for one page. A page of a small org has an object for each of many hours.
const WRITES_AT_ONCE: usize = 8;

/// Where rows go, and in which form.
#[derive(Debug, Clone)]
pub struct Sink {
    /// The lake.
    pub lake: Lake,
    /// The form.
    pub format: Format,
    /// Where it is counted.
    pub figures: Metrics,
}

/// A page's records, each where it belongs.
#[derive(Debug, Default)]
pub(crate) struct Gathered<'a> {
    batch: Batch<'a>,
    rejected: Vec<Rejected<'a>>,
    unknown_types: BTreeSet<String>,
}

/// Why a page is not durable.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// An event has no encoded form.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// S3 refused.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A quarantine record has no JSON form.
    #[error("cannot write a quarantine record")]
    Quarantine(#[from] serde_json::Error),
}

/// What becomes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It becomes a row.
    Wanted,
    /// It is somebody else's to write, or is written already.
    Unwanted,
    /// It goes to quarantine, for this reason.
    Refused(&'static str),
}

/// Parses and maps the records of a page, as far as `admit` wants them.
pub(crate) fn gather<'a>(
    records: &[&'a RawValue],
    receipt: &IngestContext<'_>,
    admit: impl Fn(&LogEvent<'_>) -> Admission,
) -> Gathered<'a> {
    let mut gathered = Gathered::default();
    for record in records {
        match LogEvent::parse(record.get()) {
            Ok(log) => match admit(&log) {
                Admission::Wanted => gathered.admit(log, record.get(), receipt),
                Admission::Unwanted => {}
                Admission::Refused(reason) => gathered.reject(record.get(), reason.to_owned(), receipt),
            },
            Err(error) => gathered.reject(record.get(), quarantine::reason(&error), receipt),
        }
    }
    gathered
}

impl<'a> Gathered<'a> {
    fn admit(&mut self, log: LogEvent<'a>, raw: &'a str, receipt: &IngestContext<'_>) {
        let published = log.published;
        let Normalized { event, basis } = normalize::normalize(log, receipt);
        let unknown_type = (basis == Basis::Family).then(|| event.metadata.event_code.to_string());
        let partition = Partition { tenant: receipt.tenant.clone(), hour: hour_of(published) };
        match self.batch.insert(partition, event) {
            Inserted::Conflict => {
                self.reject(raw, "the page has another event of the same uuid".to_owned(), receipt);
            }
            Inserted::Duplicate => {}
            Inserted::New => self.unknown_types.extend(unknown_type),
        }
    }

    fn reject(&mut self, body: &'a str, reason: String, receipt: &IngestContext<'_>) {
        tracing::warn!(reason, "a record goes to quarantine");
        let tenant = Some(receipt.tenant.clone());
        let received = receipt.logged;
        self.rejected.push(Rejected { tenant, reason, message_id: None, received, body, body_base64: None });
    }
}

impl Sink {
    /// Makes a page durable: rows by hour, and what is no event in quarantine.
    pub(crate) async fn write(&self, gathered: Gathered<'_>) -> Result<WriteCounts, SinkError> {
        if !gathered.unknown_types.is_empty() {
            self.figures.unknown_event_types(gathered.unknown_types.len());
        }
        for event_type in &gathered.unknown_types {
            tracing::warn!(event_type, "event type is not in the table: mapped by its family");
        }
        let partitions = gathered.batch.into_partitions();
        let rows = partitions.map(|(partition, rows)| async move { self.write_rows(&partition, rows).await });
        let mut written = WriteCounts::default();
        let mut writes = stream::iter(rows).buffer_unordered(WRITES_AT_ONCE);
        while let Some(events) = writes.try_next().await? {
            written += WriteCounts { events, objects: 1, quarantined: 0 };
        }
        for rejected in &gathered.rejected {
            let body = serde_json::to_vec(rejected)?;
            self.lake.put_new(&rejected.key(), "application/json", body).await?;
            written.quarantined += 1;
        }
        self.figures.wrote(written);
        Ok(written)
    }

    async fn write_rows(&self, partition: &Partition, rows: Rows<'_>) -> Result<u64, SinkError> {
        let object = object(partition, rows, self.format)?;
        let put = self.lake.put_new(&object.key, object.content_type, object.body).await?;
        tracing::debug!(key = object.key, rows = object.rows, ?put, "object is durable");
        Ok(object.rows as u64)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use normalize::{IngestPath, Tenant};

    use super::*;

    #[test]
    fn a_page_is_rows_and_refusals() {
        let page = r#"[
            {"uuid":"a","published":"2026-05-04T10:30:00Z","eventType":"user.session.start"},
            {"uuid":"b","published":"2026-05-04T11:00:00Z","eventType":"user.session.start"},
            {"uuid":"a","published":"2026-05-04T10:30:00Z","eventType":"user.session.end"},
            {"uuid":"c","published":"2026-05-04T12:00:00Z","eventType":"user.session.start"},
            {"uuid":"d"}, 7
        ]"#;
        let records: Vec<&RawValue> = serde_json::from_str(page).unwrap();
        let tenant = Tenant::parse("acme").unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let receipt = IngestContext { tenant: &tenant, path: IngestPath::History, logged: now, processed: now };
        let noon: Timestamp = "2026-05-04T12:00:00Z".parse().unwrap();
        let gathered =
            gather(
                &records,
                &receipt,
                |event| {
                    if event.published < noon { Admission::Wanted } else { Admission::Unwanted }
                },
            );
        let reasons: Vec<_> = gathered.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "the page has another event of the same uuid",
                "not a LogEvent: eventType is missing or no text",
                "not a LogEvent: expected a JSON object"
            ]
        );
        assert_eq!(gathered.batch.into_partitions().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), [1, 1]);
    }
}
