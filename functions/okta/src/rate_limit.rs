//! Every call waits here for its turn, so that okta-lake never uses more than its share of the org's rate limits. Which paths
//! share a bucket is learned from the limits and windows that the answers state.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::bucket::{Admission, Bucket, RateLimitInfo};
use crate::clock::Clock;
use crate::concurrency::Concurrency;
use crate::deadline::{Deadline, TooLate};
use crate::limit_bucket::LimitBucket;
use crate::progress::{Event, Observer, WaitReason};
use crate::rate_headers::RateHeaders;
use crate::share::Share;

/// The accounts of all buckets of one org, shared by everything that calls it.
pub(crate) struct RateLimiter {
    share: Share,
    clock: Arc<dyn Clock>,
    observer: Observer,
    state: Mutex<State>,
    /// Notifies waiting calls that an answer has changed the state.
    changed: Notify,
}

struct State {
    buckets: HashMap<Key, Bucket>,
    /// The bucket that the answers for a template show.
    learned: HashMap<LimitBucket, Key>,
    concurrency: Concurrency,
}

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// Templates that are expected to share a bucket, and whose answers state the same limit and the same window.
    Learned { name: &'static str, limit: u32, window: u32 },
    /// A template whose limit no answer has stated yet.
    Unknown(LimitBucket),
}

/// What is known of a bucket, for estimates and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketUsage {
    /// The bucket, as Okta's documentation names its paths.
    pub bucket: &'static str,
    /// Calls a minute that the org allows this app, when an answer has said it.
    pub limit: Option<u32>,
    /// Calls a minute that okta-lake allows itself.
    pub budget: Option<u32>,
    /// Calls left in the current minute, for all who share the bucket.
    pub remaining: Option<u32>,
    /// Calls made.
    pub calls: u64,
    /// Calls that were answered 429.
    pub throttled: u64,
}

/// Permission for one call. Dropping it without an answer means that the call failed.
pub(crate) struct Permit<'a> {
    limiter: &'a RateLimiter,
    expected: &'a LimitBucket,
    key: Key,
    started: Duration,
    info: RateLimitInfo,
    answered: Option<Duration>,
    is_throttled: bool,
}

/// The longest wait before the state is checked again.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

impl RateLimiter {
    pub(crate) fn new(share: Share, concurrency: usize, clock: Arc<dyn Clock>, observer: Observer) -> Self {
        let concurrency = Concurrency::new(concurrency);
        let state = Mutex::new(State { buckets: HashMap::new(), learned: HashMap::new(), concurrency });
        Self { share, clock, observer, state, changed: Notify::new() }
    }

    /// Waits until a call counted in `expected` may go, or fails at once if that is after the deadline.
    pub(crate) async fn admit<'a>(
        &'a self,
        expected: &'a LimitBucket,
        deadline: Deadline,
    ) -> Result<Permit<'a>, TooLate> {
        deadline.allows(self.clock.elapsed(), Duration::ZERO, WaitReason::Answer)?;
        let mut announced = None;
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Registered before the look, so that no answer between look and wait is missed.
            changed.as_mut().enable();
            let (until, reason) = match self.try_admit(expected) {
                Ok(permit) => return Ok(permit),
                Err(wait) => wait,
            };
            let now = self.clock.elapsed();
            let wait = until.map(|until| until.saturating_sub(now));
            deadline.allows(now, wait.unwrap_or_default(), reason)?;
            // Every answer makes all who wait look again: that is not news.
            if announced.replace(reason) != Some(reason) {
                (self.observer)(&Event::Waiting { bucket: expected.name, reason, wait });
            }
            let sleep = wait.unwrap_or(LOOK_AGAIN).min(deadline.left(now));
            tokio::select! {
                () = changed => {}
                () = self.clock.sleep(sleep) => {}
            }
        }
    }

    /// What is known of every bucket that was called, by name.
    pub(crate) fn usage(&self) -> Vec<BucketUsage> {
        let state = self.lock();
        let mut usage: Vec<_> = state.buckets.iter().map(|(key, bucket)| self.usage_of(key, bucket)).collect();
        usage.sort_by_key(|usage| (usage.bucket, usage.limit));
        usage
    }

    fn usage_of(&self, key: &Key, bucket: &Bucket) -> BucketUsage {
        let known = bucket.limit_and_remaining();
        BucketUsage {
            bucket: match key {
                Key::Learned { name, .. } => name,
                Key::Unknown(expected) => expected.name,
            },
            limit: known.map(|(limit, _)| limit),
            budget: known.map(|(limit, _)| self.share.budget(limit)),
            remaining: known.map(|(_, remaining)| remaining),
            calls: bucket.calls,
            throttled: bucket.throttled,
        }
    }

    /// A permit, or until when to wait and why.
    fn try_admit<'a>(&'a self, expected: &'a LimitBucket) -> Result<Permit<'a>, (Option<Duration>, WaitReason)> {
        let now = self.clock.elapsed();
        let mut state = self.lock();
        let key = state.key(expected);
        let is_full = state.concurrency.is_full();
        let bucket = state.buckets.entry(key.clone()).or_default();
        match bucket.admit(now, self.share) {
            Admission::At(moment, reason) => return Err((Some(moment), reason)),
            Admission::AfterAnswer(reason) => return Err((None, reason)),
            Admission::Now if is_full => return Err((None, WaitReason::Concurrency)),
            Admission::Now => bucket.start(now),
        }
        state.concurrency.start();
        Ok(Permit {
            limiter: self,
            expected,
            key,
            started: now,
            info: RateLimitInfo::NoAnswer,
            answered: None,
            is_throttled: false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn key(&self, expected: &LimitBucket) -> Key {
        self.learned.get(expected).cloned().unwrap_or_else(|| Key::Unknown(expected.clone()))
    }

    fn finish(&mut self, permit: &Permit<'_>, now: Duration) {
        self.concurrency.finish();
        let key = match permit.info {
            RateLimitInfo::Limits(headers) if headers.is_concurrency_limit() => {
                self.concurrency.refused();
                permit.key.clone()
            }
            RateLimitInfo::Limits(headers) => self.settle(permit, headers, now),
            RateLimitInfo::Absent | RateLimitInfo::NoAnswer => permit.key.clone(),
        };
        let info = permit.info.unless_concurrency();
        let bucket = self.buckets.entry(key).or_default();
        bucket.finish(permit.started, now, info);
        bucket.throttled += u64::from(permit.is_throttled);
    }

    /// Moves a call into the bucket that its answer shows by limit and window, which need not be the expected one.
    fn settle(&mut self, permit: &Permit<'_>, headers: RateHeaders, now: Duration) -> Key {
        let key = self.shown(permit, headers, now);
        if key != permit.key {
            self.take_back(&permit.key);
            self.buckets.entry(key.clone()).or_default().start(now);
        }
        self.learned.insert(permit.expected.clone(), key.clone());
        key
    }

    /// The first bucket with this limit whose window agrees, beginning with the one that the call was counted in.
    fn shown(&self, permit: &Permit<'_>, headers: RateHeaders, now: Duration) -> Key {
        let agrees = |key: &Key| self.buckets.get(key).is_none_or(|bucket| bucket.agrees(permit.started, now, headers));
        let key = |window| Key::Learned { name: permit.expected.name, limit: headers.limit, window };
        let present = match &permit.key {
            Key::Learned { limit, .. } if *limit == headers.limit && agrees(&permit.key) => Some(permit.key.clone()),
            _ => None,
        };
        // One more than there are buckets: the last of them is always free.
        let most = u32::try_from(self.buckets.len()).unwrap_or(u32::MAX);
        present.or_else(|| (0..=most).map(key).find(agrees)).unwrap_or_else(|| key(most))
    }

    fn take_back(&mut self, key: &Key) {
        let Some(bucket) = self.buckets.get_mut(key) else { return };
        bucket.take_back();
        if bucket.calls == 0 {
            self.buckets.remove(key);
        }
    }
}

impl Permit<'_> {
    /// The call was answered at `now`.
    pub(crate) fn answered(&mut self, now: Duration, info: RateLimitInfo, is_throttled: bool) {
        self.answered = Some(now);
        self.info = info;
        self.is_throttled = is_throttled;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let now = self.answered.unwrap_or_else(|| self.limiter.clock.elapsed());
        self.limiter.lock().finish(self, now);
        self.limiter.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use futures::future::join_all;

    use super::*;
    use crate::clock::SystemClock;

    /// A bucket as Okta keeps one; its headers have whole seconds only.
    struct Server {
        limit: u32,
        /// Whether a window begins with the first call after the last one, instead of every minute.
        is_lazy: bool,
        /// Start and calls of every window. The first is not at a whole minute, nor at a whole second.
        windows: RefCell<Vec<(Duration, u32)>>,
        refused: Cell<u32>,
    }

    impl Server {
        fn new(limit: u32, is_lazy: bool) -> Self {
            Self::starting(Duration::from_millis(17_300), limit, is_lazy)
        }

        fn starting(first: Duration, limit: u32, is_lazy: bool) -> Self {
            let first = (first, 0);
            Self { limit, is_lazy, windows: RefCell::new(vec![first]), refused: Cell::new(0) }
        }

        fn call(&self, now: Duration) -> RateHeaders {
            let minute = Duration::from_mins(1);
            let mut windows = self.windows.borrow_mut();
            let (mut start, mut used) = windows.pop().unwrap();
            while now >= start + minute {
                windows.push((start, used));
                (start, used) = (if self.is_lazy { now } else { start + minute }, 0);
            }
            used += 1;
            windows.push((start, used));
            self.refused.set(self.refused.get() + u32::from(used > self.limit));
            let reset_in = Duration::from_secs(1 + (start + minute).as_secs().saturating_sub(now.as_secs()));
            RateHeaders { limit: self.limit, remaining: self.limit.saturating_sub(used), reset_in }
        }

        /// Calls a minute, from the start of the second window to that of the last.
        fn rate(&self) -> f64 {
            let windows = self.windows.borrow();
            let whole = &windows[1..windows.len() - 1];
            let calls: u32 = whole.iter().map(|(_, calls)| calls).sum();
            let time = windows[windows.len() - 1].0.saturating_sub(whole[0].0);
            f64::from(calls) * 60.0 / time.as_secs_f64()
        }
    }

    /// Four readers, each answered after `latency`, for twelve minutes; the number of buckets that were learned.
    async fn read(server: &Server, latency: Duration) -> usize {
        let clock = Arc::new(SystemClock::new());
        let limiter = RateLimiter::new(Share::default(), 8, clock.clone(), Arc::new(|_| {}));
        read_path(&limiter, &clock, "/api/v1/logs", server, latency).await;
        limiter.usage().len()
    }

    async fn read_path(limiter: &RateLimiter, clock: &SystemClock, path: &str, server: &Server, latency: Duration) {
        let deadline = Deadline::at(Duration::from_mins(12));
        let expected = LimitBucket::of(path);
        let reader = async || {
            while let Ok(mut permit) = limiter.admit(&expected, deadline).await {
                clock.sleep(latency / 2).await;
                let headers = server.call(clock.elapsed());
                clock.sleep(latency / 2).await;
                permit.answered(clock.elapsed(), RateLimitInfo::Limits(headers), false);
            }
        };
        join_all((0..4).map(|_| reader())).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_share_is_used_whole_and_nothing_is_refused() {
        for is_lazy in [false, true] {
            for latency in [20, 400, 1_900, 6_000].map(Duration::from_millis) {
                let server = Server::new(60, is_lazy);
                let buckets = read(&server, latency).await;
                assert_eq!(buckets, 1, "lazy {is_lazy}, {latency:?}: one bucket is taken for several");
                let rate = server.rate();
                assert_eq!(server.refused.get(), 0, "lazy {is_lazy}, {latency:?}");
                assert!((28.5..=30.0).contains(&rate), "lazy {is_lazy}, {latency:?}: {rate} of 30 calls a minute");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn paths_that_are_counted_apart_have_a_share_each() {
        let clock = Arc::new(SystemClock::new());
        let limiter = RateLimiter::new(Share::default(), 8, clock.clone(), Arc::new(|_| {}));
        let (one, other) = (Server::new(60, false), Server::starting(Duration::from_millis(44_800), 60, false));
        let latency = Duration::from_millis(300);
        // Both servers are within their first window.
        clock.sleep(Duration::from_mins(1)).await;
        futures::join!(
            read_path(&limiter, &clock, "/api/v1/behaviors", &one, latency),
            read_path(&limiter, &clock, "/api/v1/mappings", &other, latency),
        );
        for server in [&one, &other] {
            assert_eq!(server.refused.get(), 0);
            assert!(server.rate() > 28.0, "{} of 30 calls a minute", server.rate());
        }
        assert_eq!(limiter.usage().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn paths_that_share_a_bucket_share_its_share() {
        let clock = Arc::new(SystemClock::new());
        let limiter = RateLimiter::new(Share::default(), 8, clock.clone(), Arc::new(|_| {}));
        let server = Server::new(60, true);
        let latency = Duration::from_millis(300);
        futures::join!(
            read_path(&limiter, &clock, "/api/v1/behaviors", &server, latency),
            read_path(&limiter, &clock, "/api/v1/mappings", &server, latency),
        );
        assert_eq!((server.refused.get(), limiter.usage().len()), (0, 1));
        assert!((28.0..=30.5).contains(&server.rate()), "{} of 30 calls a minute", server.rate());
    }

    #[tokio::test(start_paused = true)]
    async fn no_call_begins_after_the_deadline() {
        let limiter = RateLimiter::new(Share::default(), 8, Arc::new(SystemClock::new()), Arc::new(|_| {}));
        let deadline = Deadline::at(Duration::from_secs(1));
        let expected = LimitBucket::of("/api/v1/logs");
        assert!(limiter.admit(&expected, deadline).await.is_ok());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(limiter.admit(&expected, deadline).await.is_err());
    }
}
