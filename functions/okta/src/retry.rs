//! When a call is made again, and after which pause: a pure function of the failure, the number of failures and chance.

use std::fmt;
use std::time::Duration;

/// When the client gives up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The first pause is at most this long; each further one at most twice as long as the one before.
    pub base: Duration,
    /// No pause of this kind is longer.
    pub cap: Duration,
    /// The number of failures of one call after which the client gives up.
    pub max_failures: u32,
    /// The number of 429 answers to one call after which the client gives up: somebody else uses up the limit.
    pub max_throttles: u32,
}

/// Why a call is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// 429: the bucket is empty until its reset, when that is known.
    RateLimited {
        /// Time from the answer to the reset.
        reset_in: Option<Duration>,
    },
    /// 429 because too many calls run at once: no reset to wait for.
    TooManyAtOnce,
    /// A 5xx answer.
    ServerError(u16),
    /// No connection, or one that was cut.
    Connection,
    /// No answer in time.
    Timeout,
    /// A body that is cut off.
    Truncated,
    /// A success that is not what Okta sends.
    WrongAnswer,
    /// A page that is too large to keep, and can be asked for with fewer records.
    TooLarge,
}

/// The failures of one call so far.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failures: u32,
    throttles: u32,
    heavy: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { base: Duration::from_millis(500), cap: Duration::from_secs(30), max_failures: 6, max_throttles: 10 }
    }
}

impl RetryPolicy {
    /// The pause before the next attempt, or nothing when it is time to give up. `random` is between 0 and 1.
    pub(crate) fn pause(&self, attempts: &mut Attempts, cause: Cause, random: f64) -> Option<Duration> {
        match cause {
            Cause::RateLimited { .. } | Cause::TooManyAtOnce => attempts.throttles += 1,
            _ => attempts.failures += 1,
        }
        if attempts.failures > self.max_failures || attempts.throttles > self.max_throttles {
            return None;
        }
        Some(match cause {
            // Up to three seconds on top, so that collectors that were stopped together do not start together.
            Cause::RateLimited { reset_in: Some(reset_in) } => reset_in + Duration::from_secs(3).mul_f64(random),
            _ => self.ceiling(attempts.failures + attempts.throttles).mul_f64(random),
        })
    }

    /// Full jitter: anything between nothing and this.
    fn ceiling(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        self.base.saturating_mul(doubled).min(self.cap)
    }
}

impl Attempts {
    /// How often the call has failed in a way that a smaller page may avoid.
    pub(crate) fn heavy(&self) -> u32 {
        self.heavy
    }

    /// The call has failed in such a way.
    pub(crate) fn was_heavy(&mut self) {
        self.heavy += 1;
    }

    /// The number of failed attempts.
    pub(crate) fn count(&self) -> u32 {
        self.failures + self.throttles
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RateLimited { .. } => f.write_str("rate limit used up"),
            Self::TooManyAtOnce => f.write_str("too many calls at once"),
            Self::ServerError(status) => write!(f, "HTTP {status}"),
            Self::Connection => f.write_str("connection failed"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Truncated => f.write_str("answer cut off"),
            Self::WrongAnswer => f.write_str("wrong answer"),
            Self::TooLarge => f.write_str("answer too large"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(cause: Cause, random: f64) -> Vec<Duration> {
        let policy = RetryPolicy::default();
        let mut attempts = Attempts::default();
        std::iter::from_fn(|| policy.pause(&mut attempts, cause, random)).collect()
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_then_it_is_given_up() {
        let longest: Vec<_> = pauses(Cause::ServerError(503), 1.0).iter().map(Duration::as_millis).collect();
        assert_eq!(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000]);
        let capped = RetryPolicy { max_failures: u32::MAX, ..RetryPolicy::default() };
        let mut attempts = Attempts { failures: 40, ..Attempts::default() };
        assert_eq!(capped.pause(&mut attempts, Cause::Timeout, 1.0), Some(capped.cap));
    }

    #[test]
    fn jitter_is_full() {
        assert!(pauses(Cause::Connection, 0.0).iter().all(Duration::is_zero));
        assert_eq!(pauses(Cause::Truncated, 0.5)[1], Duration::from_millis(500));
    }

    #[test]
    fn a_rate_limit_is_waited_for_until_its_reset_and_a_little_more() {
        let cause = Cause::RateLimited { reset_in: Some(Duration::from_secs(42)) };
        assert_eq!(pauses(cause, 0.0), vec![Duration::from_secs(42); 10]);
        assert_eq!(pauses(cause, 1.0)[0], Duration::from_secs(45));
        assert_eq!(pauses(Cause::RateLimited { reset_in: None }, 1.0)[0], Duration::from_millis(500));
    }

    #[test]
    fn throttling_does_not_use_up_the_failures() {
        let policy = RetryPolicy::default();
        let mut attempts = Attempts::default();
        for _ in 0..policy.max_throttles {
            assert!(policy.pause(&mut attempts, Cause::TooManyAtOnce, 0.0).is_some());
        }
        assert!(policy.pause(&mut attempts, Cause::ServerError(500), 0.0).is_some());
        assert!(policy.pause(&mut attempts, Cause::TooManyAtOnce, 0.0).is_none());
        assert_eq!(attempts.count(), 12);
    }
}
