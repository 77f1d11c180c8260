//! A rate-limit bucket as Okta keeps one, on a clock that runs as fast as a test wants.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use okta::{Clock, ScaledClock};

use crate::server::{Reply, http_date};

const WINDOW_S: i64 = 60;

/// When a window begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Windows {
    /// Every minute, whether calls come or not.
    Aligned,
    /// With the first call after the last window's end.
    Lazy,
}

pub(crate) struct SimulatedBucket {
    pub(crate) clock: Arc<ScaledClock>,
    pub(crate) limit: u32,
    windows: Windows,
    /// How far the server's clock is ahead of everybody else's.
    skew: Duration,
    /// Start of the window, and calls in it.
    state: Mutex<(i64, u32)>,
    pub(crate) throttled: AtomicU32,
    pub(crate) accepted: AtomicU32,
}

impl SimulatedBucket {
    pub(crate) fn new(clock: Arc<ScaledClock>, limit: u32, windows: Windows, skew: Duration) -> Self {
        let state = Mutex::new((0, 0));
        Self { clock, limit, windows, skew, state, throttled: AtomicU32::new(0), accepted: AtomicU32::new(0) }
    }

    /// Counts a call and answers with an empty listing or 429.
    pub(crate) fn answer(&self) -> Reply {
        let used = self.count(1);
        let reply = if used > self.limit {
            self.throttled.fetch_add(1, Ordering::SeqCst);
            Reply::error(429, "E0000047")
        } else {
            self.accepted.fetch_add(1, Ordering::SeqCst);
            Reply::json("[]")
        };
        let now = self.now();
        reply
            .header("x-rate-limit-limit", self.limit)
            .header("x-rate-limit-remaining", self.limit.saturating_sub(used))
            .header("x-rate-limit-reset", self.state.lock().unwrap().0 + WINDOW_S)
            .header("date", http_date(now))
    }

    /// Counts calls of others.
    pub(crate) fn count(&self, calls: u32) -> u32 {
        let now = self.now().as_second();
        let mut state = self.state.lock().unwrap();
        if now >= state.0 + WINDOW_S {
            let start = match self.windows {
                // Not at a whole minute: Okta's windows are not aligned to the clock.
                Windows::Aligned => now - (now - 17).rem_euclid(WINDOW_S),
                Windows::Lazy => now,
            };
            *state = (start, 0);
        }
        state.1 += calls;
        state.1
    }

    fn now(&self) -> jiff::Timestamp {
        self.clock.now() + self.skew
    }
}
