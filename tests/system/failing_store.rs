//! S3 that refuses: what is not durable goes back to the queue, and nothing else does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use local_aws::fault::Fault;

use crate::support::{LogEvent, System};

fn at(uuid: &str, hour: u8) -> String {
    LogEvent::sign_in(uuid).with("published", &format!("\"2026-05-04T{hour:02}:00:00Z\"")).message()
}

#[tokio::test]
async fn only_the_messages_of_the_failed_object_return() {
    let system = System::start().await;
    system.s3.set_fault(|request| request.key.contains("hour=03").then_some(Fault::Status(503)));
    let messages = [at("a", 2), at("b", 3), at("c", 4), at("d", 3)];
    let delivered = system.deliver(&messages).await;
    assert_eq!(delivered.failures, ["m1", "m3"]);
    assert_eq!(delivered.written, 2.0);
    let said = delivered.log.join("\n");
    assert!(said.contains("messages go back to the queue"), "{said}");

    system.s3.clear_fault();
    let retried = system.deliver(&[messages[1].clone(), messages[3].clone()]).await;
    assert!(retried.failures.is_empty());
    let mut uuids: Vec<_> = system.rows().iter().map(|row| row["metadata"]["uid"].to_string()).collect();
    uuids.sort();
    assert_eq!(uuids, ["\"a\"", "\"b\"", "\"c\"", "\"d\""]);
}

#[tokio::test]
async fn a_quarantine_that_cannot_be_written_returns_its_message() {
    let system = System::start().await;
    system.s3.set_fault(|request| request.key.starts_with("quarantine/").then_some(Fault::Status(500)));
    let delivered = system.deliver(&["junk".to_owned(), at("a", 1)]).await;
    assert_eq!(delivered.failures, ["m0"]);
    assert_eq!((delivered.written, delivered.quarantined), (1.0, 0.0));
}

#[tokio::test]
async fn a_direct_event_that_cannot_be_written_fails_the_invocation() {
    let system = System::start().await;
    system.s3.set_fault(|_| Some(Fault::Status(503)));
    let error = system.invoke(at("a", 1)).await.unwrap_err().to_string();
    assert!(error.contains("could not be written"), "{error}");
}

#[tokio::test]
async fn a_conflict_and_a_lost_answer_are_tried_again() {
    for fault in [Fault::Status(409), Fault::LostAnswer] {
        let system = System::start().await;
        let tries = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&tries);
        system.s3.set_fault(move |_| (seen.fetch_add(1, Ordering::SeqCst) == 0).then_some(fault));
        let delivered = system.deliver(&[at("a", 1)]).await;
        assert!(delivered.failures.is_empty(), "{delivered:?}");
        assert_eq!(tries.load(Ordering::SeqCst), 2, "one bad answer, one good");
        assert_eq!(system.rows().len(), 1);
    }
}
