//! The moment by which a caller must have stopped: no wait is begun that would end after it.

use std::time::Duration;

use crate::progress::WaitReason;

/// A moment of the steady clock, or none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Deadline(Option<Duration>);

/// What is waited for comes after the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deadline comes before {reason} (in {}s)", .wait.as_secs())]
pub struct TooLate {
    /// How long the wait would have been.
    pub wait: Duration,
    /// What for.
    pub reason: WaitReason,
}

impl Deadline {
    pub(crate) fn at(moment: Duration) -> Self {
        Self(Some(moment))
    }

    /// Whether a wait that begins at `now` ends in time.
    pub(crate) fn allows(self, now: Duration, wait: Duration, reason: WaitReason) -> Result<(), TooLate> {
        match self.0 {
            Some(deadline) if now + wait >= deadline => Err(TooLate { wait, reason }),
            _ => Ok(()),
        }
    }

    /// What is left at `now`, if there is an end at all.
    pub(crate) fn left(self, now: Duration) -> Option<Duration> {
        self.0.map(|deadline| deadline.saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_past_the_deadline_is_not_begun() {
        let second = Duration::from_secs(1);
        let deadline = Deadline::at(second * 10);
        assert_eq!(deadline.allows(second * 5, second * 4, WaitReason::Share), Ok(()));
        let late = deadline.allows(second * 5, second * 5, WaitReason::Share).unwrap_err();
        assert_eq!(late.to_string(), "the deadline comes before its share of the rate limit (in 5s)");
        assert_eq!(deadline.left(second * 11), Some(Duration::ZERO));
        assert_eq!(Deadline::default().allows(second, Duration::MAX / 2, WaitReason::Others), Ok(()));
    }
}
