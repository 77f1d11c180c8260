//! Messages in, rows and refusals out: pure, with the time of receipt as an argument.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lake::batch::Inserted;
use lake::{Batch, Partition, Rejected, quarantine};
use normalize::event_type::Basis;
use normalize::{
    Envelope, EnvelopeError, IngestContext, IngestPath, LogEvent, LogEventError, Normalized, Tenant, hour_of,
};

use crate::incoming::Message;

/// An invocation's messages, each where it belongs.
#[derive(Debug, Default)]
pub(crate) struct Triage<'a> {
    /// What becomes rows.
    pub(crate) batch: Batch<'a>,
    /// Which messages (by position) stand or fall with a partition's object.
    pub(crate) messages: BTreeMap<Partition, Vec<usize>>,
    /// What goes to quarantine.
    pub(crate) refused: Vec<Refused<'a>>,
    /// Deliveries of an event that the batch has already.
    pub(crate) duplicates: usize,
    /// Types that the table has no row for.
    pub(crate) unknown_types: BTreeSet<String>,
    /// When the newest event was published.
    pub(crate) newest: Option<Timestamp>,
}

/// A message that becomes no row.
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    /// Its position in the batch.
    pub(crate) position: usize,
    /// Why, without anything of the message: for the log.
    pub(crate) cause: String,
    /// Its record in quarantine, which has the message and every cause.
    pub(crate) record: Rejected<'a>,
}

/// Why a message becomes no row.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("not an EventBridge event")]
    NoEvent {
        /// What serde says, which may quote the message.
        cause: String,
    },
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
pub(crate) fn triage(messages: &[Message], now: Timestamp) -> Triage<'_> {
    let mut triage = Triage::default();
    for (position, message) in messages.iter().enumerate() {
        match parse(message) {
            Ok((tenant, log)) => triage.admit(position, message, tenant, log, now),
            Err(refusal) => triage.refuse(position, message, refusal, now),
        }
    }
    triage
}

fn parse(message: &Message) -> Result<(Tenant, LogEvent<'_>), Refusal> {
    let event = message.event.as_ref().map_err(|error| Refusal::NoEvent { cause: error.to_string() })?;
    let Envelope { tenant, detail } = Envelope::new(&event.source, event.detail.get())?;
    match LogEvent::parse(detail) {
        Ok(log) => Ok((tenant, log)),
        Err(error) => Err(Refusal::LogEvent { tenant, error }),
    }
}

impl Refusal {
    /// With every cause.
    fn reason(&self) -> String {
        match self {
            Self::NoEvent { cause } => format!("{self}: {cause}"),
            Self::LogEvent { error, .. } => quarantine::reason(error),
            other => quarantine::reason(other),
        }
    }

    fn tenant(self) -> Option<Tenant> {
        match self {
            Self::LogEvent { tenant, .. } | Self::Conflict { tenant } => Some(tenant),
            Self::NoEvent { .. } | Self::Envelope(_) => None,
        }
    }
}

impl<'a> Triage<'a> {
    fn admit(&mut self, position: usize, message: &'a Message, tenant: Tenant, log: LogEvent<'a>, now: Timestamp) {
        let logged = message.sent.unwrap_or(now);
        let receipt = IngestContext { tenant: &tenant, path: IngestPath::Stream, logged, processed: now };
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

    fn refuse(&mut self, position: usize, message: &'a Message, refusal: Refusal, received: Timestamp) {
        let (cause, reason) = (refusal.to_string(), refusal.reason());
        let (tenant, message_id) = (refusal.tenant(), message.id.as_deref());
        let record = Rejected { tenant, reason, message_id, received, body: &message.body, body_base64: None };
        self.refused.push(Refused { position, cause, record });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incoming;

    fn with_body(id: &str, body: String) -> Message {
        Message { id: Some(id.to_owned()), event: serde_json::from_str(&body), body, sent: None }
    }

    fn message(uuid: &str, published: &str) -> Message {
        let detail = format!(r#"{{"uuid":"{uuid}","published":"{published}","eventType":"user.session.start"}}"#);
        let envelope = r#"{"detail-type":"SystemLog","source":"aws.partner/okta.com/acme/x","detail":"#;
        with_body(uuid, format!("{envelope}{detail}}}"))
    }

    #[test]
    fn another_event_of_a_known_uuid_is_no_duplicate() {
        let one = message("a", "2026-05-04T10:30:00Z");
        let spaced = with_body("a", one.body.replace(',', " , "));
        let messages = [one, spaced, message("a", "2026-05-04T10:30:01Z")];
        let triaged = triage(&messages, Timestamp::UNIX_EPOCH);
        assert_eq!((triaged.duplicates, triaged.messages.into_values().collect::<Vec<_>>()), (1, vec![vec![0, 1]]));
        let [Refused { position, record, .. }] = triaged.refused.as_slice() else { panic!("{:?}", triaged.refused) };
        assert_eq!((*position, record.tenant.as_ref().unwrap().as_str()), (2, "acme"));
        assert_eq!(record.reason, "the batch has another event of the same uuid");
    }

    #[test]
    fn each_message_has_one_place() {
        let messages = [
            message("a", "2026-05-04T10:30:00Z"),
            message("b", "2026-05-04T11:00:00Z"),
            message("a", "2026-05-04T10:30:00Z"),
            message("c", "1970-01-01T00:00:00Z"),
            with_body("d", "junk".to_owned()),
        ];
        let triaged = triage(&messages, Timestamp::UNIX_EPOCH);
        assert_eq!(triaged.messages.values().collect::<Vec<_>>(), [&vec![0, 2], &vec![1]]);
        assert_eq!(triaged.duplicates, 1);
        let tenants = triaged.refused.iter().map(|it| (it.position, it.record.tenant.as_ref().map(Tenant::as_str)));
        assert_eq!(tenants.collect::<Vec<_>>(), [(3, Some("acme")), (4, None)]);
        let partitions = triaged.batch.into_partitions().map(|(_, events)| events.len());
        assert_eq!(partitions.collect::<Vec<_>>(), [1, 1]);
        assert_eq!(triaged.newest.unwrap().to_string(), "2026-05-04T11:00:00Z");
    }

    #[test]
    fn the_cause_of_a_refusal_quotes_nothing_of_the_message() {
        let name = "ada@example.com";
        let envelope = |source: &str, detail: &str| {
            format!(r#"{{"detail-type":"SystemLog","source":"{source}","detail":{detail}}}"#)
        };
        let okta = "aws.partner/okta.com/acme/x";
        let published = |text: &str| format!(r#"{{"uuid":"a","published":"{text}","eventType":"{name}"}}"#);
        let bodies = [
            name.to_owned(),
            format!(r#"{{"detail-type":"x","source":"{okta}","resources":"{name}","detail":{{}}}}"#),
            envelope(name, "{}"),
            envelope(&format!("aws.partner/okta.com/{name}/x"), "{}"),
            envelope(okta, &format!("\"{name}\"")),
            envelope(okta, &format!(r#"{{"{name}":1}}"#)),
            envelope(okta, &published(name)),
            envelope(okta, &published("1971-02-03T00:00:00Z")),
        ];
        for body in bodies {
            let messages = [with_body("m", body)];
            let [refused] = &triage(&messages, Timestamp::UNIX_EPOCH).refused[..] else { panic!("{messages:?}") };
            assert!(!refused.cause.contains(name) && !refused.cause.contains("1971"), "{}", refused.cause);
            assert_eq!(refused.record.body, messages[0].body);
        }
    }

    #[test]
    fn a_partner_event_with_records_is_a_row() {
        let one = message("a", "2026-05-04T10:30:00Z");
        for records in ["[]", "null", "7"] {
            let payload = one.body.replacen('{', &format!(r#"{{"Records":{records},"#), 1);
            let messages = incoming::messages(&payload);
            let triaged = triage(&messages, Timestamp::UNIX_EPOCH);
            assert_eq!((triaged.messages.len(), triaged.refused.len()), (1, 0), "{payload}");
        }
    }
}
