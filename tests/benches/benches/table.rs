//! The table: every stage, the peers, and their ratios from one run, beside the budgets of DESIGN §6.

use std::time::Duration;

use anyhow::{Result, ensure};
use benches::baseline::parse_and_compress;
use benches::events::{envelope, log_events};
use benches::stages::Bench;
use benches::stopwatch::{Speed, Stage, race, timed};
use benches::vector::{Peer, agreement};
use lake::Format;
use normalize::ocsf::Event;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The batch of the single stages.
const BATCH: usize = 1_000;
/// How often each stage runs; the best counts.
const ROUNDS: usize = 25;
/// How much of a row VRL's program must reproduce for the race to be fair.
const AGREEMENT: f64 = 0.99;

const NORMALIZE: &str = "parse + map";
const VECTOR: &str = "VRL: parse + map";
const ENCODED: &str = "parse + map + Parquet";
const BARE: &str = "serde_json + zstd alone";

fn main() -> Result<()> {
    let bench = Bench::new()?;
    let texts = log_events(2_000, 1);
    let envelopes: Vec<_> = texts.iter().map(|text| envelope(text)).collect();
    let batch = &texts[..BATCH];
    let rows = bench.parse_and_map(batch)?;
    compare_rows(&rows, batch)?;
    let mut peer = Peer::new()?;
    let mut stages = single_stages(&bench, batch, &rows);
    stages.push(stage(VECTOR, batch, move || {
        let sources = Peer::sources(batch);
        timed(|| peer.parse_and_map(sources))
    }));
    stages.extend(whole_paths(&bench, &texts, &envelopes));
    let speeds = race(&mut stages, ROUNDS)?;
    print_speeds(&speeds, batch);
    print_budgets(&speeds);
    print_sizes(&bench, batch)
}

fn stage<'a>(name: &str, texts: &[String], run: impl FnMut() -> Result<Duration> + 'a) -> Stage<'a> {
    Stage { name: name.to_owned(), events: texts.len(), bytes: bytes(texts), run: Box::new(run) }
}

fn single_stages<'a>(bench: &'a Bench, batch: &'a [String], rows: &'a [Event<'a>]) -> Vec<Stage<'a>> {
    vec![
        stage("parse", batch, || timed(|| bench.parse(batch))),
        stage("map", batch, || {
            let logs = bench.parse(batch)?;
            timed(|| Ok(bench.map(logs)))
        }),
        stage("columns", batch, move || timed(|| Ok(lake::encode::columns(rows)?))),
        stage("columns + Parquet", batch, move || timed(|| Ok(lake::encode::encode(rows, Format::Parquet)?))),
        stage("NDJSON", batch, move || timed(|| Ok(lake::encode::encode(rows, Format::Ndjson)?))),
        stage(NORMALIZE, batch, || timed(|| bench.parse_and_map(batch))),
        stage(ENCODED, batch, || timed(|| bench.normalize_and_encode(batch, Format::Parquet))),
        stage("parse + map + NDJSON", batch, || timed(|| bench.normalize_and_encode(batch, Format::Ndjson))),
        stage(BARE, batch, || timed(|| parse_and_compress(batch))),
    ]
}

fn whole_paths<'a>(bench: &'a Bench, texts: &[String], envelopes: &'a [String]) -> Vec<Stage<'a>> {
    let path = |count: usize| {
        let events = &envelopes[..count];
        let name = format!("whole path, batch of {count}");
        stage(&name, &texts[..count], move || timed(|| bench.whole_path(events, Format::Parquet)))
    };
    [10, 100, 1_000, 2_000].map(path).into()
}

/// The race with VRL is one only if both make the same rows.
fn compare_rows(rows: &[Event<'_>], batch: &[String]) -> Result<()> {
    let ours: Vec<_> = rows.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let theirs = Peer::new()?.parse_and_map(Peer::sources(batch))?;
    let theirs: Vec<_> = theirs.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let agreement = agreement(&ours, &theirs)?;
    agreement.examples.iter().for_each(|example| println!("differs: {example}"));
    println!("VRL's rows have {} of {} values in common with ours", agreement.same, agreement.all);
    ensure!(agreement.share() >= AGREEMENT, "vector.vrl is no equal mapping any more: bring it up to date");
    Ok(())
}

fn print_speeds(speeds: &[Speed], batch: &[String]) {
    println!("\n{} events of {} bytes; best of {ROUNDS}; {}\n", batch.len(), bytes(batch) / batch.len(), cores());
    println!("{:<28} {:>10} {:>8} {:>9}", "stage", "events/s", "MB/s", "µs/event");
    for Speed { name, events, megabytes } in speeds {
        println!("{name:<28} {events:>10.0} {megabytes:>8.0} {:>9.2}", 1e6 / events);
    }
}

fn print_budgets(speeds: &[Speed]) {
    let speed = |name: &str| speeds.iter().find(|speed| speed.name == name).map_or((0.0, 0.0), |it| (it.events, it.megabytes));
    let (encoded, megabytes) = speed(ENCODED);
    let least = |what: &str, value: f64, budget: f64| (what.to_owned(), value, "≥", budget, value >= budget);
    let most = |what: &str, value: f64, budget: f64| (what.to_owned(), value, "≤", budget, value <= budget);
    println!("\n{:<44} {:>10} {:>12}", "budget", "measured", "");
    for (what, value, sign, budget, is_met) in [
        least("parse + map + Parquet, events/s", encoded, 60_000.0),
        least("parse + map + Parquet, MB/s", megabytes, 100.0),
        most("its time ÷ time of serde_json + zstd alone", speed(BARE).0 / encoded, 3.0),
        least("parse + map, events/s ÷ VRL's", speed(NORMALIZE).0 / speed(VECTOR).0, 10.0),
    ] {
        let verdict = if is_met { "met" } else { "NOT MET" };
        println!("{what:<44} {value:>10.1} {:>12} {verdict}", format!("{sign} {budget}"));
    }
}

fn print_sizes(bench: &Bench, batch: &[String]) -> Result<()> {
    let parquet = bench.normalize_and_encode(batch, Format::Parquet)?.len();
    let ndjson = bench.normalize_and_encode(batch, Format::Ndjson)?.len();
    let (raw, bare) = (bytes(batch), parse_and_compress(batch)?.len());
    println!("\nbytes of {BATCH} events: raw {raw}, raw zstd {bare}, Parquet {parquet}, NDJSON zstd {ndjson}");
    Ok(())
}

fn bytes(texts: &[String]) -> usize {
    texts.iter().map(String::len).sum()
}

/// Which cores the process may use: figures are quoted for one.
fn cores() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    list.map_or_else(|| "one thread".to_owned(), |list| format!("one thread, cores {}", list.trim()))
}
