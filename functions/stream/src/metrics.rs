//! One invocation's figures, as metrics.

use runtime::Metric;

/// What an invocation did.
#[derive(Debug, Default)]
pub(crate) struct Figures {
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

impl Figures {
    /// Tells CloudWatch.
    pub(crate) fn publish(&self, now_ms: i64) {
        let counts = [
            Metric::count("EventsReceived", self.events_received),
            Metric::count("EventsWritten", self.events_written),
            Metric::count("EventsQuarantined", self.events_quarantined),
            Metric::count("EventsDuplicate", self.events_duplicate),
            Metric::count("EventsReturned", self.events_returned),
            Metric::count("ObjectsWritten", self.objects_written),
            Metric::count("UnknownEventTypes", self.unknown_event_types),
        ];
        let lag = self.freshness_lag.map(|lag| Metric::milliseconds("FreshnessLag", lag));
        runtime::publish("stream", now_ms, &counts.into_iter().chain(lag).collect::<Vec<_>>());
    }
}
