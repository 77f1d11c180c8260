//! Hours compared with the API, repaired, sealed, looked at again and cleared away.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lake::{Format, layout};
use local_aws::fault::Fault;
use normalize::Tenant;
use okta_sim::{FaultKind, OrgConfig};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::view::{check_chain, ledger, view};
use crate::support::{Collector, Settings};

const START: &str = "2026-03-01T13:00:00Z";

fn reconcile() -> Value {
    json!({"action": "reconcile", "tenant": "acme"})
}

fn at(minutes: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// An org with some hundred events an hour, at the start of its first hour with okta-lake.
async fn collector(format: Format) -> Collector {
    let org = OrgConfig { days: 2, events_per_day: 2_400, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, page: 40, format }).await;
    collector.clock.set(at(0));
    collector.run(reconcile()).await;
    collector
}

/// The org's events of these minutes.
fn events(collector: &Collector, minutes: std::ops::Range<i64>) -> Vec<String> {
    collector.simulator.org().events(at(minutes.start)..at(minutes.end)).map(|event| event.json).collect()
}

fn truth(collector: &Collector, minutes: std::ops::Range<i64>) -> BTreeMap<String, String> {
    let events = collector.simulator.org().events(at(minutes.start)..at(minutes.end));
    events.map(|event| (event.uuid, event.json)).collect()
}

fn told(collector: &Collector, kind: &str) -> Vec<Value> {
    collector.told().into_iter().filter(|event| event.detail_type == kind).map(|event| event.detail).collect()
}

#[tokio::test]
async fn an_outage_is_found_repaired_and_sealed() {
    let collector = collector(Format::Parquet).await;
    collector.clock.set(at(61));
    collector.deliver(&events(&collector, 0..60)).await;
    // Half an hour of the next hour never came.
    collector.clock.set(at(121));
    collector.deliver(&events(&collector, 90..120)).await;
    collector.clock.set(at(185));
    collector.told();
    let before = view(collector.folder());
    let report = collector.run(reconcile()).await;
    assert_eq!(report["is_complete"], true, "{report}");
    let events = collector.told();
    let of = |kind: &str| {
        events.iter().filter(|event| event.detail_type == kind).map(|event| &event.detail).collect::<Vec<_>>()
    };
    let missing = truth(&collector, 60..90).len();
    let [found] = of("GapFound")[..] else { panic!("{events:?}") };
    assert_eq!((found["missing"].as_u64(), &found["hour"]), (Some(missing as u64), &at(60).to_string().into()));
    assert_eq!(of("GapRepaired"), [found]);
    assert_eq!(of("HourSealed").len(), 2);
    let whole = truth(&collector, 0..120);
    assert!(before.len() < whole.len() && view(collector.folder()) == whole);
    let entries = ledger(collector.folder());
    check_chain(&entries, collector.folder());
    let count = |name: &str| entries.iter().map(|entry| entry["counts"][name].as_u64().unwrap()).sum::<u64>();
    assert_eq!((count("repaired"), count("api_only")), (missing as u64, missing as u64));
    // The stream may well have what the API stores later.
    assert_eq!(count("both") + count("stream_only"), (whole.len() - missing) as u64);
    // An hour later the small files are gone, and the view is the same.
    collector.clock.set(at(250));
    collector.run(reconcile()).await;
    let old = |key: &String| key.contains("hour=13/") || key.contains("hour=14/");
    assert_eq!(collector.keys("live").into_iter().filter(old).count(), 0);
    let mut seen = view(collector.folder());
    seen.retain(|uuid, _| whole.contains_key(uuid));
    assert!(seen == whole);
}

#[tokio::test]
async fn what_comes_after_the_seal_is_seen_at_once_and_sealed_again() {
    let collector = collector(Format::Ndjson).await;
    collector.simulator.inject(FaultKind::ScopeMissing("okta.logs.read".to_owned()).always());
    collector.simulator.inject(FaultKind::Role(okta_sim::Role::None).always());
    collector.clock.set(at(60));
    let all = events(&collector, 0..60);
    let (early, late) = all.split_at(all.len() - 5);
    collector.deliver(early).await;
    collector.clock.set(at(125));
    let report = collector.run(reconcile()).await;
    let sealed = &report["tenants"][0]["sealed"][0];
    assert_eq!((&sealed["completeness"], &sealed["rows"]), (&"stream_only".into(), &early.len().into()), "{report}");
    collector.deliver(late).await;
    let whole = truth(&collector, 0..60);
    assert!(view(collector.folder()) == whole, "before it is sealed");
    collector.run(reconcile()).await;
    assert!(view(collector.folder()) == whole, "and after");
    let entry = &ledger(collector.folder())[0];
    assert_eq!(
        (entry["generation"].as_u64(), entry["generations"][0]["rows"].as_u64()),
        (Some(2), Some(early.len() as u64))
    );
    // The API can be read again: the hour is compared with it, and says so.
    collector.simulator.clear_faults();
    let report = collector.run(reconcile()).await;
    assert_eq!(report["tenants"][0]["sealed"][0]["completeness"], "complete", "{report}");
    assert_eq!(ledger(collector.folder())[0]["generation"], 3);
    // And nothing changes without a reason.
    collector.run(reconcile()).await;
    assert_eq!(ledger(collector.folder())[0]["generation"], 3);
}

#[tokio::test]
async fn a_stream_that_okta_turned_off_is_told_once_and_polled_meanwhile() {
    let collector = collector(Format::Ndjson).await;
    collector.simulator.inject(FaultKind::StreamDisabled.always());
    collector.clock.set(at(30));
    collector.run(reconcile()).await;
    collector.run(reconcile()).await;
    let told = told(&collector, "StreamDisabled");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0]["remedy"].as_str().unwrap().contains("Log Streaming"));
    assert_eq!(collector.state("poll.json").unwrap()["is_on"], true);
    collector.simulator.clear_faults();
    collector.run(reconcile()).await;
    assert_eq!(collector.state("poll.json").unwrap()["is_on"], false);
}

#[tokio::test]
async fn a_stream_that_brings_nothing_is_told_once_and_polled_until_it_is_heard() {
    let collector = collector(Format::Parquet).await;
    collector.clock.set(at(60));
    collector.deliver(&events(&collector, 0..60)).await;
    // Sealed; the stream is heard, and then no more.
    collector.clock.set(at(125));
    collector.deliver(&events(&collector, 60..120)).await;
    collector.run(reconcile()).await;
    assert_eq!(told(&collector, "StreamSilent").len(), 0);
    collector.clock.set(at(190));
    collector.run(reconcile()).await;
    collector.run(reconcile()).await;
    let told = told(&collector, "StreamSilent");
    assert_eq!((told.len(), &told[0]["events"]), (1, &10.into()), "{told:?}");
    let until: Timestamp = told[0]["until"].as_str().unwrap().parse().unwrap();
    assert!(at(160) < until && until < at(180), "{told:?}");
    assert_eq!(collector.state("poll.json").unwrap()["is_on"], true);
    // What the poll brings is no sign of the stream.
    collector.run(json!({"action": "continue", "tenant": "acme"})).await;
    collector.run(reconcile()).await;
    assert_eq!(collector.state("poll.json").unwrap()["is_on"], true);
    collector.deliver(&events(&collector, 120..185)).await;
    collector.run(reconcile()).await;
    assert_eq!(collector.state("poll.json").unwrap()["is_on"], false);
}

#[tokio::test]
async fn sealed_hours_are_mapped_anew() {
    let collector = collector(Format::Parquet).await;
    collector.clock.set(at(60));
    collector.deliver(&events(&collector, 0..50)).await;
    collector.clock.set(at(125));
    collector.run(reconcile()).await;
    let whole = view(collector.folder());
    // As if an older okta-lake had sealed it.
    let path = collector.folder().join("ledger/tenant=acme/day=2026-03-01/13.json");
    let mut entry: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    entry["mapping"] = 0.into();
    std::fs::write(&path, entry.to_string()).unwrap();
    let mut command = json!({"action": "renormalize", "tenant": "acme", "since": "2026-03-01", "until": "2026-03-02", "dry_run": true});
    let report = collector.run(command.clone()).await;
    assert_eq!(
        (&report["tenants"][0]["due"], ledger(collector.folder())[0]["generation"].as_u64()),
        (&1.into(), Some(1))
    );
    command["dry_run"] = false.into();
    let report = collector.run(command).await;
    assert_eq!(report["is_complete"], true, "{report}");
    let after = &ledger(collector.folder())[0];
    assert_eq!((after["generation"].as_u64(), &after["mapping"]), (Some(2), &lake_mapping()));
    assert_eq!((&after["counts"], &after["completeness"]), (&entry["counts"], &entry["completeness"]));
    assert!(view(collector.folder()) == whole);
}

fn lake_mapping() -> Value {
    normalize::MAPPING_VERSION.into()
}

#[tokio::test]
async fn an_object_that_cannot_be_read_holds_up_its_own_hour_only() {
    let collector = collector(Format::Parquet).await;
    collector.clock.set(at(121));
    collector.deliver(&events(&collector, 0..120)).await;
    let damaged = collector.keys("live").into_iter().find(|key| key.contains("hour=13/")).unwrap();
    let whole = std::fs::read(collector.folder().join(&damaged)).unwrap();
    std::fs::write(collector.folder().join(&damaged), &whole[..whole.len() / 2]).unwrap();
    collector.clock.set(at(185));
    let report = collector.run(reconcile()).await;
    let tenant = &report["tenants"][0];
    let [problem] = tenant["problems"].as_array().unwrap().as_slice() else { panic!("{tenant}") };
    assert!(problem["what"].as_str().unwrap().contains(&damaged), "{problem}");
    assert_eq!((&tenant["due"], tenant["sealed"].as_array().unwrap().len()), (&1.into(), 1));
    std::fs::write(collector.folder().join(&damaged), whole).unwrap();
    let report = collector.run(reconcile()).await;
    assert_eq!(report["is_complete"], true, "{report}");
    assert!(view(collector.folder()) == truth(&collector, 0..120));
}

#[tokio::test]
async fn what_okta_has_forgotten_is_sealed_as_it_is() {
    let collector = collector(Format::Ndjson).await;
    let old = r#"{"uuid":"old","published":"2025-08-01T10:00:00.000Z","eventType":"user.session.start"}"#;
    collector.deliver(&[old.to_owned()]).await;
    collector.clock.set(at(125));
    let report = collector.run(reconcile()).await;
    assert_eq!(report["is_complete"], true, "{report}");
    let entries = ledger(collector.folder());
    assert_eq!((&entries[0]["completeness"], &entries[0]["rows"]), (&"stream_only".into(), &1.into()));
    assert_eq!(entries.last().unwrap()["completeness"], "complete");
}

#[tokio::test]
async fn an_org_that_does_not_answer_is_waited_for() {
    let collector = collector(Format::Ndjson).await;
    collector.clock.set(at(60));
    collector.deliver(&events(&collector, 0..60)).await;
    collector.simulator.inject(FaultKind::ServerError(503).always());
    collector.clock.set(at(125));
    let report = collector.run_within(reconcile(), Duration::from_secs(8)).await;
    assert_eq!((&report["is_complete"], ledger(collector.folder()).len()), (&false.into(), 0), "{report}");
    collector.simulator.clear_faults();
    collector.clock.advance(SignedDuration::from_secs(61));
    collector.run(reconcile()).await;
    assert_eq!(ledger(collector.folder())[0]["completeness"], "complete");
}

#[tokio::test]
async fn the_lease_is_renewed_while_an_hour_is_being_sealed() {
    let collector = collector(Format::Ndjson).await;
    collector.clock.set(at(60));
    collector.deliver(&events(&collector, 0..60)).await;
    collector.clock.set(at(125));
    let is_sealing = Arc::new(Notify::new());
    let reached = Arc::clone(&is_sealing);
    collector.s3.set_fault(move |request| {
        let is_seal = request.method == "PUT" && request.key.starts_with("sealed/");
        is_seal.then(|| {
            reached.notify_one();
            Fault::Delay(Duration::from_hours(1))
        })
    });
    let lease = || collector.state("reconcile.json").unwrap()["lease"]["until"].as_str().unwrap().to_owned();
    let meanwhile = async {
        is_sealing.notified().await;
        // Well beyond the minute for which a lease is good.
        for _ in 0..6 {
            let before = lease();
            collector.clock.advance(SignedDuration::from_secs(20));
            while lease() == before {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        collector.run(reconcile()).await
    };
    let report = tokio::select! {
        report = collector.run(reconcile()) => panic!("it is still being sealed: {report}"),
        report = meanwhile => report,
    };
    assert!(report["tenants"][0]["held_until"].is_string(), "{report}");
}

#[tokio::test]
async fn each_hour_is_compared_once_more_a_day_after_its_end() {
    let org = OrgConfig { days: 2, events_per_day: 2_400, late_per_mille: 300, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, page: 40, format: Format::Ndjson }).await;
    collector.clock.set(at(0));
    collector.run(reconcile()).await;
    let of_hour: Vec<_> = collector.simulator.org().events(at(0)..at(60)).collect();
    let rows_by = |minutes| of_hour.iter().filter(|event| event.persisted < at(minutes)).count() as u64;
    // The hour ended at 60 minutes.
    let (first, recheck) = (125, 60 + 24 * 60);
    assert!(rows_by(first) < rows_by(recheck - 1), "Okta stores some of its events hours later");
    let entry = || ledger(collector.folder())[0].clone();
    let rows = |entry: &Value| (entry["generation"].as_u64().unwrap(), entry["rows"].as_u64().unwrap());
    collector.clock.set(at(first));
    collector.run(reconcile()).await;
    assert_eq!((rows(&entry()), &entry()["completeness"]), ((1, rows_by(first)), &"complete".into()));
    collector.clock.set(at(recheck - 1));
    collector.run(reconcile()).await;
    assert_eq!(entry()["generation"], 1, "a day has not passed");
    collector.clock.set(at(recheck));
    collector.run(reconcile()).await;
    assert_eq!(rows(&entry()), (2, rows_by(recheck)));
    collector.clock.set(at(recheck + 24 * 60));
    collector.run(reconcile()).await;
    assert_eq!(entry()["generation"], 2, "once");
}

#[tokio::test]
async fn what_comes_into_quarantine_is_told_once() {
    let collector = collector(Format::Ndjson).await;
    let look = async |minutes| {
        collector.clock.set(at(minutes));
        collector.run(json!({"action": "reconcile"})).await;
        let told = told(&collector, "QuarantineAdded").into_iter();
        let text = |detail: &Value, name: &str| detail[name].as_str().unwrap().to_owned();
        told.map(|detail| {
            (text(&detail, "folder"), detail["added"].as_u64().unwrap(), detail["total"].as_u64().unwrap())
        })
        .collect::<Vec<_>>()
    };
    let put = async |tenant: &str, minutes, name: &str| {
        let tenant = Tenant::parse(tenant).ok();
        let key = layout::quarantine_key(tenant.as_ref(), at(minutes), name);
        collector.function.sink.lake.put_new(&key, "application/json", b"{}".to_vec()).await.unwrap();
    };
    let (acme, next_day, unknown) = (
        "quarantine/tenant=acme/day=2026-03-01/".to_owned(),
        "quarantine/tenant=acme/day=2026-03-02/".to_owned(),
        "quarantine/tenant=_unknown/day=2026-03-01/".to_owned(),
    );
    assert_eq!(look(1).await, []);
    put("acme", 2, "a").await;
    put("acme", 3, "b").await;
    put("_unknown", 4, "c").await;
    assert_eq!(look(5).await, [(acme.clone(), 2, 2), (unknown, 1, 1)]);
    assert_eq!(look(65).await, []);
    // At the end of the day, seen on the next one.
    put("acme", 659, "d").await;
    put("acme", 661, "e").await;
    assert_eq!(look(670).await, [(acme, 1, 3), (next_day, 1, 1)]);
    assert_eq!(look(730).await, []);
    // Two days later the first day is not counted any more, and the memory is as small as ever.
    put("acme", 3_600, "f").await;
    assert_eq!(look(3_601).await, [("quarantine/tenant=acme/day=2026-03-04/".to_owned(), 1, 1)]);
    let memory: Value =
        serde_json::from_slice(&std::fs::read(collector.folder().join("state/quarantine.json")).unwrap()).unwrap();
    assert_eq!(memory["folders"].as_object().unwrap().len(), 1, "{memory}");
}
