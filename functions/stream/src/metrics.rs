//! One invocation's figures, as CloudWatch's embedded metric format.

use std::io::Write;

use serde::Serialize;
use serde_json::json;

/// What an invocation did. The names are the metrics' names.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) freshness_lag: Option<i64>,
}

const COUNTS: [&str; 7] = [
    "EventsReceived",
    "EventsWritten",
    "EventsQuarantined",
    "EventsDuplicate",
    "EventsReturned",
    "ObjectsWritten",
    "UnknownEventTypes",
];

impl Figures {
    /// Writes them as one line of standard output, from where CloudWatch takes them. A line that
    /// cannot be written is no reason to fail a batch that is durable.
    pub(crate) fn publish(&self, now_ms: i64) {
        if let Ok(mut line) = self.document(now_ms) {
            line.push(b'\n');
            let _ = std::io::stdout().lock().write_all(&line);
        }
    }

    fn document(&self, now_ms: i64) -> serde_json::Result<Vec<u8>> {
        let counts = COUNTS.iter().map(|name| json!({"Name": name, "Unit": "Count"}));
        let lag = self.freshness_lag.map(|_| json!({"Name": "FreshnessLag", "Unit": "Milliseconds"}));
        let metrics: Vec<_> = counts.chain(lag).collect();
        let directive = json!({"Namespace": "okta-lake", "Dimensions": [["Function"]], "Metrics": metrics});
        let mut document = serde_json::to_value(self)?;
        document["Function"] = json!("stream");
        document["_aws"] = json!({"Timestamp": now_ms, "CloudWatchMetrics": [directive]});
        serde_json::to_vec(&document)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_metric_that_is_named_has_its_value() {
        let figures = Figures { events_received: 3, freshness_lag: Some(1_500), ..Figures::default() };
        let document: Value = serde_json::from_slice(&figures.document(1_767_225_600_000).unwrap()).unwrap();
        let directive = &document["_aws"]["CloudWatchMetrics"][0];
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(document[metric["Name"].as_str().unwrap()].is_number(), "{metric} has no value");
        }
        for dimension in directive["Dimensions"][0].as_array().unwrap() {
            assert!(document[dimension.as_str().unwrap()].is_string(), "{dimension} has no value");
        }
        assert_eq!(document["EventsReceived"], 3);
    }
}
