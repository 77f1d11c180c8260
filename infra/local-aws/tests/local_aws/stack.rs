//! Queue, function and store together, when the store is not well.

use std::sync::LazyLock;

use local_aws::config::Config;
use local_aws::function_binaries::FunctionBinaries;
use local_aws::s3_server::Fault;
use local_aws::stream_stack::StreamStack;

/// The real functions, built once.
static FUNCTIONS: LazyLock<FunctionBinaries> =
    LazyLock::new(|| FunctionBinaries::find(&Config::from_environment()).unwrap());

fn event(uuid: &str, hour: u32) -> String {
    format!(
        r#"{{"source":"aws.partner/okta.com/acme/s","detail-type":"SystemLog","detail":{{"uuid":"{uuid}","published":"2026-05-04T{hour:02}:00:00Z","eventType":"user.session.start"}}}}"#
    )
}

#[tokio::test]
async fn what_the_store_refuses_comes_again_until_it_is_a_dead_letter() {
    let lake = tempfile::tempdir().unwrap();
    let mut stack = StreamStack::start(lake.path(), &FUNCTIONS, &Config::default()).await.unwrap();
    // Refused for good: the SDK does not try that again by itself.
    stack.s3.set_fault(|request| request.key.contains("hour=03").then_some(Fault::Status(403)));
    for (uuid, hour) in [("a", 2), ("b", 3), ("c", 4)] {
        stack.send(event(uuid, hour)).await.unwrap();
    }
    stack.drain().await;
    let dead: Vec<_> = stack.queue().dead_letters().iter().map(|message| message.body.to_string()).collect();
    assert_eq!(dead, [event("b", 3)]);
    assert_eq!((stack.delivered().invocations, stack.delivered().returned), (5, 5));
    assert_eq!(stack.delivered().metrics.count("EventsWritten"), 2);
    assert_eq!(stack.s3.written().len(), 2);

    stack.s3.clear_fault();
    stack.send(event("b", 3)).await.unwrap();
    stack.drain().await;
    assert_eq!(stack.s3.written().len(), 3);
}

#[tokio::test]
async fn the_same_messages_again_find_their_objects_there() {
    let lake = tempfile::tempdir().unwrap();
    for expected in [(1, 0), (0, 1)] {
        let mut stack = StreamStack::start(lake.path(), &FUNCTIONS, &Config::default()).await.unwrap();
        stack.send(event("a", 2)).await.unwrap();
        stack.drain().await;
        assert_eq!((stack.s3.written().len(), stack.s3.already_there().len()), expected);
    }
}

#[tokio::test]
async fn a_function_that_cannot_start_is_told_at_once() {
    let lake = tempfile::tempdir().unwrap();
    let format = ("OKTA_LAKE_FORMAT".to_owned(), "csv".to_owned());
    let config = Config { handed_on: vec![format], ..Config::default() };
    let error = StreamStack::start(lake.path(), &FUNCTIONS, &config).await.unwrap_err().to_string();
    assert!(error.contains("OKTA_LAKE_FORMAT") && error.contains("csv"), "{error}");
}
