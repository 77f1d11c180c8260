//! The simulator's time: the machine's, a faster one, or one that a test moves by hand.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::time::timestamp;

/// Tells the time to every part of the simulator: tokens, rate-limit windows, what has been logged so far.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

/// Moves a clock made by [`Clock::manual`].
#[derive(Debug, Clone)]
pub struct ClockControl(Arc<AtomicI64>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::from_fn(Timestamp::now)
    }

    /// Shows `origin` now and runs `factor` times as fast as the machine's clock.
    pub fn scaled(origin: Timestamp, factor: u32) -> Self {
        let start = Instant::now();
        Self::from_fn(move || {
            let elapsed = start.elapsed().saturating_mul(factor);
            let elapsed = SignedDuration::try_from(elapsed).unwrap_or(SignedDuration::MAX);
            origin.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
        })
    }

    /// Stands at `origin` until its hand is moved.
    pub fn manual(origin: Timestamp) -> (Self, ClockControl) {
        let hand = ClockControl(Arc::new(AtomicI64::new(origin.as_millisecond())));
        let shown = hand.clone();
        (Self::from_fn(move || timestamp(shown.0.load(Ordering::SeqCst))), hand)
    }

    /// Any other clock: for instance that of the client under test, so that both share one time.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Clock({})", self.now())
    }
}

impl ClockControl {
    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_millisecond(), Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_its_hand() {
        let origin: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let (clock, hand) = Clock::manual(origin);
        assert_eq!(clock.now(), origin);
        hand.advance(Duration::from_mins(5));
        assert_eq!(clock.now().to_string(), "2026-03-02T12:05:00Z");
        hand.set(origin);
        assert_eq!(clock.now(), origin);
    }

    #[test]
    fn a_scaled_clock_runs_fast() {
        let origin: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let clock = Clock::scaled(origin, 100_000);
        std::thread::sleep(Duration::from_millis(2));
        assert!(clock.now().duration_since(origin) >= SignedDuration::from_secs(200));
    }
}
