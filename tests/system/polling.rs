//! Polling, for orgs without Log Streaming: nothing is missed, however late Okta stores it.

use jiff::SignedDuration;
use okta::Clock as _;
use okta_sim::{FaultKind, LinkLoss, OrgConfig};
use serde_json::{Value, json};

use crate::support::{Collector, Settings};

fn collect() -> Value {
    json!({"action": "logs", "tenant": "acme"})
}

fn go_on() -> Value {
    json!({"action": "continue", "tenant": "acme"})
}

/// An org in which many events are stored late, without a log stream.
async fn without_a_stream() -> Collector {
    let org = OrgConfig { late_per_mille: 300, days: 2, events_per_day: 90, ..OrgConfig::default() };
    let collector = Collector::start(Settings { org, ..Settings::default() }).await;
    collector.simulator.inject(FaultKind::StreamDisabled.always());
    collector
}

/// Checks that everything is there that was stored up to half a minute ago.
fn has_everything(collector: &Collector, context: &str) {
    let rows = collector.rows();
    let now = collector.clock.now() - SignedDuration::from_secs(30);
    let org = collector.simulator.org();
    let missing =
        org.events(org.log_start()..now).filter(|event| event.persisted < now && !rows.contains_key(&event.uuid));
    assert_eq!(missing.count(), 0, "{context}");
}

#[tokio::test]
async fn what_is_stored_late_is_found() {
    let collector = without_a_stream().await;
    let report = collector.run(collect()).await;
    assert_eq!(
        (&report["is_complete"], &report["tenants"][0]["poll"]["is_on"]),
        (&true.into(), &true.into()),
        "{report}"
    );
    has_everything(&collector, "the history");
    for hour in 0..48 {
        collector.clock.advance(SignedDuration::from_mins(60));
        let report = collector.run(go_on()).await;
        assert_eq!(report["tenants"][0]["poll"]["is_caught_up"], true, "{report}");
        has_everything(&collector, &format!("hour {hour}"));
    }
    let calls = collector.simulator.traffic().to_path("/api/v1/logs");
    for _ in 0..10 {
        collector.run(go_on()).await;
    }
    assert_eq!(collector.simulator.traffic().to_path("/api/v1/logs"), calls + 10, "one call finds that nothing is new");
}

#[tokio::test]
async fn a_poll_that_is_stopped_anywhere_misses_nothing() {
    let collector = without_a_stream().await;
    collector.run(collect()).await;
    for step in 0..24 {
        for is_after in [false, true] {
            collector.clock.advance(SignedDuration::from_mins(120));
            collector.run_until(go_on(), step, is_after).await;
            collector.clock.advance(SignedDuration::from_secs(61));
        }
    }
    collector.run(go_on()).await;
    has_everything(&collector, "after the stops");
}

#[tokio::test]
async fn a_refused_cursor_goes_back_far_enough() {
    let collector = without_a_stream().await;
    collector.run(collect()).await;
    collector.clock.advance(SignedDuration::from_mins(30));
    let mut poll = collector.state("poll.json").unwrap();
    poll["cursor"] = format!("{}/api/v1/logs?after=expired&limit=5", collector.simulator.base_url()).into();
    collector.set_state("poll.json", &poll.to_string());
    let report = collector.run(go_on()).await;
    assert_eq!(report["is_complete"], true, "{report}");
    has_everything(&collector, "after the refusal");
}

#[tokio::test]
async fn an_org_with_a_stream_is_not_polled_unless_it_is_asked_for() {
    let collector = Collector::start(Settings::default()).await;
    collector.run(collect()).await;
    assert_eq!(collector.state("poll.json").unwrap()["is_on"], false);
    let mut command = collect();
    command["poll"] = true.into();
    collector.run(command.clone()).await;
    assert_eq!(collector.state("poll.json").unwrap()["is_on"], true);
    command["poll"] = false.into();
    collector.run(command).await;
    let calls = collector.simulator.traffic().to_path("/api/v1/logs");
    collector.run(go_on()).await;
    assert_eq!(collector.simulator.traffic().to_path("/api/v1/logs"), calls);
}

#[tokio::test]
async fn a_poll_whose_link_is_lost_is_not_read_for_ever() {
    let collector = without_a_stream().await;
    collector.run(collect()).await;
    collector.clock.advance(SignedDuration::from_mins(600));
    collector.simulator.inject(FaultKind::LinksMissing(LinkLoss::Next).always().under("/api/v1/logs"));
    let calls = collector.simulator.traffic().to_path("/api/v1/logs");
    let report = collector.run(go_on()).await;
    let poll = &report["tenants"][0]["poll"];
    assert!(poll["trouble"]["what"].as_str().unwrap().contains("contradict"), "{report}");
    assert_eq!(report["is_complete"], false);
    assert!(collector.simulator.traffic().to_path("/api/v1/logs") < calls + 20);
    collector.simulator.clear_faults();
    collector.clock.advance(SignedDuration::from_mins(2));
    collector.run(go_on()).await;
    has_everything(&collector, "after the contradiction");
}

#[tokio::test]
async fn a_poll_that_cannot_be_read_is_named_and_begun_anew_when_it_is_asked_for() {
    let collector = without_a_stream().await;
    collector.run(collect()).await;
    for damage in ["", "{}", "{\"version\": 1"] {
        collector.set_state("poll.json", damage);
        let report = collector.run(go_on()).await;
        let what = report["tenants"][0]["problems"][0]["what"].as_str().unwrap();
        assert!(what.contains("poll.json is not what okta-lake wrote"), "{damage:?}: {report}");
        let report = collector.run(collect()).await;
        assert_eq!(report["tenants"][0]["poll"]["is_caught_up"], true, "{damage:?}: {report}");
    }
    has_everything(&collector, "begun anew");
}
