//! The Runtime API as a runtime sees it, byte by byte: a client of a few lines that takes nothing for granted.

use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use local_aws::runtime_api::{Event, Reply, RuntimeApi};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

struct Answer {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let prefix = format!("{name}: ");
        self.headers
            .lines()
            .find_map(|line| line.strip_prefix(&prefix))
            .unwrap_or_else(|| panic!("{name}: {}", self.headers))
    }
}

async fn request(api: &RuntimeApi, head: &str, body: &[u8]) -> Answer {
    let url = api.url();
    let (address, token) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = head.replace(" /", &format!(" /{token}/"));
    let head = format!("{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let headers = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, headers, body: answer[end + 4..].to_vec() }
}

async fn next(api: &RuntimeApi) -> Answer {
    request(api, "GET /2018-06-01/runtime/invocation/next", b"").await
}

async fn post(api: &RuntimeApi, path: &str, body: &[u8]) -> Answer {
    request(api, &format!("POST /2018-06-01/runtime/{path}"), body).await
}

fn event(payload: &[u8]) -> Event {
    Event {
        request_id: "id-1".to_owned(),
        payload: Bytes::copy_from_slice(payload),
        deadline: Timestamp::from_millisecond(1_700_000_000_123).unwrap(),
        function_arn: "arn:x".to_owned(),
        trace_id: "Root=1".to_owned(),
    }
}

#[tokio::test]
async fn bytes_go_both_ways_untouched() {
    for payload in [&b"{\"a\":1}"[..], b"\xff\xfe not JSON \0", b"", &vec![0x80; 300_000]] {
        let api = RuntimeApi::start().await.unwrap();
        let function = async {
            let got = next(&api).await;
            assert_eq!((got.status, got.body.as_slice()), (200, payload));
            assert_eq!(got.header("lambda-runtime-aws-request-id"), "id-1");
            assert_eq!(got.header("lambda-runtime-deadline-ms"), "1700000000123");
            assert_eq!(got.header("lambda-runtime-invoked-function-arn"), "arn:x");
            assert_eq!(got.header("lambda-runtime-trace-id"), "Root=1");
            post(&api, "invocation/id-1/response", payload).await.status
        };
        let (reply, status) = tokio::join!(api.invoke(event(payload)), function);
        assert_eq!(reply, Reply::Response(Bytes::copy_from_slice(payload)));
        assert_eq!(status, 202);
    }
}

#[tokio::test]
async fn a_reply_counts_once_and_only_for_its_own_event() {
    let api = RuntimeApi::start().await.unwrap();
    let function = async {
        next(&api).await;
        assert_eq!(post(&api, "invocation/other/response", b"1").await.status, 400);
        assert_eq!(post(&api, "invocation/id-1/error", br#"{"errorType":"T","errorMessage":"m"}"#).await.status, 202);
        assert_eq!(post(&api, "invocation/id-1/response", b"2").await.status, 400);
    };
    let (reply, ()) = tokio::join!(api.invoke(event(b"{}")), function);
    let Reply::Error(fault) = reply else { panic!("{reply:?}") };
    assert_eq!((fault.error_type.as_str(), fault.error_message.as_str()), ("T", "m"));
}

#[tokio::test]
async fn a_runtime_that_hangs_up_while_it_waits_loses_no_event() {
    let api = RuntimeApi::start().await.unwrap();
    tokio::select! {
        _ = next(&api) => panic!("there is no event yet"),
        idle = api.idle() => idle.unwrap(),
    }
    // The server sees that the client hung up only when it looks.
    let deadline = Instant::now() + Duration::from_secs(20);
    while tokio::time::timeout(Duration::from_millis(10), api.idle()).await.is_ok() {
        assert!(Instant::now() < deadline, "the server does not see that the client hung up");
    }
    let function = async {
        next(&api).await;
        post(&api, "invocation/id-1/response", b"1").await;
    };
    let (reply, ()) = tokio::join!(api.invoke(event(b"{}")), function);
    assert_eq!(reply, Reply::Response(Bytes::from_static(b"1")));
}

#[tokio::test]
async fn a_failed_initialization_is_told() {
    let api = RuntimeApi::start().await.unwrap();
    let (idle, answer) = tokio::join!(api.idle(), post(&api, "init/error", b"OKTA_LAKE_BUCKET is not set"));
    assert_eq!(answer.status, 202);
    assert_eq!(idle.unwrap_err().error_message, "OKTA_LAKE_BUCKET is not set");
}
