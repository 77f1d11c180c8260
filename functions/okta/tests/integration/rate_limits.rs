//! The share of a limit is used and not exceeded, whoever else uses it, whatever the clocks show.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use okta::{Clock, Deadline, Event, Options, ScaledClock, Share, WaitReason};

use crate::server::{Fault, Reply, Server, options};
use crate::simulated_bucket::{SimulatedBucket, Windows};

/// So many times faster than life: a minute in a second. What a busy machine loses is multiplied, too, so what is
/// checked of a whole share is that it is not exceeded: `rate_limit.rs` and the benchmark say how much is used.
const FACTOR: u32 = 60;

fn clock() -> Arc<ScaledClock> {
    Arc::new(ScaledClock::new(Timestamp::now(), FACTOR))
}

async fn serve(bucket: Arc<SimulatedBucket>) -> Server {
    Server::start(move |_| bucket.answer()).await
}

/// Four readers call as fast as they may for `time`.
async fn read(server: &Server, options: Options, time: Duration) {
    let deadline = Deadline::at(options.clock.elapsed() + time);
    let client = server.client_with(r#""api_token": "t""#, options).await.unwrap().with_deadline(deadline);
    let url = client.url("/api/v1/logs", &[]).unwrap();
    let reader = async || while client.get(&url).await.is_ok() {};
    join_all((0..4).map(|_| reader())).await;
}

#[tokio::test]
async fn the_share_is_used_and_not_exceeded() {
    let check = async |windows| {
        let bucket = Arc::new(SimulatedBucket::new(clock(), 60, windows, Duration::ZERO));
        let server = serve(bucket.clone()).await;
        let minutes = 5;
        let options = Options { clock: bucket.clock.clone(), ..options() };
        read(&server, options, Duration::from_mins(u64::from(minutes))).await;
        let accepted = bucket.accepted.load(Ordering::SeqCst);
        // The first and the last window are cut.
        assert!((30 * minutes / 2..=30 * (minutes + 1)).contains(&accepted), "{windows:?}: {accepted}");
        assert_eq!(bucket.throttled.load(Ordering::SeqCst), 0, "{windows:?}");
    };
    futures::join!(check(Windows::Aligned), check(Windows::Lazy));
}

#[tokio::test]
async fn others_are_left_their_floor_and_nothing_is_refused() {
    let bucket = Arc::new(SimulatedBucket::new(clock(), 60, Windows::Aligned, Duration::ZERO));
    let others = bucket.clone();
    // Between any two calls of ours others make one: together they would go beyond the limit.
    let server = Server::start(move |_| {
        others.count(1);
        others.answer()
    })
    .await;
    let share = Share::new(100, 20).unwrap();
    read(&server, Options { clock: bucket.clock.clone(), share, ..options() }, Duration::from_mins(5)).await;
    let accepted = bucket.accepted.load(Ordering::SeqCst);
    assert_eq!(bucket.throttled.load(Ordering::SeqCst), 0);
    assert!((24 * 5 / 2..=25 * 6).contains(&accepted), "{accepted}");
}

#[tokio::test]
async fn a_refused_call_waits_for_the_reset_whatever_the_clocks_show() {
    for skew in [Duration::ZERO, Duration::from_hours(2)] {
        let bucket = Arc::new(SimulatedBucket::new(clock(), 60, Windows::Aligned, skew));
        let server = serve(bucket.clone()).await;
        bucket.count(60);
        let before = bucket.clock.elapsed();
        let client = server
            .client_with(r#""api_token": "t""#, Options { clock: bucket.clock.clone(), ..options() })
            .await
            .unwrap();
        client.get(&client.url("/api/v1/logs", &[]).unwrap()).await.unwrap();
        let waited = bucket.clock.elapsed().saturating_sub(before);
        assert_eq!(bucket.throttled.load(Ordering::SeqCst), 1, "once told, it is not asked again before the reset");
        assert!(waited < Duration::from_secs(90), "{waited:?}");
        let usage = client.usage();
        assert_eq!((usage[0].bucket, usage[0].throttled, usage[0].calls), ("logs", 1, 2));
        assert_eq!((usage[0].limit, usage[0].budget), (Some(60), Some(30)));
    }
}

#[tokio::test]
async fn no_more_calls_are_under_way_than_allowed_and_fewer_after_too_many() {
    let (under_way, most, calls) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
    let seen = most.clone();
    let server = Server::start(move |_| {
        // Okta's "too many at once": a limit of zero.
        if calls.fetch_add(1, Ordering::SeqCst) == 3 {
            let reply = Reply::error(429, "E0000047").header("x-rate-limit-limit", 0);
            return reply.header("x-rate-limit-remaining", 0).header("x-rate-limit-reset", 4_000_000_000_u32);
        }
        let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(5));
        under_way.fetch_sub(1, Ordering::SeqCst);
        Reply::json("[]")
    })
    .await;
    let waits = Arc::new(Mutex::new(Vec::new()));
    let told = waits.clone();
    let observer = Arc::new(move |event: &Event| {
        if let Event::Waiting { reason, .. } = event {
            told.lock().unwrap().push(*reason);
        }
    });
    let options = Options { concurrency: 2, observer, ..options() };
    let client = server.client_with(r#""api_token": "t""#, options).await.unwrap();
    let url = client.url("/.well-known/x", &[]).unwrap();
    for outcome in join_all((0..20).map(|_| client.get(&url))).await {
        outcome.unwrap();
    }
    assert!(most.load(Ordering::SeqCst) <= 2);
    assert_eq!(client.usage()[0].throttled, 1);
    let waits = waits.lock().unwrap();
    assert!(waits.contains(&WaitReason::FirstAnswer) && waits.contains(&WaitReason::Concurrency), "{waits:?}");
}

#[tokio::test]
async fn paths_whose_answers_state_other_limits_are_counted_apart() {
    let server = Server::start(|seen| {
        let limit = if seen.path.starts_with("/api/v1/zones") { 100 } else { 1_200 };
        let reset = Timestamp::now().as_second() + 60;
        Reply::json("[]")
            .header("x-rate-limit-limit", limit)
            .header("x-rate-limit-remaining", limit - 1)
            .header("x-rate-limit-reset", reset)
    })
    .await;
    let client = server.client().await;
    for path in ["/api/v1/zones", "/api/v1/policies", "/api/v1/zones", "/api/v1/idps", "/api/v1/logs"] {
        client.get(&client.url(path, &[]).unwrap()).await.unwrap();
    }
    let usage: Vec<_> = client.usage().iter().map(|usage| (usage.bucket, usage.limit, usage.calls)).collect();
    assert_eq!(usage, [("api", Some(100), 2), ("api", Some(1_200), 2), ("logs", Some(1_200), 1)]);
}

#[tokio::test]
async fn a_call_that_is_given_up_frees_its_place() {
    let server = Server::start(|seen| match seen.query.as_str() {
        "slow" => Reply::json("[]").fault(Fault::Stall(Duration::from_secs(30))),
        _ => Reply::json("[]"),
    })
    .await;
    let client = server.client_with(r#""api_token": "t""#, Options { concurrency: 1, ..options() }).await.unwrap();
    let slow = client.resume("/api/v1/logs?slow").unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(100), client.get(&slow)).await;
    assert!(given_up.is_err());
    client.get(&client.url("/api/v1/logs", &[]).unwrap()).await.unwrap();
}
