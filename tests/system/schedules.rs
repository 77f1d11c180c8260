//! Seeded schedules of everything that goes wrong between Okta and the lake: events dropped, doubled, late, out of order;
//! an outage; the reconciler stopped at any request, raced by another one, refused by S3. Whatever happens, readers see
//! what was delivered, each event once, and in the end everything that the org produced.
//!
//! `OKTA_LAKE_SCHEDULES=10000` runs more of them, `OKTA_LAKE_SCHEDULE=17` the one with that seed.

// The seed of a schedule that fails, and the tally.
#![allow(clippy::print_stderr, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use lake::Format;
use local_aws::fault::Fault;
use okta_sim::{Event, OrgConfig};
use serde_json::{Value, json};

use crate::support::view::{View, check_chain, ledger, view};
use crate::support::{Collector, Settings};

/// So many are run each time.
const SCHEDULES: u64 = 300;

/// A new simulator after so many: its rate limits count all of them as one long time.
const A_SIMULATOR: u64 = 250;

const START: &str = "2026-03-01T13:00:00Z";

/// The stream works for so many hours of the schedule; what the org does later only the API tells.
const HOURS: i64 = 2;

/// So long after that a schedule goes on, and the latest events of the stream arrive.
const AFTER: SignedDuration = SignedDuration::from_hours(4);

/// When an hour is compared once more: early, so that a schedule stays short.
const RECHECK_AFTER: SignedDuration = SignedDuration::from_hours(4);

/// So many runs are enough to settle everything.
const ROUNDS: i64 = 12;

struct Random(u64);

/// One event's way: when a copy of it reaches the lake.
struct Delivery {
    at: Timestamp,
    raw: String,
    uuid: String,
}

/// What the org produced: when it was published, and the event.
type Truth = BTreeMap<String, (Timestamp, String)>;

#[derive(Default)]
struct Tally {
    schedules: AtomicU64,
    runs: AtomicU64,
    stopped: AtomicU64,
    repaired: AtomicU64,
    resealed: AtomicU64,
}

impl Random {
    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

fn start() -> Timestamp {
    START.parse().unwrap()
}

fn end() -> Timestamp {
    start() + SignedDuration::from_hours(HOURS)
}

async fn collector() -> Collector {
    let org = OrgConfig {
        users: 10,
        groups: 3,
        apps: 3,
        days: 2,
        events_per_day: 160,
        late_per_mille: 50,
        ..OrgConfig::default()
    };
    Collector::start(Settings { org, page: 5, format: Format::Ndjson }).await
}

/// What the stream makes of the org's events.
fn deliveries(truth: &Truth, random: &mut Random) -> Vec<Delivery> {
    let (drops, doubles, late) = (random.below(31), random.below(40), random.below(30));
    let latest = if random.percent(60) { 200 } else { 50 };
    let outage = random.percent(25).then(|| start() + SignedDuration::from_mins(random.below(120).cast_signed()));
    let is_out = |at: Timestamp| outage.is_some_and(|begin| at >= begin && at < begin + SignedDuration::from_mins(70));
    let mut deliveries = Vec::new();
    for (uuid, (published, raw)) in truth.iter().filter(|(_, (published, _))| *published < end()) {
        if random.percent(drops) || is_out(*published) {
            continue;
        }
        for _ in 0..=u64::from(random.percent(doubles)) {
            let delay = if random.percent(late) {
                SignedDuration::from_mins(random.below(latest).cast_signed())
            } else {
                SignedDuration::from_secs(random.below(120).cast_signed())
            };
            deliveries.push(Delivery { at: *published + delay, raw: raw.clone(), uuid: uuid.clone() });
        }
    }
    deliveries.sort_by_key(|delivery| delivery.at);
    deliveries
}

async fn reconcile(collector: &Collector, random: &mut Random, tally: &Tally) {
    let command = json!({"action": "reconcile", "tenant": "acme"});
    tally.runs.fetch_add(1, Ordering::Relaxed);
    match random.below(8) {
        0 | 1 => {
            let (step, is_after) = (random.below(45), random.percent(50));
            collector.run_until(command, step, is_after).await;
            tally.stopped.fetch_add(1, Ordering::Relaxed);
        }
        2 => {
            // Two at once, and the lease of the first has run out.
            let other = async {
                tokio::task::yield_now().await;
                collector.clock.advance(SignedDuration::from_secs(61));
                collector.run(command.clone()).await
            };
            futures::join!(collector.run(command.clone()), other);
        }
        3 => {
            let (step, status) =
                (AtomicU64::new(random.below(30)), [409, 500, 503][usize::try_from(random.below(3)).unwrap()]);
            let is_it =
                move || step.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err();
            let once = std::sync::atomic::AtomicBool::new(false);
            collector.s3.set_fault(move |request| {
                let strikes = request.method == "PUT" && is_it() && !once.swap(true, Ordering::SeqCst);
                strikes.then_some(Fault::Status(status))
            });
            collector.run(command).await;
            collector.s3.clear_fault();
        }
        _ => {
            collector.run(command).await;
        }
    }
    collector.clock.advance(SignedDuration::from_secs(61));
}

/// What was delivered is there, and nothing that the org did not produce.
fn check(collector: &Collector, delivered: &[&Delivery], truth: &Truth) {
    let seen = view(collector.folder());
    for delivery in delivered {
        assert!(seen.contains_key(&delivery.uuid), "{} was delivered and is not seen", delivery.uuid);
    }
    for (uuid, raw) in &seen {
        assert!(truth.get(uuid).is_none_or(|(_, sent)| sent == raw), "{uuid} is not as Okta sent it");
    }
}

async fn run(collector: &mut Collector, seed: u64, truth: &Truth, tally: &Tally) {
    let mut random = Random(seed);
    collector.clear().await;
    collector.function.recheck_after = RECHECK_AFTER;
    let collector = &*collector;
    collector.clock.set(start());
    let deliveries = deliveries(truth, &mut random);
    collector.run(json!({"action": "reconcile", "tenant": "acme"})).await;
    let mut delivered = Vec::new();
    let mut left = deliveries.as_slice();
    let mut now = start();
    while now < end() + AFTER {
        now += SignedDuration::from_mins(20 + random.below(120).cast_signed());
        let due = left.partition_point(|delivery| delivery.at <= now);
        let (arrived, later) = left.split_at(due);
        left = later;
        collector.clock.set(now);
        for batch in arrived.chunks(1 + usize::try_from(random.below(6)).unwrap()) {
            let texts: Vec<_> = batch.iter().map(|delivery| delivery.raw.clone()).collect();
            collector.deliver(&texts).await;
            delivered.extend(batch);
        }
        if random.percent(70) {
            Box::pin(reconcile(collector, &mut random, tally)).await;
            check(collector, &delivered, truth);
        }
    }
    conclude(collector, truth, tally).await;
}

/// Reconciles every 70 minutes until every hour that is due has a complete entry, and once more, which clears away. A
/// machine that stands still for a moment ends a run with a timeout: the next one goes on, and an hour that is compared
/// late needs a second read.
async fn settle(collector: &Collector) {
    let is_complete = |entry: &Value| entry["completeness"] == "complete";
    let mut settled = 0;
    for round in 0..ROUNDS {
        collector.clock.set(end() + AFTER + SignedDuration::from_mins(370 + 70 * round));
        let report = collector.run(json!({"action": "reconcile", "tenant": "acme"})).await;
        let is_settled = report["is_complete"] == true && ledger(collector.folder()).iter().all(is_complete);
        settled = if is_settled { settled + 1 } else { 0 };
        if settled == 2 {
            return;
        }
    }
    panic!("not settled after {ROUNDS} runs: {:#?}", ledger(collector.folder()));
}

/// Given the time, everything is sealed, complete, and nothing else is left.
async fn conclude(collector: &Collector, truth: &Truth, tally: &Tally) {
    settle(collector).await;
    let is_over = |time: Timestamp| time < end() + AFTER;
    let wanted = truth.iter().filter(|(_, (published, _))| is_over(*published));
    let wanted: View = wanted.map(|(uuid, (_, raw))| (uuid.clone(), raw.clone())).collect();
    let mut seen = view(collector.folder());
    seen.retain(|uuid, _| wanted.contains_key(uuid));
    assert!(seen == wanted, "{} events of {}", seen.len(), wanted.len());
    let entries = ledger(collector.folder());
    check_chain(&entries, collector.folder());
    let hour = |entry: &Value| entry["hour"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let entries: Vec<_> = entries.iter().filter(|entry| is_over(hour(entry))).collect();
    assert_eq!(entries.len(), usize::try_from(HOURS + 4).unwrap());
    for entry in &entries {
        tally.repaired.fetch_add(entry["counts"]["repaired"].as_u64().unwrap(), Ordering::Relaxed);
        tally.resealed.fetch_add(entry["generation"].as_u64().unwrap() - 1, Ordering::Relaxed);
    }
    let is_old = |key: &&String| {
        entries.iter().any(|entry| key.contains(&format!("hour={}/", &entry["hour"].as_str().unwrap()[11..13])))
    };
    let objects = entries.iter().filter(|entry| !entry["object"].is_null()).count();
    assert_eq!(collector.keys("sealed").iter().filter(is_old).count(), objects, "what is superseded is cleared away");
    assert_eq!(collector.keys("live").iter().filter(is_old).count(), 0, "small files are gone");
    tally.schedules.fetch_add(1, Ordering::Relaxed);
}

fn truth(collector: &Collector) -> Truth {
    let events = collector.simulator.org().events(start()..end() + AFTER + SignedDuration::from_hours(9));
    // What Okta stores later than the second look only a poll brings.
    let is_in_time = |event: &Event| event.persisted < event.published + SignedDuration::from_hours(4);
    events.filter(is_in_time).map(|event| (event.uuid, (event.published, event.json))).collect()
}

fn worker(seeds: impl Iterator<Item = u64>, tally: &Tally) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut collector = collector().await;
        let truth = truth(&collector);
        let of_stream = truth.values().filter(|(published, _)| *published < end()).count();
        assert!(of_stream >= 8, "{of_stream} events are too few to go wrong");
        for (count, seed) in (1..).zip(seeds) {
            if count % A_SIMULATOR == 0 {
                collector = self::collector().await;
            }
            let failed = std::panic::AssertUnwindSafe(run(&mut collector, seed, &truth, tally));
            if let Err(panic) = Box::pin(futures::FutureExt::catch_unwind(failed)).await {
                eprintln!("the schedule OKTA_LAKE_SCHEDULE={seed} fails");
                std::panic::resume_unwind(panic);
            }
        }
    });
}

#[test]
fn whatever_happens_the_view_is_right() {
    #[allow(clippy::disallowed_methods)] // A person's wish, and no part of the product.
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds = match number("OKTA_LAKE_SCHEDULE") {
        Some(seed) => seed..seed + 1,
        None => 0..number("OKTA_LAKE_SCHEDULES").unwrap_or(SCHEDULES),
    };
    let tally = Tally::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|half| {
                scope.spawn({
                    let (seeds, tally) = (seeds.clone(), &tally);
                    move || worker(seeds.filter(move |seed| seed % 2 == half), tally)
                })
            })
            .collect();
        for worker in workers {
            worker.join().unwrap();
        }
    });
    println!(
        "{:?} schedules, {:?} runs, {:?} of them stopped; {:?} events repaired, {:?} hours sealed again; 0 violations",
        tally.schedules, tally.runs, tally.stopped, tally.repaired, tally.resealed
    );
}
