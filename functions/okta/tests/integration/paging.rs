//! Walking listings: by header, by body, from a cursor; nowhere else.

use okta::{Client, Error, List, Pages, Shape, Url};

use crate::server::{Reply, Server};

/// Three pages of users, linked the way `link` says.
async fn listing(link: impl Fn(Reply, &str) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |seen| {
        let host = format!("http://{}", seen.header("host").unwrap());
        let this = format!("<{host}{}?{}>; rel=\"self\"", seen.path, seen.query);
        let page = Reply::json(&format!(r#"[{{"page": "{}"}}, {{"x": [1.50]}}]"#, seen.query)).header("link", this);
        match seen.query.as_str() {
            "limit=2" => link(page, &format!("{host}{}?after=a%2C1&limit=2", seen.path)),
            "after=a%2C1&limit=2" => link(page, &format!("{host}{}?after=b&limit=2", seen.path)),
            // The last page is not full, as the number of records would have it.
            _ => page.body(format!(r#"[{{"page": "{}"}}]"#, seen.query).into_bytes()),
        }
    })
    .await
}

fn by_header(page: Reply, next: &str) -> Reply {
    page.header("link", format!("<{next}>; rel=\"next\""))
}

fn list(first: Url) -> List {
    List::new(first, Shape::List)
}

async fn walk(client: &Client, first: &str) -> Result<Vec<String>, Error> {
    let mut pages = Pages::new(client, list(client.resume(first)?));
    let mut records = Vec::new();
    while let Some(page) = pages.next().await? {
        records.extend(page.records()?.iter().map(|record| record.get().to_owned()));
    }
    assert!(pages.cursor().is_none());
    assert!(pages.next().await?.is_none(), "after the end there is nothing");
    Ok(records)
}

#[tokio::test]
async fn a_listing_is_walked_to_its_end_and_records_stay_as_they_are() {
    let server = listing(by_header).await;
    let records = walk(&server.client().await, "/api/v1/users?limit=2").await.unwrap();
    assert_eq!(records.len(), 5);
    assert_eq!(records[1], r#"{"x": [1.50]}"#);
    assert_eq!(records[4], r#"{"page": "after=b&limit=2"}"#);
}

#[tokio::test]
async fn a_listing_goes_on_from_a_kept_cursor() {
    let server = listing(by_header).await;
    let client = server.client().await;
    let mut pages = Pages::new(&client, list(client.url("/api/v1/users", &[("limit", "2")]).unwrap()));
    pages.next().await.unwrap();
    let cursor = pages.cursor().unwrap().to_string();
    let records = walk(&server.client().await, &cursor).await.unwrap();
    assert_eq!(records.len(), 3);
    assert_eq!(server.count("/api/v1/users"), 3, "no page is read twice");
}

#[tokio::test]
async fn after_an_error_the_same_page_comes_next() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| match calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Reply::error(403, "E0000006"),
        _ => Reply::json("[1]"),
    })
    .await;
    let client = server.client().await;
    let mut pages = Pages::new(&client, list(client.url("/api/v1/users", &[]).unwrap()));
    assert!(pages.next().await.is_err());
    assert_eq!(pages.next().await.unwrap().unwrap().records().unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrapped_listing_has_its_link_in_the_body() {
    let server = Server::start(|seen| match seen.query.as_str() {
        "" => Reply::json(
            r#" {"roles": [{"id": 1}, {"id": 2}], "_links": {"next": {"href": "/api/v1/iam/roles?after=2"}}}"#,
        ),
        _ => Reply::json(r#"{"roles": [{"id": 3}], "_links": {"self": {"href": "x"}, "next": null}}"#),
    })
    .await;
    let client = server.client().await;
    let mut pages =
        Pages::new(&client, List::new(client.url("/api/v1/iam/roles", &[]).unwrap(), Shape::ListIn("roles")));
    let mut roles = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        roles.extend(page.records().unwrap().iter().map(|role| role.get().to_owned()));
        assert!(page.records_in("none").unwrap().is_empty());
        assert!(matches!(page.records_in("_links"), Err(Error::UnexpectedJson { .. })));
    }
    assert_eq!(roles, [r#"{"id": 1}"#, r#"{"id": 2}"#, r#"{"id": 3}"#]);
}

#[tokio::test]
async fn a_cursor_or_path_that_leads_elsewhere_is_refused() {
    let server = Server::start(|_| Reply::json("[]")).await;
    let client = server.client().await;
    for cursor in ["https://evil.example/api/v1/users", "//evil.example/", "http://127.0.0.1:1/", "https://u:p@evil/"] {
        assert!(matches!(client.resume(cursor), Err(Error::ForeignAddress { .. })), "{cursor}");
        let url = okta::Url::parse("http://base/").unwrap().join(cursor).unwrap();
        assert!(client.get(&url).await.is_err() && client.get_public(&url).await.is_err(), "{cursor}");
    }
    for path in [
        "api/v1/users",
        "//evil.example/x",
        "/a?b",
        "/a#b",
        "\\\\evil",
        "https://evil.example/",
        "",
        "/api/v1/users/../x",
        "/a/%2e%2E/b",
    ] {
        assert!(matches!(client.url(path, &[]), Err(Error::BadPath(_))), "{path}");
    }
    let url = client.url("/api/v1/logs", &[("filter", "eventType eq \"a&b\"")]).unwrap();
    assert_eq!(url.query(), Some("filter=eventType+eq+%22a%26b%22"));
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_poll_that_has_caught_up_says_so() {
    let server = Server::start(|seen| by_header(Reply::json("[]"), &format!("/api/v1/logs?{}", seen.query))).await;
    let client = server.client().await;
    let page = client.get(&client.url("/api/v1/logs", &[("after", "1_2")]).unwrap()).await.unwrap();
    assert!(page.is_its_own_next() && page.records().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_public_is_read_without_a_token() {
    let server = Server::start(|_| Reply::json(r#"{"pipeline": "idx"}"#).header("x-okta-request-id", "req-1")).await;
    let client = server.client().await;
    let page = client.get_public(&client.url("/.well-known/okta-organization", &[]).unwrap()).await.unwrap();
    let value: serde_json::Value = page.value().unwrap();
    assert_eq!((&value["pipeline"], page.request_id()), (&"idx".into(), Some("req-1")));
    assert!(!format!("{page:?}").contains("idx"), "records are nobody's business");
    assert_eq!(server.seen()[0].header("authorization"), None);
}
