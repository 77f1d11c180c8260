//! A Lambda function that does what its event says: the integration tests of the local stack run it.

#![allow(clippy::print_stderr, clippy::duration_suboptimal_units)] // A function of the tests speaks to its log.

use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    #[expect(clippy::disallowed_methods, reason = "this is the function's configuration")]
    let instruction = std::env::var("OBEY").unwrap_or_default();
    match instruction.as_str() {
        "exit-at-start" => {
            eprint!("no such bucket");
            std::process::exit(3);
        }
        "hang-at-start" => tokio::time::sleep(Duration::from_secs(600)).await,
        _ => {}
    }
    lambda_runtime::run(service_fn(obey)).await
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "what a function prints is what is tested")]
async fn obey(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let remaining = event.context.deadline().duration_since(std::time::SystemTime::UNIX_EPOCH)?;
    println!("obeying {}", event.payload);
    match event.payload["do"].as_str() {
        Some("context") => Ok(json!({
            "deadline": u64::try_from(remaining.as_millis())?,
            "arn": event.context.invoked_function_arn,
            "id": event.context.request_id,
            "trace": event.context.xray_trace_id,
            "environment": std::env::vars().map(|(name, _)| name).collect::<Vec<_>>(),
        })),
        Some("count") => {
            let metrics = json!([{"Name": "Obeyed", "Unit": "Count"}]);
            let directive = json!([{"Namespace": "test", "Dimensions": [[]], "Metrics": metrics}]);
            println!("{}", json!({"_aws": {"Timestamp": 1, "CloudWatchMetrics": directive}, "Obeyed": 2}));
            Ok(Value::Null)
        }
        Some("print") => {
            (0..event.payload["lines"].as_u64().unwrap_or(1))
                .for_each(|line| println!("line {line} {}", "x".repeat(900)));
            Ok(Value::Null)
        }
        Some("allocate") => {
            let memory = vec![1_u8; usize::try_from(event.payload["bytes"].as_u64().unwrap_or_default())?];
            Ok(json!(memory.iter().map(|byte| u64::from(*byte)).sum::<u64>()))
        }
        Some("respond") => {
            Ok(Value::String("x".repeat(usize::try_from(event.payload["bytes"].as_u64().unwrap_or(0))?)))
        }
        Some("fail") => Err("told to fail".into()),
        Some("panic") => panic!("told to panic"),
        Some("exit") => {
            eprint!("last words");
            std::process::exit(7)
        }
        Some("hang") => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            Ok(Value::Null)
        }
        _ => Ok(event.payload),
    }
}
