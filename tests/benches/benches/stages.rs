//! Every stage under criterion: for watching one of them between two commits.

use std::time::Duration;

use anyhow::{Error, Result};
use benches::baseline;
use benches::events::{envelope, log_events};
use benches::stages::Bench;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use lake::Format;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The batch of the single stages: what a busy org's queue hands over.
const BATCH: usize = 1_000;

fn main() -> Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(20)
        .configure_from_args();
    let bench = Bench::new()?;
    let texts = log_events(2_000, 1);
    normalizing(&mut criterion, &bench, &texts[..BATCH]);
    encoding(&mut criterion, &bench, &texts[..BATCH])?;
    whole_paths(&mut criterion, &bench, &texts);
    criterion.final_summary();
    Ok(())
}

fn normalizing(criterion: &mut Criterion, bench: &Bench, texts: &[String]) {
    let mut group = criterion.benchmark_group("normalize");
    group.throughput(Throughput::Bytes(bytes(texts)));
    group.bench_function("parse", |it| it.iter(|| bench.parse(texts)));
    group.bench_function("map", |it| {
        it.iter_batched(|| bench.parse(texts), |logs| Ok::<_, Error>(bench.map(logs?)), BatchSize::PerIteration);
    });
    group.bench_function("serde_json and zstd alone", |it| it.iter(|| baseline::parse_and_compress(texts)));
    group.finish();
}

fn encoding(criterion: &mut Criterion, bench: &Bench, texts: &[String]) -> Result<()> {
    let rows = bench.parse_and_map(texts)?;
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function("columns", |it| it.iter(|| lake::encode::columns(&rows)));
    group.bench_function("parquet", |it| it.iter(|| lake::encode::encode(&rows, Format::Parquet)));
    group.bench_function("ndjson", |it| it.iter(|| lake::encode::encode(&rows, Format::Ndjson)));
    group.finish();
    Ok(())
}

fn whole_paths(criterion: &mut Criterion, bench: &Bench, texts: &[String]) {
    let envelopes: Vec<_> = texts.iter().map(|text| envelope(text)).collect();
    let mut group = criterion.benchmark_group("whole path");
    for count in [10, 100, 1_000, 2_000] {
        group.throughput(Throughput::Bytes(bytes(&texts[..count])));
        for (name, format) in [("parquet", Format::Parquet), ("ndjson", Format::Ndjson)] {
            let events = &envelopes[..count];
            group.bench_function(BenchmarkId::new(name, count), |it| it.iter(|| bench.whole_path(events, format)));
        }
    }
    group.finish();
}

fn bytes(texts: &[String]) -> u64 {
    texts.iter().map(|text| text.len() as u64).sum()
}
