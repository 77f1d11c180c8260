//! The backfill function's cold start: configuration, clients, runtime. What it does is in [`handler`].

use std::sync::Arc;

use aws_config::SdkConfig;
use backfill::app::App;
use backfill::aws::bus::Bus;
use backfill::aws::kms::KmsSigner;
use backfill::aws::metrics::Metrics;
use backfill::aws::secrets::Secrets;
use backfill::aws::stack::Stack;
use backfill::config::{Config, SigningKey};
use backfill::handler;
use backfill::history::plan::PAGE;
use backfill::okta_log::page_writer::Sink;
use backfill::outputs;
use backfill::seal::due::RECHECK_AFTER;
use lake::Lake;
use lake::signing::Signer;
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use okta::SystemClock;
use runtime::{Environment, aws, logs};
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let config = Config::read(&Environment::of_process())?;
    logs::init(&config.log);
    let aws = aws::configuration().await;
    let outputs = outputs::configured(config.security_lake, &aws)?;
    let lake = Lake::new(aws_sdk_s3::Client::new(&aws), config.bucket);
    let events = aws_sdk_eventbridge::Client::new(&aws);
    let figures = Metrics::default();
    let function = App {
        secrets: Secrets::new(aws_sdk_secretsmanager::Client::new(&aws), config.secret_prefix),
        sink: Sink { lake: lake.clone(), format: config.format, figures: figures.clone() },
        outputs,
        signer: config.signing_key.map(|key| signer(key, &aws)),
        trusted_keys: config.trusted_keys,
        bus: Bus::new(events.clone(), config.own_bus),
        stack: Stack { lake, events, bus: config.bus, rule: config.rule },
        share: config.share,
        allowed_hosts: config.allowed_hosts,
        network: config.network,
        page: PAGE,
        progress_interval: config.progress_interval,
        lateness: config.lateness,
        recheck_after: RECHECK_AFTER,
        figures,
        clock: Arc::new(SystemClock::new()),
    };
    let handle = service_fn(|event: LambdaEvent<Value>| handler::handle(&function, event));
    Runtime::new(handle).run().await.map_err(anyhow::Error::from_boxed)
}

/// The key that signs the ledger.
fn signer(key: SigningKey, aws: &SdkConfig) -> Arc<dyn Signer> {
    match key {
        SigningKey::Kms(arn) => Arc::new(KmsSigner::new(aws_sdk_kms::Client::new(aws), arn)),
        SigningKey::File(key) => Arc::new(key),
    }
}
