//! The figures of an invocation as one line of standard output, from where CloudWatch takes them: its embedded metric
//! format (CloudWatch User Guide, "Specification: embedded metric format"). Knows neither AWS nor the clock.

use std::io::Write as _;

use serde_json::{Value, json};

/// The namespace of every metric of ours.
pub const NAMESPACE: &str = "okta-lake";

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    name: &'static str,
    unit: &'static str,
    value: i64,
}

impl Metric {
    /// How many.
    pub fn count(name: &'static str, value: impl TryInto<i64>) -> Self {
        Self::new(name, "Count", value)
    }

    /// How long.
    pub fn milliseconds(name: &'static str, value: impl TryInto<i64>) -> Self {
        Self::new(name, "Milliseconds", value)
    }

    /// How much of a whole.
    pub fn percent(name: &'static str, value: impl TryInto<i64>) -> Self {
        Self::new(name, "Percent", value)
    }

    /// Days, for which CloudWatch has no word.
    pub fn days(name: &'static str, value: impl TryInto<i64>) -> Self {
        Self::new(name, "None", value)
    }

    /// A figure that is too large for the line is as large as the line can tell.
    fn new(name: &'static str, unit: &'static str, value: impl TryInto<i64>) -> Self {
        Self { name, unit, value: value.try_into().unwrap_or(i64::MAX) }
    }
}

/// Writes the metrics of a function, of which there is at least one, as of `now_ms` (Unix milliseconds). A line that cannot
/// be written is no reason to fail an invocation whose work is durable.
pub fn publish(function: &str, now_ms: i64, metrics: &[Metric]) {
    if !metrics.is_empty() {
        let line = format!("{}\n", document(function, now_ms, metrics));
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    }
}

fn document(function: &str, now_ms: i64, metrics: &[Metric]) -> Value {
    let named: Vec<_> = metrics.iter().map(|metric| json!({"Name": metric.name, "Unit": metric.unit})).collect();
    let directive = json!({"Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": named});
    let mut document = json!({
        "_aws": {"Timestamp": now_ms, "CloudWatchMetrics": [directive]},
        "Function": function,
    });
    for metric in metrics {
        document[metric.name] = metric.value.into();
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_and_dimension_that_is_named_has_its_value() {
        let metrics = [Metric::count("EventsReceived", 3_usize), Metric::milliseconds("FreshnessLag", u64::MAX)];
        let document = document("stream", 1_767_225_600_000, &metrics);
        let directive = &document["_aws"]["CloudWatchMetrics"][0];
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(document[metric["Name"].as_str().unwrap()].is_number(), "{metric} has no value");
        }
        for dimension in directive["Dimensions"][0].as_array().unwrap() {
            assert!(document[dimension.as_str().unwrap()].is_string(), "{dimension} has no value");
        }
        assert_eq!((&document["EventsReceived"], &document["FreshnessLag"]), (&json!(3), &json!(i64::MAX)));
        assert_eq!(directive["Metrics"][1]["Unit"], "Milliseconds");
    }
}
