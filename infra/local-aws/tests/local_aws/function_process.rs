//! A function process through its whole life, with a function built on the runtime that ours are built on.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use local_aws::FunctionError;
use local_aws::function_process::{FunctionProcess, FunctionSettings};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(20);

fn obedient() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let binary = tests.parent().unwrap().parent().unwrap().join("examples/obedient_function");
    assert!(
        binary.exists(),
        "{} is built by `cargo test -p local-aws`, or `cargo build -p local-aws --examples`",
        binary.display()
    );
    binary
}

fn function() -> FunctionProcess {
    FunctionProcess::new(FunctionSettings::new("obedient", obedient()))
}

fn told(instruction: &str) -> FunctionProcess {
    let variables = [("OBEY".to_owned(), instruction.to_owned())];
    let settings = FunctionSettings::new("obedient", obedient()).environment(variables);
    FunctionProcess::new(settings.init_timeout(Duration::from_millis(300)))
}

async fn ask(function: &FunctionProcess, event: Value) -> Result<Value, FunctionError> {
    let done = function.invoke(event.to_string(), LIMIT).await?;
    Ok(serde_json::from_slice(&done.response).unwrap())
}

#[tokio::test]
async fn one_process_serves_many_events() {
    let function = function();
    for n in 0..50 {
        assert_eq!(ask(&function, json!({"n": n})).await.unwrap(), json!({"n": n}));
    }
    assert_eq!(function.starts(), 1);
    assert!(function.init_duration().unwrap() < Duration::from_secs(10));
}

#[tokio::test]
async fn the_context_is_the_one_that_lambda_gives() {
    let function = function();
    let before = Timestamp::now().as_millisecond();
    let done = function.invoke(r#"{"do":"context"}"#, Duration::from_secs(7)).await.unwrap();
    let context: Value = serde_json::from_slice(&done.response).unwrap();
    let left = context["deadline"].as_i64().unwrap() - before;
    assert!((6_500..=9_000).contains(&left), "{left} ms");
    assert_eq!(context["arn"], "arn:aws:lambda:us-east-1:123456789012:function:obedient");
    assert!(context["trace"].as_str().unwrap().starts_with("Root=1-"));
    assert_eq!(context["id"], "00000000-0000-4000-8000-000000000001");
    let names: Vec<_> = context["environment"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(names.contains(&"AWS_LAMBDA_RUNTIME_API"), "{names:?}");
    assert!(!names.contains(&"CARGO_MANIFEST_DIR"), "the environment of this process leaks: {names:?}");
}

#[tokio::test]
async fn all_lines_printed_before_the_answer_are_there_with_it() {
    let function = function();
    for _ in 0..20 {
        let done = function.invoke(r#"{"do":"print","lines":300}"#, LIMIT).await.unwrap();
        assert_eq!(done.log.len(), 301, "more than a pipe holds");
        assert!(done.log[300].starts_with("line 299 "));
    }
    let done = function.invoke(r#"{"do":"count"}"#, LIMIT).await.unwrap();
    assert_eq!(done.metrics.count("Obeyed"), 2);
}

#[tokio::test]
async fn an_error_is_reported_and_the_process_goes_on() {
    let function = function();
    for (event, text) in
        [(r#"{"do":"fail"}"#, "told to fail"), (r#"{"do":"panic"}"#, "told to panic"), ("garbage", "expected value")]
    {
        let error = function.invoke(event, LIMIT).await.unwrap_err();
        assert!(matches!(&error, FunctionError::Reported { .. }), "{error:?}");
        assert!(error.to_string().contains(text), "{error}");
    }
    ask(&function, json!({})).await.unwrap();
    assert_eq!(function.starts(), 1);
}

#[tokio::test]
async fn a_crash_is_an_error_with_the_last_words_and_the_next_event_gets_a_new_process() {
    let function = function();
    let error = ask(&function, json!({"do": "exit"})).await.unwrap_err();
    let FunctionError::Exited { status, log, .. } = error else { panic!("{error:?}") };
    assert!(status.contains('7'), "{status}");
    assert_eq!(log.0.last().unwrap(), "last words");
    assert_eq!(ask(&function, json!({"n": 1})).await.unwrap(), json!({"n": 1}));
    assert_eq!(function.starts(), 2);
}

#[tokio::test]
async fn a_missed_deadline_ends_the_process() {
    let function = function();
    function.warm_up().await.unwrap();
    let started = Instant::now();
    let error = function.invoke(r#"{"do":"hang"}"#, Duration::from_millis(300)).await.unwrap_err();
    assert!(matches!(error, FunctionError::TimedOut { .. }), "{error:?}");
    assert!(error.to_string().contains("obeying"), "the log tail: {error}");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(ask(&function, json!({"n": 1})).await.unwrap(), json!({"n": 1}));
}

#[tokio::test]
async fn an_invocation_that_nobody_waits_for_is_not_answered_to_the_next() {
    let function = function();
    let hang = function.invoke(r#"{"do":"hang"}"#, LIMIT);
    tokio::time::timeout(Duration::from_millis(300), hang).await.unwrap_err();
    assert_eq!(ask(&function, json!({"n": 1})).await.unwrap(), json!({"n": 1}));
    assert_eq!(function.starts(), 2);
}

#[tokio::test]
async fn failures_at_the_start_are_told() {
    let error = ask(&told("exit-at-start"), json!({})).await.unwrap_err();
    assert!(matches!(&error, FunctionError::Exited { .. }), "{error:?}");
    assert!(error.to_string().contains("no such bucket"), "{error}");
    let error = ask(&told("hang-at-start"), json!({})).await.unwrap_err();
    assert!(matches!(error, FunctionError::InitTimedOut { .. }), "{error:?}");
    let missing = FunctionProcess::new(FunctionSettings::new("none", "/no/such/binary"));
    let error = ask(&missing, json!({})).await.unwrap_err();
    assert!(matches!(error, FunctionError::Spawn { .. }), "{error:?}");
}

#[tokio::test]
async fn a_response_over_six_megabytes_is_an_error_as_on_lambda() {
    let function = function();
    let error = ask(&function, json!({"do": "respond", "bytes": 7_000_000})).await.unwrap_err();
    assert!(error.to_string().contains("Function.ResponseSizeTooLarge"), "{error}");
    let large = ask(&function, json!({"do": "respond", "bytes": 6_000_000})).await.unwrap();
    assert_eq!(large.as_str().unwrap().len(), 6_000_000);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn peak_memory_is_measured() {
    let function = function();
    ask(&function, json!({})).await.unwrap();
    let before = function.peak_memory().unwrap();
    ask(&function, json!({"do": "allocate", "bytes": 64 << 20})).await.unwrap();
    let after = function.peak_memory().unwrap();
    assert!(after - before > 60 << 20, "{before} → {after}");
    function.stop().await;
    ask(&function, json!({})).await.unwrap();
    assert_eq!(function.peak_memory(), Some(after), "the highest of all processes");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_process_ends_with_its_handle() {
    let running = || {
        let processes = std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| std::fs::read(entry.ok()?.path().join("environ")).ok());
        processes.filter(|environ| environ.windows(11).any(|window| window == b"MARK=handle")).count()
    };
    let mark = [("MARK".to_owned(), "handle".to_owned())];
    let function = FunctionProcess::new(FunctionSettings::new("obedient", obedient()).environment(mark));
    function.warm_up().await.unwrap();
    assert_eq!(running(), 1);
    drop(function);
    let deadline = Instant::now() + Duration::from_secs(5);
    while running() > 0 {
        assert!(Instant::now() < deadline, "it still runs");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
