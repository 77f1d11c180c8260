//! The account of one rate-limit bucket, pure: what the answers said, what was used since, when the next call may go.
//!
//! Okta counts per window of a minute that starts when it likes. The share of a window is spread over nine tenths of
//! it, so that a slow answer does not cost a call, after a small burst, so that short listings do not wait.

use std::time::Duration;

use crate::progress::WaitReason;
use crate::rate_headers::RateHeaders;
use crate::share::Share;

const WINDOW: Duration = Duration::from_mins(1);

/// Both ends of a window are known to the second only; windows are a minute apart.
const SAME_WINDOW: Duration = Duration::from_secs(5);

/// The part of a share that may go at once.
const BURST_DIVISOR: u32 = 10;

/// What is known of one bucket. Times are the steady clock's.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    window: Option<Window>,
    in_flight: u32,
    /// Answers come without headers: nothing is counted here.
    is_unlimited: bool,
    pub(crate) calls: u64,
    pub(crate) throttled: u64,
}

#[derive(Debug)]
struct Window {
    limit: u32,
    remaining: u32,
    /// When it is over for sure.
    ends: Duration,
    /// Whether an answer of this very window has said so: until then it is taken to be a minute after the last one.
    is_stated: bool,
    /// Calls of ours that were answered in this window.
    ours: u32,
    /// When ours began in this window, which is what they are paced from.
    paced_from: Option<Duration>,
}

/// What the answer to a call says about its bucket.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RateLimitInfo {
    /// The headers of the answer.
    Limits(RateHeaders),
    /// An answer without the headers: the bucket has no limit, or something in front of Okta answered.
    Absent,
    /// No answer. Okta may have counted the call nevertheless.
    NoAnswer,
}

/// Whether a call may go now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Now,
    /// Not before this moment, if nothing changes.
    At(Duration, WaitReason),
    /// When one that is under way has been answered.
    AfterAnswer(WaitReason),
}

impl RateLimitInfo {
    /// "Too many at once" says nothing about the bucket.
    pub(crate) fn unless_concurrency(self) -> Self {
        match self {
            Self::Limits(headers) if headers.is_concurrency_limit() => Self::NoAnswer,
            info => info,
        }
    }
}

impl Bucket {
    /// Whether a call may go at `now`.
    pub(crate) fn admit(&mut self, now: Duration, share: Share) -> Admission {
        let (in_flight, is_unlimited) = (self.in_flight, self.is_unlimited);
        match self.window(now) {
            Some(window) => window.admit(now, in_flight, share),
            None if is_unlimited || in_flight == 0 => Admission::Now,
            None => Admission::AfterAnswer(WaitReason::FirstAnswer),
        }
    }

    /// A call goes.
    pub(crate) fn start(&mut self, now: Duration) {
        self.in_flight += 1;
        self.calls += 1;
        if let Some(window) = self.window(now) {
            window.paced_from.get_or_insert(now);
        }
    }

    /// A call that went at `started` was answered at `now`, or failed.
    pub(crate) fn finish(&mut self, started: Duration, now: Duration, info: RateLimitInfo) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match (info, &mut self.window) {
            (RateLimitInfo::Limits(headers), _) => self.learn(started, now, headers),
            (_, Some(window)) => window.ours += 1,
            (RateLimitInfo::Absent, None) => self.is_unlimited = true,
            (RateLimitInfo::NoAnswer, None) => {}
        }
    }

    /// Whether the answer to a call that went at `started` can be of this bucket: within one window a bucket has one end.
    pub(crate) fn agrees(&self, started: Duration, now: Duration, headers: RateHeaders) -> bool {
        let Some(window) = self.window.as_ref().filter(|window| window.is_stated && now < window.ends) else {
            return true;
        };
        let ends = now + headers.reset_in;
        let is_over = ends <= now + SAME_WINDOW;
        let is_next = ends + SAME_WINDOW * 3 >= window.ends + WINDOW;
        let is_before = started + WINDOW < window.ends;
        is_over || is_next || is_before || ends.abs_diff(window.ends) <= SAME_WINDOW
    }

    /// A call turned out to belong to another bucket.
    pub(crate) fn take_back(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.calls = self.calls.saturating_sub(1);
    }

    /// What the last answer said.
    pub(crate) fn limit_and_remaining(&self) -> Option<(u32, u32)> {
        self.window.as_ref().map(|window| (window.limit, window.remaining))
    }

    fn learn(&mut self, started: Duration, now: Duration, headers: RateHeaders) {
        let ends = now + headers.reset_in;
        match &mut self.window {
            // Of the window before. If it went in the present one all the same, it counts, or nothing would pace us.
            Some(window) if ends + SAME_WINDOW < window.ends => {
                window.ours += u32::from(started + WINDOW >= window.ends);
            }
            Some(window) if ends <= window.ends + SAME_WINDOW => {
                window.ours += 1;
                window.limit = headers.limit;
                window.remaining = window.remaining.min(headers.remaining);
                // Every response gives an upper bound for the window's end; keep the smallest.
                window.ends = if window.is_stated { window.ends.min(ends) } else { ends };
                window.is_stated = true;
            }
            window => {
                *window = Some(Window {
                    limit: headers.limit,
                    remaining: headers.remaining,
                    ends,
                    is_stated: true,
                    ours: 1,
                    paced_from: Some(now),
                });
            }
        }
    }

    /// The window that `now` is in. After its end the next one is taken to be whole, until an answer says otherwise.
    fn window(&mut self, now: Duration) -> Option<&mut Window> {
        let window = self.window.as_mut()?;
        if now >= window.ends {
            window.ours = 0;
            window.remaining = window.limit;
            window.paced_from = None;
            window.is_stated = false;
        }
        while now >= window.ends {
            window.ends += WINDOW;
        }
        Some(window)
    }
}

impl Window {
    fn admit(&self, now: Duration, in_flight: u32, share: Share) -> Admission {
        let budget = share.budget(self.limit);
        let used = self.ours + in_flight;
        if used >= budget {
            return Admission::At(self.ends, WaitReason::Share);
        }
        if self.remaining <= share.floor(self.limit).saturating_add(in_flight) {
            return Admission::At(self.ends, WaitReason::Others);
        }
        let next = self.paced_from.map_or(now, |from| from + offset(used, budget));
        if now >= next { Admission::Now } else { Admission::At(next, WaitReason::Share) }
    }
}

/// How long after the first call of a window the call may go that follows `used` others.
fn offset(used: u32, budget: u32) -> Duration {
    let burst = (budget / BURST_DIVISOR).max(1);
    let spread = WINDOW * 9 / 10;
    spread * (used + 1).saturating_sub(burst) / (budget - burst).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn headers(limit: u32, remaining: u32, reset_in: u64) -> RateLimitInfo {
        RateLimitInfo::Limits(RateHeaders { limit, remaining, reset_in: seconds(reset_in) })
    }

    fn share() -> Share {
        Share::default()
    }

    /// A bucket of 60 a minute whose window ends at `ends`, with one call made and `remaining` left.
    fn bucket(remaining: u32, ends: u64) -> Bucket {
        let mut bucket = Bucket::default();
        bucket.start(seconds(0));
        bucket.finish(seconds(0), seconds(0), headers(60, remaining, ends));
        bucket
    }

    /// Makes calls as soon as they may go, answered at once, until `until`; the moments at which they went.
    fn run(bucket: &mut Bucket, until: Duration) -> Vec<Duration> {
        let mut gone = Vec::new();
        let mut now = Duration::ZERO;
        while now < until {
            match bucket.admit(now, share()) {
                Admission::Now => {
                    bucket.start(now);
                    gone.push(now);
                    let in_window = now.as_millis() % 60_000;
                    let reset_in = 60 - u64::try_from(in_window).unwrap() / 1_000;
                    bucket.finish(now, now, headers(60, 40, reset_in));
                }
                Admission::At(moment, _) => now = moment.max(now + Duration::from_millis(1)),
                Admission::AfterAnswer(_) => panic!("nothing is under way"),
            }
        }
        gone
    }

    #[test]
    fn the_first_call_goes_alone_until_its_answer_states_the_limit() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.admit(seconds(0), share()), Admission::Now);
        bucket.start(seconds(0));
        assert_eq!(bucket.admit(seconds(0), share()), Admission::AfterAnswer(WaitReason::FirstAnswer));
        bucket.finish(seconds(1), seconds(1), headers(60, 59, 50));
        assert_eq!(bucket.admit(seconds(1), share()), Admission::Now);
    }

    #[test]
    fn a_bucket_without_headers_is_not_limited() {
        let mut bucket = Bucket::default();
        bucket.start(seconds(0));
        bucket.finish(seconds(0), seconds(0), RateLimitInfo::Absent);
        for _ in 0..100 {
            assert_eq!(bucket.admit(seconds(0), share()), Admission::Now);
            bucket.start(seconds(0));
        }
    }

    #[test]
    fn a_call_that_failed_tells_nothing_but_counts() {
        let mut unknown = Bucket::default();
        unknown.start(seconds(0));
        unknown.finish(seconds(0), seconds(0), RateLimitInfo::NoAnswer);
        unknown.start(seconds(0));
        assert_eq!(unknown.admit(seconds(0), share()), Admission::AfterAnswer(WaitReason::FirstAnswer));

        let mut known = bucket(59, 60);
        for _ in 0..29 {
            known.start(seconds(0));
            known.finish(seconds(0), seconds(0), RateLimitInfo::NoAnswer);
        }
        assert_eq!(known.admit(seconds(59), share()), Admission::At(seconds(60), WaitReason::Share));
    }

    #[test]
    fn each_window_gets_exactly_its_share_evenly_spread() {
        let mut bucket = Bucket::default();
        let gone = run(&mut bucket, seconds(600));
        for minute in 0..10 {
            let window = seconds(minute * 60)..seconds(minute * 60 + 60);
            let calls = gone.iter().filter(|moment| window.contains(moment)).count();
            assert_eq!(calls, 30, "minute {minute}");
        }
        // A tenth goes at once, the rest every two seconds, until six seconds before the end.
        assert!(gone[2] < seconds(1) && gone[3] > seconds(1), "{:?}", &gone[..5]);
        let longest = gone.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap();
        assert!(longest < seconds(8), "{longest:?}");
    }

    #[test]
    fn calls_under_way_count_as_used() {
        let mut bucket = bucket(59, 60);
        let mut now = seconds(0);
        for _ in 0..29 {
            while let Admission::At(moment, WaitReason::Share) = bucket.admit(now, share()) {
                now = moment;
            }
            bucket.start(now);
        }
        assert_eq!(bucket.admit(now, share()), Admission::At(seconds(60), WaitReason::Share));
    }

    #[test]
    fn what_others_leave_is_not_taken_below_the_floor() {
        let mut bucket = bucket(7, 40);
        assert_eq!(bucket.admit(seconds(0), share()), Admission::Now);
        bucket.start(seconds(0));
        assert_eq!(bucket.admit(seconds(20), share()), Admission::At(seconds(40), WaitReason::Others));
        bucket.finish(seconds(20), seconds(20), headers(60, 6, 20));
        assert_eq!(bucket.admit(seconds(20), share()), Admission::At(seconds(40), WaitReason::Others));
        assert_eq!(bucket.admit(seconds(40), share()), Admission::Now);
    }

    #[test]
    fn a_late_answer_of_the_window_before_changes_nothing() {
        let mut bucket = bucket(50, 10);
        bucket.start(seconds(9));
        assert_eq!(bucket.admit(seconds(11), share()), Admission::Now);
        bucket.finish(seconds(9), seconds(12), headers(60, 0, 0));
        assert_eq!(bucket.limit_and_remaining(), Some((60, 60)));
        assert_eq!(bucket.admit(seconds(12), share()), Admission::Now);
    }

    #[test]
    fn calls_that_go_too_early_for_the_server_are_paced_all_the_same() {
        let mut bucket = bucket(50, 10);
        let mut gone = 0;
        for _ in 0..100 {
            if bucket.admit(seconds(10), share()) == Admission::Now {
                bucket.start(seconds(10));
                bucket.finish(seconds(10), seconds(10), headers(60, 40, 0));
                gone += 1;
            }
        }
        assert_eq!(gone, 3, "the burst and no more");
    }

    #[test]
    fn an_answer_of_a_newer_window_starts_it() {
        let mut bucket = bucket(0, 60);
        assert_eq!(bucket.admit(seconds(30), share()), Admission::At(seconds(60), WaitReason::Others));
        bucket.start(seconds(30));
        bucket.finish(seconds(30), seconds(30), headers(60, 59, 55));
        assert_eq!(bucket.limit_and_remaining(), Some((60, 59)));
    }

    #[test]
    fn within_a_window_another_end_is_of_another_bucket() {
        let bucket = bucket(50, 40);
        let agrees = |started, now, reset_in| {
            let headers = RateHeaders { limit: 60, remaining: 50, reset_in: seconds(reset_in) };
            bucket.agrees(seconds(started), seconds(now), headers)
        };
        assert!(agrees(10, 10, 30) && agrees(10, 10, 34) && agrees(10, 12, 24));
        assert!(!agrees(10, 10, 20) && !agrees(10, 10, 50), "the end is 10 or 20 seconds off");
        assert!(agrees(38, 38, 61), "the next window, which began a little earlier than expected");
        assert!(agrees(10, 10, 1), "a slow answer of the window before");
        assert!(agrees(41, 41, 20) && Bucket::default().agrees(seconds(0), seconds(0), known(60, 50, 7)));
    }

    fn known(limit: u32, remaining: u32, reset_in: u64) -> RateHeaders {
        RateHeaders { limit, remaining, reset_in: seconds(reset_in) }
    }

    #[test]
    fn a_window_ends_at_the_earliest_moment_that_an_answer_states() {
        let mut bucket = bucket(0, 60);
        let mut ends_after = |moment: u64, reset_in: u64| {
            bucket.start(seconds(moment));
            bucket.finish(seconds(moment), seconds(moment), headers(60, 0, reset_in));
            bucket.admit(seconds(moment), share())
        };
        assert_eq!(ends_after(1, 57), Admission::At(seconds(58), WaitReason::Others));
        assert_eq!(ends_after(2, 58), Admission::At(seconds(58), WaitReason::Others), "a slower answer knows less");
        // The next window began with this call, later than a minute after the last: it ends later, too.
        assert_eq!(ends_after(61, 61), Admission::At(seconds(122), WaitReason::Others));
    }

    #[test]
    fn after_a_pause_of_hours_the_window_is_whole() {
        let mut bucket = bucket(0, 60);
        assert_eq!(bucket.admit(seconds(7_205), share()), Admission::Now);
        assert_eq!(bucket.limit_and_remaining(), Some((60, 60)));
    }
}
