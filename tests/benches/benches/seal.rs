//! What it costs to seal a busy hour: a million events, in objects of a thousand as the stream writes them, are read,
//! told apart, sorted on disk, mapped anew and written as one object. Then what Security Lake costs more: the object is read
//! again and split by class. The store is a folder: S3's part is not measured. Not part of `cargo bench`, for it takes a minute: `taskset -c 0 cargo bench --features memory --bench seal -- 1000000`.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use benches::events::log_events;
use jiff::Timestamp;
use lake::batch::object;
use lake::security_lake::{ClassFile, Splitter};
use lake::{Batch, Format, Partition, Sorter, seal, security_lake, stored};
use normalize::ocsf::Release;
use normalize::{LogEvent, IngestContext, IngestPath, Tenant, hour_of};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The budget, for a million events.
const SECONDS: f64 = 60.0;
/// The budget, whatever the number of events.
const MEGABYTES: f64 = 512.0;
/// Events in an object.
const BATCH: usize = 1_000;

fn main() -> Result<()> {
    let count: usize = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(100_000);
    let tenant = Tenant::parse("acme").context("the tenant's name is good")?;
    let folder = tempfile::tempdir()?;
    for batch in 0..count.div_ceil(BATCH) {
        write(&tenant, folder.path(), batch as u64)?;
    }
    let sealed = measured("sealed", || {
        let sealed = seal_all(&tenant, folder.path())?;
        Ok((sealed.rows, fs::metadata(sealed.path())?.len(), sealed))
    })?;
    measured("split by class", || {
        let files = split_all(&tenant, sealed.path())?;
        let bytes = files.iter().map(|file| Ok(fs::metadata(file.path())?.len())).sum::<Result<u64>>()?;
        Ok((files.iter().map(|file| file.rows).sum(), bytes, files))
    })?;
    Ok(())
}

/// Does it, and tells what it took. `work` gives the rows and bytes as well.
fn measured<T>(what: &str, work: impl FnOnce() -> Result<(u64, u64, T)>) -> Result<T> {
    // The peak from here on: see proc(5).
    fs::write("/proc/self/clear_refs", "5").context("no /proc: Linux only")?;
    let before = peak()?;
    let start = Instant::now();
    let (rows, bytes, done) = work()?;
    let seconds = start.elapsed().as_secs_f64();
    let peak = peak()?;
    println!("{rows} rows {what} in {seconds:.1} s: {:.0} rows a second, {bytes} bytes", rows as f64 / seconds);
    println!("  peak memory {peak:.0} MB, of which {before:.0} MB were there before");
    println!("  budget: a million rows in {SECONDS} s (here {:.1} s), {MEGABYTES} MB", seconds * 1e6 / rows as f64);
    ensure!(peak <= MEGABYTES, "over the memory budget");
    Ok(done)
}

/// One object as the stream function writes it.
fn write(tenant: &Tenant, folder: &Path, seed: u64) -> Result<()> {
    let texts = log_events(BATCH, seed);
    let now = Timestamp::now();
    let receipt = IngestContext { tenant, path: IngestPath::Stream, logged: now, processed: now };
    let mut rows = Batch::default();
    for text in &texts {
        let log = LogEvent::parse(text)?;
        let partition = Partition { tenant: tenant.clone(), hour: hour_of(log.published) };
        rows.insert(partition, normalize::normalize(log, &receipt).event);
    }
    for (partition, rows) in rows.into_partitions() {
        let object = object(&partition, rows, Format::Parquet)?;
        fs::write(folder.join(format!("{seed:06}.parquet")), object.body)?;
    }
    Ok(())
}

fn seal_all(tenant: &Tenant, folder: &Path) -> Result<seal::Sealed> {
    let (mut seen, mut rows) = (HashSet::new(), Sorter::new());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let body = fs::read(&path)?.into();
        stored::read(&path.to_string_lossy(), body, &mut |row| {
            if seen.insert(row.metadata.uid.clone()) { rows.add(row) } else { Ok(()) }
        })?;
    }
    Ok(seal::seal(tenant, rows.finish()?, Format::Parquet)?)
}

fn split_all(tenant: &Tenant, sealed: &Path) -> Result<Vec<ClassFile>> {
    let mut splitter = Splitter::new(tenant, Release::default(), security_lake::classes());
    let file = fs::File::open(sealed)?;
    stored::read_file("sealed.parquet", file, &mut |row| splitter.add(row))?;
    Ok(splitter.finish(false)?)
}

/// The most memory that was resident, in MB.
fn peak() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak in /proc/self/status")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes / 1024.0)
}
