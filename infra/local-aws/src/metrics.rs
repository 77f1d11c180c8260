//! The metrics that a function prints in CloudWatch's embedded metric format, as CloudWatch would read them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Metric values by name: counts are summed, everything else (such as a lag) keeps its largest value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics(BTreeMap<String, Metric>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Metric {
    value: f64,
    is_count: bool,
}

impl Metrics {
    /// Reads one line of a function's log; a line that is no metric document has none.
    pub fn read(line: &str) -> Self {
        // Most lines are logs; this finds out without parsing them.
        if !line.contains("\"_aws\"") {
            return Self::default();
        }
        serde_json::from_str::<Document>(line).map(Document::metrics).unwrap_or_default()
    }

    /// The value of a metric, if it was given at all.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).map(|metric| metric.value)
    }

    /// The value of a count; one that was never given is 0.
    pub fn count(&self, name: &str) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts are small and not negative"
        )]
        let count = self.get(name).unwrap_or_default() as u64;
        count
    }

    /// The names of the metrics, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Adds what another document says.
    pub fn add(&mut self, other: &Self) {
        for (name, metric) in &other.0 {
            let known = self.0.entry(name.clone()).or_insert(Metric { value: 0.0, is_count: metric.is_count });
            known.value = if known.is_count { known.value + metric.value } else { known.value.max(metric.value) };
        }
    }
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "_aws")]
    directives: Directives,
    #[serde(flatten)]
    fields: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directives {
    cloud_watch_metrics: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    metrics: Vec<Definition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: String,
    #[serde(default)]
    unit: Option<String>,
}

impl Document {
    fn metrics(self) -> Metrics {
        let mut metrics = Metrics::default();
        for definition in self.directives.cloud_watch_metrics.into_iter().flat_map(|directive| directive.metrics) {
            let is_count = definition.unit.is_none_or(|unit| unit == "Count");
            for value in values(self.fields.get(&definition.name)) {
                metrics.add(&Metrics([(definition.name.clone(), Metric { value, is_count })].into()));
            }
        }
        metrics
    }
}

/// A metric's value is one number or a list of them.
fn values(field: Option<&Value>) -> Vec<f64> {
    match field {
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_f64).collect(),
        Some(value) => value.as_f64().into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(written: &str, lag: u32) -> String {
        let metrics = r#"[{"Name":"EventsWritten","Unit":"Count"},{"Name":"FreshnessLag","Unit":"Milliseconds"}]"#;
        format!(
            r#"{{"_aws":{{"Timestamp":1,"CloudWatchMetrics":[{{"Namespace":"okta-lake","Dimensions":[[]],"Metrics":{metrics}}}]}},"EventsWritten":{written},"FreshnessLag":{lag},"other":7}}"#
        )
    }

    #[test]
    fn counts_add_up_and_a_lag_keeps_its_worst() {
        let mut metrics = Metrics::read(&line("3", 900));
        metrics.add(&Metrics::read(&line("[1, 4]", 20)));
        assert_eq!(metrics.count("EventsWritten"), 8);
        assert_eq!(metrics.get("FreshnessLag"), Some(900.0));
        assert_eq!(metrics.names().collect::<Vec<_>>(), ["EventsWritten", "FreshnessLag"]);
        assert_eq!(metrics.get("other"), None, "only what the directive names is a metric");
    }

    #[test]
    fn a_log_line_has_no_metrics() {
        for line in ["", "panicked at", r#"{"level":"INFO"}"#, r#"{"_aws":7}"#, r#"{"_aws""#] {
            assert_eq!(Metrics::read(line), Metrics::default(), "{line}");
        }
    }
}
