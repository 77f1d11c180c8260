//! What goes wrong: each fault has its outcome.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use okta::{Client, Deadline, Disposition, Error, Limits, List, Options, Pages, Shape, TransportError, WrongAnswer};

use crate::server::{Fault, Reply, Server, options};

/// A server that answers the first `times` calls with `bad` and then well.
async fn recovering(bad: Reply, times: usize) -> Server {
    let calls = AtomicUsize::new(0);
    Server::start(move |_| {
        let is_bad = calls.fetch_add(1, Ordering::SeqCst) < times;
        if is_bad { bad.clone() } else { Reply::json(r#"[{"id": "1"}]"#) }
    })
    .await
}

async fn get(client: &Client) -> Result<usize, Error> {
    let page = client.get(&client.url("/api/v1/users", &[])?).await?;
    Ok(page.records()?.len())
}

/// The records of the first page of the list.
async fn list(client: &Client) -> Result<usize, Error> {
    let list = List::new(client.url("/api/v1/users", &[])?, Shape::List);
    let page = Pages::new(client, list).next().await?.unwrap();
    Ok(page.records()?.len())
}

fn wrong(error: &Error) -> Option<&WrongAnswer> {
    match error {
        Error::WrongAnswer { source, .. } => Some(source),
        _ => None,
    }
}

/// What a server that always answers this comes to, and how often it was asked.
async fn outcome(reply: Reply) -> (Error, usize) {
    let server = recovering(reply, usize::MAX).await;
    let error = get(&server.client().await).await.unwrap_err();
    (error, server.seen().len())
}

fn packed(body: &[u8]) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    Reply::json("").header("content-encoding", "gzip").body(encoder.finish().unwrap())
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let html = Reply::json("").header("content-type", "text/html").body(b"<html>".to_vec());
    let gzip = packed(&[b'1'; 1_000]);
    let faults = [
        ("503", Reply::json("").status(503)),
        ("html 502", html.clone().status(502)),
        ("504", Reply::error(504, "E0000009")),
        ("408", Reply::json("").status(408)),
        ("cut", Reply::json("[]").fault(Fault::Cut)),
        ("cut body", Reply::json("[1, 2, 3]").fault(Fault::CutBody(4))),
        ("truncated json", Reply::json(r#"[{"id": "1"}, {"id"#)),
        ("empty json", Reply::json("")),
        ("two values", Reply::json("[][]")),
        ("an object for a list", Reply::json("{}")),
        ("an error with status 200", Reply::error(200, "E0000009")),
        ("HTML with status 200", html.clone().status(200)),
        ("HTML that lies", Reply::json("<html>sign in</html>")),
        ("JSON that lies", Reply::json("[1]").header("content-type", "text/plain")),
        ("part of a page", Reply::json("[1]").status(206)),
        ("nothing", Reply::json("").status(204)),
        ("broken gzip", gzip.clone().body(vec![1, 2, 3])),
        ("cut gzip", gzip.fault(Fault::CutBody(10))),
        ("429 without headers", Reply::json("").status(429)),
    ];
    for (name, fault) in faults {
        let server = recovering(fault, 2).await;
        assert_eq!(list(&server.client().await).await.unwrap(), 1, "{name}");
        assert_eq!(server.seen().len(), 3, "{name}");
    }
}

#[tokio::test]
async fn what_does_not_pass_ends_with_what_the_org_said() {
    let (error, calls) = outcome(Reply::error(503, "E0000010")).await;
    assert!(matches!(&error, Error::Api { refusal, .. } if refusal.code.as_deref() == Some("E0000010")), "{error:?}");
    assert_eq!((error.disposition(), calls), (Disposition::Retry, 4));

    let (error, calls) = outcome(Reply::json("[").fault(Fault::CutBody(1))).await;
    assert_eq!(wrong(&error), Some(&WrongAnswer::Broken { bytes: 1 }), "{error:?}");
    assert_eq!(calls, 4);

    let (error, calls) = outcome(Reply::json("[]").fault(Fault::Cut)).await;
    assert!(matches!(&error, Error::NoAnswer { attempts: 4, .. }) && calls >= 4, "{error:?}");
    assert_eq!(error.disposition(), Disposition::Retry);
}

#[tokio::test]
async fn a_refusal_is_not_tried_again_and_says_what_to_do() {
    let challenge = r#"Bearer scope="okta.groups.read", error="insufficient_scope""#;
    let html = Reply::json("").header("content-type", "text/html").body(b"<html>sign in</html>".to_vec());
    let cases = [
        (Reply::error(403, "E0000006"), Disposition::Denied, "admin role"),
        (Reply::json("").status(403).header("www-authenticate", challenge), Disposition::Denied, "(okta.groups.read)"),
        (Reply::error(401, "E0000015"), Disposition::NotOffered, "not licensed"),
        (Reply::error(404, "E0000007"), Disposition::NotFound, "deleted"),
        (Reply::error(400, "E0000031"), Disposition::Rejected, "report it"),
        (Reply::error(500, "E0000053"), Disposition::Rejected, "90 days"),
        (Reply::error(501, "E0000060"), Disposition::NotOffered, "does not offer"),
        (Reply::error(405, "E0000022"), Disposition::Rejected, "report it"),
        (Reply::json("").status(403).header("x-okta-request-id", "r"), Disposition::Denied, "admin role"),
        (html.clone().status(403), Disposition::Rejected, "proxy"),
        (html.status(405), Disposition::Rejected, "proxy"),
    ];
    for (reply, disposition, remedy) in cases {
        let (error, calls) = outcome(reply).await;
        assert_eq!((error.disposition(), calls), (disposition, 1), "{error:?}");
        assert!(error.remedy().contains(remedy), "{error}: {}", error.remedy());
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::start(|_| Reply::json("[]")).await;
    for (location, target) in
        [(other.url.as_str(), "127.0.0.1"), ("https://evil.example/x", "evil.example"), ("/x", "127.0.0.1")]
    {
        let (error, calls) = outcome(Reply::json("").status(302).header("location", location)).await;
        assert!(matches!(&error, Error::Redirected { target: to, .. } if to == target), "{error:?}");
        assert_eq!((error.disposition(), calls), (Disposition::Stop, 1));
    }
    assert_eq!(other.seen().len(), 0);
}

#[tokio::test]
async fn a_slow_answer_is_given_up_and_asked_for_again() {
    let server = recovering(Reply::json("[]").fault(Fault::Stall(Duration::from_secs(30))), 1).await;
    let limits = Limits { request_timeout: Duration::from_millis(100), ..Limits::default() };
    let client = server.client_with(r#""api_token": "t""#, Options { limits, ..options() }).await.unwrap();
    assert_eq!(get(&client).await.unwrap(), 1);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_kept_packed_or_not() {
    let big = format!("[{}]", " ".repeat(100_000)).into_bytes();
    for reply in [Reply::json("").body(big.clone()), packed(&big)] {
        let server = recovering(reply, usize::MAX).await;
        let limits = Limits { max_body: 50_000, ..Limits::default() };
        let client = server.client_with(r#""api_token": "t""#, Options { limits, ..options() }).await.unwrap();
        let error = get(&client).await.unwrap_err();
        assert!(matches!(&error, Error::NoAnswer { source: TransportError::TooLarge(50_000), .. }), "{error:?}");
        assert_eq!((error.disposition(), server.seen().len()), (Disposition::Rejected, 1));
        assert!(error.remedy().contains("larger than"));
    }
}

#[tokio::test]
async fn a_packed_answer_is_unpacked() {
    let server = Server::start(|seen| {
        assert_eq!(seen.header("accept-encoding"), Some("gzip"));
        packed(b"[1, 2, 3]")
    })
    .await;
    assert_eq!(get(&server.client().await).await.unwrap(), 3);
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_connection() {
    let server = Server::start(|_| Reply::json("[]")).await;
    let closed = server.url.clone();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let secret = server.secret(r#""api_token": "t""#).replace(&closed, &url);
    let client = Client::new(std::sync::Arc::new(okta::SecretString::from(secret)), options()).await.unwrap();
    let error = get(&client).await.unwrap_err();
    assert!(matches!(&error, Error::NoAnswer { source: TransportError::Connect(_), .. }), "{error:?}");
    assert!(error.remedy().contains("port 443"));
}

#[tokio::test]
async fn no_wait_goes_past_the_deadline() {
    let throttled = Reply::error(429, "E0000047")
        .header("x-rate-limit-limit", 60)
        .header("x-rate-limit-remaining", 0)
        .header("x-rate-limit-reset", 784_111_820)
        .header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    let stalled = Reply::json("[]").fault(Fault::Stall(Duration::from_secs(30)));
    for reply in [throttled, stalled] {
        let server = recovering(reply, usize::MAX).await;
        let options = options();
        let deadline = Deadline::at(options.clock.elapsed() + Duration::from_millis(300));
        let client = server.client_with(r#""api_token": "t""#, options).await.unwrap().with_deadline(deadline);
        let start = Instant::now();
        let error = get(&client).await.unwrap_err();
        assert!(matches!(error, Error::TooLate(_)) && error.disposition() == Disposition::Retry, "{error:?}");
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_wrong_success_that_stays_is_named_and_can_be_tried_later() {
    let html = Reply::json("").header("content-type", "text/html").body(b"<html>".to_vec());
    let cases = [
        (html, WrongAnswer::NotJson { content_type: "text/html".into(), bytes: 6 }),
        (Reply::json(r#"{"id": 1}"#), WrongAnswer::NotAList),
        (Reply::json(""), WrongAnswer::Empty),
        (Reply::error(200, "E0000009"), WrongAnswer::ErrorObject("E0000009".into())),
        (Reply::json("[]").status(203), WrongAnswer::Status(203)),
    ];
    for (reply, expected) in cases {
        let server = recovering(reply, 4).await;
        let client = server.client().await;
        let error = list(&client).await.unwrap_err();
        assert_eq!((wrong(&error), error.disposition()), (Some(&expected), Disposition::Retry), "{error:?}");
        assert_eq!(server.seen().len(), 4);
        assert_eq!(list(&client).await.unwrap(), 1, "the same client goes on when the org is well again");
    }
}

#[tokio::test]
async fn a_host_that_is_no_org_is_a_mistake_in_org_url() {
    let apache = Reply::json(r#"{"status": 404, "message": "Resource not found"}"#).status(404);
    let (error, calls) = outcome(apache.clone()).await;
    assert!(matches!(&error, Error::NotAnOrg { host, .. } if host == "127.0.0.1"), "{error:?}");
    assert_eq!((error.disposition(), calls), (Disposition::Stop, 1));
    assert!(error.remedy().contains("`org_url`"));

    // Where Okta has answered before, something in between speaks.
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/api/v1/users" => apache.clone(),
        _ => Reply::json("[]").header("x-okta-request-id", "req1"),
    })
    .await;
    let client = server.client().await;
    client.get(&client.url("/api/v1/groups", &[]).unwrap()).await.unwrap();
    let error = get(&client).await.unwrap_err();
    assert!(matches!(&error, Error::Api { .. }) && error.disposition() == Disposition::Rejected, "{error:?}");
}
