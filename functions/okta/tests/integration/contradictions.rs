//! Lists whose answers cannot be believed: asked once more, and if the contradiction stays, the records are kept and the end
//! is not confirmed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use okta::{Client, Contradiction, Disposition, Error, List, Pages, Shape, Walk};

use crate::server::{Reply, Seen, Server};

/// Where lists end that are read here.
struct Outcome {
    records: Vec<String>,
    walk: Walk,
    end: Result<(), Error>,
}

impl Outcome {
    fn contradiction(&self) -> Option<&Contradiction> {
        match &self.end {
            Err(Error::Contradiction { source, .. }) => Some(source),
            _ => None,
        }
    }
}

async fn read(client: &Client, path: &str, query: &[(&str, &str)]) -> Outcome {
    let list = List::new(client.url(path, query).unwrap(), Shape::List);
    let mut pages = Pages::new(client, list);
    let mut records = Vec::new();
    loop {
        match pages.next().await {
            Ok(Some(page)) => records.extend(page.records().unwrap().iter().map(|record| record.get().to_owned())),
            end => return Outcome { records, walk: pages.walk().clone(), end: end.map(drop) },
        }
    }
}

async fn users(server: &Server) -> Outcome {
    read(&server.client().await, "/api/v1/users", &[("limit", "3")]).await
}

/// Answers like Okta: a list of `total` numbers, paged as asked, with `self` and `next`.
fn paged(seen: &Seen, total: usize) -> Reply {
    let parameter = |name: &str| seen.parameter(name).and_then(|value| value.parse::<usize>().ok());
    let limit = parameter("limit").unwrap_or(3);
    let first = parameter("after").unwrap_or(0);
    let last = total.min(first + limit);
    let records: Vec<_> = (first..last).map(|record| record.to_string()).collect();
    let reply = Reply::json(&format!("[{}]", records.join(","))).linked(seen, "self", &seen.query);
    if last < total { reply.linked(seen, "next", &format!("after={last}&limit={limit}")) } else { reply }
}

/// A server that answers like `wrong` the first `times` calls that `is_wrong` says, and else like Okta with 8 records.
async fn server(
    times: usize,
    is_wrong: impl Fn(&Seen) -> bool + Send + Sync + 'static,
    wrong: impl Fn(&Seen, Reply) -> Reply + Send + Sync + 'static,
) -> Server {
    let left = Arc::new(AtomicUsize::new(times));
    Server::start(move |seen| {
        let right = paged(seen, 8);
        let is_turn =
            is_wrong(seen) && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if is_turn { wrong(seen, right) } else { right }
    })
    .await
}

fn is_page(after: &'static str) -> impl Fn(&Seen) -> bool + Send + Sync + 'static {
    move |seen| seen.parameter("after").unwrap_or_default() == after
}

#[tokio::test]
async fn a_list_is_read_to_an_end_that_is_confirmed() {
    for total in [0, 1, 2, 3, 4, 6, 8, 9, 20] {
        let server = Server::start(move |seen| paged(seen, total)).await;
        let outcome = users(&server).await;
        let expected: Vec<_> = (0..total).map(|record| record.to_string()).collect();
        assert_eq!((outcome.records, outcome.end.is_ok()), (expected, true), "{total}");
        assert!(outcome.walk.is_end_confirmed, "{total}");
        assert_eq!(outcome.walk.records, total as u64);
    }
}

#[tokio::test]
async fn links_that_are_lost_once_cost_nothing() {
    for after in ["", "3", "6"] {
        for kept in [&[][..], &["self"]] {
            let server = server(1, is_page(after), |_, reply| reply.only_links(kept)).await;
            let outcome = users(&server).await;
            assert_eq!(outcome.records.len(), 8, "{after} {kept:?}");
            assert!(outcome.end.is_ok() && outcome.walk.is_end_confirmed, "{after} {kept:?}: {:?}", outcome.end);
        }
    }
}

#[tokio::test]
async fn links_that_stay_lost_leave_the_end_unconfirmed() {
    for (kept, expected) in
        [(&[][..], Contradiction::NoSelfLink), (&["self"], Contradiction::FullPageWithoutNext { limit: 2 })]
    {
        let server = server(usize::MAX, |_| true, |_, reply| reply.only_links(kept)).await;
        let outcome = users(&server).await;
        assert_eq!(outcome.contradiction(), Some(&expected), "{kept:?}");
        assert_eq!(outcome.records, ["0", "1", "2"], "what was read is kept");
        assert!(!outcome.walk.is_end_confirmed);
        assert_eq!(server.seen().len(), 2, "asked once more and no more");
        let error = outcome.end.unwrap_err();
        assert_eq!(error.disposition(), Disposition::Contradicted);
    }
}

#[tokio::test]
async fn a_list_that_knows_no_pages_needs_no_links() {
    let server = Server::start(|_| Reply::json("[1, 2, 3]")).await;
    let outcome = read(&server.client().await, "/api/v1/features", &[]).await;
    assert!(outcome.end.is_ok() && outcome.walk.is_end_confirmed);
    let outcome = read(&server.client().await, "/api/v1/api-tokens", &[("limit", "2")]).await;
    assert!(outcome.end.is_ok() && outcome.walk.is_end_confirmed);
}

#[tokio::test]
async fn a_last_page_that_links_to_itself_keeps_its_records() {
    let server = server(usize::MAX, is_page("6"), |seen, reply| reply.linked(seen, "next", &seen.query)).await;
    let outcome = users(&server).await;
    assert_eq!(outcome.records.len(), 8);
    assert_eq!(outcome.contradiction(), Some(&Contradiction::RepeatedCursor));
    assert_eq!((outcome.walk.is_end_confirmed, server.seen().len()), (false, 4));
}

#[tokio::test]
async fn a_loop_is_left_however_long_it_is() {
    for length in [1_usize, 2, 3, 7, 40] {
        let server = Server::start(move |seen| {
            let page: usize = seen.parameter("after").map_or(0, |after| after.parse().unwrap());
            let next = format!("after={}&limit=3", (page + 1) % length);
            let body = format!("[{page}, {page}, {page}]");
            Reply::json(&body).linked(seen, "self", &seen.query).linked(seen, "next", &next)
        })
        .await;
        let outcome = users(&server).await;
        assert!(matches!(outcome.contradiction(), Some(Contradiction::RepeatedCursor)), "{length}: {:?}", outcome.end);
        assert!(server.seen().len() <= 3 * length + 6, "{length}: {}", server.seen().len());
    }
}

#[tokio::test]
async fn pages_without_anything_new_end_however_new_their_cursors_are() {
    for (body, expected) in
        [("[]", Contradiction::EmptyPages { pages: 21 }), ("[1, 2, 3]", Contradiction::RepeatedPage)]
    {
        let calls = AtomicUsize::new(0);
        let server = Server::start(move |seen| {
            let next = format!("after={}&limit=3", calls.fetch_add(1, Ordering::SeqCst));
            Reply::json(body).linked(seen, "self", &seen.query).linked(seen, "next", &next)
        })
        .await;
        let outcome = users(&server).await;
        assert_eq!(outcome.contradiction(), Some(&expected));
        assert!(!outcome.walk.is_end_confirmed);
    }
}

#[tokio::test]
async fn a_later_page_that_is_refused_is_neither_denied_nor_not_offered() {
    for refusal in [
        Reply::error(400, "E0000031"),
        Reply::error(401, "E0000015"),
        Reply::error(403, "E0000006"),
        Reply::error(404, "E0000007"),
        Reply::json("").status(403).header("content-type", "text/html"),
        Reply::json("").status(410),
    ] {
        let server = server(1, is_page("3"), move |_, _| refusal.clone()).await;
        let client = server.client().await;
        let list = List::new(client.url("/api/v1/users", &[("limit", "3")]).unwrap(), Shape::List);
        let mut pages = Pages::new(&client, list);
        pages.next().await.unwrap().unwrap();
        let error = pages.next().await.unwrap_err();
        let is_later =
            matches!(&error, Error::Contradiction { source: Contradiction::RefusedLater { page: 2, .. }, .. });
        assert!(is_later && error.disposition() == Disposition::Contradicted, "{error:?}");
        assert!(error.refusal().is_some() && !pages.walk().is_end_confirmed);

        pages.restart();
        let mut records = 0;
        while let Some(page) = pages.next().await.unwrap() {
            records += page.records().unwrap().len();
        }
        assert_eq!((records, pages.walk().is_end_confirmed), (8, true));
    }
}

#[tokio::test]
async fn a_first_page_that_is_refused_is_what_okta_says() {
    let server = Server::start(|_| Reply::error(401, "E0000015")).await;
    let error = users(&server).await.end.unwrap_err();
    assert!(matches!(error, Error::Api { .. }) && error.disposition() == Disposition::NotOffered, "{error:?}");
}

#[tokio::test]
async fn a_token_that_is_revoked_between_pages_is_not_the_lists_fault() {
    let server = server(usize::MAX, is_page("3"), |_, _| Reply::error(401, "E0000011")).await;
    let error = users(&server).await.end.unwrap_err();
    assert_eq!(error.disposition(), Disposition::Stop, "{error:?}");
}

#[tokio::test]
async fn a_next_page_of_another_list_is_not_followed() {
    for next in ["/api/v1/groups?after=1&limit=3", "/api/v1/users?after=1&limit=3"] {
        let server = Server::start(move |seen| {
            let host = format!("http://{}", seen.header("host").unwrap());
            Reply::json("[1, 2, 3]")
                .linked(seen, "self", &seen.query)
                .header("link", format!("<{host}{next}>; rel=\"next\""))
        })
        .await;
        let outcome = read(&server.client().await, "/api/v1/users", &[("limit", "3"), ("search", "status pr")]).await;
        assert!(matches!(outcome.contradiction(), Some(Contradiction::OtherList { .. })), "{:?}", outcome.end);
        assert_eq!((outcome.records.len(), server.seen().len()), (3, 2));
    }
}

#[tokio::test]
async fn a_foreign_link_fails_its_list_only_and_gets_no_token() {
    let other = Server::start(|_| Reply::json("[]")).await;
    let target = other.url.clone();
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/api/v1/users" => paged(seen, 8).only_links(&["self"]).header("link", format!("<{target}/x>; rel=\"next\"")),
        "/.well-known/okta-organization" => Reply::json(r#"{"id": "00o1", "pipeline": "idx"}"#),
        _ => paged(seen, 8),
    })
    .await;
    let client = server.client().await;
    let outcome = read(&client, "/api/v1/users", &[("limit", "3")]).await;
    let expected = Contradiction::ForeignLink { host: "127.0.0.1".into() };
    assert_eq!((outcome.contradiction(), outcome.records.len()), (Some(&expected), 3));
    let outcome = read(&client, "/api/v1/groups", &[("limit", "3")]).await;
    assert!(outcome.end.is_ok() && outcome.records.len() == 8, "other lists go on");
    assert_eq!(other.seen().len(), 0, "the token was not sent to another host");
    assert_eq!(server.count("/.well-known/okta-organization"), 1, "the org is asked for its names once");
}

#[tokio::test]
async fn a_link_to_the_orgs_custom_domain_is_asked_at_its_own_address() {
    let server = Server::start(move |seen| {
        let next = "<https://LOGIN.example.com/api/v1/users?after=3&limit=3>; rel=\"next\"";
        match (seen.path.as_str(), seen.parameter("after")) {
            ("/.well-known/okta-organization", _) => Reply::json(
                r#"{"id": "00o1", "pipeline": "idx", "_links": {"alternate": {"href": "https://login.example.com"}}}"#,
            ),
            (_, None) => paged(seen, 8).only_links(&["self"]).header("link", next),
            _ => paged(seen, 8),
        }
    })
    .await;
    let outcome = users(&server).await;
    assert!(outcome.end.is_ok() && outcome.walk.is_end_confirmed, "{:?}", outcome.end);
    assert_eq!(outcome.records.len(), 8);
}

#[tokio::test]
async fn a_poll_always_has_a_next_page() {
    for (times, is_found) in [(1, true), (usize::MAX, false)] {
        let left = Arc::new(AtomicUsize::new(times));
        let server = Server::start(move |seen| {
            let reply = Reply::json("[1, 2]").linked(seen, "self", &seen.query);
            match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
                Ok(_) => reply,
                Err(_) => reply.linked(seen, "next", "after=1&limit=2"),
            }
        })
        .await;
        let client = server.client().await;
        let first = client.url("/api/v1/logs", &[("since", "2026-01-01T00:00:00Z"), ("limit", "2")]).unwrap();
        let mut pages = Pages::new(&client, List::poll(first));
        let page = pages.next().await.unwrap().unwrap();
        assert!(page.is_full());
        assert_eq!(pages.cursor().is_some(), is_found);
        if !is_found {
            let error = pages.next().await.unwrap_err();
            let source = &Contradiction::PollWithoutNext;
            assert!(matches!(&error, Error::Contradiction { source: found, .. } if found == source), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_walk_that_is_kept_goes_on_where_it_was() {
    let server = Server::start(|seen| paged(seen, 8)).await;
    let client = server.client().await;
    let list = List::new(client.url("/api/v1/users", &[("limit", "3")]).unwrap(), Shape::List);
    let mut pages = Pages::new(&client, list.clone());
    pages.next().await.unwrap();
    let kept = serde_json::to_string(&(pages.cursor().unwrap().as_str(), pages.walk())).unwrap();

    let (cursor, walk): (String, Walk) = serde_json::from_str(&kept).unwrap();
    let mut pages = Pages::resume(&client, list, &cursor, walk).unwrap();
    while pages.next().await.unwrap().is_some() {}
    assert_eq!((pages.walk().pages, pages.walk().records, pages.walk().is_end_confirmed), (3, 8, true));
    assert_eq!(server.seen().len(), 3);
}
