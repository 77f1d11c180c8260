//! Pages that Okta cannot make, or that are too large: they shrink, and grow again.

use okta::{Client, Disposition, Error, Limits, List, Options, Pages, RetryPolicy, Shape, TransportError};

use crate::server::{Reply, Seen, Server, options};

const TOTAL: usize = 390;

/// A list of numbers that `refuse` may refuse, by the first and the number of records.
async fn server(refuse: impl Fn(usize, usize) -> Option<Reply> + Send + Sync + 'static) -> Server {
    Server::start(move |seen: &Seen| {
        let parameter = |name: &str| seen.parameter(name).and_then(|value| value.parse::<usize>().ok());
        let (first, limit) = (parameter("after").unwrap_or(0), parameter("limit").unwrap());
        if let Some(refusal) = refuse(first, limit) {
            return refusal;
        }
        let last = TOTAL.min(first + limit);
        let records: Vec<_> = (first..last).map(|record| record.to_string()).collect();
        let reply = Reply::json(&format!("[{}]", records.join(","))).linked(seen, "self", &seen.query);
        if last < TOTAL { reply.linked(seen, "next", &format!("after={last}&limit={limit}")) } else { reply }
    })
    .await
}

async fn client(server: &Server, limits: Limits) -> Client {
    let retry = RetryPolicy { max_failures: 6, ..options().retry };
    server.client_with(r#""api_token": "t""#, Options { limits, retry, ..options() }).await.unwrap()
}

/// The number of records and the sizes that were asked for.
async fn read(server: &Server, limits: Limits) -> (Result<usize, Error>, Vec<usize>) {
    let client = client(server, limits).await;
    let first = client.url("/api/v1/logs", &[("limit", "100")]).unwrap();
    let mut pages = Pages::new(&client, List::new(first, Shape::List));
    let mut records = 0;
    let outcome = loop {
        match pages.next().await {
            Ok(Some(page)) => records += page.records().unwrap().len(),
            Ok(None) => break Ok(records),
            Err(error) => break Err(error),
        }
    };
    let sizes = server.seen().iter().map(|seen| seen.parameter("limit").unwrap().parse().unwrap()).collect();
    (outcome, sizes)
}

#[tokio::test]
async fn a_page_that_okta_cannot_make_shrinks_until_it_can() {
    for refusal in [Reply::error(500, "E0000009"), Reply::json("").status(504)] {
        let server = server(move |first, limit| (first < 100 && limit > 30).then(|| refusal.clone())).await;
        let (outcome, sizes) = read(&server, Limits::default()).await;
        assert_eq!(outcome.unwrap(), TOTAL);
        assert_eq!(&sizes[..3], [100, 50, 25]);
        assert!(sizes[3..].contains(&100), "it grows again: {sizes:?}");
    }
}

#[tokio::test]
async fn a_page_that_is_too_large_shrinks_until_it_fits() {
    let server = server(|_, _| None).await;
    let (outcome, sizes) = read(&server, Limits { max_body: 120, ..Limits::default() }).await;
    assert_eq!(outcome.unwrap(), TOTAL);
    assert!(sizes.starts_with(&[100, 50, 25]), "{sizes:?}");
}

#[tokio::test]
async fn at_the_floor_it_is_given_up() {
    let heavy = server(|_, _| Some(Reply::error(500, "E0000009"))).await;
    let (outcome, sizes) = read(&heavy, Limits::default()).await;
    assert_eq!(outcome.unwrap_err().disposition(), Disposition::Retry);
    assert_eq!(sizes, [100, 50, 25, 12, 10, 10, 10]);

    let large = server(|_, _| None).await;
    let (outcome, sizes) = read(&large, Limits { max_body: 5, ..Limits::default() }).await;
    let error = outcome.unwrap_err();
    assert!(matches!(&error, Error::NoAnswer { source: TransportError::TooLarge(5), .. }), "{error:?}");
    assert_eq!((error.disposition(), sizes.last()), (Disposition::Rejected, Some(&10)));
}

#[tokio::test]
async fn a_failure_that_is_not_about_the_size_changes_nothing() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let server = server(move |_, _| {
        let call = calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        (call < 2).then(|| Reply::json("").status(503))
    })
    .await;
    let (outcome, sizes) = read(&server, Limits::default()).await;
    assert_eq!((outcome.unwrap(), sizes), (TOTAL, vec![100; 6]));
}

#[tokio::test]
async fn a_kept_cursor_of_a_small_page_grows_back() {
    let server = server(|_, _| None).await;
    let client = client(&server, Limits::default()).await;
    let limit = |pages| {
        let url = client.resume_growing("/api/v1/logs?after=x&limit=25", 100, pages).unwrap();
        url.query().unwrap().to_owned()
    };
    assert_eq!((limit(3), limit(4)), ("after=x&limit=25".into(), "after=x&limit=50".into()));
    assert!(client.resume_growing("https://evil.example/x?limit=5", 100, 4).is_err());
}
