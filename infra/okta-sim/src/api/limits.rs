//! Rate limits: counted per minute and bucket for the whole org, with a share for each client.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::api::answer::Answer;
use crate::api::buckets::{BUCKETS, Bucket, Plan};
use crate::random::mix;

/// How an org limits its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsConfig {
    /// The table of limits.
    pub plan: Plan,
    /// How many times as high as in the table every limit is: for long logs in short tests.
    pub times: u32,
    /// How much of a bucket one client may use, of a hundred.
    pub share_percent: u32,
    /// How much of each bucket others use in every minute, of a hundred.
    pub used_by_others_percent: u32,
    /// How many requests may be in flight at once.
    pub concurrency: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { plan: Plan::Workforce, times: 1, share_percent: 50, used_by_others_percent: 0, concurrency: 75 }
    }
}

/// The counters.
#[derive(Debug)]
pub(crate) struct Limits {
    config: LimitsConfig,
    seed: u64,
    windows: Mutex<HashMap<usize, Window>>,
    in_flight: AtomicU32,
}

/// One bucket in one minute.
#[derive(Debug, Default)]
struct Window {
    number: i64,
    used: u32,
    /// By client.
    used_by: HashMap<usize, u32>,
}

/// What the headers of an answer say, and whether the request was one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) bucket: usize,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the window ends, in seconds since 1970.
    pub(crate) reset: i64,
    pub(crate) is_over: bool,
}

/// A request in flight: counted until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight<'a>(&'a AtomicU32);

const MINUTE_MS: i64 = 60_000;

impl Limits {
    pub(crate) fn new(config: LimitsConfig, seed: u64) -> Self {
        Self { config, seed, windows: Mutex::default(), in_flight: AtomicU32::new(0) }
    }

    /// Counts a request into its bucket.
    pub(crate) fn count(&self, path: &str, client: usize, now_ms: i64) -> Verdict {
        let bucket = Bucket::of(path);
        let (number, ends_ms) = self.window(bucket, now_ms);
        let org_limit = self.org_limit(bucket);
        let own_limit = percent(org_limit, self.config.share_percent).max(1);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(bucket).or_default();
        if window.number != number {
            let used = percent(org_limit, self.config.used_by_others_percent);
            *window = Window { number, used, used_by: HashMap::new() };
        }
        let own = window.used_by.entry(client).or_default();
        let is_over = *own >= own_limit || window.used >= org_limit;
        if !is_over {
            *own += 1;
            window.used += 1;
        }
        let remaining = if is_over { 0 } else { (own_limit - *own).min(org_limit - window.used) };
        Verdict { bucket, limit: own_limit, remaining, reset: ends_ms.div_up(1_000), is_over }
    }

    /// Lets a request in, unless there are too many already.
    pub(crate) fn enter(&self) -> Option<InFlight<'_>> {
        let before = self.in_flight.fetch_add(1, Ordering::SeqCst);
        let entered = InFlight(&self.in_flight);
        (before < self.config.concurrency).then_some(entered)
    }

    /// The verdict of a minute that is used up, whatever the counters say.
    pub(crate) fn exhausted(&self, path: &str, now_ms: i64) -> Verdict {
        let bucket = Bucket::of(path);
        let (_, ends_ms) = self.window(bucket, now_ms);
        let limit = percent(self.org_limit(bucket), self.config.share_percent);
        Verdict { bucket, limit, remaining: 0, reset: ends_ms.div_up(1_000), is_over: true }
    }

    fn org_limit(&self, bucket: usize) -> u32 {
        BUCKETS[bucket].limit(self.config.plan).saturating_mul(self.config.times.max(1))
    }

    /// The number of the bucket's minute, and when it ends. Minutes do not begin with the clock's.
    fn window(&self, bucket: usize, now_ms: i64) -> (i64, i64) {
        let phase = (mix(self.seed, bucket as u64) % MINUTE_MS.cast_unsigned()).cast_signed();
        let number = (now_ms - phase).div_euclid(MINUTE_MS);
        (number, (number + 1) * MINUTE_MS + phase)
    }
}

impl Verdict {
    /// What is sent when there are too many requests at once: not this bucket's limit, but none.
    pub(crate) const fn concurrency(self) -> Self {
        Self { limit: 0, remaining: 0, is_over: true, ..self }
    }

    /// With the three headers, shifted by how wrong the org's clock is.
    pub(crate) fn write(&self, answer: Answer, skew_s: i64) -> Answer {
        answer
            .with("x-rate-limit-limit", self.limit.to_string())
            .with("x-rate-limit-remaining", self.remaining.to_string())
            .with("x-rate-limit-reset", (self.reset + skew_s).to_string())
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// So much of a hundred, whatever the limit.
fn percent(limit: u32, percent: u32) -> u32 {
    u32::try_from(u64::from(limit) * u64::from(percent) / 100).unwrap_or(u32::MAX)
}

trait DivCeil {
    fn div_up(self, by: i64) -> i64;
}

impl DivCeil for i64 {
    fn div_up(self, by: i64) -> i64 {
        (self + by - 1).div_euclid(by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(config: LimitsConfig) -> Limits {
        Limits::new(config, 1)
    }

    #[test]
    fn a_client_may_use_its_share_and_no_more_until_the_window_ends() {
        let limits = limits(LimitsConfig::default());
        let verdicts: Vec<_> = (0..61).map(|_| limits.count("/api/v1/logs", 0, 0)).collect();
        assert!(verdicts[..60].iter().all(|verdict| !verdict.is_over));
        assert_eq!((verdicts[0].limit, verdicts[0].remaining), (60, 59));
        assert_eq!((verdicts[60].is_over, verdicts[60].remaining), (true, 0));
        let after = limits.count("/api/v1/logs", 0, verdicts[60].reset * 1_000);
        assert_eq!((after.is_over, after.remaining), (false, 59));
    }

    #[test]
    fn the_org_has_less_when_others_use_it() {
        let limits = limits(LimitsConfig { used_by_others_percent: 90, ..LimitsConfig::default() });
        let verdicts: Vec<_> = (0..13).map(|_| limits.count("/api/v1/logs", 0, 0)).collect();
        assert_eq!(verdicts.iter().filter(|verdict| !verdict.is_over).count(), 12);
        assert_eq!(verdicts[0].remaining, 11);
        assert!(!limits.count("/api/v1/users", 0, 0).is_over, "another bucket");
    }

    #[test]
    fn two_clients_share_a_bucket() {
        let limits = limits(LimitsConfig::default());
        let granted = |client| (0..100).filter(|_| !limits.count("/api/v1/logs", client, 0).is_over).count();
        assert_eq!((granted(0), granted(1), granted(2)), (60, 60, 0));
    }

    #[test]
    fn too_many_at_once_are_turned_away() {
        let limits = limits(LimitsConfig { concurrency: 2, ..LimitsConfig::default() });
        let first = limits.enter();
        let second = limits.enter();
        assert!(first.is_some() && second.is_some() && limits.enter().is_none());
        drop(first);
        assert!(limits.enter().is_some());
    }
}
