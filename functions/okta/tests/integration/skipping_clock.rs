//! A clock that can be put forward: an hour passes at once.

use std::sync::Mutex;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use okta::{Clock, SystemClock};

#[derive(Debug, Default)]
pub(crate) struct SkippingClock {
    machine: SystemClock,
    skipped: Mutex<Duration>,
}

impl SkippingClock {
    pub(crate) fn skip(&self, time: Duration) {
        *self.skipped.lock().unwrap() += time;
    }
}

impl Clock for SkippingClock {
    fn now(&self) -> Timestamp {
        self.machine.now() + *self.skipped.lock().unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.machine.elapsed() + *self.skipped.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.machine.sleep(duration)
    }
}
