//! Faults: asked for, met, and gone again.

use std::time::{Duration, Instant};

use ::http::Request;
use jiff::{SignedDuration, Timestamp};
use okta_sim::{Fault, FaultKind, LinkLoss, Outage, RecordEdit, Reply, Role, WrongBody};
use serde_json::{Value, json};

use crate::http::{get, post_form, send};
use crate::test_org::TestOrg;

/// Asks as often as the fault lasts, and once more.
async fn met(okta: &TestOrg, fault: Fault) -> Vec<u16> {
    let times = fault.times.unwrap_or(1);
    okta.sim.inject(fault);
    let mut statuses = Vec::new();
    for _ in 0..=times {
        statuses.push(okta.ask("/api/v1/users?limit=1").await.status);
    }
    statuses
}

#[tokio::test]
async fn a_storm_passes() {
    let okta = TestOrg::start().await;
    assert_eq!(met(&okta, FaultKind::RateLimited.times(3)).await, [429, 429, 429, 200]);
    assert_eq!(met(&okta, FaultKind::ServerError(503).times(2)).await, [503, 503, 200]);
    assert_eq!(met(&okta, "server-error*1".parse().unwrap()).await, [500, 200]);
    let times = met(&okta, FaultKind::Html.once()).await;
    assert_eq!(times, [200, 200]);
}

#[tokio::test]
async fn what_is_no_json_says_so_by_its_type_or_by_its_end() {
    let okta = TestOrg::start().await;
    okta.sim.inject(FaultKind::Html.once());
    let page = okta.ask("/api/v1/users").await;
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    okta.sim.inject(FaultKind::Truncated.once());
    let torn = okta.ask("/api/v1/users").await;
    assert!(torn.header("content-type").unwrap().starts_with("application/json"));
    assert!(serde_json::from_slice::<serde_json::Value>(&torn.body).is_err());
}

#[tokio::test]
async fn a_cut_connection_is_an_error_of_the_connection() {
    let okta = TestOrg::start().await;
    okta.sim.inject(FaultKind::Cut.once().under("/api/v1/users"));
    let token = format!("SSWS {}", okta.secret("token")["api_token"].as_str().unwrap());
    let request = Request::get(okta.url("/api/v1/users")).header("authorization", token).body(String::new()).unwrap();
    assert!(send(request).await.is_err());
    assert_eq!(okta.ask("/api/v1/users").await.status, 200);
}

#[tokio::test]
async fn a_slow_answer_takes_its_time() {
    let okta = TestOrg::start().await;
    okta.sim.inject("slow:300".parse().unwrap());
    let start = Instant::now();
    assert_eq!(okta.ask("/api/v1/org").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn links_and_redirects_can_lead_astray() {
    let okta = TestOrg::start().await;
    okta.sim.inject(FaultKind::NextElsewhere.once());
    assert!(okta.ask("/api/v1/users?limit=5").await.link("next").unwrap().starts_with("https://elsewhere.example/"));
    okta.sim.inject(FaultKind::NextLoop.once());
    let url = okta.url("/api/v1/users?limit=5");
    assert_eq!(okta.follow(&url).await.link("next"), Some(url));
    okta.sim.inject(FaultKind::NextLoop.once());
    let body = okta.ask("/api/v1/iam/roles").await.json();
    assert_eq!(body["_links"]["next"]["href"], okta.url("/api/v1/iam/roles"), "in the body, where it belongs");
    okta.sim.inject(FaultKind::Redirect.once());
    let away = okta.ask("/api/v1/users").await;
    assert_eq!((away.status, away.header("location")), (302, Some("https://elsewhere.example/api/v1/users")));
}

#[tokio::test]
async fn a_skewed_clock_is_wrong_in_date_and_reset_alike() {
    let okta = TestOrg::start().await;
    let reply = okta.ask("/api/v1/users?limit=1").await;
    let right = (reply.header("date").unwrap().to_owned(), reply.number("x-rate-limit-reset"));
    okta.sim.inject(FaultKind::ClockSkew(-300).always());
    let skewed = okta.ask("/api/v1/users?limit=1").await;
    assert_eq!(right.0, "Mon, 02 Mar 2026 12:00:00 GMT");
    assert_eq!(skewed.header("date"), Some("Mon, 02 Mar 2026 11:55:00 GMT"));
    assert_eq!(skewed.number("x-rate-limit-reset"), right.1 - 300);
    okta.sim.clear_faults();
    assert_eq!(okta.ask("/api/v1/users?limit=1").await.header("date"), Some(right.0.as_str()));
}

#[tokio::test]
async fn a_role_or_a_licence_can_be_missing_for_a_part() {
    let okta = TestOrg::start().await;
    okta.sim.inject(FaultKind::RoleMissing.always().under("/api/v1/policies"));
    okta.sim.inject(FaultKind::Unlicensed.always().under("/api/v1/realms"));
    let denied = (403, "E0000006".to_owned());
    assert_eq!(okta.ask("/api/v1/policies?type=PASSWORD").await.refusal(), denied);
    assert_eq!(okta.ask("/api/v1/realms").await.refusal(), (401, "E0000015".to_owned()));
    assert_eq!(okta.ask("/api/v1/users").await.status, 200);
    okta.sim.inject(FaultKind::Role(Role::ReadOnly).once());
    assert_eq!(okta.ask("/api/v1/iam/roles").await.refusal(), denied);
    okta.sim.clear_faults();
    assert_eq!(okta.ask("/api/v1/policies?type=PASSWORD").await.status, 200);
    assert_eq!(okta.ask("/api/v1/iam/roles").await.status, 200);
}

#[tokio::test]
async fn the_org_itself_can_be_another() {
    let okta = TestOrg::start().await;
    let organization = okta.url("/.well-known/okta-organization");
    assert_eq!(get(&organization, &[]).await.json()["pipeline"], "idx");
    assert_eq!(okta.ask("/api/v1/logStreams").await.list()[0]["status"], "ACTIVE");
    okta.sim.inject(FaultKind::ClassicEngine.always());
    okta.sim.inject(FaultKind::StreamDisabled.always());
    assert_eq!(get(&organization, &[]).await.json()["pipeline"], "v1");
    assert_eq!(okta.ask("/api/v1/authenticators").await.refusal(), (401, "E0000015".to_owned()));
    assert_eq!(okta.ask("/api/v1/logStreams").await.list()[0]["status"], "INACTIVE");
}

#[tokio::test]
async fn the_token_endpoint_is_spared_unless_it_is_named() {
    let okta = TestOrg::start().await;
    let ask = async || post_form(&okta.url("/oauth2/v1/token"), &[], &[]).await.status;
    okta.sim.inject(FaultKind::ServerError(502).always());
    assert_eq!(ask().await, 400);
    okta.sim.clear_faults();
    okta.sim.inject("rate-limited@/oauth2/v1/token".parse().unwrap());
    assert_eq!([ask().await, ask().await], [429, 400]);
}

/// The hour before the clock's, and the path that asks for it.
fn an_hour(okta: &TestOrg) -> (Timestamp, String) {
    let start = okta.now() - SignedDuration::from_hours(48);
    let until = start + SignedDuration::from_hours(1);
    (start, format!("/api/v1/logs?since={start}&until={until}&limit=1000"))
}

#[tokio::test]
async fn an_hour_can_be_empty_once_or_lack_events() {
    let okta = TestOrg::start().await;
    let (hour, path) = an_hour(&okta);
    let events = okta.ask(&path).await.list();
    assert!(events.len() > 10, "{} events", events.len());
    okta.sim.inject(FaultKind::EmptyList.once().under("/api/v1/logs").hour(hour));
    assert!(!okta.ask("/api/v1/logs?until=2026-01-05T00:00:00Z").await.list().is_empty(), "another hour");
    let empty = okta.ask(&path).await;
    assert_eq!((empty.list().len(), empty.link("next")), (0, None));
    assert_eq!(empty.link("self"), Some(okta.url(&path)));
    assert_eq!(okta.ask(&path).await.list(), events, "only once");
    okta.sim.inject(FaultKind::Record(RecordEdit::Drop).always().under("/api/v1/logs").hour(hour).share(500, 3));
    let fewer = okta.ask(&path).await.list();
    assert!(fewer.len() < events.len() && !fewer.is_empty(), "{} of {}", fewer.len(), events.len());
    assert_eq!(okta.ask(&path).await.list(), fewer, "always the same");
}

#[tokio::test]
async fn single_records_can_be_unreadable_misdated_or_doubled() {
    let okta = TestOrg::start().await;
    let (_, path) = an_hour(&okta);
    let events = okta.ask(&path).await.list();
    let uuid = |position: usize| events[position]["uuid"].as_str().unwrap().to_owned();
    let edits = [
        RecordEdit::Remove("eventType".to_owned()),
        RecordEdit::Set("uuid".to_owned(), json!(17)),
        RecordEdit::CutZone,
        RecordEdit::Set("published".to_owned(), json!("2098-01-01T00:00:00.000Z")),
        RecordEdit::Copy("displayMessage".to_owned(), json!("forged")),
        RecordEdit::Replace(json!("no event")),
    ];
    for (position, edit) in edits.into_iter().enumerate() {
        okta.sim.inject(FaultKind::Record(edit).always().under("/api/v1/logs").record(uuid(position)));
    }
    let changed = okta.ask(&path).await.list();
    assert_eq!(changed.len(), events.len() + 1);
    assert_eq!((changed[0].get("eventType"), &changed[1]["uuid"]), (None, &json!(17)));
    assert!(!changed[2]["published"].as_str().unwrap().ends_with('Z'));
    assert_eq!(changed[3]["published"], "2098-01-01T00:00:00.000Z");
    assert_eq!((&changed[4], &changed[5]["displayMessage"]), (&events[4], &json!("forged")));
    assert_eq!(changed[6], "no event");
    assert_eq!(changed[7..], events[6..]);
    okta.sim.inject(FaultKind::Record(RecordEdit::Set("id".to_owned(), json!({}))).always().under("/api/v1/zones"));
    assert!(okta.ask("/api/v1/zones").await.list().iter().all(|zone| zone["id"].is_object()));
}

#[tokio::test]
async fn links_can_be_missing_or_lead_back() {
    let okta = TestOrg::start().await;
    let url = okta.url("/api/v1/users?limit=5");
    let links = async |fault: Fault| {
        okta.sim.inject(fault);
        let reply = okta.follow(&url).await;
        (reply.link("self"), reply.link("next").is_some(), reply.list().len())
    };
    assert_eq!(links(FaultKind::LinksMissing(LinkLoss::All).once()).await, (None, false, 5));
    assert_eq!(links(FaultKind::LinksMissing(LinkLoss::Itself).once()).await, (None, true, 5));
    assert_eq!(links(FaultKind::LinksMissing(LinkLoss::Next).once()).await, (Some(url.clone()), false, 5));
    okta.sim.inject(FaultKind::NextLoopOf(3).always());
    let mut pages = vec![okta.follow(&url).await];
    for _ in 0..3 {
        let next = pages.last().unwrap().link("next").unwrap();
        pages.push(okta.follow(&next).await);
    }
    assert_eq!(pages[3].list(), pages[0].list(), "the third page leads to the first");
    assert_ne!(pages[2].list(), pages[0].list());
    okta.sim.clear_faults();
    okta.sim.inject(FaultKind::LastPageLoops.always());
    let whole = okta.url("/api/v1/users?limit=200");
    assert_eq!(okta.follow(&whole).await.link("next"), Some(whole));
}

#[tokio::test]
async fn the_log_can_loop_or_have_empty_pages_without_end() {
    let okta = TestOrg::start().await;
    let (_, path) = an_hour(&okta);
    let path = path.replace("limit=1000", "limit=5");
    okta.sim.inject(FaultKind::NextLoopOf(2).always().under("/api/v1/logs"));
    let first = okta.ask(&path).await;
    let second = okta.follow(&first.link("next").unwrap()).await;
    let third = okta.follow(&second.link("next").unwrap()).await;
    assert_eq!(third.list(), first.list());
    okta.sim.clear_faults();
    okta.sim.inject(FaultKind::EmptyPagesForever.always());
    for path in [path.as_str(), "/api/v1/users", "/api/v1/logs?since=2026-03-01T00:00:00Z"] {
        let (mut seen, mut url) = (std::collections::BTreeSet::new(), okta.url(path));
        for _ in 0..5 {
            let reply = okta.follow(&url).await;
            assert!(reply.list().is_empty(), "{path}");
            url = reply.link("next").unwrap();
            assert!(seen.insert(url.clone()), "{path}: a new cursor each time");
        }
    }
}

#[tokio::test]
async fn links_can_have_another_origin_path_or_query() {
    let okta = TestOrg::start().await;
    let next = async |kind: FaultKind, path: &str| {
        okta.sim.inject(kind.once());
        okta.ask(path).await.link("next").unwrap()
    };
    let origin = FaultKind::LinkOrigin("https://acme-admin.okta.com".to_owned());
    assert!(
        next(origin.clone(), "/api/v1/users?limit=5").await.starts_with("https://acme-admin.okta.com/api/v1/users?")
    );
    okta.sim.inject(origin.once());
    let roles = okta.ask("/api/v1/iam/roles?limit=1").await;
    assert!(roles.link("self").unwrap().starts_with("https://acme-admin.okta.com/"));
    assert!(roles.json()["_links"]["next"]["href"].as_str().unwrap().starts_with("https://acme-admin.okta.com/"));
    let path = next(FaultKind::NextPath("/api/v1/groups".to_owned()), "/api/v1/users?limit=5").await;
    assert!(path.starts_with(&okta.url("/api/v1/groups?")), "{path}");
    let filtered = "/api/v1/users?limit=5&search=status+pr";
    let lost = next(FaultKind::NextWithout("search".to_owned()), filtered).await;
    assert!(!lost.contains("search"), "{lost}");
    assert_eq!(okta.follow(&lost).await.refusal(), (400, "E0000029".to_owned()), "the cursor binds the query");
}

#[tokio::test]
async fn pages_can_be_short_overlap_or_end_late() {
    let okta = TestOrg::start().await;
    let (users, pages) = okta.all("/api/v1/users?limit=10").await;
    okta.sim.inject(FaultKind::ShortPages.always());
    let (short, more) = okta.all("/api/v1/users?limit=10").await;
    assert!(short == users && more > pages, "{more} pages");
    okta.sim.clear_faults();
    okta.sim.inject(FaultKind::OverlappingPages.always());
    let (doubled, pages) = okta.all("/api/v1/users?limit=10").await;
    assert_eq!(doubled.len(), users.len() + pages - 1);
    okta.sim.clear_faults();
    okta.sim.inject(FaultKind::TrailingNext.always());
    let (_, path) = an_hour(&okta);
    for path in ["/api/v1/users?limit=200", &path] {
        let last = okta.ask(path).await;
        let after = okta.follow(&last.link("next").unwrap()).await;
        assert_eq!((after.list().len(), after.link("next")), (0, None), "{path}");
    }
}

#[tokio::test]
async fn cursors_expire_and_searches_lag() {
    let okta = TestOrg::start().await;
    okta.sim.inject(FaultKind::CursorLifetime(Duration::from_mins(1)).always());
    let next = okta.ask("/api/v1/users?limit=5").await.link("next").unwrap();
    assert_eq!(okta.follow(&next).await.status, 200);
    okta.wait(Duration::from_secs(61));
    assert_eq!(okta.follow(&next).await.refusal(), (400, "E0000029".to_owned()));
    let search = "/api/v1/users?search=status+pr&limit=1000";
    let before = okta.all(search).await.0;
    okta.wait(Duration::from_hours(24 * 20));
    assert_ne!(okta.all(search).await.0.len(), before.len(), "people joined");
    okta.sim.inject(FaultKind::SearchLag(Duration::from_hours(24 * 20)).always());
    assert_eq!(okta.all(search).await.0.len(), before.len(), "the index does not know them");
}

#[tokio::test]
async fn refusals_hit_chosen_parents_pages_and_values() {
    let okta = TestOrg::start().await;
    let users = okta.ask("/api/v1/users?limit=40").await.list();
    let factors = |user: &Value| format!("/api/v1/users/{}/factors", user["id"].as_str().unwrap());
    let one = users[0]["id"].as_str().unwrap();
    okta.sim.inject(FaultKind::refused(500, "E0000009").always().parent(one));
    assert_eq!(okta.ask(&factors(&users[0])).await.refusal(), (500, "E0000009".to_owned()));
    assert_eq!(okta.ask(&factors(&users[1])).await.status, 200);
    okta.sim.clear_faults();
    okta.sim.inject(FaultKind::refused(422, "E0000001").always().at("/api/v1/users/*/factors").share(500, 1));
    let mut refused = 0;
    for user in &users {
        refused += usize::from(okta.ask(&factors(user)).await.status == 422);
    }
    assert!((5..35).contains(&refused), "{refused} of 40");
    okta.sim.clear_faults();
    okta.sim.inject(FaultKind::refused(404, "E0000007").always().at("/api/v1/users").page(2));
    let first = okta.ask("/api/v1/users?limit=5").await;
    let second = okta.follow(&first.link("next").unwrap()).await;
    assert_eq!((first.status, second.refusal()), (200, (404, "E0000007".to_owned())));
    assert!(second.header("x-rate-limit-limit").is_some());
    okta.sim.clear_faults();
    okta.sim.inject(FaultKind::refused(401, "E0000015").always().query("type", "PASSWORD"));
    assert_eq!(okta.ask("/api/v1/policies?type=PASSWORD").await.status, 401);
    assert_eq!(okta.ask("/api/v1/policies?type=MFA_ENROLL").await.status, 200);
    okta.sim.inject(FaultKind::Reply(Reply::no_such_org()).always().under("/api/v1/brands"));
    let nobody = okta.ask("/api/v1/brands").await;
    assert_eq!(
        (nobody.status, nobody.header("x-okta-request-id"), nobody.header("server")),
        (404, None, Some("Apache"))
    );
}

#[tokio::test]
async fn a_good_status_can_come_with_any_body() {
    let okta = TestOrg::start().await;
    let body = async |kind: WrongBody, path: &str| {
        okta.sim.inject(FaultKind::WrongBody(kind).once());
        okta.ask(path).await
    };
    assert!(body(WrongBody::Empty, "/api/v1/users").await.body.is_empty());
    assert!(body(WrongBody::Null, "/api/v1/users").await.json().is_null());
    assert_eq!(body(WrongBody::ErrorObject, "/api/v1/users").await.refusal(), (200, "E0000009".to_owned()));
    assert!(body(WrongBody::Shape, "/api/v1/users").await.json().is_object());
    assert!(body(WrongBody::Shape, "/api/v1/org").await.json().is_array());
    assert!(body(WrongBody::Text, "/api/v1/users").await.text().starts_with("upstream"));
    let page = body(WrongBody::ContentType, "/api/v1/users").await;
    assert!(page.header("content-type").unwrap().starts_with("text/html") && !page.list().is_empty());
    okta.sim.inject(FaultKind::Oversize(100, 300_000).once());
    assert!(okta.ask("/api/v1/users?limit=99").await.body.len() < 300_000);
    assert!(okta.ask("/api/v1/users?limit=100").await.body.len() >= 300_000);
    okta.sim.inject("page-too-large:100*all".parse().unwrap());
    assert_eq!(okta.ask("/api/v1/users?limit=100").await.refusal(), (500, "E0000009".to_owned()));
    assert_eq!(okta.ask("/api/v1/users?limit=99").await.status, 200);
}

#[tokio::test]
async fn dates_are_off_on_one_answer_or_on_errors() {
    let okta = TestOrg::start().await;
    let date = async |path: &str| okta.ask(path).await.header("date").unwrap().to_owned();
    let right = date("/api/v1/org").await;
    okta.sim.inject(FaultKind::DateShift(100 * 86_400).once());
    assert_eq!(date("/api/v1/org").await, "Wed, 10 Jun 2026 12:00:00 GMT");
    assert_eq!(date("/api/v1/org").await, right);
    okta.sim.inject(FaultKind::ErrorDateShift(-10_800).always());
    assert_eq!(date("/api/v1/org").await, right);
    assert_eq!(date("/api/v1/nothing").await, "Mon, 02 Mar 2026 09:00:00 GMT");
}

#[tokio::test]
async fn the_org_can_be_another_and_stream_elsewhere() {
    let okta = TestOrg::start().await;
    let own = okta.ask("/api/v1/org").await.json()["id"].clone();
    okta.sim.inject(FaultKind::OrgId("00oSomebodyElse0005d7".to_owned()).always());
    assert_eq!(okta.ask("/api/v1/org").await.json()["id"], "00oSomebodyElse0005d7");
    let organization = get(&okta.url("/.well-known/okta-organization"), &[]).await.json();
    assert_eq!(organization["id"], "00oSomebodyElse0005d7");
    let other = TestOrg::with(|config| "globex".clone_into(&mut config.org.subdomain)).await;
    assert_ne!(other.ask("/api/v1/org").await.json()["id"], own);
    assert_eq!(other.ask("/api/v1/org").await.json()["subdomain"], "globex");
    okta.sim.inject("log-stream:999999999999/us-east-1/theirs".parse().unwrap());
    let settings = okta.ask("/api/v1/logStreams").await.list()[0]["settings"].clone();
    assert_eq!(settings, json!({"accountId": "999999999999", "region": "us-east-1", "eventSourceName": "theirs"}));
}

#[tokio::test]
async fn the_org_can_be_down_and_comes_back() {
    let okta = TestOrg::start().await;
    let request = || {
        let token = format!("SSWS {}", okta.secret("token")["api_token"].as_str().unwrap());
        let request = Request::get(okta.url("/api/v1/org")).header("authorization", token);
        send(request.body(String::new()).unwrap())
    };
    for outage in [Outage::Refused, Outage::Reset] {
        okta.sim.set_outage(Some(outage)).await;
        assert!(request().await.is_err(), "{outage:?}");
        okta.sim.set_outage(None).await;
        assert_eq!(request().await.unwrap().status, 200, "after {outage:?}");
    }
    okta.sim.set_outage(Some(Outage::Hang)).await;
    let mut hanging = Box::pin(request());
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut hanging).await.is_err());
    okta.sim.set_outage(None).await;
    assert_eq!(hanging.await.unwrap().status, 200);
    okta.sim.inject(FaultKind::Down(Outage::Hang, Some(Duration::from_millis(300))).once());
    let start = Instant::now();
    assert_eq!(request().await.unwrap().status, 200);
    assert!(start.elapsed() >= Duration::from_millis(250), "{:?}", start.elapsed());
}
