//! Stopped everywhere: a collection that is killed at any request it makes to S3, before or after that request took
//! effect, once or twice, goes on and has exactly the org's events in the end.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Collector, Ended, Settings};

const SINCE: &str = "2026-03-01T00:00:00Z";
const UNTIL: &str = "2026-03-02T08:00:00Z";

/// Runs that are stopped a second time.
const TWICE: u64 = 600;

fn logs() -> Value {
    json!({"action": "logs", "tenant": "acme", "since": SINCE, "until": UNTIL})
}

struct Tally {
    runs: u64,
    duplicates: u64,
    most_calls: u64,
}

/// Stops a new collection at these requests, lets it go on, and checks what it has.
async fn check(
    collector: &mut Collector,
    truth: &BTreeMap<String, String>,
    stops: &[(u64, bool)],
    tally: &mut Tally,
) -> bool {
    collector.clear().await;
    let collector = &*collector;
    let calls = || collector.simulator.traffic().by_bucket.get("/api/v1/logs").copied().unwrap_or_default();
    let before = calls();
    let mut is_stopped = false;
    for (step, is_after) in stops {
        tally.runs += 1;
        if matches!(collector.run_until(logs(), *step, *is_after).await, Ended::Answered) {
            break;
        }
        is_stopped = true;
        collector.clock.advance(SignedDuration::from_secs(61));
    }
    let mut report = collector.run(logs()).await;
    let context = format!("{stops:?}");
    // A request that was under way may take effect only now. Then this run gives way, as it must.
    for _ in 0..3 {
        tally.runs += 1;
        if report["tenants"][0]["held_until"].is_null() {
            break;
        }
        collector.clock.advance(SignedDuration::from_secs(61));
        report = collector.run(logs()).await;
    }
    assert_eq!(report["is_complete"], true, "{context}: {report}");
    collector.has_exactly(truth, &context);
    tally.duplicates += collector.rows().values().map(|(times, _)| u64::from(*times - 1)).sum::<u64>();
    tally.most_calls = tally.most_calls.max(calls() - before);
    is_stopped
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_at_every_request_it_loses_nothing() {
    let mut collector = Collector::start(Settings::default()).await;
    let truth = collector.truth(SINCE.parse().unwrap(), UNTIL.parse().unwrap());
    let mut tally = Tally { runs: 0, duplicates: 0, most_calls: 0 };
    let mut steps = 0;
    while check(&mut collector, &truth, &[(steps, false)], &mut tally).await {
        check(&mut collector, &truth, &[(steps, true)], &mut tally).await;
        steps += 1;
    }
    assert!(steps > 40, "a collection has more requests than {steps}");
    for pair in 0..TWICE {
        // Any two steps, the same ones in every run of the test.
        let (first, second) = (pair * 7_919 % steps, pair * 104_729 / 7 % steps);
        check(&mut collector, &truth, &[(first, pair % 2 == 0), (second, pair % 3 == 0)], &mut tally).await;
    }
    let Tally { runs, duplicates, most_calls } = tally;
    println!("{runs} runs, stopped at {steps} requests; {duplicates} rows twice; {most_calls} calls at most");
    // One page a slice and stop, and the plan once more.
    let pages = truth.len().div_ceil(5) as u64;
    assert!(most_calls <= 3 * (pages + 8), "{most_calls} calls for {pages} pages");
}
