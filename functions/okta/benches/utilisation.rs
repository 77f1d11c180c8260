//! How much of its share the client uses, and how often it is refused: `cargo bench -p okta --bench utilisation`.
//!
//! A bucket of 60 calls a minute, on a clock sixty times as fast as life, read by four tasks for ten minutes after
//! the first. The share is 30 calls a minute; steady state must use at least 95 % of it without one 429.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use okta::{Clock, Deadline, Options, ScaledClock};

#[allow(dead_code)]
#[path = "../tests/integration/server.rs"]
mod server;
#[path = "../tests/integration/simulated_bucket.rs"]
mod simulated_bucket;

use server::{Server, options};
use simulated_bucket::{SimulatedBucket, Windows};

const FACTOR: u32 = 60;
const MINUTE: Duration = Duration::from_mins(1);
const MINUTES: u32 = 10;

#[tokio::main]
async fn main() {
    println!("windows   share used   429s");
    for windows in [Windows::Aligned, Windows::Lazy] {
        let (used, throttled) = measure(windows).await;
        println!("{:<9} {used:>9.1} % {throttled:>6}", format!("{windows:?}"));
        assert!(used >= 95.0 && throttled == 0, "the budget of DESIGN 6 is missed");
    }
}

/// Percent of the share that was used in steady state, and how often the client was refused.
async fn measure(windows: Windows) -> (f64, u32) {
    let clock = Arc::new(ScaledClock::new(Timestamp::now(), FACTOR));
    let bucket = Arc::new(SimulatedBucket::new(clock.clone(), 60, windows, Duration::ZERO));
    let answering = bucket.clone();
    let server = Server::start(move |_| answering.answer()).await;
    let options = Options { clock: clock.clone(), ..options() };
    let client = server.client_with(r#""api_token": "t""#, options).await.expect("the secret is good");
    let client = client.with_deadline(Deadline::at(clock.elapsed() + MINUTE * (MINUTES + 1)));
    let url = client.url("/api/v1/logs", &[]).expect("the path is good");
    let reader = async || while client.get(&url).await.is_ok() {};
    let readers = join_all((0..4).map(|_| reader()));
    let measured = async {
        // The window that the first call falls into began without us.
        clock.sleep(MINUTE).await;
        let before = (bucket.accepted.load(Ordering::SeqCst), clock.elapsed());
        clock.sleep(MINUTE * (MINUTES - 1)).await;
        let calls = bucket.accepted.load(Ordering::SeqCst) - before.0;
        let minutes = clock.elapsed().saturating_sub(before.1).as_secs_f64() / 60.0;
        f64::from(calls) / (30.0 * minutes) * 100.0
    };
    let (used, _) = futures::join!(measured, readers);
    (used, bucket.throttled.load(Ordering::SeqCst))
}
