//! What an invocation did, counted on the way and told to CloudWatch at its end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use okta::{Event, Observer};
use runtime::Function;
use runtime::metrics::{self, Definition, Metric};

use crate::aws::secrets::Found;
use crate::written::WriteCounts;

/// The figures of the invocation that is under way: all who hold them count in the same ones.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Mutex<Tally>>);

/// What is not told is not counted at all: 0 would be an answer.
#[derive(Debug, Default)]
struct Tally {
    okta: Option<Okta>,
    written: Option<WriteCounts>,
    hours: Option<HourCounts>,
    violations: Option<u64>,
    secret_age: Option<i64>,
    connectivity_failures: Option<usize>,
    clock_disagreements: Option<u64>,
    unknown_event_types: Option<u64>,
}

/// Calls to orgs.
#[derive(Debug, Default)]
struct Okta {
    calls: u64,
    limited: u64,
    waited: Duration,
    /// The least that was left of a rate limit, in percent.
    remaining: Option<u32>,
}

/// What became of hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HourCounts {
    /// Hours that were sealed.
    pub sealed: u64,
    /// Hours that are due and were not reached.
    pub due: u64,
    /// Events that the stream had not brought.
    pub repaired: u64,
    /// Events of the stream that the API does not have.
    pub unconfirmed: u64,
    /// Hours whose answers contradict each other or the lake.
    pub contradicted: u64,
}

impl Metrics {
    /// Counts what a client does, and hands it on.
    pub(crate) fn observer(&self, next: Observer) -> Observer {
        let figures = self.clone();
        Arc::new(move |event: &Event| {
            figures.note(event);
            next(event);
        })
    }

    fn note(&self, event: &Event) {
        let mut tally = self.tally();
        let okta = tally.okta.get_or_insert_default();
        match event {
            Event::Answered { status, limit_and_remaining, .. } => {
                okta.calls += 1;
                okta.limited += u64::from(*status == 429);
                let left = limit_and_remaining.and_then(|(limit, left)| (left * 100).checked_div(limit));
                okta.remaining = okta.remaining.into_iter().chain(left).min();
            }
            Event::Waiting { wait: Some(wait), .. } | Event::Retrying { wait, .. } => okta.waited += *wait,
            _ => {}
        }
    }

    /// Rows and quarantined records that are durable.
    pub(crate) fn wrote(&self, written: WriteCounts) {
        *self.tally().written.get_or_insert_default() += written;
    }

    /// Counts what became of hours.
    pub(crate) fn sealed(&self, counts: HourCounts) {
        let mut tally = self.tally();
        let hours = tally.hours.get_or_insert_default();
        hours.sealed += counts.sealed;
        hours.due += counts.due;
        hours.repaired += counts.repaired;
        hours.unconfirmed += counts.unconfirmed;
        hours.contradicted += counts.contradicted;
    }

    /// Counts what a verification found.
    pub(crate) fn verified(&self, violations: u64) {
        *self.tally().violations.get_or_insert_default() += violations;
    }

    /// For how many days the oldest of the secrets has not been changed.
    pub(crate) fn secret_age_of(&self, secrets: &[Found], now: Timestamp) {
        let changed = secrets.iter().filter(|secret| secret.has_value).filter_map(|secret| secret.changed);
        self.tally().secret_age = changed.map(|changed| now.duration_since(changed).as_hours() / 24).max();
    }

    /// The clocks of an org and of this machine disagree.
    pub(crate) fn clocks_disagreed(&self) {
        *self.tally().clock_disagreements.get_or_insert_default() += 1;
    }

    /// How many event types of a page are not in the table.
    pub(crate) fn unknown_event_types(&self, types: usize) {
        *self.tally().unknown_event_types.get_or_insert_default() += types as u64;
    }

    /// How many checks of a connectivity test somebody must look at.
    pub(crate) fn tested(&self, failures: usize) {
        *self.tally().connectivity_failures.get_or_insert_default() += failures;
    }

    /// Tells them, and begins anew.
    pub(crate) fn publish(&self, now: Timestamp) {
        let tally = std::mem::take(&mut *self.tally());
        metrics::publish(Function::Backfill, now.as_millisecond(), &tally.metrics());
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn metric(name: &str) -> &'static Definition {
    Definition::of(Function::Backfill, name)
}

impl Tally {
    fn metrics(&self) -> Vec<Metric> {
        let mut metrics = Vec::new();
        if let Some(okta) = &self.okta {
            metrics.push(Metric::new(const { metric("OktaCalls") }, okta.calls));
            metrics.push(Metric::new(const { metric("OktaThrottled") }, okta.limited));
            metrics.push(Metric::new(const { metric("OktaWaitTime") }, okta.waited.as_millis()));
            metrics
                .extend(okta.remaining.map(|percent| Metric::new(const { metric("OktaRateLimitRemaining") }, percent)));
        }
        if let Some(written) = self.written {
            metrics.push(Metric::new(const { metric("EventsWritten") }, written.events));
            metrics.push(Metric::new(const { metric("EventsQuarantined") }, written.quarantined));
        }
        if let Some(hours) = &self.hours {
            metrics.push(Metric::new(const { metric("HoursSealed") }, hours.sealed));
            metrics.push(Metric::new(const { metric("HoursDue") }, hours.due));
            metrics.push(Metric::new(const { metric("EventsRepaired") }, hours.repaired));
            metrics.push(Metric::new(const { metric("EventsUnconfirmed") }, hours.unconfirmed));
            metrics.push(Metric::new(const { metric("HoursContradicted") }, hours.contradicted));
        }
        metrics.extend(self.violations.map(|found| Metric::new(const { metric("LedgerViolations") }, found)));
        metrics
            .extend(self.clock_disagreements.map(|times| Metric::new(const { metric("ClockDisagreements") }, times)));
        metrics.extend(self.unknown_event_types.map(|types| Metric::new(const { metric("UnknownEventTypes") }, types)));
        metrics.extend(self.secret_age.map(|days| Metric::new(const { metric("SecretAge") }, days)));
        metrics.extend(
            self.connectivity_failures.map(|failures| Metric::new(const { metric("ConnectivityFailures") }, failures)),
        );
        metrics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_and_handed_on() {
        let (figures, seen) = (Metrics::default(), Arc::new(Mutex::new(0)));
        assert_eq!(figures.tally().metrics(), []);
        let next = Arc::clone(&seen);
        let observer = figures.observer(Arc::new(move |_: &Event| *next.lock().unwrap() += 1));
        for (status, limit_and_remaining) in [(200, Some((600, 300))), (429, Some((600, 60))), (200, Some((0, 0)))] {
            let (bucket, elapsed, bytes) = ("logs", Duration::ZERO, 0);
            observer(&Event::Answered { bucket, status, elapsed, bytes, limit_and_remaining });
        }
        observer(&Event::Waiting {
            bucket: "logs",
            reason: okta::WaitReason::Share,
            wait: Some(Duration::from_millis(7)),
        });
        assert_eq!(*seen.lock().unwrap(), 4);
        assert_eq!(
            figures.tally().metrics(),
            [
                Metric::new(const { metric("OktaCalls") }, 3),
                Metric::new(const { metric("OktaThrottled") }, 1),
                Metric::new(const { metric("OktaWaitTime") }, 7),
                Metric::new(const { metric("OktaRateLimitRemaining") }, 10)
            ]
        );
    }
}
