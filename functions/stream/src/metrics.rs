//! The metrics of one invocation.

use runtime::Function;
use runtime::metrics::{Definition, Metric, publish};

/// What an invocation did.
#[derive(Debug, Default)]
pub(crate) struct MetricCounts {
    /// Messages in.
    pub(crate) events_received: usize,
    /// Rows in objects that are durable.
    pub(crate) events_written: usize,
    /// Messages that are kept in quarantine.
    pub(crate) events_quarantined: usize,
    /// Messages that repeat an event of the same batch.
    pub(crate) events_duplicate: usize,
    /// Messages given back to the queue.
    pub(crate) events_returned: usize,
    /// Objects in `live/`.
    pub(crate) objects_written: usize,
    /// Distinct event types that the table has no row for.
    pub(crate) unknown_event_types: usize,
    /// Milliseconds from the youngest event to now.
    pub(crate) freshness_lag: Option<i64>,
}

impl MetricCounts {
    /// Publishes them.
    pub(crate) fn publish(&self, now_ms: i64) {
        let counts = [
            Metric::new(const { metric("EventsReceived") }, self.events_received),
            Metric::new(const { metric("EventsWritten") }, self.events_written),
            Metric::new(const { metric("EventsQuarantined") }, self.events_quarantined),
            Metric::new(const { metric("EventsDuplicate") }, self.events_duplicate),
            Metric::new(const { metric("EventsReturned") }, self.events_returned),
            Metric::new(const { metric("ObjectsWritten") }, self.objects_written),
            Metric::new(const { metric("UnknownEventTypes") }, self.unknown_event_types),
        ];
        let lag = self.freshness_lag.map(|lag| Metric::new(const { metric("FreshnessLag") }, lag));
        publish(Function::Stream, now_ms, &counts.into_iter().chain(lag).collect::<Vec<_>>());
    }
}

const fn metric(name: &str) -> &'static Definition {
    Definition::of(Function::Stream, name)
}
