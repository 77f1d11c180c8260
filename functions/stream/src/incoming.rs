//! What the function is invoked with, in the types of `aws_lambda_events`: an SQS batch of EventBridge events, or one
//! EventBridge event. Nothing of a payload is left unread.

use std::borrow::Cow;
use std::fmt;

use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::sqs::SqsMessage;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The member of a payload that holds a batch.
const RECORDS: &str = "Records";

/// One EventBridge event, or what should have been one.
#[derive(Debug)]
pub(crate) struct Message {
    /// The queue's id, by which a failure is reported.
    pub(crate) id: Option<String>,
    /// The event's text.
    pub(crate) body: String,
    /// When the queue got it.
    pub(crate) sent: Option<Timestamp>,
    /// The event, its detail untouched.
    pub(crate) event: Result<EventBridgeEvent<Box<RawValue>>, serde_json::Error>,
}

/// The payload of SQS's event source: records and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<SqsMessage>,
}

/// The members of an object, repeated ones too.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// The messages of a payload, in its order. A payload that is more than a batch is a message itself, after its records.
pub(crate) fn messages(payload: &str) -> Vec<Message> {
    batch(payload).unwrap_or_else(|| records_and_rest(payload))
}

/// The messages of a batch as SQS makes it.
fn batch(payload: &str) -> Option<Vec<Message>> {
    let Batch { records } = serde_json::from_str(payload).ok()?;
    records.into_iter().map(message).collect()
}

/// The messages of any other payload: a record that is no message of SQS's stays whole.
fn records_and_rest(payload: &str) -> Vec<Message> {
    let Members(members) = serde_json::from_str(payload).unwrap_or(Members(Vec::new()));
    let values = members.iter().filter(|(name, _)| name == RECORDS).map(|(_, value)| value.get());
    let lists: Vec<_> = values.filter_map(|value| serde_json::from_str::<Vec<&RawValue>>(value).ok()).collect();
    let is_batch = members.len() == 1 && lists.len() == 1;
    let rest = (!is_batch).then(|| whole(payload));
    lists.into_iter().flatten().map(record).chain(rest).collect()
}

fn record(record: &RawValue) -> Message {
    serde_json::from_str(record.get()).ok().and_then(message).unwrap_or_else(|| whole(record.get()))
}

fn message(SqsMessage { message_id, body, attributes, .. }: SqsMessage) -> Option<Message> {
    let (id, body) = (message_id?, body?);
    let sent = attributes.get("SentTimestamp").and_then(|sent| sent.parse().ok());
    let sent = sent.and_then(|sent| Timestamp::from_millisecond(sent).ok());
    Some(Message { id: Some(id), event: serde_json::from_str(&body), body, sent })
}

fn whole(text: &str) -> Message {
    Message { id: None, body: text.to_owned(), sent: None, event: serde_json::from_str(text) }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"detail-type":"SystemLog","source":"aws.partner/okta.com/acme/x","detail":{"uuid":"1"}}"#;

    fn bodies(payload: &str) -> Vec<String> {
        messages(payload).into_iter().map(|message| message.body).collect()
    }

    #[test]
    fn records_make_a_batch() {
        let payload = r#"{"Records":[
            {"messageId":"m1","body":"{\"a\":\"\\u00e4\"}","attributes":{"SentTimestamp":"1767225600000"}},
            {"messageId":"m2","body":""},
            {"Sns":"not a queue's"}]}"#;
        let messages = messages(payload);
        assert_eq!(messages[0].body, r#"{"a":"\u00e4"}"#);
        assert_eq!(messages[0].sent.unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!((messages[1].id.as_deref(), messages[1].sent), (Some("m2"), None));
        assert_eq!((messages[2].id.as_deref(), messages[2].body.as_str()), (None, r#"{"Sns":"not a queue's"}"#));
    }

    #[test]
    fn a_body_is_an_event_with_its_own_bytes() {
        let payload = serde_json::json!({"Records": [{"messageId": "m", "body": EVENT}]}).to_string();
        let event = messages(&payload).remove(0).event.unwrap();
        assert_eq!((event.source.as_str(), event.detail.get()), ("aws.partner/okta.com/acme/x", r#"{"uuid":"1"}"#));
    }

    #[test]
    fn anything_else_is_one_message() {
        for payload in [EVENT, "null", "{}", r#"{"Records":7}"#, r#"{"Records":null}"#, r#"{"Records":{}}"#] {
            assert_eq!(bodies(payload), [payload]);
        }
        let record = r#"{"messageId":"m","body":"{}"}"#;
        assert_eq!(bodies(record), [record], "a record is no batch");
    }

    #[test]
    fn nothing_of_a_payload_of_two_shapes_is_left_unread() {
        assert_eq!(bodies(r#"{"Records":[]}"#), [""; 0], "an empty batch holds nothing");
        for records in [r#""Records":[]"#, r#""Records":null"#, r#""Records":"x""#] {
            let payload = EVENT.replacen('{', &format!("{{{records},"), 1);
            let read = messages(&payload);
            assert_eq!(read.len(), 1, "{payload}");
            assert_eq!(read[0].event.as_ref().unwrap().detail.get(), r#"{"uuid":"1"}"#, "{payload}");
        }
        let record = |id: &str| format!(r#"{{"messageId":"{id}","body":"{id}"}}"#);
        let both = format!(r#"{{"Records":[{}],"Records":[{}],"other":1}}"#, record("a"), record("b"));
        assert_eq!(bodies(&both), ["a", "b", &both]);
    }
}
