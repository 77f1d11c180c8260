//! A record of the event that Lambda makes of a message, field by field.

use serde::Serialize;

use crate::digest::md5;
use crate::queue_message::Message;

/// The record of one message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record<'a> {
    message_id: &'a str,
    receipt_handle: &'a str,
    body: &'a str,
    attributes: Attributes,
    message_attributes: Empty,
    md5_of_body: String,
    event_source: &'a str,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: &'a str,
    aws_region: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    approximate_receive_count: String,
    sent_timestamp: String,
    sender_id: &'static str,
    approximate_first_receive_timestamp: String,
}

#[derive(Serialize)]
struct Empty {}

impl<'a> Record<'a> {
    /// The record of a message that is being received.
    pub(crate) fn new(message: &'a Message) -> Self {
        let first_received = message.first_received.unwrap_or(message.sent);
        Self {
            message_id: &message.id,
            receipt_handle: &message.id,
            body: &message.body,
            attributes: Attributes {
                approximate_receive_count: message.receives.to_string(),
                sent_timestamp: message.sent.as_millisecond().to_string(),
                sender_id: "events.amazonaws.com",
                approximate_first_receive_timestamp: first_received.as_millisecond().to_string(),
            },
            message_attributes: Empty {},
            // Memory can always be read.
            md5_of_body: md5(message.body.as_bytes()).unwrap_or_default(),
            event_source: "aws:sqs",
            event_source_arn: "arn:aws:sqs:us-east-1:123456789012:okta-lake-local",
            aws_region: "us-east-1",
        }
    }

    /// As JSON.
    pub(crate) fn encode(&self) -> Vec<u8> {
        // Text fields only: there is nothing that could fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
