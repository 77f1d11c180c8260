//! Bad input: each kind has its outcome, and stops nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::{LogEvent, System, batch, envelope};

const ACME: &str = "aws.partner/okta.com/acme/stream";

/// Delivers `body` beside a good message: it must be in quarantine, whole, with `reason`, and the
/// good one a row.
async fn refused(body: &str, tenant: &str, reason: &str) {
    let system = System::start().await;
    let good = LogEvent::sign_in("good").message();
    let delivered = system.deliver(&[body.to_owned(), good]).await;
    assert!(delivered.failures.is_empty(), "a message that can never parse is acknowledged: {delivered:?}");
    assert_eq!((delivered.written, delivered.quarantined), (1.0, 1.0));
    let record = &system.quarantined()[0];
    assert_eq!(record["body"], Value::String(body.to_owned()), "kept whole");
    let said = record["reason"].as_str().unwrap();
    assert!(said.contains(reason), "{said:?} does not say {reason:?}");
    let key = &system.keys("quarantine")[0];
    assert!(key.starts_with(&format!("quarantine/tenant={tenant}/day=")), "{key}");
    assert_eq!(system.rows()[0]["metadata"]["uid"], "good");
}

/// Delivers an event that is odd but one: it must be a row with its own bytes.
async fn accepted(event: &LogEvent) -> Value {
    let system = System::start().await;
    let delivered = system.deliver(&[event.message()]).await;
    assert_eq!((delivered.written, delivered.quarantined), (1.0, 0.0), "{delivered:?}");
    let row = system.rows().remove(0);
    assert_eq!(row["raw_data"], Value::String(event.json()));
    row
}

#[tokio::test]
async fn what_is_no_partner_event() {
    refused("not json", "_unknown", "not an EventBridge event").await;
    refused("", "_unknown", "not an EventBridge event").await;
    refused("[1,2]", "_unknown", "not an EventBridge event").await;
    refused(r#"{"hello":"world"}"#, "_unknown", "not an EventBridge event: missing field").await;
    refused(&LogEvent::sign_in("bare").json(), "_unknown", "not an EventBridge event: missing field").await;
    refused(&envelope("aws.s3", "{}"), "_unknown", "source is not an Okta partner event source").await;
    refused(&envelope("aws.partner/okta.com/../x", "{}"), "_unknown", "no Okta org").await;
}

#[tokio::test]
async fn a_detail_that_is_no_log_event() {
    let without_detail = format!(r#"{{"detail-type":"SystemLog","source":"{ACME}"}}"#);
    refused(&without_detail, "_unknown", "missing field `detail`").await;
    refused(&envelope(ACME, "null"), "_unknown", "detail is null").await;
    refused(&envelope(ACME, "[]"), "_unknown", "detail is an array").await;
    refused(&envelope(ACME, "\"text\""), "_unknown", "detail is a scalar").await;
    refused(&envelope(ACME, "{}"), "acme", "uuid is missing").await;
    let event = LogEvent::sign_in("e");
    refused(&event.clone().without("eventType").message(), "acme", "eventType is missing").await;
    refused(&event.clone().with("uuid", "null").message(), "acme", "uuid is missing").await;
    refused(&event.with("uuid", "\" \"").message(), "acme", "uuid is missing").await;
}

#[tokio::test]
async fn a_published_that_is_no_time_of_oktas() {
    for (published, reason) in [
        ("null", "published is missing"),
        ("\"yesterday\"", "no RFC 3339 time"),
        ("\"2026-02-30T00:00:00Z\"", "no RFC 3339 time"),
        ("\"1970-01-01T00:00:00.000Z\"", "outside the years"),
        ("\"2100-01-01T00:00:00.000Z\"", "outside the years"),
    ] {
        refused(&LogEvent::sign_in("e").with("published", published).message(), "acme", reason).await;
    }
}

#[tokio::test]
async fn a_megabyte_is_an_event() {
    let long = "x".repeat(1_000_000);
    let row = accepted(&LogEvent::sign_in("big").with("displayMessage", &format!("\"{long}\""))).await;
    assert_eq!(row["message"], Value::String(long));
}

#[tokio::test]
async fn nesting_is_kept_however_deep() {
    let nested = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    let row = accepted(&LogEvent::sign_in("deep").with("debugContext", &nested)).await;
    assert!(row["unmapped"].to_string().contains("debugContext.a.a"), "{}", row["unmapped"]);
}

#[tokio::test]
async fn lone_surrogates_and_nul_are_kept() {
    let row = accepted(&LogEvent::sign_in("odd").with("displayMessage", r#""\ud800 a\u0000b \ude00""#)).await;
    assert_eq!(row["message"], "\u{fffd} a\0b \u{fffd}");
}

#[tokio::test]
async fn unknown_fields_types_and_values_are_kept() {
    let event = LogEvent::sign_in("new")
        .with("eventType", "\"user.session.teleport\"")
        .with("outcome", r#"{"result":"PARTLY","shade":"grey"}"#)
        .with("securityContext", "\"none\"")
        .with("target", r#"[null,7,{"type":"Wormhole","id":"w1"}]"#);
    let row = accepted(&event).await;
    assert_eq!(row["class_uid"], 3002, "by its family");
    let unmapped = row["unmapped"].to_string();
    for value in ["grey", "none"] {
        assert!(unmapped.contains(value), "{value} is not in {unmapped}");
    }
    let enrichments = row["enrichments"].as_array().unwrap();
    let wormhole =
        enrichments.iter().find(|enrichment| enrichment["type"] == "Wormhole").expect("a target of any type");
    assert!(wormhole["data"].as_str().unwrap().contains("w1"), "{wormhole}");
}

#[tokio::test]
async fn a_uuid_is_written_once_per_batch() {
    let system = System::start().await;
    let message = LogEvent::sign_in("twice").message();
    let delivered = system.deliver(&[message.clone(), message]).await;
    assert_eq!((delivered.received, delivered.written, delivered.duplicates), (2.0, 1.0, 1.0));
    assert_eq!(system.rows().len(), 1);
}

#[tokio::test]
async fn two_events_of_one_uuid_are_both_kept() {
    let system = System::start().await;
    let first = LogEvent::sign_in("torn");
    let second = first.clone().with("severity", "\"ERROR\"");
    let delivered = system.deliver(&[first.message(), second.message()]).await;
    assert_eq!((delivered.received, delivered.written, delivered.duplicates), (2.0, 1.0, 0.0));
    assert_eq!((system.rows().len(), system.quarantined().len()), (1, 1));
    assert_eq!(system.quarantined()[0]["body"], second.message());
}

#[tokio::test]
async fn bytes_that_are_no_utf8_are_kept_and_the_rest_goes_on() {
    let system = System::start().await;
    let mut payload = batch(&[LogEvent::sign_in("fine").message(), LogEvent::sign_in("torn").message()]);
    let position = payload.windows(8).rposition(|window| window == b"Lovelace").unwrap();
    payload[position] = 0xff;
    let delivered = system.invoke(payload.clone()).await.unwrap();
    assert_eq!(delivered.written, 2.0);
    assert_eq!(system.rows().len(), 2);
    let record = &system.quarantined()[0];
    assert_eq!(STANDARD.decode(record["body_base64"].as_str().unwrap()).unwrap(), payload);
}

#[tokio::test]
async fn a_payload_that_is_no_json_is_kept() {
    for payload in ["", "{\"Records\":[", "garbage", "{\"Records\":[]} {}"] {
        let system = System::start().await;
        let delivered = system.invoke(payload).await.unwrap();
        assert_eq!((delivered.received, delivered.quarantined), (1.0, 1.0), "{payload:?}");
        let bodies: Vec<_> = system.quarantined().iter().map(|record| record["body"].clone()).collect();
        assert!(bodies.contains(&Value::String(payload.to_owned())), "{bodies:?}");
    }
}

#[tokio::test]
async fn a_record_without_a_body_is_kept() {
    let system = System::start().await;
    let delivered = system.invoke(r#"{"Records":[{"messageId":"m","body":null},7]}"#).await.unwrap();
    assert_eq!((delivered.received, delivered.quarantined), (2.0, 2.0));
    assert_eq!(system.quarantined().len(), 2);
}

#[tokio::test]
async fn a_payload_of_two_shapes_is_read_whole() {
    let event = LogEvent::sign_in("direct");
    for records in ["[]", "null", "7", "{}"] {
        let system = System::start().await;
        let payload = event.message().replacen('{', &format!(r#"{{"Records":{records},"#), 1);
        let delivered = system.invoke(payload).await.unwrap();
        assert_eq!((delivered.received, delivered.written), (1.0, 1.0), "Records: {records}");
        assert_eq!(system.rows()[0]["raw_data"], Value::String(event.json()), "Records: {records}");
    }
    let record = serde_json::json!({"messageId": "m", "body": LogEvent::sign_in("queued").message()}).to_string();
    for (payload, written, quarantined) in [
        (event.message().replacen('{', &format!(r#"{{"Records":[{record}],"#), 1), 2.0, 0.0),
        (format!(r#"{{"Records":[{record}],"Records":[]}}"#), 1.0, 1.0),
        (record.clone(), 0.0, 1.0),
        ("{}".to_owned(), 0.0, 1.0),
    ] {
        let system = System::start().await;
        let delivered = system.invoke(payload.clone()).await.unwrap();
        assert_eq!((delivered.written, delivered.quarantined), (written, quarantined), "{payload}");
    }
}
