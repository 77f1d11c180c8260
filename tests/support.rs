//! What the system's tests are written with: a system to invoke, events to send, rows to read.

mod collector;
mod events;
pub(crate) mod inventory;
pub(crate) mod rows;
pub(crate) mod security_lake;
pub(crate) mod view;

use std::sync::LazyLock;
use std::time::Duration;

use local_aws::FunctionError;
use local_aws::config::Config;
use local_aws::function_binaries::FunctionBinaries;
use local_aws::function_process::{FunctionProcess, FunctionSettings};
use local_aws::s3_server::EmbeddedS3;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use collector::{Collector, Ended, Settings};
pub(crate) use events::{LogEvent, envelope};

/// Built once for all tests.
pub(crate) static FUNCTIONS: LazyLock<FunctionBinaries> =
    LazyLock::new(|| FunctionBinaries::find(&Config::from_environment()).unwrap());

/// A stream function with a lake of its own.
pub(crate) struct System {
    lake: TempDir,
    pub(crate) s3: EmbeddedS3,
    stream: FunctionProcess,
}

/// What an invocation came to.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// The ids that the queue keeps.
    pub(crate) failures: Vec<String>,
    /// What the function counted.
    pub(crate) received: f64,
    pub(crate) written: f64,
    pub(crate) quarantined: f64,
    pub(crate) duplicates: f64,
    /// What it logged.
    pub(crate) log: Vec<String>,
}

impl System {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with more variables for the function.
    pub(crate) async fn start_with(variables: &[(&str, &str)]) -> Self {
        let lake = tempfile::tempdir().unwrap();
        let s3 = EmbeddedS3::start(lake.path()).await.unwrap();
        let more = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment: Vec<_> = s3.environment().into_iter().chain(more).collect();
        let stream =
            FunctionProcess::new(FunctionSettings::new("stream", FUNCTIONS.stream.clone()).environment(environment));
        Self { lake, s3, stream }
    }

    /// Hands over raw bytes, as the Runtime API does.
    pub(crate) async fn invoke(&self, payload: impl Into<Vec<u8>>) -> Result<Delivered, FunctionError> {
        let done = self.stream.invoke(payload.into(), Duration::from_mins(1)).await?;
        let response: Value = serde_json::from_slice(&done.response).unwrap();
        let failures = response["batchItemFailures"].as_array().expect("a partial batch response").iter();
        let count = |name| done.metrics.get(name).unwrap_or_else(|| panic!("no metric {name}"));
        Ok(Delivered {
            failures: failures.map(|it| it["itemIdentifier"].as_str().unwrap().to_owned()).collect(),
            received: count("EventsReceived"),
            written: count("EventsWritten"),
            quarantined: count("EventsQuarantined"),
            duplicates: count("EventsDuplicate"),
            log: done.log,
        })
    }

    /// Hands over a batch of message bodies; their ids are `m0`, `m1`, ...
    pub(crate) async fn deliver(&self, bodies: &[String]) -> Delivered {
        self.invoke(batch(bodies)).await.unwrap()
    }

    /// Every row of `live/`, by key.
    pub(crate) fn rows(&self) -> Vec<Value> {
        rows::parquet(&self.lake.path().join("live"))
    }

    /// Every record of `quarantine/`.
    pub(crate) fn quarantined(&self) -> Vec<Value> {
        rows::json(&self.lake.path().join("quarantine"))
    }

    /// The keys below `prefix`, sorted.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        rows::keys(self.lake.path(), prefix)
    }
}

/// An SQS batch as Lambda hands it over.
pub(crate) fn batch(bodies: &[String]) -> Vec<u8> {
    let record = |(index, body): (usize, &String)| {
        json!({
            "messageId": format!("m{index}"),
            "receiptHandle": "r",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1777888800000"},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:okta-lake",
            "awsRegion": "eu-central-1",
        })
    };
    let records: Vec<_> = bodies.iter().enumerate().map(record).collect();
    serde_json::to_vec(&json!({ "Records": records })).unwrap()
}
