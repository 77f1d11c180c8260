//! Sealed hours in Security Lake: each class of its own, each event once, whatever happens on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lake::Format;
use local_aws::fault::Fault;
use ocsf_check::Release;
use okta_sim::OrgConfig;
use serde_json::{Value, json};

use crate::support::security_lake::{CLASSES, Exported, Subscriber};
use crate::support::view::ledger;
use crate::support::{Collector, Ended, Settings, rows};

const START: &str = "2026-03-01T13:00:00Z";

/// An event type of each class.
const TYPES: [&str; 9] = [
    "app.ad.api.user_import.warn.skipped_contact.attribute_invalid_value",
    "analytics.feedback.provide",
    "user.lifecycle.suspend",
    "user.session.start",
    "policy.lifecycle.create",
    "user.account.privilege.grant",
    "group.user_membership.add",
    "analytics.reports.export.download",
    "no.such.type",
];

fn reconcile() -> Value {
    json!({"action": "reconcile", "tenant": "acme"})
}

fn at(minutes: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// An org at the start of its first hour with okta-lake, and Security Lake, which nobody writes to yet.
async fn start(format: Format) -> (Collector, Subscriber) {
    let org = OrgConfig { days: 2, events_per_day: 2_400, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, page: 40, format }).await;
    collector.clock.set(at(0));
    collector.run(reconcile()).await;
    (collector, Subscriber::start().await)
}

/// Two hours of events, the first with each class, and the time when both are due.
async fn two_hours(collector: &Collector) {
    collector.clock.set(at(121));
    let events = collector.simulator.org().events(at(0)..at(120)).map(|event| event.json);
    collector.deliver(&events.chain(TYPES.map(event_of)).collect::<Vec<_>>()).await;
    collector.clock.set(at(185));
}

/// An event in the first hour that the API does not have. It acts upon a user, without whom a membership is an entity in
/// OCSF 1.3.0.
fn event_of(event_type: &str) -> String {
    let user = json!({"type": "User", "id": "00uada", "alternateId": "ada@acme.example", "displayName": "Ada"});
    let (uuid, published) = (format!("of {event_type}"), "2026-03-01T13:30:00.000Z");
    json!({"uuid": uuid, "published": published, "eventType": event_type, "target": [user]}).to_string()
}

/// The rows of the lake's seals: uuid and what Okta sent.
fn sealed(collector: &Collector) -> BTreeMap<String, String> {
    let objects = ledger(collector.folder()).into_iter().filter_map(|entry| Some(entry["object"].as_str()?.to_owned()));
    objects.flat_map(|key| rows::file(&collector.folder().join(key))).map(|row| event(&row)).collect()
}

fn event(row: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&row["metadata"]["uid"]), text(&row["raw_data"]))
}

/// Checks that Security Lake has exactly what is sealed, and everything about it.
fn check(collector: &Collector, subscriber: &Subscriber, context: &str) -> Vec<Exported> {
    let objects = subscriber.objects();
    let mut found = BTreeMap::new();
    for object in &objects {
        check_object(object);
        for row in &object.rows {
            let (uid, raw) = event(row);
            assert!(found.insert(uid, raw).is_none(), "{context}: twice: {row}");
        }
    }
    assert!(found == sealed(collector), "{context}: {} rows of {}", found.len(), sealed(collector).len());
    objects
}

fn check_object(object: &Exported) {
    let Exported { key, class, columns, rows } = object;
    let folder = format!("ext/okta{class}/region=us-east-1/accountId=external_okta_acme/eventDay=20260301/");
    let hour = key.strip_prefix(&*folder).and_then(|name| name.strip_prefix("acme-20260301T"));
    let hour: i64 = hour.and_then(|name| name.strip_suffix(".zstd.parquet")).expect(key).parse().unwrap();
    let known: BTreeSet<_> = ocsf_check::attributes(Release::V1_3, *class).map(str::to_owned).collect();
    assert!(columns.is_subset(&known), "{key}: {:?}", columns.difference(&known));
    let times: Vec<_> = rows.iter().map(|row| row["time"].as_i64().unwrap()).collect();
    assert!(times.is_sorted(), "{key}");
    let hour = at((hour - 13) * 60).as_millisecond();
    assert!(times.iter().all(|time| (hour..hour + 3_600_000).contains(time)), "{key}");
    for row in rows {
        assert_eq!(row["class_uid"].as_i64(), Some(*class), "{key}");
        let faults = ocsf_check::check_as(Release::V1_3, row);
        assert!(faults.is_empty(), "{key}: {faults:?}: {row}");
    }
}

#[tokio::test]
async fn what_is_sealed_is_there_by_class_also_what_was_sealed_before() {
    for format in [Format::Parquet, Format::Ndjson] {
        let (mut collector, subscriber) = start(format).await;
        two_hours(&collector).await;
        // Switched off.
        let report = collector.run(reconcile()).await;
        assert_eq!((&report["is_complete"], subscriber.objects().len()), (&true.into(), 0), "{report}");
        assert_eq!(collector.state("reconcile.json").unwrap()["outboxes"], Value::Null);
        subscriber.add_sources();
        collector.function.outputs = vec![subscriber.output().await];
        let report = collector.run(reconcile()).await;
        let tenant = &report["tenants"][0];
        let exported = (&report["is_complete"], &tenant["exported"], &tenant["to_export"]);
        assert_eq!(exported, (&true.into(), &2.into(), &0.into()), "{report}");
        let objects = check(&collector, &subscriber, "two hours");
        let classes: BTreeSet<_> = objects.iter().map(|object| object.class).collect();
        assert!(classes.iter().eq(&CLASSES), "{classes:?}");
        // Each class by its own role, and a role once.
        let roles: BTreeSet<_> = subscriber.sts.assumed().into_iter().collect();
        assert_eq!((roles.len(), subscriber.sts.assumed().len()), (classes.len(), classes.len()));
        // Nothing is written without a reason.
        let before = subscriber.s3.written().len();
        collector.run(reconcile()).await;
        assert_eq!(subscriber.s3.written().len(), before);
    }
}

#[tokio::test]
async fn what_is_sealed_again_replaces_what_was_there() {
    let (mut collector, subscriber) = start(Format::Parquet).await;
    subscriber.add_sources();
    collector.function.outputs = vec![subscriber.output().await];
    collector.clock.set(at(185));
    collector.run(reconcile()).await;
    let before = check(&collector, &subscriber, "at first");
    let late = event_of("user.account.privilege.grant");
    collector.deliver(std::slice::from_ref(&late)).await;
    let report = collector.run(reconcile()).await;
    assert_eq!(report["tenants"][0]["exported"], 1, "{report}");
    let after = check(&collector, &subscriber, "with what came late");
    assert!(sealed(&collector).values().any(|raw| *raw == late));
    // Of the hour that was sealed again there is each class, be it empty: one may have lost its last row.
    let of_hour = |objects: &[Exported], hour: &str| {
        objects.iter().filter(|object| object.key.contains(hour)).map(|object| object.class).collect::<Vec<_>>()
    };
    assert!(of_hour(&before, "T13.").len() < CLASSES.len());
    assert_eq!(of_hour(&after, "T13."), CLASSES);
    assert_eq!(of_hour(&after, "T14."), of_hour(&before, "T14."));
}

#[tokio::test]
async fn a_class_without_its_source_waits_and_the_others_do_not() {
    let (mut collector, subscriber) = start(Format::Parquet).await;
    for class in CLASSES.into_iter().filter(|class| *class != 3002) {
        subscriber.add_source(class);
    }
    collector.function.outputs = vec![subscriber.output().await];
    two_hours(&collector).await;
    let report = collector.run(reconcile()).await;
    let tenant = &report["tenants"][0];
    let [problem] = tenant["problems"].as_array().unwrap().as_slice() else { panic!("{tenant}") };
    let text = problem.to_string();
    assert!(text.contains("okta3002 of Security Lake lacks hours") && text.contains("sts:AssumeRole"), "{text}");
    assert!(text.contains("AmazonSecurityLake-Provider-okta3002-us-east-1"), "{text}");
    let counts =
        (&tenant["due"], tenant["sealed"].as_array().unwrap().len(), &tenant["exported"], &tenant["to_export"]);
    assert_eq!(counts, (&0.into(), 2, &0.into(), &2.into()), "{tenant}");
    let objects = subscriber.objects();
    objects.iter().for_each(check_object);
    assert!(objects.len() > 6 && objects.iter().all(|object| object.class != 3002));
    let tested = |report: &Value| {
        let checks = report["sections"][0]["checks"].as_array().unwrap().iter();
        checks.clone().find(|check| check["check"] == "Security Lake").unwrap()["detail"].as_str().unwrap().to_owned()
    };
    let command = || json!({"action": "test-connectivity"});
    assert_eq!(tested(&collector.run(command()).await), "the roles of okta3002 cannot be assumed");
    // It is tried again, and the others are left alone.
    let before = subscriber.s3.written().len();
    let report = collector.run(reconcile()).await;
    assert_eq!((report["is_complete"].as_bool(), subscriber.s3.written().len()), (Some(false), before), "{report}");
    subscriber.add_source(3002);
    let report = collector.run(reconcile()).await;
    assert_eq!((&report["is_complete"], &report["tenants"][0]["exported"]), (&true.into(), &2.into()), "{report}");
    assert_eq!(subscriber.s3.written().len(), before + 2);
    assert_eq!(tested(&collector.run(command()).await), "the roles of its 9 sources can be assumed");
    check(&collector, &subscriber, "with its source");
}

#[tokio::test]
async fn a_refusal_of_the_bucket_is_told_and_holds_up_no_seal() {
    let (mut collector, subscriber) = start(Format::Ndjson).await;
    subscriber.add_sources();
    collector.function.outputs = vec![subscriber.output().await];
    subscriber.s3.set_fault(|request| (request.method == "PUT").then_some(Fault::Status(403)));
    two_hours(&collector).await;
    let report = collector.run(reconcile()).await;
    let tenant = &report["tenants"][0];
    assert_eq!((&tenant["due"], tenant["sealed"].as_array().unwrap().len()), (&0.into(), 2), "{tenant}");
    // One of each class, not of each hour.
    let problems = tenant["problems"].as_array().unwrap();
    assert_eq!(problems.len(), CLASSES.len(), "{tenant}");
    assert!(problems.iter().all(|problem| problem.to_string().contains("docs/security-lake.md")), "{tenant}");
    subscriber.s3.clear_fault();
    // Even if everything is forgotten that can be found again.
    std::fs::remove_file(collector.folder().join("state/tenant=acme/reconcile.json")).unwrap();
    let report = collector.run(reconcile()).await;
    assert_eq!(report["is_complete"], true, "{report}");
    check(&collector, &subscriber, "in the end");
}

#[tokio::test]
async fn when_the_time_is_up_it_goes_on_by_itself() {
    let (mut collector, subscriber) = start(Format::Parquet).await;
    two_hours(&collector).await;
    collector.run(reconcile()).await;
    subscriber.add_sources();
    collector.function.outputs = vec![subscriber.output().await];
    // Each object takes two minutes.
    let clock = Arc::clone(&collector.clock);
    subscriber.s3.set_fault(move |_| {
        clock.advance(SignedDuration::from_mins(2));
        None
    });
    collector.told();
    let report = collector.run(reconcile()).await;
    assert_eq!(
        (&report["tenants"][0]["exported"], &report["tenants"][0]["to_export"]),
        (&1.into(), &1.into()),
        "{report}"
    );
    let told = collector.told();
    let next = told.iter().find(|event| event.detail_type == "Continue").expect("it asks to be called again");
    subscriber.s3.clear_fault();
    collector.run(next.detail.clone()).await;
    assert!(check(&collector, &subscriber, "in the end").len() > 8);
}

/// Stops a run at every request to the lake, before and after it took effect: in the end Security Lake has what is sealed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_at_every_request_it_has_each_event_once() {
    let (mut collector, mut subscriber) = start(Format::Ndjson).await;
    subscriber.add_sources();
    let mut steps = 0;
    for step in 0.. {
        let mut is_stopped = false;
        for is_after in [false, true] {
            collector.clear().await;
            subscriber.clear().await;
            collector.function.outputs = vec![subscriber.output().await];
            collector.clock.set(at(61));
            let events = collector.simulator.org().events(at(0)..at(20)).map(|event| event.json);
            collector.deliver(&events.collect::<Vec<_>>()).await;
            collector.clock.set(at(125));
            is_stopped |= matches!(collector.run_until(reconcile(), step, is_after).await, Ended::Stopped);
            settle(&collector, &subscriber, &format!("step {step}, after: {is_after}")).await;
        }
        steps = step;
        if !is_stopped {
            break;
        }
    }
    assert!(steps > 15, "a run has more requests than {steps}");
}

#[tokio::test]
async fn stopped_while_it_writes_it_has_each_event_once() {
    let (mut collector, subscriber) = start(Format::Parquet).await;
    subscriber.add_sources();
    collector.function.outputs = vec![subscriber.output().await];
    two_hours(&collector).await;
    subscriber.hang();
    let stopped = tokio::time::timeout(Duration::from_secs(3), collector.run(reconcile())).await;
    assert!(stopped.is_err(), "{stopped:?}");
    subscriber.s3.clear_fault();
    settle(&collector, &subscriber, "stopped while it writes").await;
}

/// The script that makes the sources, with an `aws` that notes what it is asked.
#[test]
fn the_script_makes_what_is_lacking() {
    let folder = tempfile::tempdir().unwrap();
    let aws = r#"#!/usr/bin/env bash
echo "$*" >>"$0.calls"
case "$1 $2" in
    "iam get-role") [[ $* == *okta3002* ]] ;;
    *) echo "arn:aws:iam::111122223333:role/AmazonSecurityLake-Provider-$6-eu-central-1" ;;
esac
"#;
    let path = folder.path().join("aws");
    std::fs::write(&path, aws).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/security-lake/sources.sh");
    let run = |more: &[&str]| {
        let given = ["--region", "eu-central-1", "--crawler-role", "arn:aws:iam::111122223333:role/x"];
        let mut command = Command::new("bash");
        command
            .args(["-c", r#"PATH=$0:$PATH exec bash "$@""#])
            .arg(folder.path())
            .arg(script)
            .args(given)
            .args(["--account", "444455556666"])
            .args(more);
        let done = command.output().unwrap();
        (done.status.success(), String::from_utf8(done.stdout).unwrap())
    };
    assert!(!run(&[]).0, "the external id is not given");
    let (is_done, text) = run(&["--external-id", "okta-lake/acme", "--dry-run"]);
    assert!(is_done && text.lines().count() == CLASSES.len(), "{text}");
    assert!(!folder.path().join("aws.calls").exists(), "a dry run");
    let (is_done, text) = run(&["--external-id", "okta-lake/acme"]);
    let told: Vec<_> =
        CLASSES.map(|class| format!("okta{class} is {}", if class == 3002 { "there" } else { "made" })).into();
    assert!(is_done && text.lines().eq(&told), "{text}");
    let calls = std::fs::read_to_string(folder.path().join("aws.calls")).unwrap();
    let made: Vec<_> = calls.lines().filter(|call| call.starts_with("securitylake create-custom-log-source")).collect();
    assert_eq!(made.len(), CLASSES.len() - 1);
    let identity = r#""providerIdentity": {"externalId": "okta-lake/acme", "principal": "444455556666"}"#;
    assert!(made.iter().all(|call| call.contains(identity)), "{calls}");
}

/// Runs until nothing is left to do.
async fn settle(collector: &Collector, subscriber: &Subscriber, context: &str) {
    let mut report = Value::Null;
    for _ in 0..4 {
        collector.clock.advance(SignedDuration::from_secs(61));
        report = collector.run(reconcile()).await;
        if report["is_complete"] == true {
            break;
        }
    }
    assert_eq!(report["is_complete"], true, "{context}: {report}");
    assert!(!check(collector, subscriber, context).is_empty());
}
