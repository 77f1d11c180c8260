//! The moment by which a caller must have stopped: the client begins no wait that would end after it.

use std::time::Duration;

use crate::progress::WaitReason;

/// A moment of the steady clock ([`crate::Clock::elapsed`]), or no end at all (the default).
///
/// It is absolute: a caller makes it once, with `Deadline::at(clock.elapsed() + left)`, and hands copies to everything
/// that works until then. What starts later has less time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Duration);

/// The wait would end after the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deadline comes before {reason} (in {}s)", .wait.as_secs())]
pub struct TooLate {
    /// How long the wait would have been.
    pub wait: Duration,
    /// What for.
    pub reason: WaitReason,
}

impl Deadline {
    /// No end: no wait is too long.
    pub const NEVER: Self = Self(Duration::MAX);

    /// Ends at `moment` of the steady clock.
    pub const fn at(moment: Duration) -> Self {
        Self(moment)
    }

    /// Whether `now` is the deadline or later.
    pub fn has_passed(self, now: Duration) -> bool {
        now >= self.0
    }

    /// The time from `now` to the deadline, zero once it has passed.
    pub fn left(self, now: Duration) -> Duration {
        self.0.saturating_sub(now)
    }

    /// Refuses a wait that begins at `now` and would not end before the deadline.
    pub(crate) fn allows(self, now: Duration, wait: Duration, reason: WaitReason) -> Result<(), TooLate> {
        if self.has_passed(now.saturating_add(wait)) && self != Self::NEVER {
            return Err(TooLate { wait, reason });
        }
        Ok(())
    }
}

impl Default for Deadline {
    fn default() -> Self {
        Self::NEVER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_wait_past_the_deadline_is_not_begun() {
        let deadline = Deadline::at(SECOND * 10);
        assert_eq!(deadline.allows(SECOND * 5, SECOND * 4, WaitReason::Share), Ok(()));
        let late = deadline.allows(SECOND * 5, SECOND * 5, WaitReason::Share).unwrap_err();
        assert_eq!(late.to_string(), "the deadline comes before its share of the rate limit (in 5s)");
        assert_eq!(Deadline::default().allows(SECOND, Duration::MAX, WaitReason::Others), Ok(()));
    }

    #[test]
    fn a_copy_that_is_used_later_has_less_time() {
        let deadline = Deadline::at(SECOND * 10);
        assert_eq!((deadline.left(SECOND * 4), deadline.has_passed(SECOND * 4)), (SECOND * 6, false));
        assert_eq!((deadline.left(SECOND * 10), deadline.has_passed(SECOND * 10)), (Duration::ZERO, true));
        assert!(!Deadline::NEVER.has_passed(SECOND));
    }
}
