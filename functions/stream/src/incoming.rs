//! What the function is invoked with: an SQS batch, or one event, told apart by shape.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// An invocation's messages.
#[derive(Debug)]
pub(crate) struct Incoming<'a> {
    /// In the order of the batch.
    pub(crate) messages: Vec<Message<'a>>,
    /// Whether a queue waits to hear which messages failed.
    pub(crate) is_batch: bool,
}

/// One EventBridge event, or what should have been one.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    /// The queue's id, by which a failure is reported.
    pub(crate) id: Option<Cow<'a, str>>,
    /// The event's text.
    pub(crate) body: Cow<'a, str>,
    /// When the queue got it.
    pub(crate) sent: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<&'a RawValue>,
}

/// An SQS record (docs.aws.amazon.com/lambda/latest/dg/with-sqs.html), as far as it matters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow)]
    message_id: Cow<'a, str>,
    #[serde(borrow)]
    body: Cow<'a, str>,
    #[serde(borrow, default)]
    attributes: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Attributes<'a> {
    #[serde(borrow, rename = "SentTimestamp")]
    sent: Cow<'a, str>,
}

impl<'a> Incoming<'a> {
    /// Reads the payload. What has no records is one message, and stays whole.
    pub(crate) fn parse(payload: &'a str) -> Self {
        match serde_json::from_str::<Batch<'a>>(payload) {
            Ok(batch) => Self { messages: batch.records.into_iter().map(message).collect(), is_batch: true },
            Err(_) => Self { messages: vec![whole(payload)], is_batch: false },
        }
    }
}

fn message(record: &RawValue) -> Message<'_> {
    let Ok(Record { message_id, body, attributes }) = serde_json::from_str(record.get()) else {
        return whole(record.get());
    };
    let attributes = attributes.and_then(|text| serde_json::from_str::<Attributes<'_>>(text.get()).ok());
    let sent = attributes.and_then(|attributes| attributes.sent.parse().ok());
    Message { id: Some(message_id), body, sent: sent.and_then(|sent| Timestamp::from_millisecond(sent).ok()) }
}

fn whole(text: &str) -> Message<'_> {
    Message { id: None, body: Cow::Borrowed(text), sent: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_make_a_batch() {
        let payload = r#"{"Records":[
            {"messageId":"m1","body":"{\"a\":\"\\u00e4\"}","attributes":{"SentTimestamp":"1767225600000"}},
            {"messageId":"m2","body":""},
            {"Sns":"not a queue's"}]}"#;
        let Incoming { messages, is_batch } = Incoming::parse(payload);
        assert!(is_batch);
        assert_eq!(messages[0].body, r#"{"a":"\u00e4"}"#);
        assert_eq!(messages[0].sent.unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!((messages[1].id.as_deref(), messages[1].sent), (Some("m2"), None));
        assert_eq!((messages[2].id.as_deref(), messages[2].body.as_ref()), (None, r#"{"Sns":"not a queue's"}"#));
        assert!(Incoming::parse(r#"{"Records":[]}"#).messages.is_empty());
    }

    #[test]
    fn anything_else_is_one_message() {
        for payload in [r#"{"source":"aws.partner/okta.com/acme/x","detail":{}}"#, "null", r#"{"Records":7}"#] {
            let incoming = Incoming::parse(payload);
            assert!(!incoming.is_batch);
            assert_eq!(incoming.messages[0].body, payload);
        }
    }
}
