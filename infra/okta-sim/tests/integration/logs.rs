//! `GET /api/v1/logs`, as Okta documents it: polling, bounded requests, what is refused, what is forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use okta_sim::Event;
use serde_json::Value;

use crate::http::Reply;
use crate::test_org::TestOrg;

const DAY: Duration = Duration::from_hours(24);

/// An okta with many late events.
async fn tardy() -> TestOrg {
    TestOrg::with(|config| config.org.late_per_mille = 100).await
}

fn before(okta: &TestOrg, time: Duration) -> Timestamp {
    okta.now() - SignedDuration::try_from(time).unwrap()
}

fn uuids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["uuid"].as_str().unwrap().to_owned()).collect()
}

fn published(event: &Value) -> Timestamp {
    event["published"].as_str().unwrap().parse().unwrap()
}

/// Reads on until a page is empty, and says where reading goes on from there.
async fn poll(okta: &TestOrg, url: String) -> (Vec<Value>, String) {
    let (mut events, mut url) = (Vec::new(), url);
    loop {
        let reply = okta.follow(&url).await;
        let page = reply.list();
        // There is always a next page.
        url = reply.link("next").unwrap();
        if page.is_empty() {
            return (events, url);
        }
        events.extend(page);
        okta.wait(Duration::from_millis(1));
    }
}

#[tokio::test]
async fn polling_gives_everything_in_the_order_of_insertion_and_never_ends() {
    let okta = tardy().await;
    let since = before(&okta, DAY);
    let (mut events, mut next) = poll(&okta, okta.url(&format!("/api/v1/logs?since={since}&limit=700"))).await;
    for _ in 0..3 {
        okta.wait(Duration::from_mins(40));
        let (more, further) = poll(&okta, next).await;
        assert!(!more.is_empty());
        events.extend(more);
        next = further;
    }
    let expected: Vec<Event> = okta.sim.org().events_by_persistence(since..okta.now()).collect();
    let expected_uuids: Vec<_> = expected.iter().map(|event| event.uuid.clone()).collect();
    assert_eq!(uuids(&events), expected_uuids);
    assert!(!events.is_sorted_by_key(published), "late events break the order of `published`");
    assert_eq!(events[0].to_string(), serde_json::from_str::<Value>(&expected[0].json).unwrap().to_string());
}

#[tokio::test]
async fn a_bounded_request_is_ordered_by_published_and_ends() {
    let okta = tardy().await;
    let (since, until) = (before(&okta, DAY), okta.now());
    let (events, pages) = okta.all(&format!("/api/v1/logs?since={since}&until={until}&limit=500")).await;
    let there = |event: &Event| event.persisted < until;
    let expected: Vec<_> = okta.sim.org().events(since..until).filter(there).map(|event| event.uuid).collect();
    let all = okta.sim.org().count(since..until);
    assert!(events.is_sorted_by_key(published));
    assert_eq!(uuids(&events), expected);
    assert!((expected.len() as u64) < all, "some happened, but are not inserted yet");
    assert_eq!(pages, expected.len().div_ceil(500));
    let again = okta.all(&format!("/api/v1/logs?since={since}&until={until}&limit=1000")).await.0;
    assert!(again.len() >= events.len(), "what was late has come meanwhile");
}

#[tokio::test]
async fn polling_brings_what_a_bounded_request_missed() {
    let okta = tardy().await;
    let (since, until) = (before(&okta, Duration::from_hours(2)), okta.now());
    let bounded = okta.all(&format!("/api/v1/logs?since={since}&until={until}")).await.0;
    okta.wait(Duration::from_hours(8));
    let (polled, _) = poll(&okta, okta.url(&format!("/api/v1/logs?since={since}&limit=1000"))).await;
    let polled: BTreeSet<_> = uuids(&polled).into_iter().collect();
    let seen: BTreeSet<_> = uuids(&bounded).into_iter().collect();
    let missed: Vec<_> = okta.sim.org().events(since..until).filter(|event| !seen.contains(&event.uuid)).collect();
    assert!(!missed.is_empty());
    assert!(missed.iter().all(|event| polled.contains(&event.uuid)));
}

#[tokio::test]
async fn descending_is_the_same_from_the_other_end() {
    let okta = TestOrg::start().await;
    // Long enough ago that nothing of it is still to come.
    let (since, until) = (before(&okta, 3 * DAY), before(&okta, 2 * DAY));
    let range = format!("since={since}&until={until}&limit=300");
    let ascending = okta.all(&format!("/api/v1/logs?{range}&sortOrder=ASCENDING")).await.0;
    let mut descending = okta.all(&format!("/api/v1/logs?{range}&sortOrder=DESCENDING")).await.0;
    descending.reverse();
    assert!(ascending.len() > 300);
    assert_eq!(uuids(&ascending), uuids(&descending));
    let latest = okta.ask("/api/v1/logs?sortOrder=DESCENDING&limit=1").await;
    let newest = okta.sim.org().events(before(&okta, DAY)..okta.now()).filter(|event| event.persisted < okta.now());
    assert_eq!(uuids(&latest.list()), [newest.last().unwrap().uuid]);
}

#[tokio::test]
async fn without_since_the_last_seven_days_are_read_a_hundred_at_a_time() {
    let okta = TestOrg::start().await;
    let reply = okta.ask("/api/v1/logs").await;
    let events = reply.list();
    assert_eq!(events.len(), 100);
    let first = okta.sim.org().events_by_persistence(before(&okta, 7 * DAY)..okta.now()).next().unwrap();
    assert_eq!(events[0]["uuid"], first.uuid);
    assert_eq!(reply.link("self"), Some(okta.url("/api/v1/logs")));
}

#[tokio::test]
async fn a_page_has_up_to_a_thousand_events() {
    let okta = TestOrg::start().await;
    for (limit, expected) in [("0", 0), ("1", 1), ("1000", 1_000)] {
        assert_eq!(okta.ask(&format!("/api/v1/logs?limit={limit}")).await.list().len(), expected);
    }
    for limit in ["1001", "-1", "many"] {
        assert_eq!(okta.ask(&format!("/api/v1/logs?limit={limit}")).await.refusal(), (400, "E0000053".to_owned()));
    }
}

#[tokio::test]
async fn after_ninety_days_events_are_gone_and_after_180_asking_is_an_error() {
    let okta = TestOrg::start().await;
    let log_start = okta.sim.org().log_start();
    let (old, kept_from) = (before(&okta, 99 * DAY), before(&okta, 90 * DAY));
    assert!(log_start < old);
    for order in ["", &format!("&until={}", before(&okta, 89 * DAY))] {
        let reply = okta.ask(&format!("/api/v1/logs?since={old}{order}&limit=1")).await;
        let first = published(&reply.list()[0]);
        assert!(first >= kept_from, "{first} with {order:?}");
    }
    let gone = okta.ask(&format!("/api/v1/logs?since={old}&until={}", before(&okta, 95 * DAY))).await;
    assert_eq!((gone.list().len(), gone.link("next")), (0, None));

    assert_eq!(okta.ask(&format!("/api/v1/logs?since={}", before(&okta, 179 * DAY))).await.status, 200);
    let refused = okta.ask(&format!("/api/v1/logs?since={}", before(&okta, 181 * DAY))).await;
    assert_eq!(refused.refusal(), (400, "E0000053".to_owned()));
    assert!(refused.text().contains("180 days"), "{}", refused.text());
    assert!(refused.json().get("errorLink").is_none(), "the System Log leaves it out");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let okta = TestOrg::start().await;
    let next = okta.ask("/api/v1/logs?limit=1").await.link("next").unwrap();
    let after = next.split("after=").nth(1).unwrap().split('&').next().unwrap();
    let (earlier, now) = (before(&okta, DAY), okta.now());
    for query in [
        format!("after={after}&since={now}"),
        "after=nothing".to_owned(),
        "since=yesterday".to_owned(),
        format!("since={now}&until={earlier}"),
        "sortOrder=UP".to_owned(),
        "filter=eventType".to_owned(),
        "filter=published+gt+%222026-01-01T00:00:00Z%22".to_owned(),
        "filter=colour+eq+%22red%22".to_owned(),
        "filter=debugContext.debugData.url+co+%22x%22".to_owned(),
        format!("q={}", "word+".repeat(11)),
        format!("q={}", "w".repeat(41)),
    ] {
        assert_eq!(okta.ask(&format!("/api/v1/logs?{query}")).await.refusal(), (400, "E0000053".to_owned()), "{query}");
    }
}

/// What a filter lets through, of a day.
async fn filtered(okta: &TestOrg, filter: &str) -> Vec<Value> {
    let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    let (since, until) = (before(okta, DAY), okta.now());
    okta.all(&format!("/api/v1/logs?since={since}&until={until}&limit=100&filter={filter}")).await.0
}

/// What a filter should let through.
type Wanted<'a> = Box<dyn Fn(&Value) -> bool + 'a>;

#[tokio::test]
async fn filters_let_through_what_they_say() {
    let okta = TestOrg::start().await;
    let day: Vec<Value> =
        okta.all(&format!("/api/v1/logs?since={}&until={}&limit=1000", before(&okta, DAY), okta.now())).await.0;
    let is = |event: &Value, kind: &str| event["eventType"] == kind;
    let failed = |event: &Value| event["outcome"]["result"] == "FAILURE";
    let cases: [(&str, Wanted<'_>); 5] = [
        (r#"eventType eq "user.session.start""#, Box::new(|event| is(event, "user.session.start"))),
        (
            r#"eventType sw "user.auth""#,
            Box::new(|event| event["eventType"].as_str().unwrap().starts_with("user.auth")),
        ),
        (
            r#"eventType eq "user.session.start" or eventType eq "user.session.end""#,
            Box::new(|event| is(event, "user.session.start") || is(event, "user.session.end")),
        ),
        (
            r#"eventType sw "user." and outcome.result eq "FAILURE""#,
            Box::new(|event| event["eventType"].as_str().unwrap().starts_with("user.") && failed(event)),
        ),
        (r#"not (eventType sw "user.")"#, Box::new(|event| !event["eventType"].as_str().unwrap().starts_with("user."))),
    ];
    for (filter, wanted) in cases {
        let expected: Vec<_> = day.iter().filter(|event| wanted(event)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < day.len(), "{filter} says nothing of this day");
        assert_eq!(uuids(&filtered(&okta, filter).await), uuids(&expected), "{filter}");
    }
    let who = day[0]["actor"]["id"].as_str().unwrap();
    assert!(filtered(&okta, &format!(r#"actor.id eq "{who}""#)).await.iter().all(|event| event["actor"]["id"] == who));
}

#[tokio::test]
async fn keywords_are_looked_for_in_the_whole_event() {
    let okta = TestOrg::start().await;
    let name =
        okta.sim.org().events(before(&okta, DAY)..okta.now()).find(|event| event.event_type == "user.session.start");
    let event: Value = serde_json::from_str(&name.unwrap().json).unwrap();
    let login = event["actor"]["alternateId"].as_str().unwrap();
    let found: Reply = okta.ask(&format!("/api/v1/logs?q={}&limit=1000", login.to_uppercase())).await;
    let found = found.list();
    assert!(!found.is_empty());
    assert!(found.iter().all(|event| event.to_string().contains(login)));
}
