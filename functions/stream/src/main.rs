//! The stream function's cold start: configuration, clients, runtime. What it does is in [`handler`].

mod config;
mod handler;
mod incoming;
mod metrics;
mod sort;
mod undecodable;

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use lake::Lake;
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::handler::Function;

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
        .with_env_filter(EnvFilter::try_new(&config.log)?)
        .init();
    let s3 = aws_sdk_s3::Client::new(&aws().await);
    let function = Function { lake: Lake::new(s3, config.bucket), format: config.format };
    let handle = service_fn(|event: LambdaEvent<Box<RawValue>>| handler::handle(&function, event));
    Runtime::new(handle).layer(undecodable::Layer).run().await.map_err(anyhow::Error::from_boxed)
}

/// S3 answers in tens of milliseconds. A hung attempt must leave time for another one before the
/// function's own deadline.
async fn aws() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(8))
        .build();
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).load().await
}
