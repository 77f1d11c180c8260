//! SQS as a Lambda event source: batches, partial failures, redelivery, dead letters. Pure: the time is an argument.

use std::collections::{HashSet, VecDeque};

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;

pub use crate::queue_message::Message;
use crate::queue_record::Record;

/// The largest message (docs.aws.amazon.com: SQS quotas).
pub const LARGEST_MESSAGE: usize = 1024 * 1024;

/// The largest number of messages of a batch (docs.aws.amazon.com: Lambda, SQS event source mapping).
pub const LARGEST_BATCH: usize = 10_000;

/// The largest payload of a batch in bytes, all its records with their attributes.
pub const LARGEST_PAYLOAD: usize = 6 * 1024 * 1024;

/// The number of receives without success after which a message is a dead letter (the queue's redrive policy).
pub const MOST_RECEIVES: u32 = 5;

/// Messages that wait, and those that nobody could process.
#[derive(Debug, Default)]
pub struct Queue {
    ready: VecDeque<Message>,
    dead: Vec<Message>,
    sent: u64,
    bytes: usize,
}

/// Why SQS does not take a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is too long.
    #[error("{bytes} bytes are more than a message may have ({LARGEST_MESSAGE})")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// It has nothing in it.
    #[error("it is empty")]
    Empty,
    /// It has bytes that are not UTF-8, or characters that SQS does not take.
    #[error("it has characters that a message may not have, from byte {at} on")]
    Characters {
        /// Where the first one is.
        at: usize,
    },
}

/// Messages handed to a function together.
#[derive(Debug)]
pub struct Batch {
    messages: Vec<Message>,
    payload: Bytes,
}

impl Batch {
    /// The event for the function.
    pub fn payload(&self) -> Bytes {
        self.payload.clone()
    }

    /// The messages, in the order of the records.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }
}

impl Queue {
    /// An empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a message, as SQS takes it; returns its id.
    pub fn send(&mut self, body: impl AsRef<[u8]>, now: Timestamp) -> Result<String, Refused> {
        let body = check(body.as_ref())?;
        self.sent += 1;
        let id = format!("{:08x}-0000-4000-9000-{:012x}", self.sent >> 48, self.sent & 0xffff_ffff_ffff);
        let message = Message { id: id.clone(), body: body.into(), sent: now, receives: 0, first_received: None };
        self.bytes += body.len();
        self.ready.push_back(message);
        Ok(id)
    }

    /// The next batch, as large as Lambda makes it; nothing if no message waits.
    pub fn receive(&mut self, now: Timestamp) -> Option<Batch> {
        let mut payload = br#"{"Records":["#.to_vec();
        let mut messages = Vec::new();
        while messages.len() < LARGEST_BATCH {
            let Some(message) = self.ready.pop_front() else { break };
            let received = message.receive(now);
            let record = Record::new(&received).encode();
            if payload.len() + record.len() + ",]}".len() > LARGEST_PAYLOAD {
                self.ready.push_front(message);
                break;
            }
            if !messages.is_empty() {
                payload.push(b',');
            }
            payload.extend_from_slice(&record);
            self.bytes -= received.body.len();
            messages.push(received);
        }
        payload.extend_from_slice(b"]}");
        (!messages.is_empty()).then(|| Batch { messages, payload: payload.into() })
    }

    /// Ends a batch with what the function responded, or nothing if it failed: messages that failed go back to the
    /// queue, or to the dead letters if they were received too often. Returns how many failed.
    pub fn settle(&mut self, batch: Batch, response: Option<&[u8]>) -> usize {
        let failed = response.and_then(|response| failures(response, &batch.messages));
        let returned: Vec<_> = match failed {
            None => batch.messages,
            Some(ids) => batch.messages.into_iter().filter(|message| ids.contains(&message.id)).collect(),
        };
        let count = returned.len();
        let (again, dead): (Vec<_>, Vec<_>) =
            returned.into_iter().partition(|message| message.receives < MOST_RECEIVES);
        self.bytes += again.iter().map(|message| message.body.len()).sum::<usize>();
        self.ready.extend(again);
        self.dead.extend(dead);
        count
    }

    /// How many messages wait.
    pub fn len(&self) -> usize {
        self.ready.len()
    }

    /// Whether the messages that wait fill a batch.
    pub fn is_full(&self) -> bool {
        self.ready.len() >= LARGEST_BATCH || self.bytes >= LARGEST_PAYLOAD
    }

    /// Whether no message waits.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// The messages that failed too often.
    pub fn dead_letters(&self) -> &[Message] {
        &self.dead
    }
}

fn check(body: &[u8]) -> Result<&str, Refused> {
    if body.len() > LARGEST_MESSAGE {
        return Err(Refused::TooLarge { bytes: body.len() });
    }
    if body.is_empty() {
        return Err(Refused::Empty);
    }
    let text = str::from_utf8(body).map_err(|cause| Refused::Characters { at: cause.valid_up_to() })?;
    // docs.aws.amazon.com: SQS, SendMessage. The rest of the documented range is what a `char` can be.
    let is_refused =
        |char: char| (char < ' ' && !matches!(char, '\t' | '\n' | '\r')) || matches!(char, '\u{fffe}' | '\u{ffff}');
    text.char_indices().find(|(_, char)| is_refused(*char)).map_or(Ok(text), |(at, _)| Err(Refused::Characters { at }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    #[serde(default)]
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// The ids that a response names as failed; nothing if the whole batch counts as failed, which Lambda decides so
/// (docs.aws.amazon.com: Lambda, reporting batch item failures): not JSON, or an id that is empty or not of the batch.
fn failures(response: &[u8], messages: &[Message]) -> Option<HashSet<String>> {
    let response: Option<Response> = serde_json::from_slice(response).ok()?;
    let failures = response.and_then(|response| response.batch_item_failures).unwrap_or_default();
    let ids: HashSet<_> = failures.into_iter().map(|failure| failure.item_identifier).collect();
    let known = messages.iter().filter(|message| ids.contains(&message.id)).count();
    (known == ids.len()).then_some(ids)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn queue(bodies: &[&str]) -> Queue {
        let mut queue = Queue::new();
        for body in bodies {
            queue.send(body, NOW).unwrap();
        }
        queue
    }

    fn records(batch: &Batch) -> Vec<Value> {
        serde_json::from_slice::<Value>(&batch.payload()).unwrap()["Records"].as_array().unwrap().clone()
    }

    fn failing(ids: &[&str]) -> Vec<u8> {
        let items: Vec<_> = ids.iter().map(|id| serde_json::json!({"itemIdentifier": id})).collect();
        serde_json::json!({"batchItemFailures": items}).to_string().into_bytes()
    }

    #[test]
    fn a_record_is_what_lambda_gives() {
        let mut queue = queue(&["{\"a\":\"ä\\n\"}"]);
        let record = &records(&queue.receive("2026-01-01T00:00:00Z".parse().unwrap()).unwrap())[0];
        assert_eq!(record["body"], "{\"a\":\"ä\\n\"}");
        assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
        assert_eq!(record["attributes"]["SentTimestamp"], "0");
        assert_eq!(record["attributes"]["ApproximateFirstReceiveTimestamp"], "1767225600000");
        assert_eq!(record["eventSource"], "aws:sqs");
        assert_eq!(record["md5OfBody"].as_str().unwrap().len(), 32);
        assert_eq!(record["messageAttributes"], serde_json::json!({}));
    }

    #[test]
    fn what_the_function_names_comes_again_and_the_rest_does_not() {
        let mut queue = queue(&["a", "b", "c"]);
        let batch = queue.receive(NOW).unwrap();
        let second = batch.messages()[1].id.clone();
        assert_eq!(queue.settle(batch, Some(&failing(&[&second]))), 1);
        let again = records(&queue.receive(NOW).unwrap());
        assert_eq!(again.len(), 1);
        assert_eq!((&again[0]["body"], &again[0]["attributes"]["ApproximateReceiveCount"]), (&"b".into(), &"2".into()));
    }

    #[test]
    fn a_batch_fails_as_a_whole_as_lambda_decides() {
        let fails: [Option<Vec<u8>>; 5] = [
            None,
            Some(b"not JSON".to_vec()),
            Some(failing(&["unknown"])),
            Some(failing(&[""])),
            Some(br#"{"batchItemFailures":[{"itemIdentifier":null}]}"#.to_vec()),
        ];
        for response in fails {
            let mut queue = queue(&["a", "b"]);
            let batch = queue.receive(NOW).unwrap();
            assert_eq!(queue.settle(batch, response.as_deref()), 2, "{response:?}");
        }
        for response in ["null", "{}", r#"{"batchItemFailures":null}"#, r#"{"batchItemFailures":[]}"#] {
            let mut queue = queue(&["a", "b"]);
            let batch = queue.receive(NOW).unwrap();
            assert_eq!(queue.settle(batch, Some(response.as_bytes())), 0, "{response}");
        }
    }

    #[test]
    fn a_message_that_never_succeeds_is_a_dead_letter() {
        let mut queue = queue(&["poison"]);
        let mut receives = 0;
        while let Some(batch) = queue.receive(NOW) {
            receives += 1;
            queue.settle(batch, None);
        }
        assert_eq!(receives, MOST_RECEIVES);
        assert_eq!(queue.dead_letters()[0].body.as_ref(), "poison");
    }

    #[test]
    fn batches_keep_both_limits_and_lose_nothing() {
        let mut queue = queue(&vec!["x"; LARGEST_BATCH + 1]);
        assert_eq!(queue.receive(NOW).unwrap().messages().len(), LARGEST_BATCH);
        assert_eq!(queue.receive(NOW).unwrap().messages().len(), 1);

        // Quotes double in the payload: a body of 1 MiB is 2 MiB there.
        let quotes = "\"".repeat(LARGEST_MESSAGE);
        for _ in 0..5 {
            queue.send(&quotes, NOW).unwrap();
        }
        assert!(!queue.is_full());
        queue.send(&quotes, NOW).unwrap();
        assert!(queue.is_full());
        let mut sizes = Vec::new();
        while let Some(batch) = queue.receive(NOW) {
            assert!(batch.payload().len() <= LARGEST_PAYLOAD);
            assert!(batch.messages().iter().all(|message| message.receives == 1), "looked at is not received");
            sizes.push(records(&batch).len());
        }
        assert_eq!(sizes, [2, 2, 2]);
        assert_eq!(queue.bytes, 0);
    }

    #[test]
    fn what_sqs_refuses_is_refused() {
        let mut queue = Queue::new();
        let large = "x".repeat(LARGEST_MESSAGE + 1);
        assert_eq!(queue.send(&large, NOW), Err(Refused::TooLarge { bytes: LARGEST_MESSAGE + 1 }));
        assert_eq!(queue.send("", NOW), Err(Refused::Empty));
        for (body, at) in [(&b"ab\xff"[..], 2), (b"a\0", 1), ("ä\u{ffff}".as_bytes(), 2)] {
            assert_eq!(queue.send(body, NOW), Err(Refused::Characters { at }));
        }
        queue.send("\t\r\n\u{7f}\u{10ffff}", NOW).unwrap();
        assert_eq!(queue.len(), 1);
    }
}
