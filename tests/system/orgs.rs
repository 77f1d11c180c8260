//! Several orgs in one deployment: none takes the time of the others, and each has an invocation of its own.

use std::time::{Duration, Instant};

use okta_sim::{FaultKind, OrgConfig};
use serde_json::{Value, json};

use crate::support::{Collector, Settings};

/// A collector with `more` orgs besides acme, all in the same simulator.
async fn with_orgs(more: usize) -> Collector {
    let org = OrgConfig { users: 10, groups: 3, apps: 3, days: 2, events_per_day: 30, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, ..Settings::default() }).await;
    for org in 0..more {
        add(&collector, &format!("org-{org}"), None);
    }
    collector
}

/// Adds an org, perhaps at another address.
fn add(collector: &Collector, tenant: &str, org_url: Option<&str>) {
    let mut secret: Value = serde_json::from_str(&collector.simulator.secret("token").unwrap()).unwrap();
    secret["tenant"] = tenant.into();
    if let Some(org_url) = org_url {
        secret["org_url"] = org_url.into();
    }
    collector.add_org(tenant, secret.to_string());
}

fn logs() -> Value {
    json!({"action": "logs", "since": "2026-03-01T00:00:00Z", "until": "2026-03-01T08:00:00Z"})
}

#[tokio::test]
async fn slow_orgs_are_answered_for_within_the_time_of_one_invocation() {
    const TIME: Duration = Duration::from_secs(4);
    let mut collector = with_orgs(11).await;
    collector.take_bus_away();
    collector.simulator.inject(FaultKind::Slow(Duration::from_mins(10)).always().under("/api/v1/logs"));
    let begun = Instant::now();
    let answer = collector.run_within(logs(), TIME).await;
    // Four at once, each with the whole time, would take three times as long.
    assert!(begun.elapsed() < TIME * 2, "{:?}", begun.elapsed());
    assert_eq!((&answer["is_complete"], &answer["outcome"]), (&false.into(), &"incomplete".into()));
    assert_eq!(answer["tenants"].as_array().unwrap().len(), 12);
    for tenant in answer["tenants"].as_array().unwrap() {
        assert_eq!((&tenant["problems"], &tenant["jobs"][0]["state"]), (&json!([]), &"running".into()), "{tenant}");
    }
}

#[tokio::test]
async fn an_org_that_cannot_be_reached_keeps_no_other_from_being_tested() {
    let collector = with_orgs(2).await;
    // Nobody listens there.
    add(&collector, "gone", Some("http://127.0.0.1:9"));
    let answer = collector.run_within(json!({"action": "continue"}), Duration::from_secs(30)).await;
    assert_eq!(answer["handed_on"], json!(["acme", "gone", "org-0", "org-1"]), "{answer}");
    let failed: Vec<_> =
        collector.told().into_iter().filter(|event| event.detail_type == "ConnectivityFailed").collect();
    let checks = |check: &Value| (check["check"].as_str().unwrap().to_owned(), check["status"].clone());
    assert_eq!(failed.iter().map(|event| event.detail["tenant"].clone()).collect::<Vec<_>>(), ["gone"], "{failed:?}");
    for check in failed[0].detail["checks"].as_array().unwrap() {
        assert_eq!(checks(check).1, "failed", "{check}");
    }
    let tested = collector.shared_state("secrets.json").unwrap();
    let tested: Vec<_> = tested["secrets"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(tested, ["acme", "gone", "org-0", "org-1"]);
}

#[tokio::test]
async fn a_secret_that_the_time_was_not_enough_for_is_unknown_and_tested_again() {
    let collector = with_orgs(1).await;
    collector.simulator.inject(FaultKind::Slow(Duration::from_mins(10)).always().under("/api/v1/"));
    collector.run_within(json!({"action": "continue"}), Duration::from_secs(3)).await;
    let failed = collector.told().into_iter().filter(|event| event.detail_type == "ConnectivityFailed").count();
    assert_eq!(
        (failed, collector.shared_state("secrets.json").map(|state| state["secrets"].clone())),
        (0, Some(json!({})))
    );
    collector.simulator.clear_faults();
    collector.run(json!({"action": "continue"})).await;
    let tested = collector.shared_state("secrets.json").unwrap();
    assert_eq!(tested["secrets"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn each_org_has_an_invocation_of_its_own() {
    let collector = with_orgs(2).await;
    let answer = collector.run(logs()).await;
    assert_eq!((&answer["tenants"], &answer["is_complete"]), (&json!([]), &false.into()));
    let next: Vec<_> = collector.told().into_iter().map(|event| (event.detail_type, event.detail)).collect();
    let command = |tenant: &str| {
        let mut command = logs();
        command["tenant"] = tenant.into();
        ("Continue".to_owned(), command)
    };
    assert_eq!(next, ["acme", "org-0", "org-1"].map(command));
    for (_, command) in next {
        let answer = collector.run(command).await;
        assert_eq!((&answer["is_complete"], &answer["outcome"]), (&true.into(), &"complete".into()), "{answer}");
    }
    for tenant in ["acme", "org-0", "org-1"] {
        assert!(!collector.keys(&format!("live/tenant={tenant}/")).is_empty(), "{tenant}");
    }
}

#[tokio::test]
async fn a_question_is_answered_at_once_for_every_org() {
    let collector = with_orgs(2).await;
    let status = collector.run(json!({"action": "status"})).await;
    assert_eq!(status["tenants"].as_array().unwrap().len(), 3);
    let mut plan = logs();
    plan["dry_run"] = true.into();
    let plans = collector.run(plan).await;
    assert_eq!(plans["tenants"].as_array().unwrap().len(), 3);
    assert!(collector.told().is_empty());
}
