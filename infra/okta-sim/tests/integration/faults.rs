//! Faults: asked for, met, and gone again.

use std::time::{Duration, Instant};

use ::http::Request;
use okta_sim::{Fault, FaultKind, Role};

use crate::http::{get, post_form, send};
use crate::office::Office;

/// Asks as often as the fault lasts, and once more.
async fn met(office: &Office, fault: Fault) -> Vec<u16> {
    let times = fault.times.unwrap_or(1);
    office.sim.inject(fault);
    let mut statuses = Vec::new();
    for _ in 0..=times {
        statuses.push(office.ask("/api/v1/users?limit=1").await.status);
    }
    statuses
}

#[tokio::test]
async fn a_storm_passes() {
    let office = Office::open().await;
    assert_eq!(met(&office, FaultKind::RateLimited.times(3)).await, [429, 429, 429, 200]);
    assert_eq!(met(&office, FaultKind::ServerError(503).times(2)).await, [503, 503, 200]);
    assert_eq!(met(&office, "server-error*1".parse().unwrap()).await, [500, 200]);
    let times = met(&office, FaultKind::Html.once()).await;
    assert_eq!(times, [200, 200]);
}

#[tokio::test]
async fn what_is_no_json_says_so_by_its_type_or_by_its_end() {
    let office = Office::open().await;
    office.sim.inject(FaultKind::Html.once());
    let page = office.ask("/api/v1/users").await;
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    office.sim.inject(FaultKind::Truncated.once());
    let torn = office.ask("/api/v1/users").await;
    assert!(torn.header("content-type").unwrap().starts_with("application/json"));
    assert!(serde_json::from_slice::<serde_json::Value>(&torn.body).is_err());
}

#[tokio::test]
async fn a_cut_connection_is_an_error_of_the_connection() {
    let office = Office::open().await;
    office.sim.inject(FaultKind::Cut.once().under("/api/v1/users"));
    let token = format!("SSWS {}", office.secret("token")["api_token"].as_str().unwrap());
    let request = Request::get(office.url("/api/v1/users")).header("authorization", token).body(String::new()).unwrap();
    assert!(send(request).await.is_err());
    assert_eq!(office.ask("/api/v1/users").await.status, 200);
}

#[tokio::test]
async fn a_slow_answer_takes_its_time() {
    let office = Office::open().await;
    office.sim.inject("slow:300".parse().unwrap());
    let start = Instant::now();
    assert_eq!(office.ask("/api/v1/org").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn links_and_redirects_can_lead_astray() {
    let office = Office::open().await;
    office.sim.inject(FaultKind::NextElsewhere.once());
    assert!(office.ask("/api/v1/users?limit=5").await.link("next").unwrap().starts_with("https://elsewhere.example/"));
    office.sim.inject(FaultKind::NextLoop.once());
    let url = office.url("/api/v1/users?limit=5");
    assert_eq!(office.follow(&url).await.link("next"), Some(url));
    office.sim.inject(FaultKind::NextLoop.once());
    let body = office.ask("/api/v1/iam/roles").await.json();
    assert_eq!(body["_links"]["next"]["href"], office.url("/api/v1/iam/roles"), "in the body, where it belongs");
    office.sim.inject(FaultKind::Redirect.once());
    let away = office.ask("/api/v1/users").await;
    assert_eq!((away.status, away.header("location")), (302, Some("https://elsewhere.example/api/v1/users")));
}

#[tokio::test]
async fn a_skewed_clock_is_wrong_in_date_and_reset_alike() {
    let office = Office::open().await;
    let reply = office.ask("/api/v1/users?limit=1").await;
    let right = (reply.header("date").unwrap().to_owned(), reply.number("x-rate-limit-reset"));
    office.sim.inject(FaultKind::ClockSkew(-300).always());
    let skewed = office.ask("/api/v1/users?limit=1").await;
    assert_eq!(right.0, "Mon, 02 Mar 2026 12:00:00 GMT");
    assert_eq!(skewed.header("date"), Some("Mon, 02 Mar 2026 11:55:00 GMT"));
    assert_eq!(skewed.number("x-rate-limit-reset"), right.1 - 300);
    office.sim.clear_faults();
    assert_eq!(office.ask("/api/v1/users?limit=1").await.header("date"), Some(right.0.as_str()));
}

#[tokio::test]
async fn a_role_or_a_licence_can_be_missing_for_a_part() {
    let office = Office::open().await;
    office.sim.inject(FaultKind::RoleMissing.always().under("/api/v1/policies"));
    office.sim.inject(FaultKind::Unlicensed.always().under("/api/v1/realms"));
    let denied = (403, "E0000006".to_owned());
    assert_eq!(office.ask("/api/v1/policies?type=PASSWORD").await.refusal(), denied);
    assert_eq!(office.ask("/api/v1/realms").await.refusal(), (401, "E0000015".to_owned()));
    assert_eq!(office.ask("/api/v1/users").await.status, 200);
    office.sim.inject(FaultKind::Role(Role::ReadOnly).once());
    assert_eq!(office.ask("/api/v1/iam/roles").await.refusal(), denied);
    office.sim.clear_faults();
    assert_eq!(office.ask("/api/v1/policies?type=PASSWORD").await.status, 200);
    assert_eq!(office.ask("/api/v1/iam/roles").await.status, 200);
}

#[tokio::test]
async fn the_org_itself_can_be_another() {
    let office = Office::open().await;
    let organization = office.url("/.well-known/okta-organization");
    assert_eq!(get(&organization, &[]).await.json()["pipeline"], "idx");
    assert_eq!(office.ask("/api/v1/logStreams").await.list()[0]["status"], "ACTIVE");
    office.sim.inject(FaultKind::ClassicEngine.always());
    office.sim.inject(FaultKind::StreamDisabled.always());
    assert_eq!(get(&organization, &[]).await.json()["pipeline"], "v1");
    assert_eq!(office.ask("/api/v1/authenticators").await.refusal(), (401, "E0000015".to_owned()));
    assert_eq!(office.ask("/api/v1/logStreams").await.list()[0]["status"], "INACTIVE");
}

#[tokio::test]
async fn the_token_endpoint_is_spared_unless_it_is_named() {
    let office = Office::open().await;
    let ask = async || post_form(&office.url("/oauth2/v1/token"), &[], &[]).await.status;
    office.sim.inject(FaultKind::ServerError(502).always());
    assert_eq!(ask().await, 400);
    office.sim.clear_faults();
    office.sim.inject("rate-limited@/oauth2/v1/token".parse().unwrap());
    assert_eq!([ask().await, ask().await], [429, 400]);
}
