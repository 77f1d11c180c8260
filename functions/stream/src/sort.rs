//! Messages in, rows and refusals out: pure, with the time of receipt as an argument.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lake::batch::Inserted;
use lake::{Batch, Partition, Rejected, quarantine};
use normalize::event_type::Basis;
use normalize::{Envelope, EnvelopeError, LogEvent, LogEventError, Normalized, Receipt, Route, Tenant, hour_of};

use crate::incoming::Message;

/// An invocation's messages, each where it belongs.
#[derive(Debug, Default)]
pub(crate) struct Sorted<'a> {
    /// What becomes rows.
    pub(crate) batch: Batch<'a>,
    /// Which messages (by position) stand or fall with a partition's object.
    pub(crate) messages: BTreeMap<Partition, Vec<usize>>,
    /// What goes to quarantine, each with its message.
    pub(crate) rejected: Vec<(usize, Rejected<'a>)>,
    /// Deliveries of an event that the batch has already.
    pub(crate) duplicates: usize,
    /// Types that the table has no row for.
    pub(crate) unknown_types: BTreeSet<String>,
    /// The youngest event.
    pub(crate) newest: Option<Timestamp>,
}

/// Why a message becomes no row.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error("{error}")]
    LogEvent {
        tenant: Tenant,
        #[source]
        error: LogEventError,
    },
    #[error("the batch has another event of the same uuid")]
    Conflict { tenant: Tenant },
}

/// Parses and maps every message.
pub(crate) fn sort<'a>(messages: &'a [Message<'a>], now: Timestamp) -> Sorted<'a> {
    let mut sorted = Sorted::default();
    for (position, message) in messages.iter().enumerate() {
        match parse(message) {
            Ok((tenant, log)) => sorted.admit(position, message, tenant, log, now),
            Err(refusal) => sorted.refuse(position, message, refusal, now),
        }
    }
    sorted
}

fn parse<'a>(message: &'a Message<'a>) -> Result<(Tenant, LogEvent<'a>), Refusal> {
    let Envelope { tenant, detail } = Envelope::parse(&message.body)?;
    match LogEvent::parse(detail) {
        Ok(log) => Ok((tenant, log)),
        Err(error) => Err(Refusal::LogEvent { tenant, error }),
    }
}

fn rejected<'a>(message: &'a Message<'a>, refusal: Refusal, received: Timestamp) -> Rejected<'a> {
    let reason = match &refusal {
        Refusal::Envelope(error) => quarantine::reason(error),
        Refusal::LogEvent { error, .. } => quarantine::reason(error),
        Refusal::Conflict { .. } => refusal.to_string(),
    };
    let tenant = match refusal {
        Refusal::LogEvent { tenant, .. } | Refusal::Conflict { tenant } => Some(tenant),
        Refusal::Envelope(_) => None,
    };
    Rejected { tenant, reason, message_id: message.id.as_deref(), received, body: &message.body, body_base64: None }
}

impl<'a> Sorted<'a> {
    fn admit(&mut self, position: usize, message: &'a Message<'a>, tenant: Tenant, log: LogEvent<'a>, now: Timestamp) {
        let logged = message.sent.unwrap_or(now);
        let receipt = Receipt { tenant: &tenant, route: Route::Stream, logged, processed: now };
        let published = log.published;
        let Normalized { event, basis } = normalize::normalize(log, &receipt);
        let unknown_type = (basis == Basis::Family).then(|| event.metadata.event_code.to_string());
        let partition = Partition { tenant, hour: hour_of(published) };
        match self.batch.insert(partition.clone(), event) {
            Inserted::Conflict => {
                return self.refuse(position, message, Refusal::Conflict { tenant: partition.tenant }, now);
            }
            Inserted::Duplicate => self.duplicates += 1,
            Inserted::New => self.unknown_types.extend(unknown_type),
        }
        self.newest = self.newest.max(Some(published));
        self.messages.entry(partition).or_default().push(position);
    }

    fn refuse(&mut self, position: usize, message: &'a Message<'a>, refusal: Refusal, now: Timestamp) {
        self.rejected.push((position, rejected(message, refusal, now)));
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn message(uuid: &str, published: &str) -> Message<'static> {
        let detail = format!(r#"{{"uuid":"{uuid}","published":"{published}","eventType":"user.session.start"}}"#);
        let body = format!(r#"{{"source":"aws.partner/okta.com/acme/x","detail":{detail}}}"#);
        Message { id: Some(Cow::Owned(uuid.to_owned())), body: Cow::Owned(body), sent: None }
    }

    #[test]
    fn another_event_of_a_known_uuid_is_no_duplicate() {
        let one = message("a", "2026-05-04T10:30:00Z");
        let spaced = Message { body: one.body.replace(',', " , ").into(), ..message("a", "2026-05-04T10:30:00Z") };
        let messages = [one, spaced, message("a", "2026-05-04T10:30:01Z")];
        let sorted = sort(&messages, Timestamp::UNIX_EPOCH);
        assert_eq!((sorted.duplicates, sorted.messages.into_values().collect::<Vec<_>>()), (1, vec![vec![0, 1]]));
        let [(position, rejected)] = sorted.rejected.as_slice() else { panic!("{:?}", sorted.rejected) };
        assert_eq!((*position, rejected.tenant.as_ref().unwrap().as_str()), (2, "acme"));
        assert_eq!(rejected.reason, "the batch has another event of the same uuid");
    }

    #[test]
    fn each_message_has_one_place() {
        let messages = [
            message("a", "2026-05-04T10:30:00Z"),
            message("b", "2026-05-04T11:00:00Z"),
            message("a", "2026-05-04T10:30:00Z"),
            message("c", "1970-01-01T00:00:00Z"),
            Message { id: None, body: Cow::Borrowed("junk"), sent: None },
        ];
        let sorted = sort(&messages, Timestamp::UNIX_EPOCH);
        assert_eq!(sorted.messages.values().collect::<Vec<_>>(), [&vec![0, 2], &vec![1]]);
        assert_eq!(sorted.duplicates, 1);
        let tenants = sorted.rejected.iter().map(|(position, it)| (*position, it.tenant.as_ref().map(Tenant::as_str)));
        assert_eq!(tenants.collect::<Vec<_>>(), [(3, Some("acme")), (4, None)]);
        let partitions = sorted.batch.into_partitions().map(|(_, events)| events.len());
        assert_eq!(partitions.collect::<Vec<_>>(), [1, 1]);
        assert_eq!(sorted.newest.unwrap().to_string(), "2026-05-04T11:00:00Z");
    }
}
