//! What a good batch becomes.

use serde_json::Value;

use crate::support::{LogEvent, System};

#[tokio::test]
async fn a_streamed_event_becomes_a_row_with_its_own_bytes() {
    let system = System::start().await;
    let event = LogEvent::sign_in("e-1");
    let delivered = system.deliver(&[event.message()]).await;
    assert_eq!((delivered.received, delivered.written), (1.0, 1.0));
    assert!(delivered.failures.is_empty());

    let rows = system.rows();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row["raw_data"], Value::String(event.json()));
    assert_eq!(row["metadata"]["uid"], "e-1");
    assert_eq!((&row["class_uid"], &row["activity_name"]), (&3002.into(), &"Logon".into()));
    assert_eq!(row["time"], 1_777_889_730_123_i64);
    assert_eq!(row["metadata"]["logged_time"], 1_777_888_800_000_i64, "the queue's time of arrival");
    assert_eq!(row["user"]["email_addr"], "ada@example.com");
    assert_eq!(row["src_endpoint"]["ip"], "198.51.100.7");
}

#[tokio::test]
async fn one_object_per_tenant_and_hour() {
    let system = System::start().await;
    let at = |uuid: &str, published: &str| LogEvent::sign_in(uuid).with("published", published).message();
    let messages = [
        at("a", "\"2026-05-04T10:59:59.999Z\""),
        at("b", "\"2026-05-04T11:00:00.000Z\""),
        at("c", "\"2026-05-04T10:00:00Z\""),
        at("d", "\"2026-05-04T13:30:00+02:00\""),
        LogEvent::sign_in("a").message().replace("okta.com/acme", "okta.com/Beta"),
    ];
    let delivered = system.deliver(&messages).await;
    assert_eq!((delivered.written, delivered.duplicates), (5.0, 0.0), "the same uuid of two orgs is two events");
    let folders: Vec<_> = system.keys("live").iter().map(|key| key.rsplit_once('/').unwrap().0.to_owned()).collect();
    assert_eq!(
        folders,
        [
            "live/tenant=acme/day=2026-05-04/hour=10",
            "live/tenant=acme/day=2026-05-04/hour=11",
            "live/tenant=beta/day=2026-05-04/hour=10",
        ]
    );
}

#[tokio::test]
async fn a_redelivered_batch_overwrites_itself() {
    let system = System::start().await;
    let messages: Vec<_> = (0..20).map(|n| LogEvent::sign_in(&format!("e-{n}")).message()).collect();
    system.deliver(&messages).await;
    let mut shuffled = messages.clone();
    shuffled.reverse();
    let again = system.deliver(&shuffled).await;
    assert!(again.failures.is_empty());
    assert_eq!(system.keys("live").len(), 1);
    assert_eq!(system.rows().len(), 20);
}

#[tokio::test]
async fn one_direct_event_is_a_row_too() {
    let system = System::start().await;
    let delivered = system.invoke(LogEvent::sign_in("direct").message()).await.unwrap();
    assert_eq!((delivered.received, delivered.written), (1.0, 1.0));
    assert_eq!(system.rows()[0]["metadata"]["uid"], "direct");
}

#[tokio::test]
async fn an_empty_batch_is_nothing_to_do() {
    let system = System::start().await;
    let delivered = system.deliver(&[]).await;
    assert_eq!((delivered.received, delivered.written, delivered.quarantined), (0.0, 0.0, 0.0));
    assert!(system.keys("").is_empty());
}

#[tokio::test]
async fn ndjson_holds_the_same_rows() {
    let system = System::start_with(&[("OKTA_LAKE_FORMAT", "ndjson")]).await;
    let delivered = system.deliver(&[LogEvent::sign_in("n-1").message()]).await;
    assert_eq!(delivered.written, 1.0);
    let keys = system.keys("live");
    assert!(keys[0].ends_with(".ndjson.zst"), "{keys:?}");
}
