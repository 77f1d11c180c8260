//! The metrics, declared once, and one invocation's values of them as a line of standard output, from which CloudWatch
//! takes them: its embedded metric format (CloudWatch User Guide, "Specification: embedded metric format"). The list in
//! the README is generated from the table; `tests/moto/alarms.py` compares it with the dashboard and the alarms.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::function::Function;
use crate::variables::is_same;

/// The namespace of every metric of okta-lake.
pub const NAMESPACE: &str = "okta-lake";

/// A metric that is declared.
#[derive(Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// The functions that publish it.
    pub functions: &'static [Function],
    /// The dimensions under which it is published.
    pub dimensions: &'static [Dimension],
    /// What it counts or measures, in one invocation.
    pub meaning: &'static str,
}

/// The unit of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// A number of days, for which CloudWatch has no unit.
    Days,
    /// A time.
    Milliseconds,
    /// A part of a whole.
    Percent,
}

/// A dimension of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The function that publishes it: `stream` or `backfill`.
    Function,
}

const STREAM: &[Function] = &[Function::Stream];
const BACKFILL: &[Function] = &[Function::Backfill];
const BOTH: &[Function] = &[Function::Stream, Function::Backfill];

/// All metrics, sorted by name.
pub const METRICS: &[Definition] = &[
    row("ClockDisagreements", Unit::Count, BACKFILL, "orgs whose clock and the local clock disagree"),
    row("ConnectivityFailures", Unit::Count, BACKFILL, "checks of a connectivity test that need attention"),
    row("EventsDuplicate", Unit::Count, STREAM, "messages that repeat an event of the same batch"),
    row("EventsQuarantined", Unit::Count, BOTH, "messages and records that were put into quarantine"),
    row("EventsReceived", Unit::Count, STREAM, "messages received"),
    row("EventsRepaired", Unit::Count, BACKFILL, "events that Okta's API had and the lake lacked"),
    row("EventsReturned", Unit::Count, STREAM, "messages returned to the queue"),
    row("EventsUnconfirmed", Unit::Count, BACKFILL, "events of the stream that Okta's API does not have"),
    row("EventsWritten", Unit::Count, BOTH, "rows written to `live/`"),
    row("FreshnessLag", Unit::Milliseconds, STREAM, "age of the newest event when it is written"),
    row("HoursContradicted", Unit::Count, BACKFILL, "hours for which Okta's answers contradict each other or the lake"),
    row("HoursDue", Unit::Count, BACKFILL, "hours that are due and have no seal yet"),
    row("HoursSealed", Unit::Count, BACKFILL, "hours sealed"),
    row(
        "LedgerViolations",
        Unit::Count,
        BACKFILL,
        "contradictions between the ledger and the lake that `verify` found",
    ),
    row("ObjectsWritten", Unit::Count, STREAM, "objects written to `live/`"),
    row("OktaCalls", Unit::Count, BACKFILL, "answers of Okta's API"),
    row("OktaRateLimitRemaining", Unit::Percent, BACKFILL, "lowest remaining part of a rate limit"),
    row("OktaThrottled", Unit::Count, BACKFILL, "answers of Okta's API with status 429"),
    row("OktaWaitTime", Unit::Milliseconds, BACKFILL, "time spent waiting for rate limits and retries"),
    row("SecretAge", Unit::Days, BACKFILL, "days since the oldest secret was changed"),
    row("UnknownEventTypes", Unit::Count, BOTH, "event types that the table has no row for"),
];

const fn row(name: &'static str, unit: Unit, functions: &'static [Function], meaning: &'static str) -> Definition {
    Definition { name, unit, functions, dimensions: &[Dimension::Function], meaning }
}

impl Definition {
    /// The metric of this name that `function` publishes. Call it in a `const`: a name that is not in the table does not
    /// compile then.
    ///
    /// # Panics
    /// If the table has no such metric.
    pub const fn of(function: Function, name: &str) -> &'static Self {
        let mut row = 0;
        while row < METRICS.len() {
            if is_same(METRICS[row].name, name) && METRICS[row].is_published_by(function) {
                return &METRICS[row];
            }
            row += 1;
        }
        panic!("functions/runtime/src/metrics.rs declares no such metric of this function")
    }

    const fn is_published_by(&self, function: Function) -> bool {
        let mut at = 0;
        while at < self.functions.len() {
            if self.functions[at] as u8 == function as u8 {
                return true;
            }
            at += 1;
        }
        false
    }
}

impl Unit {
    /// Its name in CloudWatch.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Days => "None",
            Self::Milliseconds => "Milliseconds",
            Self::Percent => "Percent",
        }
    }
}

impl Dimension {
    /// Its name in CloudWatch.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Function => "Function",
        }
    }
}

/// One value of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    definition: &'static Definition,
    value: i64,
}

impl Metric {
    /// A value that exceeds the range becomes the largest of it.
    pub fn new(definition: &'static Definition, value: impl TryInto<i64>) -> Self {
        Self { definition, value: value.try_into().unwrap_or(i64::MAX) }
    }
}

/// Publishes the values of an invocation as of `now_ms` (Unix milliseconds). A line that cannot be written is no reason to
/// fail an invocation whose work is durable.
pub fn publish(function: Function, now_ms: i64, metrics: &[Metric]) {
    if !metrics.is_empty() {
        let line = format!("{}\n", document(function, now_ms, metrics));
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    }
}

fn document(function: Function, now_ms: i64, metrics: &[Metric]) -> Value {
    let directives: Vec<_> = metrics.iter().map(|metric| directive(metric.definition)).collect();
    let mut document = json!({
        "_aws": {"Timestamp": now_ms, "CloudWatchMetrics": directives},
        Dimension::Function.name(): function.name(),
    });
    for metric in metrics {
        document[metric.definition.name] = metric.value.into();
    }
    document
}

fn directive(definition: &Definition) -> Value {
    let dimensions: Vec<_> = definition.dimensions.iter().map(|dimension| dimension.name()).collect();
    let metric = json!({"Name": definition.name, "Unit": definition.unit.name()});
    json!({"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": [metric]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_sorted() {
        for pair in METRICS.windows(2) {
            assert!(pair[0].name < pair[1].name, "{} must stand after {}", pair[0].name, pair[1].name);
        }
    }

    #[test]
    fn every_metric_and_dimension_that_is_named_has_its_value() {
        let received = Metric::new(const { Definition::of(Function::Stream, "EventsReceived") }, 3_usize);
        let lag = Metric::new(const { Definition::of(Function::Stream, "FreshnessLag") }, u64::MAX);
        let document = document(Function::Stream, 1_767_225_600_000, &[received, lag]);
        let directives = document["_aws"]["CloudWatchMetrics"].as_array().unwrap();
        assert_eq!(directives.len(), 2);
        for directive in directives {
            let name = directive["Metrics"][0]["Name"].as_str().unwrap();
            assert!(document[name].is_number(), "{name} has no value");
            for dimension in directive["Dimensions"][0].as_array().unwrap() {
                assert!(document[dimension.as_str().unwrap()].is_string(), "{dimension} has no value");
            }
        }
        assert_eq!((&document["EventsReceived"], &document["FreshnessLag"]), (&json!(3), &json!(i64::MAX)));
        assert_eq!(
            (&document["Function"], &directives[1]["Metrics"][0]["Unit"]),
            (&json!("stream"), &json!("Milliseconds"))
        );
    }
}
