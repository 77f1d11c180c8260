//! A week in the life of a lake: the stream loses three events of a hundred and is out for seven hours, the reconciler is
//! called every hour. What was missing is known to the event, and the ledger says the same.

// `cargo test -p tests --test system week -- --nocapture` shows the week.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use lake::Format;
use normalize::hour_of;
use okta_sim::OrgConfig;
use serde_json::{Value, json};

use crate::support::view::{check_chain, ledger, view};
use crate::support::{Collector, Settings};

const START: &str = "2026-02-20T00:00:00Z";
const DAYS: i64 = 7;

/// Day 3, 09:00 to 16:00.
const OUTAGE: (i64, i64) = (2 * 24 + 9, 2 * 24 + 16);

fn start() -> Timestamp {
    START.parse().unwrap()
}

fn at(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

/// Whether the stream loses an event: three of a hundred by their uuid, and all of the outage.
fn is_lost(uuid: &str, published: Timestamp) -> bool {
    let sum = uuid.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    sum % 100 < 3 || (at(OUTAGE.0)..at(OUTAGE.1)).contains(&published)
}

#[tokio::test]
async fn what_the_stream_lost_is_repaired_and_accounted_for() {
    let org = OrgConfig { users: 60, days: 12, events_per_day: 1_200, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, page: 100, format: Format::Parquet }).await;
    collector.clock.set(start());
    let reconcile = json!({"action": "reconcile", "tenant": "acme"});
    collector.run(reconcile.clone()).await;
    let mut told = Vec::new();
    // What the stream lost, by hour; and the view's rows of the week, from hour to hour.
    let mut lost = BTreeMap::<Timestamp, u64>::new();
    let mut delivered = BTreeSet::new();
    for hour in 0..DAYS * 24 {
        let events: Vec<_> = collector.simulator.org().events(at(hour)..at(hour + 1)).collect();
        let (gone, sent): (Vec<_>, Vec<_>) =
            events.into_iter().partition(|event| is_lost(&event.uuid, event.published));
        for event in &gone {
            *lost.entry(hour_of(event.published)).or_default() += 1;
        }
        collector.clock.set(at(hour + 1));
        let batch: Vec<_> = sent.iter().map(|event| event.json.clone()).collect();
        collector.deliver(&batch).await;
        delivered.extend(sent.into_iter().map(|event| event.uuid));
        collector.clock.set(at(hour + 1) + SignedDuration::from_mins(5));
        collector.run(reconcile.clone()).await;
        told.extend(collector.told().into_iter().map(|event| (hour, event.detail_type, event.detail)));
        if [OUTAGE.0, OUTAGE.1, OUTAGE.1 + 2].contains(&hour) {
            let seen = view(collector.folder());
            let truth = collector.truth(start(), at(hour + 1));
            println!("the view at {}: {} rows of {}", at(hour + 1), seen.len(), truth.len());
            assert!(delivered.iter().all(|uuid| seen.contains_key(uuid)), "what came is seen at once");
        }
    }
    // The last hours close, and every hour is looked at again.
    for hours in [2, 8, 26, 32] {
        collector.clock.set(at(DAYS * 24 + hours));
        collector.run(reconcile.clone()).await;
    }
    told.extend(collector.told().into_iter().map(|event| (DAYS * 24 + 2, event.detail_type, event.detail)));
    let truth = collector.truth(start(), at(DAYS * 24));
    let mut seen = view(collector.folder());
    seen.retain(|uuid, _| truth.contains_key(uuid));
    assert!(seen == truth, "{} of {}", seen.len(), truth.len());
    check_against(&collector, &lost);
    tell(&told);
}

/// What the ledger says was repaired is what was lost, hour by hour.
fn check_against(collector: &Collector, lost: &BTreeMap<Timestamp, u64>) {
    let mut entries = ledger(collector.folder());
    check_chain(&entries, collector.folder());
    let hour = |entry: &Value| entry["hour"].as_str().unwrap().parse::<Timestamp>().unwrap();
    entries.retain(|entry| hour(entry) < at(DAYS * 24));
    assert_eq!(entries.len(), usize::try_from(DAYS * 24).unwrap());
    println!("hour                  rows  stream  both  repaired  generation  sealed");
    for entry in &entries {
        let count = |name: &str| entry["counts"][name].as_u64().unwrap();
        let wanted = lost.get(&hour(entry)).copied().unwrap_or_default();
        assert_eq!((count("repaired"), &entry["completeness"]), (wanted, &"complete".into()), "{entry}");
        if (at(OUTAGE.0 - 2)..at(OUTAGE.1 + 2)).contains(&hour(entry)) {
            println!(
                "{}  {:>4}  {:>6}  {:>4}  {:>8}  {:>10}  {}",
                hour(entry),
                entry["rows"],
                count("stream_only"),
                count("both"),
                count("repaired"),
                entry["generation"],
                entry["sealed"].as_str().unwrap()
            );
        }
    }
    let repaired: u64 = lost.values().sum();
    let rows: u64 = entries.iter().map(|entry| entry["rows"].as_u64().unwrap()).sum();
    println!("{} hours, {rows} rows, {repaired} of them repaired", entries.len());
}

fn tell(told: &[(i64, String, Value)]) {
    let mut kinds = BTreeMap::<_, u64>::new();
    for (_, kind, _) in told {
        *kinds.entry(kind.as_str()).or_default() += 1;
    }
    println!("{kinds:?}");
    let silent: Vec<_> = told.iter().filter(|(hour, kind, _)| kind == "StreamSilent" && *hour < DAYS * 24).collect();
    let [(hour, _, detail)] = silent[..] else { panic!("{silent:?}") };
    println!("StreamSilent in hour {hour}: {detail}");
    assert!((OUTAGE.0..OUTAGE.0 + 2).contains(hour), "it is told when the stream has been out for an hour");
}
