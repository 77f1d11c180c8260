//! The moment by which an invocation must have answered: made once in the handler, asked by every loop.

use std::sync::Arc;
use std::time::Duration;

use okta::Clock;

/// An absolute moment of the steady clock. Copies share it, so that work that begins late has less time, not the same.
#[derive(Debug, Clone)]
pub struct Deadline {
    clock: Arc<dyn Clock>,
    ends: Duration,
}

impl Deadline {
    /// The moment that comes `left` from now.
    pub fn after(clock: &Arc<dyn Clock>, left: Duration) -> Self {
        Self { clock: Arc::clone(clock), ends: clock.elapsed() + left }
    }

    /// Returns the moment itself, as the client of an org takes it.
    pub fn moment(&self) -> okta::Deadline {
        okta::Deadline::at(self.ends)
    }

    /// Returns the time that is left; zero once the moment has passed.
    pub fn left(&self) -> Duration {
        self.ends.saturating_sub(self.clock.elapsed())
    }

    /// Returns whether work that takes `needed` still ends in time.
    pub fn allows(&self, needed: Duration) -> bool {
        self.left() >= needed
    }

    /// Returns an earlier deadline that leaves the rest of the time to others: `1 / parts` of what is left.
    #[must_use]
    pub fn share(&self, parts: u32) -> Self {
        Self::after(&self.clock, self.left() / parts.max(1))
    }

    /// Waits until the moment has passed.
    pub async fn passed(&self) {
        self.clock.sleep(self.left()).await;
    }
}

#[cfg(test)]
mod tests {
    use okta::SystemClock;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_begins_late_has_less_time() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let deadline = Deadline::after(&clock, Duration::from_secs(40));
        let later = deadline.clone();
        clock.sleep(Duration::from_secs(30)).await;
        assert_eq!(later.left(), Duration::from_secs(10));
        assert!(later.allows(Duration::from_secs(10)) && !later.allows(Duration::from_secs(11)));
        assert_eq!(later.share(2).left(), Duration::from_secs(5));
        deadline.passed().await;
        assert_eq!(deadline.left(), Duration::ZERO);
    }
}
