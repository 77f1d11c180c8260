//! A collection that is longer than an invocation may be, with the real function: a deadline after three seconds, the next
//! invocation made by what it puts on its bus, and one run killed.

use std::collections::BTreeMap;
use std::time::Duration;

use local_aws::backfill_stack::BackfillStack;
use local_aws::config::Config;
use okta_sim::{Clock, FaultKind, LimitsConfig, OrgConfig, SimConfig, Simulator};
use serde_json::{Value, json};

use crate::support::{FUNCTIONS, rows};

const TIMEOUT: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_invocations_and_a_kill_are_one_collection() {
    let now = jiff::Timestamp::now();
    let org = OrgConfig { days: 3, events_per_day: 10_000, now, ..OrgConfig::default() };
    let limits = LimitsConfig { times: 1_000, ..LimitsConfig::default() };
    let simulator = Simulator::start(SimConfig { org, limits, clock: Clock::system(), ..SimConfig::default() });
    let simulator = simulator.await.unwrap();
    let lake = tempfile::tempdir().unwrap();
    let config = Config { handed_on: vec![("OKTA_LAKE_FORMAT".to_owned(), "ndjson".to_owned())], ..Config::default() };
    let secret = simulator.secret("token").unwrap();
    let (backfill, mut events) = BackfillStack::start(lake.path(), &FUNCTIONS, secret, &config).await.unwrap();
    let (since, until) = (simulator.org().log_start(), now - jiff::SignedDuration::from_hours(12));
    let logs = json!({"action": "logs", "since": since.to_string(), "until": until.to_string()});

    // Killed: the process is gone in the middle of its work, as by `kill -9`.
    let killed = tokio::time::timeout(Duration::from_millis(1_200), backfill.run(logs.clone(), TIMEOUT)).await;
    assert!(killed.is_err(), "the collection is too short to be killed: {killed:?}");
    while events.try_recv().is_ok() {}
    // So slow that the time is up long before the end, and not because this machine is.
    let kind = FaultKind::Slow(Duration::from_secs(5));
    simulator.inject(kind.always().under("/api/v1/logs"));

    let mut command = logs;
    let (mut invocations, mut waits) = (0, 0);
    loop {
        let invocation = backfill.run(command.clone(), TIMEOUT).await.unwrap();
        let report: Value = serde_json::from_slice(&invocation.response).unwrap();
        if report["is_complete"] == true {
            break;
        }
        assert!(report["tenants"][0]["problems"].as_array().unwrap().is_empty(), "{report}");
        if report["tenants"][0]["held_until"].is_string() {
            // The killed run's lease runs out by itself.
            waits += 1;
            assert!(waits < 80, "{report}");
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        }
        invocations += 1;
        let mut asked = std::iter::from_fn(|| events.try_recv().ok()).filter(|event| event.detail_type == "Continue");
        command = asked.next().expect("it asks to be called again").detail;
    }
    assert!(invocations > 0, "one invocation was enough");
    let truth: BTreeMap<_, _> = simulator.org().events(since..until).map(|event| (event.uuid, event.json)).collect();
    let rows = rows::all(&lake.path().join("live"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let found: BTreeMap<_, _> =
        rows.iter().map(|row| (text(&row["metadata"]["uid"]), text(&row["raw_data"]))).collect();
    assert!(found == truth, "{} events of {}", found.len(), truth.len());
    println!("{} events, {invocations} invocations ended by the deadline, {waits} s for the lease", truth.len());
}
