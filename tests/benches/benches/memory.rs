//! The memory of the real stream function: full batches of SQS, one after the other, in one environment. Not part of
//! `cargo bench`, for it takes minutes: `cargo bench --features memory --bench memory -- 1000`.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use benches::events::{envelope, log_events};
use jiff::Timestamp;
use local_aws::config::{Cargo, Config};
use local_aws::function_binaries::FunctionBinaries;
use local_aws::function_process::{FunctionProcess, FunctionSettings};
use local_aws::queue::Queue;
use local_aws::s3_server::EmbeddedS3;

/// DESIGN §6: resident memory at a full batch.
const BUDGET: f64 = 128.0;
/// What the memory may still grow by after the first tenth of the batches and be called flat.
const FLAT: f64 = 1.05;
/// More events than fit into the 6 MB of one payload.
const EVENTS: usize = 4_000;

#[tokio::main]
async fn main() -> Result<()> {
    let batches: usize = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(100);
    let folder = tempfile::tempdir()?;
    let s3 = EmbeddedS3::start(folder.path()).await?;
    let settings = FunctionSettings::new("stream", binaries()?.stream).environment(s3.environment());
    let function = FunctionProcess::new(settings);
    let start = Instant::now();
    let (mut events, mut peaks) = (0, Vec::new());
    for batch in 0..batches {
        let (payload, count) = full_batch(batch as u64)?;
        function.invoke(payload, Duration::from_secs(60)).await?;
        events += count;
        peaks.push(megabytes(function.peak_memory().context("no /proc: Linux only")?));
        // The objects are of no use here, and 1,000 batches of them would fill a disk.
        std::fs::remove_dir_all(folder.path().join("live"))?;
    }
    report(&peaks, events, start.elapsed());
    Ok(())
}

/// The stream function as `cargo run --release` would build it.
fn binaries() -> Result<FunctionBinaries> {
    let cargo = Config::from_environment().cargo.context("run this with cargo bench")?;
    let workspace = Cargo { folder: cargo.folder.join("../.."), ..cargo };
    Ok(FunctionBinaries::find(&Config { cargo: Some(workspace), ..Config::default() })?)
}

/// One payload as large as SQS makes it, of events that no other batch has.
fn full_batch(seed: u64) -> Result<(bytes::Bytes, usize)> {
    let mut queue = Queue::new();
    let now = Timestamp::now();
    for event in log_events(EVENTS, seed) {
        queue.send(envelope(&event), now)?;
    }
    let batch = queue.receive(now).context("the queue is empty")?;
    Ok((batch.payload(), batch.messages().len()))
}

fn report(peaks: &[f64], events: usize, elapsed: Duration) {
    let (settled, last) = (peaks[peaks.len() / 10], peaks[peaks.len() - 1]);
    println!("{} batches of {} events in {:.0} s", peaks.len(), events / peaks.len(), elapsed.as_secs_f64());
    println!("peak resident: first {:.1} MB, after a tenth {settled:.1} MB, last {last:.1} MB", peaks[0]);
    println!("under {BUDGET} MB: {}; flat: {}", verdict(last < BUDGET), verdict(last <= settled * FLAT));
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "NOT MET" }
}

#[allow(clippy::cast_precision_loss)] // Far below 2^52.
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
