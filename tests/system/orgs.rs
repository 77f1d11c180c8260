//! Several orgs in one deployment: none takes the time of the others, and each has an invocation of its own.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use okta_sim::{FaultKind, OrgConfig, Simulator};
use serde_json::{Value, json};

use crate::support::view::ledger;
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

/// Every command that writes something of an org.
fn writing(secret: &str) -> [Value; 6] {
    let range = json!({"since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z"});
    [
        json!({"action": "logs", "since": "2026-03-01T02:00:00Z", "until": "2026-03-01T12:00:00Z"}),
        json!({"action": "collect"}),
        json!({"action": "continue"}),
        json!({"action": "inventory"}),
        json!({"action": "reconcile"}),
        json!({"action": "renormalize", "since": range["since"], "until": range["until"]}),
    ]
    .map(|mut command| {
        command["tenant"] = secret.into();
        command
    })
}

/// Another org than acme, and a secret of it that says it is acme.
async fn impostor(collector: &Collector) -> (Simulator, String) {
    let org = OrgConfig { subdomain: "other".to_owned(), seed: 99, users: 5, ..OrgConfig::default() };
    let other = collector.simulate(org).await;
    let mut secret: Value = serde_json::from_str(&other.secret("token").unwrap()).unwrap();
    secret["tenant"] = "acme".into();
    (other, secret.to_string())
}

/// Every object of the lake below one of these prefixes, with its bytes.
fn objects(collector: &Collector, prefixes: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let keys = prefixes.iter().flat_map(|prefix| collector.keys(prefix));
    keys.map(|key| (key.clone(), fs::read(collector.folder().join(&key)).unwrap())).collect()
}

/// What went wrong with the org of a command, in one text.
fn problems(answer: &Value) -> String {
    let reports = ["tenants", "inventory"].into_iter().filter_map(|name| answer[name].as_array()).flatten();
    reports.map(|report| report["problems"].to_string()).collect()
}

#[tokio::test]
async fn a_secret_that_claims_another_orgs_tenant_writes_nothing() {
    let collector = with_orgs(0).await;
    let (_other, secret) = impostor(&collector).await;
    collector.add_org("b", secret);
    for is_bound in [false, true] {
        if is_bound {
            for command in writing("acme") {
                collector.run(command).await;
            }
            assert_eq!(collector.state("org.json").unwrap()["secret"], "acme");
        }
        let before = objects(&collector, &[""]);
        for command in writing("b") {
            let answer = collector.run(command.clone()).await;
            assert_eq!(answer["outcome"], "failed", "{command}: {answer}");
            assert!(problems(&answer).contains("claims the tenant acme"), "{command}: {answer}");
            assert!(objects(&collector, &[""]) == before, "bound {is_bound}: {command} has written something");
        }
    }
}

#[tokio::test]
async fn a_secret_that_was_given_another_orgs_credentials_brings_nothing_of_that_org() {
    const OF_THE_ORG: [&str; 6] = ["live", "sealed", "ledger", "inventory", "manifests", "changes"];
    let collector = with_orgs(0).await;
    for command in writing("acme") {
        collector.run(command).await;
    }
    let (_other, secret) = impostor(&collector).await;
    collector.replace_secret(secret);
    collector.clock.advance(SignedDuration::from_hours(3));
    let before = objects(&collector, &OF_THE_ORG);
    for mut command in writing("acme") {
        if command["action"] == "logs" {
            // What it has collected it does not ask for again.
            command["since"] = "2026-03-01T00:00:00Z".into();
        }
        let answer = collector.run(command.clone()).await;
        // After a failure the poll pauses, and there may be nothing to go on with.
        let is_told = problems(&answer).contains("belongs to the org") || command["action"] == "continue";
        assert!(is_told, "{command}: {answer}");
        assert!(objects(&collector, &OF_THE_ORG) == before, "{command} has written something");
    }
}

#[tokio::test]
async fn entries_name_the_org_that_they_are_of_even_while_it_does_not_answer() {
    let collector = with_orgs(0).await;
    let org = collector.simulator.org().id();
    collector.run(json!({"action": "reconcile", "tenant": "acme"})).await;
    for hours in [3, 5] {
        collector.clock.advance(SignedDuration::from_hours(hours));
        let answer = collector.run(json!({"action": "reconcile", "tenant": "acme"})).await;
        assert_ne!(answer["tenants"][0]["sealed"], json!([]), "{answer}");
        // The second time its description cannot be read.
        collector.simulator.inject(FaultKind::ServerError(503).always().under("/.well-known/okta-organization"));
    }
    for entry in ledger(collector.folder()) {
        assert_eq!(entry["org_id"], org.as_str(), "{entry}");
    }
}
