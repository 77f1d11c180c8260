//! The backfill function's cold start: configuration, clients, runtime. What it does is in [`handler`].

use std::sync::Arc;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use backfill::app::App;
use backfill::aws::bus::Bus;
use backfill::aws::metrics::Metrics;
use backfill::aws::secrets::Secrets;
use backfill::aws::stack::Stack;
use backfill::config::Config;
use backfill::handler;
use backfill::history::plan::PAGE;
use backfill::okta_log::page_writer::Sink;
use backfill::outputs;
use backfill::seal::due::RECHECK_AFTER;
use lake::Lake;
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use okta::SystemClock;
use serde_json::Value;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = Config::from_environment()?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter(&config.log)?)
        .init();
    let aws = aws().await;
    let outputs = outputs::configured(config.security_lake, &aws)?;
    let lake = Lake::new(aws_sdk_s3::Client::new(&aws), config.bucket);
    let events = aws_sdk_eventbridge::Client::new(&aws);
    let figures = Metrics::default();
    let function = App {
        secrets: Secrets::new(aws_sdk_secretsmanager::Client::new(&aws), config.secret_prefix),
        sink: Sink { lake: lake.clone(), format: config.format, figures: figures.clone() },
        outputs,
        bus: Bus::new(events.clone(), config.own_bus),
        stack: Stack { lake, events, bus: config.bus, rule: config.rule },
        share: config.share,
        allowed_hosts: config.allowed_hosts,
        page: PAGE,
        told_every: config.told_every,
        lateness: config.lateness,
        recheck_after: RECHECK_AFTER,
        figures,
        clock: Arc::new(SystemClock::new()),
    };
    let handle = service_fn(|event: LambdaEvent<Value>| handler::handle(&function, event));
    Runtime::new(handle).run().await.map_err(anyhow::Error::from_boxed)
}

/// The SDK's crates trace whole answers, and those of Secrets Manager and STS are secrets: no setting makes them do it
/// here.
const NO_TRACES: [&str; 7] = [
    "aws_config",
    "aws_runtime",
    "aws_sdk_secretsmanager",
    "aws_sdk_sts",
    "aws_sigv4",
    "aws_smithy_http_client",
    "aws_smithy_runtime",
];

fn filter(log: &str) -> anyhow::Result<EnvFilter> {
    let quiet = NO_TRACES.iter().map(|name| format!("{name}=info").parse());
    quiet.into_iter().try_fold(EnvFilter::try_new(log)?, |filter, directive| Ok(filter.add_directive(directive?)))
}

/// A hung attempt must leave time for another one before the function's own deadline.
async fn aws() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(8))
        .build();
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).load().await
}
