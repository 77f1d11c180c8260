//! Collections of the log's past: complete, exact, and able to go on from wherever they were stopped.

use std::time::Duration;

use jiff::SignedDuration;
use local_aws::fault::Fault;
use okta::Clock as _;
use okta_sim::{FaultKind, LinkLoss, OrgConfig, Outage, RecordEdit, WrongBody};
use serde_json::{Value, json};

use crate::support::{Collector, Settings};

/// A range that is over: what is in it does not change while it is read.
const RANGE: (&str, &str) = ("2026-03-01T00:00:00Z", "2026-03-02T08:00:00Z");

fn logs() -> Value {
    json!({"action": "logs", "tenant": "acme", "since": RANGE.0, "until": RANGE.1})
}

fn go_on() -> Value {
    json!({"action": "continue", "tenant": "acme"})
}

fn truth(collector: &Collector) -> std::collections::BTreeMap<String, String> {
    collector.truth(RANGE.0.parse().unwrap(), RANGE.1.parse().unwrap())
}

#[tokio::test]
async fn a_range_is_collected_once_and_exactly() {
    let collector = Collector::start(Settings::default()).await;
    let report = collector.run(logs()).await;
    let (tenant, job) = (&report["tenants"][0], &report["tenants"][0]["jobs"][0]);
    assert_eq!(
        (&report["is_complete"], &job["state"], &tenant["problems"]),
        (&true.into(), &"finished".into(), &json!([]))
    );
    let truth = truth(&collector);
    assert!(truth.len() > 30, "{}", truth.len());
    collector.has_exactly(&truth, "at once");
    assert_eq!(job["events"], truth.len());
    assert!(collector.rows().values().all(|(times, _)| *times == 1), "nothing was read twice");
    assert_eq!(job["complete"], json!([{"since": RANGE.0, "until": RANGE.1}]));

    // Asked again, it has nothing to do, and says so without a call for the log.
    let calls = collector.simulator.traffic().to_path("/api/v1/logs");
    let again = collector.run(logs()).await;
    assert_eq!((&again["is_complete"], &again["tenants"][0]["jobs"][0]["state"]), (&true.into(), &"finished".into()));
    assert_eq!(collector.simulator.traffic().to_path("/api/v1/logs"), calls);
}

#[tokio::test]
async fn rows_say_that_they_came_by_history() {
    let collector = Collector::start(Settings::default()).await;
    collector.run(logs()).await;
    let status = collector.run(json!({"action": "status"})).await;
    assert_eq!(status["tenants"][0]["jobs"][0]["oldest_hour_complete"], "2026-03-01T00:00:00Z");
    let told: Vec<_> = collector.told().into_iter().map(|event| event.detail_type).collect();
    assert_eq!(told, ["CollectionPlanned", "CollectionFinished"]);
    assert!(collector.keys("live").iter().all(|key| key.starts_with("live/tenant=acme/day=2026-03-0")));
}

#[tokio::test]
async fn a_dry_run_plans_and_writes_nothing() {
    let org = OrgConfig { days: 2, events_per_day: 4_000, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, page: 100, ..Settings::default() }).await;
    let mut command = logs();
    command["dry_run"] = true.into();
    let plan = collector.run(command).await["tenants"][0]["plan"].clone();
    let events = plan["events"].as_u64().unwrap();
    let truth = truth(&collector).len() as u64;
    assert!(events.abs_diff(truth) * 3 < truth, "{events} planned of {truth}");
    assert!(plan["eta"]["arithmetic"].as_str().unwrap().contains("calls a minute"), "{plan}");
    assert_eq!(collector.keys(""), [] as [&str; 0]);
}

#[tokio::test]
async fn only_the_wanted_types() {
    let collector = Collector::start(Settings::default()).await;
    let mut command = logs();
    command["event_types"] = json!(["user.session.", "policy."]);
    collector.run(command).await;
    let is_wanted = |json: &String| {
        let event: Value = serde_json::from_str(json).unwrap();
        let event_type = event["eventType"].as_str().unwrap().to_owned();
        event_type.starts_with("user.session.") || event_type.starts_with("policy.")
    };
    let wanted: std::collections::BTreeMap<_, _> =
        truth(&collector).into_iter().filter(|(_, json)| is_wanted(json)).collect();
    assert!(!wanted.is_empty());
    collector.has_exactly(&wanted, "filtered");
}

#[tokio::test]
async fn a_heavy_slice_is_split_among_the_workers() {
    let org = OrgConfig { days: 2, events_per_day: 400, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, ..Settings::default() }).await;
    // The first slice is so slow that the workers of the others have nothing left to do.
    collector.s3.set_fault(|request| {
        request.key.ends_with("slice-0000.json").then_some(Fault::Delay(Duration::from_millis(300)))
    });
    let report = collector.run(logs()).await;
    let job = &report["tenants"][0]["jobs"][0];
    let planned = report["tenants"][0]["plan"]["slices"].as_array().unwrap().len() as u64;
    assert!(job["slices"].as_u64().unwrap() > planned, "{job}");
    collector.has_exactly(&truth(&collector), "split");
}

#[tokio::test]
async fn a_short_time_is_enough_many_times() {
    let collector = Collector::start(Settings::default()).await;
    // On a busy machine nothing is done in so short a time: it grows until something is.
    let mut time = Duration::from_millis(60);
    let mut report = collector.run_within(logs(), time).await;
    let mut runs = 1;
    while report["is_complete"] != true {
        assert!(runs < 500, "{report}");
        let told = collector.told();
        let next = told.iter().find(|event| event.detail_type == "Continue").expect("it asks to be called again");
        time = time * 11 / 10;
        report = collector.run_within(next.detail.clone(), time).await;
        runs += 1;
    }
    assert!(runs > 1, "one invocation was enough");
    let job = &collector.run(json!({"action": "status"})).await["tenants"][0]["jobs"][0];
    assert_eq!(job["state"], "finished");
    collector.has_exactly(&truth(&collector), "in small steps");
}

#[tokio::test]
async fn a_cancelled_collection_stays_cancelled() {
    let collector = Collector::start(Settings::default()).await;
    collector.run_until(logs(), 16, true).await;
    let report = collector.run(json!({"action": "logs", "cancel": true})).await;
    assert_eq!(report["tenants"][0]["jobs"][0]["state"], "cancelled");
    let before = collector.rows().len();
    collector.run(go_on()).await;
    assert_eq!(collector.rows().len(), before);
}

#[tokio::test]
async fn two_runs_never_work_on_one_job() {
    let collector = Collector::start(Settings::default()).await;
    collector.run_until(logs(), 20, true).await;
    let held = collector.run(go_on()).await;
    assert!(held["tenants"][0]["held_until"].is_string(), "{held}");
    assert_eq!(held["is_complete"], false);
    collector.clock.advance(SignedDuration::from_secs(61));
    let report = collector.run(go_on()).await;
    assert_eq!(report["tenants"][0]["jobs"][0]["state"], "finished", "{report}");
    collector.has_exactly(&truth(&collector), "after the lease");
}

#[tokio::test]
async fn a_refused_cursor_costs_nothing() {
    let mut collector = Collector::start(Settings::default()).await;
    let slices = |collector: &Collector| -> Vec<_> {
        collector.keys("state").into_iter().filter(|key| key.contains("slice-")).collect()
    };
    let mut requests = 16;
    collector.run_until(logs(), requests, false).await;
    while slices(&collector).is_empty() {
        requests += 1;
        collector.clear().await;
        collector.run_until(logs(), requests, false).await;
    }
    let slices = slices(&collector);
    let name = |key: &str| key.strip_prefix("state/tenant=acme/").unwrap().to_owned();
    let mut broken = 0;
    for name in slices.iter().map(|key| name(key)) {
        let mut state = collector.state(&name).unwrap();
        if state["cursor"].is_string() {
            state["cursor"] = format!("{}/api/v1/logs?after=expired&limit=5", collector.simulator.base_url()).into();
            collector.set_state(&name, &state.to_string());
            broken += 1;
        }
    }
    assert!(broken > 0, "{slices:?}");
    collector.clock.advance(SignedDuration::from_secs(61));
    let report = collector.run(go_on()).await;
    assert_eq!(report["tenants"][0]["jobs"][0]["state"], "finished", "{report}");
    collector.has_exactly(&truth(&collector), "after refused cursors");
}

#[tokio::test]
async fn a_revoked_token_is_said_and_waited_for() {
    let collector = Collector::start(Settings::default()).await;
    collector.run_until(logs(), 20, false).await;
    collector.clock.advance(SignedDuration::from_secs(61));
    collector.simulator.inject(FaultKind::SecretsRevoked.always());
    let report = collector.run(go_on()).await;
    let tenant = &report["tenants"][0];
    assert_eq!((&report["is_complete"], &tenant["jobs"][0]["state"]), (&false.into(), &"running".into()));
    assert!(tenant["problems"][0]["remedy"].as_str().unwrap().contains("secret"), "{tenant}");
    // Not again at once, ...
    let calls = collector.simulator.traffic().total;
    collector.run(go_on()).await;
    assert_eq!(collector.simulator.traffic().total, calls);
    // ... but by itself, when somebody has repaired it.
    collector.simulator.clear_faults();
    collector.clock.advance(SignedDuration::from_secs(61));
    let report = collector.run(go_on()).await;
    assert_eq!(report["tenants"][0]["jobs"][0]["state"], "finished", "{report}");
    collector.has_exactly(&truth(&collector), "after the repair");
}

#[tokio::test]
async fn an_okta_that_stumbles_is_no_trouble() {
    let collector = Collector::start(Settings::default()).await;
    let at_logs = |kind: FaultKind, times| kind.times(times).under("/api/v1/logs");
    collector.simulator.inject(at_logs(FaultKind::ServerError(503), 2));
    collector.simulator.inject(at_logs(FaultKind::Cut, 2));
    collector.simulator.inject(at_logs(FaultKind::Truncated, 1));
    let report = collector.run(logs()).await;
    assert_eq!(report["is_complete"], true, "{report}");
    collector.has_exactly(&truth(&collector), "after stumbles");
}

#[tokio::test]
async fn an_s3_that_refuses_stops_it_until_it_does_not() {
    let collector = Collector::start(Settings::default()).await;
    collector.s3.set_fault(|request| request.key.starts_with("live/").then_some(Fault::Status(503)));
    let report = collector.run(logs()).await;
    assert_eq!(report["is_complete"], false);
    assert!(report["tenants"][0]["problems"][0]["what"].as_str().unwrap().contains("cannot write s3://"), "{report}");
    assert!(collector.rows().is_empty());
    collector.s3.clear_fault();
    collector.run(logs()).await;
    collector.has_exactly(&truth(&collector), "after the refusals");
}

#[tokio::test]
async fn a_state_that_cannot_be_read_stops_nothing_else() {
    let collector = Collector::start(Settings::default()).await;
    collector.run(logs()).await;
    let key = collector.keys("state").into_iter().find(|key| key.ends_with("job.json")).unwrap();
    collector.set_state(key.strip_prefix("state/tenant=acme/").unwrap(), "{\"version\": ");
    let mut other = logs();
    other["until"] = "2026-03-01T12:00:00Z".into();
    let report = collector.run(other).await;
    let tenant = &report["tenants"][0];
    assert_eq!(tenant["jobs"][0]["state"], "finished");
    assert!(
        tenant["problems"][0]["what"].as_str().unwrap().contains("job.json is not what okta-lake wrote"),
        "{tenant}"
    );
}

/// Faults of Okta's answers about the log, each of which hides events if it is believed: what is collected must be exact.
async fn is_exact_in_spite_of(fault: okta_sim::Fault, context: &str) -> (Collector, Value) {
    let org = OrgConfig { days: 2, events_per_day: 150, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, page: 10, ..Settings::default() }).await;
    collector.simulator.inject(fault);
    let report = collector.run(logs()).await;
    assert_eq!(report["tenants"][0]["jobs"][0]["state"], "finished", "{context}: {report}");
    collector.has_exactly(&truth(&collector), context);
    (collector, report)
}

#[tokio::test]
async fn no_answer_that_hides_events_is_believed() {
    let logs = "/api/v1/logs";
    for (fault, context) in [
        (FaultKind::EmptyList.once().under(logs).skip(5), "an empty answer in the middle"),
        (FaultKind::EmptyList.once().under(logs), "an empty answer to the first question"),
        (FaultKind::LinksMissing(LinkLoss::Next).times(3).under(logs).skip(2), "a lost link to the next page"),
        (FaultKind::LinksMissing(LinkLoss::All).times(3).under(logs).skip(2), "no links at all"),
        (FaultKind::LastPageLoops.always().under(logs), "a last page that links to itself"),
        (FaultKind::NextLoopOf(2).times(6).under(logs).skip(2), "two pages that link to each other"),
        (FaultKind::NextElsewhere.times(3).under(logs).skip(2), "a link to another host"),
        (FaultKind::Html.times(2).under(logs).skip(2), "a proxy's page"),
        (FaultKind::WrongBody(WrongBody::Shape).times(2).under(logs).skip(2), "JSON of another shape"),
    ] {
        is_exact_in_spite_of(fault, context).await;
    }
}

#[tokio::test]
async fn links_that_stay_lost_are_a_problem_and_no_end() {
    let org = OrgConfig { days: 2, events_per_day: 150, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, page: 10, ..Settings::default() }).await;
    collector.simulator.inject(FaultKind::LinksMissing(LinkLoss::All).always().under("/api/v1/logs"));
    let report = collector.run(logs()).await;
    let tenant = &report["tenants"][0];
    assert_eq!(
        (&tenant["jobs"][0]["state"], &report["outcome"]),
        (&"running".into(), &"incomplete".into()),
        "{report}"
    );
    assert!(tenant["problems"][0]["what"].as_str().unwrap().contains("contradict"), "{report}");
}

/// The uuid of an event in the middle of the range.
fn some_uuid(collector: &Collector) -> String {
    truth(collector).into_keys().nth(20).unwrap()
}

#[tokio::test]
async fn records_that_are_no_events_are_kept_and_counted() {
    for edit in [
        RecordEdit::Remove("eventType".to_owned()),
        RecordEdit::Set("uuid".to_owned(), 7.into()),
        RecordEdit::CutZone,
        RecordEdit::Set("published".to_owned(), "2098-01-01T00:00:00.000Z".into()),
    ] {
        let context = format!("{edit:?}");
        let collector = Collector::start(Settings::default()).await;
        let uuid = some_uuid(&collector);
        collector.simulator.inject(FaultKind::Record(edit).always().under("/api/v1/logs").record(uuid.clone()));
        let report = collector.run(logs()).await;
        let job = &report["tenants"][0]["jobs"][0];
        assert_eq!(
            (&job["state"], &report["outcome"]),
            (&"finished".into(), &"incomplete".into()),
            "{context}: {report}"
        );
        assert!(job["quarantined"].as_u64().unwrap() >= 1, "{context}: {job}");
        assert!(!collector.keys("quarantine/tenant=acme").is_empty(), "{context}");
        let mut expected = truth(&collector);
        expected.remove(&uuid);
        collector.has_exactly(&expected, &context);
    }
}

#[tokio::test]
async fn a_wish_is_durable_before_okta_answers() {
    let org = OrgConfig { days: 2, events_per_day: 60, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, ..Settings::default() }).await;
    collector.simulator.inject(FaultKind::StreamDisabled.always());
    collector.simulator.set_outage(Some(Outage::Refused)).await;
    let command = json!({"action": "logs", "tenant": "acme"});
    let report = collector.run_within(command, Duration::from_secs(2)).await;
    assert_ne!(report["outcome"], "complete", "{report}");
    assert_eq!(collector.state("poll.json").unwrap()["is_decided"], false);
    let job = collector.keys("state/tenant=acme/logs").into_iter().find(|key| key.ends_with("job.json"));
    assert!(job.is_some(), "the collection is asked for");
    collector.simulator.set_outage(None).await;
    collector.clock.advance(SignedDuration::from_mins(5));
    let report = collector.run(go_on()).await;
    assert_eq!((&report["is_complete"], &report["outcome"]), (&true.into(), &"complete".into()), "{report}");
    assert_eq!(collector.state("poll.json").unwrap()["is_on"], true);
    collector.has_exactly(&truth_of_log(&collector), "after the outage");
}

/// Everything that the org has stored by now.
fn truth_of_log(collector: &Collector) -> std::collections::BTreeMap<String, String> {
    let org = collector.simulator.org();
    let now = collector.clock.now();
    org.events(org.log_start()..now)
        .filter(|event| event.persisted < now)
        .map(|event| (event.uuid, event.json))
        .collect()
}

#[tokio::test]
async fn what_failed_or_was_cancelled_goes_on_when_it_is_asked_for_again() {
    let collector = Collector::start(Settings::default()).await;
    collector.simulator.inject(FaultKind::refused(400, "E0000031").always().under("/api/v1/logs").skip(4));
    let failed = collector.run(logs()).await;
    assert_eq!((&failed["tenants"][0]["jobs"][0]["state"], &failed["outcome"]), (&"failed".into(), &"failed".into()));
    collector.simulator.clear_faults();
    let report = collector.run(go_on()).await;
    assert_eq!((&report["is_complete"], &report["outcome"]), (&false.into(), &"failed".into()), "it is not forgotten");
    let report = collector.run(logs()).await;
    assert_eq!(report["outcome"], "complete", "{report}");
    collector.has_exactly(&truth(&collector), "asked for again");

    let mut other = logs();
    other["until"] = "2026-03-01T20:00:00Z".into();
    collector.run_until(other.clone(), 16, true).await;
    collector.run(json!({"action": "logs", "cancel": true})).await;
    let report = collector.run(other).await;
    assert_eq!(report["tenants"][0]["jobs"][0]["state"], "finished", "{report}");
}

#[tokio::test]
async fn state_that_cannot_be_read_is_begun_anew() {
    for damage in ["", "{}", "{\"version\": 1, \"id\": ", "[]", "null"] {
        let collector = Collector::start(Settings::default()).await;
        collector.run(logs()).await;
        for key in collector.keys("state/tenant=acme/logs") {
            collector.set_state(key.strip_prefix("state/tenant=acme/").unwrap(), damage);
        }
        let report = collector.run(go_on()).await;
        let what = report["tenants"][0]["problems"][0]["what"].as_str().unwrap();
        assert!(what.contains("job.json is not what okta-lake wrote"), "{damage:?}: {report}");
        let report = collector.run(logs()).await;
        assert_eq!(report["tenants"][0]["jobs"][0]["state"], "finished", "{damage:?}: {report}");
        collector.has_exactly(&truth(&collector), damage);
    }
}

#[tokio::test]
async fn the_state_of_another_org_is_not_taken_for_this_ones() {
    let collector = Collector::start(Settings::default()).await;
    collector.run(logs()).await;
    for key in collector.keys("state/tenant=acme/logs") {
        let name = key.strip_prefix("state/tenant=acme/").unwrap();
        let mut state = collector.state(name).unwrap();
        state["tenant"] = "other".into();
        collector.set_state(name, &state.to_string());
    }
    let report = collector.run(json!({"action": "status"})).await;
    let what = report["tenants"][0]["problems"][0]["what"].as_str().unwrap();
    assert!(what.contains("has the state of another org"), "{report}");
    assert_eq!(collector.run(logs()).await["tenants"][0]["jobs"][0]["state"], "finished");
}

#[tokio::test]
async fn a_secret_that_leads_to_another_org_stops_before_anything_is_written() {
    let collector = Collector::start(Settings::default()).await;
    collector.run(logs()).await;
    let bound = collector.state("org.json").unwrap();
    assert_eq!((&bound["tenant"], &bound["secret"]), (&"acme".into(), &"acme".into()));
    let rows = collector.rows().len();
    collector.simulator.inject(FaultKind::OrgId("00oTheOtherOne".to_owned()).always());
    let mut other = logs();
    other["until"] = "2026-03-01T20:00:00Z".into();
    let report = collector.run(other).await;
    let problem = &report["tenants"][0]["problems"][0];
    assert!(problem["what"].as_str().unwrap().contains("belongs to the org"), "{report}");
    assert!(problem["remedy"].as_str().unwrap().contains("org.json"), "{problem}");
    assert_eq!(collector.rows().len(), rows);
    let tested = collector.run(json!({"action": "test-connectivity"})).await;
    let checks = tested["sections"][1]["checks"].as_array().unwrap();
    assert_eq!(checks.iter().find(|check| check["check"] == "Org").unwrap()["status"], "failed");
}

#[tokio::test]
async fn clocks_that_disagree_are_published() {
    let collector = Collector::start(Settings::default()).await;
    collector.simulator.inject(FaultKind::ClockSkew(3 * 3_600).always());
    let report = collector.run(logs()).await;
    assert_eq!(report["outcome"], "complete", "{report}");
    let told: Vec<_> = collector.told().into_iter().filter(|event| event.detail_type == "ClockDisagreement").collect();
    let ahead = told[0].detail["ahead_seconds"].as_i64().unwrap();
    assert!((10_700..10_900).contains(&ahead), "{told:?}");
    let tested = collector.run(json!({"action": "test-connectivity"})).await;
    let checks = tested["sections"][1]["checks"].as_array().unwrap();
    assert_eq!(checks.iter().find(|check| check["check"] == "Clock").unwrap()["status"], "failed");
}
