//! Rate limits: what the headers say, and what happens to those who do not listen.

use std::time::Duration;

use okta_sim::{FaultKind, LimitsConfig, Plan};

use crate::http::Reply;
use crate::test_org::TestOrg;

fn headers(reply: &Reply) -> (i64, i64) {
    (reply.number("x-rate-limit-limit"), reply.number("x-rate-limit-remaining"))
}

#[tokio::test]
async fn headers_count_down_to_a_429_and_the_next_minute_begins_anew() {
    let okta = TestOrg::start().await;
    for used in 1..=60 {
        let reply = okta.ask("/api/v1/logs?limit=1").await;
        assert_eq!((reply.status, headers(&reply)), (200, (60, 60 - used)), "half of the org's 120");
    }
    let refused = okta.ask("/api/v1/logs?limit=1").await;
    assert_eq!(refused.refusal(), (429, "E0000047".to_owned()));
    assert_eq!(headers(&refused), (60, 0));
    let body = refused.json();
    assert_eq!(body["errorSummary"], "API call exceeded rate limit due to too many requests.");
    assert_eq!((&body["errorLink"], refused.header("retry-after")), (&body["errorCode"], None));

    let reset = refused.number("x-rate-limit-reset");
    let wait = reset - okta.seconds();
    assert!((0..=60).contains(&wait), "{wait}");
    assert_eq!(okta.ask("/api/v1/users?limit=1").await.status, 200, "another bucket");
    okta.wait(Duration::from_secs(wait.unsigned_abs()));
    assert_eq!(headers(&okta.ask("/api/v1/logs?limit=1").await), (60, 59));
    assert_eq!(okta.sim.traffic().with_status(429), 1);
    assert_eq!(okta.sim.traffic().by_bucket["/api/v1/logs"], 62);
}

#[tokio::test]
async fn what_others_use_is_gone() {
    let busy = LimitsConfig { used_by_others_percent: 80, plan: Plan::Integrator, ..LimitsConfig::default() };
    let okta = TestOrg::with(|config| config.limits = busy).await;
    let replies = [okta.ask("/api/v1/apps").await, okta.ask("/api/v1/apps").await];
    assert_eq!(replies.map(|reply| headers(&reply)), [(10, 3), (10, 2)], "of 20, 16 are used by others");
}

#[tokio::test]
async fn paths_are_counted_where_they_belong() {
    let okta = TestOrg::start().await;
    let group = okta.ask("/api/v1/groups").await.list()[0]["id"].as_str().unwrap().to_owned();
    for (path, limit) in [
        ("/api/v1/users".to_owned(), 300),
        ("/api/v1/groups".to_owned(), 250),
        (format!("/api/v1/groups/{group}"), 500),
        (format!("/api/v1/groups/{group}/users"), 250),
        ("/api/v1/devices".to_owned(), 50),
        ("/api/v1/zones".to_owned(), 600),
    ] {
        assert_eq!(headers(&okta.ask(&path).await).0, limit, "{path}");
    }
}

#[tokio::test]
async fn too_many_at_once_see_no_limit_at_all() {
    let okta = TestOrg::start().await;
    okta.sim.inject(FaultKind::Concurrency.once());
    let refused = okta.ask("/api/v1/users").await;
    assert_eq!((refused.refusal(), headers(&refused)), ((429, "E0000047".to_owned()), (0, 0)));

    let narrow = LimitsConfig { concurrency: 1, ..LimitsConfig::default() };
    let okta = TestOrg::with(|config| config.limits = narrow).await;
    okta.sim.inject(FaultKind::Slow(Duration::from_millis(300)).always());
    let ask = async || okta.ask("/api/v1/org").await.status;
    let (first, second, third) = tokio::join!(ask(), ask(), ask());
    let mut statuses = [first, second, third];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 429, 429]);
    assert_eq!(ask().await, 200);
}
