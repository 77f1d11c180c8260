//! Time as an argument: the wall clock, a steady clock and sleeping, so that pacing can be tested at any speed.

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The client's source of time.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The wall clock, for times that Okta compares with its own (JWT claims).
    fn now(&self) -> Timestamp;

    /// The time since a fixed instant. It never goes back: waits and deadlines use it.
    fn elapsed(&self) -> Duration;

    /// Ends after `duration` of this clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The clock of the machine.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

/// A clock that runs faster than the machine's: a simulated hour in a few seconds.
#[derive(Debug)]
pub struct ScaledClock {
    origin: Timestamp,
    start: Instant,
    factor: u32,
}

impl SystemClock {
    /// A clock whose steady time starts now.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl ScaledClock {
    /// A clock that shows `origin` now and runs `factor` times as fast as the machine's.
    pub fn new(origin: Timestamp, factor: u32) -> Self {
        let factor = factor.max(1);
        Self { origin, start: Instant::now(), factor }
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.elapsed()).unwrap_or(SignedDuration::MAX);
        self.origin.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed().saturating_mul(self.factor)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration / self.factor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_scaled_minute_is_a_second() {
        let origin: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let clock = ScaledClock::new(origin, 60);
        let machine = SystemClock::new();
        clock.sleep(Duration::from_mins(1)).await;
        assert_eq!(clock.elapsed(), Duration::from_mins(1));
        assert_eq!(clock.now().to_string(), "2026-01-01T00:01:00Z");
        assert_eq!(machine.elapsed(), Duration::from_secs(1));
    }
}
