//! What the client did in this run, counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::SignedDuration;
use okta::{Client, Event};

use crate::history::measure::Pace;
use crate::history::progress::Effort;

/// Counts pauses and refusals.
#[derive(Debug, Default)]
pub struct ClientStats {
    waits: AtomicU64,
    throttled: AtomicU64,
}

impl ClientStats {
    /// Counts what the client reports.
    pub fn note(&self, event: &Event) {
        match event {
            Event::Waiting { .. } | Event::Retrying { .. } => self.waits.fetch_add(1, Ordering::Relaxed),
            Event::Answered { status: 429, .. } => self.throttled.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
    }

    /// An observer for the client.
    pub fn observer(self: &Arc<Self>) -> okta::Observer {
        let stats = Arc::clone(self);
        Arc::new(move |event: &Event| stats.note(event))
    }

    /// Returns the effort of this run and of the runs before.
    pub(crate) fn after(&self, before: Effort) -> Effort {
        Effort {
            waits: before.waits + self.waits.load(Ordering::Relaxed),
            throttled: before.throttled + self.throttled.load(Ordering::Relaxed),
            ..before
        }
    }
}

/// The rate-limit bucket of the log, as the client names it.
const BUCKET: &str = "logs";

/// Returns the pace of a run that has made `calls` in `elapsed`.
pub fn pace(client: &Client, calls: u64, elapsed: SignedDuration) -> Pace {
    let usage = client.usage().into_iter().find(|usage| usage.bucket == BUCKET);
    let (limit, budget) = usage.map_or((None, None), |usage| (usage.limit, usage.budget));
    Pace { limit, budget, calls, elapsed }
}
