//! The stream function's cold start: configuration, clients, runtime. What it does is in [`handler`].

mod config;
mod handler;
mod incoming;
mod metrics;
mod triage;
mod undecodable;

use lake::Lake;
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use runtime::{Environment, aws, logs};
use serde_json::value::RawValue;

use crate::config::Config;
use crate::handler::App;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = Config::read(&Environment::of_process())?;
    logs::init(&config.log);
    let s3 = aws_sdk_s3::Client::new(&aws::configuration().await);
    let app = App { lake: Lake::new(s3, config.bucket), format: config.format };
    let handle = service_fn(|event: LambdaEvent<Box<RawValue>>| handler::handle(&app, event));
    Runtime::new(handle).layer(undecodable::Layer).run().await.map_err(anyhow::Error::from_boxed)
}
