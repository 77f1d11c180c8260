//! The inventory: every list, its pages, and that one list agrees with the other and with the log.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::http::get;
use crate::test_org::TestOrg;

fn ids(objects: &[Value]) -> BTreeSet<String> {
    objects.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
}

fn status(user: &Value) -> &str {
    user["status"].as_str().unwrap()
}

/// Every list without a parent.
const LISTS: &[&str] = &[
    "/api/v1/agentPools",
    "/api/v1/api-tokens",
    "/api/v1/apps",
    "/api/v1/authenticators",
    "/api/v1/authorizationServers",
    "/api/v1/behaviors",
    "/api/v1/brands",
    "/api/v1/devices",
    "/api/v1/eventHooks",
    "/api/v1/groups",
    "/api/v1/groups/rules",
    "/api/v1/idps",
    "/api/v1/inlineHooks",
    "/api/v1/logStreams",
    "/api/v1/meta/types/user",
    "/api/v1/policies?type=ACCESS_POLICY",
    "/api/v1/realms",
    "/api/v1/trustedOrigins",
    "/api/v1/users",
    "/api/v1/zones",
];

#[tokio::test]
async fn every_list_has_members_with_ids_of_their_own() {
    let okta = TestOrg::start().await;
    for path in LISTS {
        let objects = okta.all(path).await.0;
        assert!(!objects.is_empty(), "{path}");
        assert_eq!(ids(&objects).len(), objects.len(), "{path}");
    }
}

#[tokio::test]
async fn every_list_is_the_same_whatever_the_pages_are() {
    let okta = TestOrg::start().await;
    for (path, size) in [("/api/v1/users", 50), ("/api/v1/groups", 6), ("/api/v1/apps", 5), ("/api/v1/devices", 20)] {
        let (whole, one_page) = okta.all(path).await;
        let (parts, pages) = okta.all(&format!("{path}?limit={size}")).await;
        assert_eq!((one_page, pages), (1, whole.len().div_ceil(size)), "{path}");
        assert_eq!(whole, parts, "{path}");
    }
}

#[tokio::test]
async fn lists_in_an_object_page_in_the_body() {
    let okta = TestOrg::start().await;
    let first = okta.ask("/api/v1/iam/roles?limit=1").await;
    assert_eq!(first.link("next"), None);
    let next = first.json()["_links"]["next"]["href"].as_str().unwrap().to_owned();
    let (mut second, mut last) = (okta.follow(&next).await.json(), 2);
    let page = second.clone();
    while let Some(next) = second["_links"]["next"]["href"].as_str() {
        second = okta.follow(next).await.json();
        last += 1;
    }
    assert_eq!(page["roles"].as_array().unwrap().len(), 1);
    assert_ne!(page["roles"], first.json()["roles"]);
    assert_eq!(last, 3, "one page for each role");
}

#[tokio::test]
async fn a_cursor_is_of_use_on_its_own_list_only() {
    let okta = TestOrg::start().await;
    let next = okta.ask("/api/v1/users?limit=1").await.link("next").unwrap();
    let elsewhere = next.replace("/api/v1/users", "/api/v1/groups");
    assert_eq!(okta.follow(&elsewhere).await.refusal(), (400, "E0000029".to_owned()));
    assert_eq!(okta.ask("/api/v1/users?limit=some").await.refusal(), (400, "E0000001".to_owned()));
}

#[tokio::test]
async fn who_has_left_is_listed_only_when_asked_for() {
    let okta = TestOrg::start().await;
    let listed = okta.all("/api/v1/users").await.0;
    assert!(listed.iter().all(|user| status(user) != "DEPROVISIONED"));
    let everybody = okta.all("/api/v1/users?search=status+pr").await.0;
    let left = okta.all("/api/v1/users?filter=status+eq+%22DEPROVISIONED%22").await.0;
    assert!(!left.is_empty());
    assert_eq!(everybody.len(), listed.len() + left.len());
    let one = left[0]["id"].as_str().unwrap();
    assert_eq!(status(&okta.ask(&format!("/api/v1/users/{one}")).await.json()), "DEPROVISIONED");
    assert_eq!(okta.ask("/api/v1/users?filter=profile.title+pr").await.refusal(), (400, "E0000031".to_owned()));
    assert_eq!(okta.ask("/api/v1/users/00unobody").await.refusal(), (404, "E0000007".to_owned()));
}

#[tokio::test]
async fn members_and_memberships_agree() {
    let okta = TestOrg::start().await;
    let groups = okta.all("/api/v1/groups?expand=stats").await.0;
    let user = okta.ask("/api/v1/users?limit=1").await.list()[0]["id"].as_str().unwrap().to_owned();
    let own = ids(&okta.all(&format!("/api/v1/users/{user}/groups")).await.0);
    for group in &groups {
        let id = group["id"].as_str().unwrap();
        let members = ids(&okta.all(&format!("/api/v1/groups/{id}/users?limit=30")).await.0);
        assert_eq!(group["_embedded"]["stats"]["usersCount"], members.len(), "{id}");
        assert_eq!(members.contains(&user), own.contains(id), "{id}");
    }
}

#[tokio::test]
async fn apps_and_their_users_agree() {
    let okta = TestOrg::start().await;
    let users = okta.all("/api/v1/users").await.0;
    let user = users[3]["id"].as_str().unwrap();
    let links = okta.all(&format!("/api/v1/users/{user}/appLinks")).await.0;
    let linked: BTreeSet<_> = links.iter().map(|link| link["appInstanceId"].as_str().unwrap()).collect();
    let apps = okta.all("/api/v1/apps").await.0;
    let (mut assigned, mut groups) = (0, 0);
    for app in &apps {
        let id = app["id"].as_str().unwrap();
        let people = okta.all(&format!("/api/v1/apps/{id}/users?limit=100")).await.0;
        assert!(ids(&people).is_subset(&ids(&users)), "{id}");
        assert_eq!(ids(&people).contains(user), linked.contains(id), "{id}");
        assigned += people.len();
        groups += okta.all(&format!("/api/v1/apps/{id}/groups")).await.0.len();
    }
    assert!(assigned > users.len() && groups > 0, "{assigned} and {groups}");
}

#[tokio::test]
async fn policies_are_listed_by_type_with_their_rules() {
    let okta = TestOrg::start().await;
    assert_eq!(okta.ask("/api/v1/policies").await.refusal(), (400, "E0000001".to_owned()));
    assert_eq!(okta.ask("/api/v1/policies?type=NONE").await.refusal(), (400, "E0000001".to_owned()));
    let policies = okta.all("/api/v1/policies?type=ACCESS_POLICY").await.0;
    assert_eq!(policies.len(), 3);
    for policy in &policies {
        let rules = okta.all(&format!("/api/v1/policies/{}/rules", policy["id"].as_str().unwrap())).await.0;
        assert_eq!(rules.last().unwrap()["name"], "Catch-all Rule");
        assert!(rules.iter().all(|rule| rule["type"] == policy["type"]));
    }
}

#[tokio::test]
async fn admins_have_the_roles_that_the_list_of_them_says() {
    let okta = TestOrg::start().await;
    let listed = okta.ask("/api/v1/iam/assignees/users").await.json();
    let listed = ids(listed["value"].as_array().unwrap());
    let mut found = BTreeSet::new();
    for user in okta.all("/api/v1/users").await.0 {
        let id = user["id"].as_str().unwrap().to_owned();
        if !okta.all(&format!("/api/v1/users/{id}/roles")).await.0.is_empty() {
            found.insert(id);
        }
    }
    assert!(!found.is_empty());
    assert_eq!(found, listed);
}

/// Pairs of a target's type in the log and the path below which it is found.
const NAMED: &[(&str, &str)] = &[
    ("AppInstance", "/api/v1/apps"),
    ("IdentityProvider", "/api/v1/idps"),
    ("NetworkZone", "/api/v1/zones"),
    ("PolicyEntity", "/api/v1/policies"),
    ("User", "/api/v1/users"),
    ("UserGroup", "/api/v1/groups"),
];

#[tokio::test]
async fn whom_the_log_names_the_inventory_knows() {
    let okta = TestOrg::with(|config| config.org.events_per_day = 500).await;
    // Zones and identity providers change every other week or so.
    let events = okta.sim.org().events(okta.now() - jiff::SignedDuration::from_hours(24 * 60)..okta.now());
    let mut named = BTreeSet::new();
    for event in events.filter(|event| event.persisted < okta.now()) {
        let event: Value = serde_json::from_str(&event.json).unwrap();
        for target in event["target"].as_array().into_iter().flatten() {
            let path = NAMED.iter().find(|(kind, _)| target["type"] == *kind).map(|(_, path)| *path);
            named.extend(path.zip(target["id"].as_str()).map(|(path, id)| (path, id.to_owned())));
        }
    }
    let (mut kinds, mut unknown) = (BTreeSet::new(), Vec::new());
    for (path, id) in named {
        kinds.insert(path);
        let reply = okta.ask(&format!("{path}/{id}")).await;
        if reply.status != 200 {
            unknown.push((path, id, reply.status));
        }
        okta.wait(std::time::Duration::from_secs(1));
    }
    assert_eq!(kinds.len(), NAMED.len(), "{kinds:?}");
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test]
async fn only_reading_is_allowed_and_only_what_there_is() {
    let okta = TestOrg::start().await;
    assert_eq!(okta.ask("/api/v1/nothing").await.refusal(), (404, "E0000007".to_owned()));
    let token = format!("SSWS {}", okta.secret("token")["api_token"].as_str().unwrap());
    let delete = ::http::Request::delete(okta.url("/api/v1/users/00u1")).header("authorization", token);
    let reply = crate::http::send(delete.body(String::new()).unwrap()).await.unwrap();
    assert_eq!(reply.refusal(), (405, "E0000022".to_owned()));
}

#[tokio::test]
async fn anybody_may_read_what_the_org_says_of_itself() {
    let okta = TestOrg::start().await;
    let organization = get(&okta.url("/.well-known/okta-organization"), &[]).await.json();
    assert_eq!(organization["id"], okta.ask("/api/v1/org").await.json()["id"]);
    let server = get(&okta.url("/.well-known/oauth-authorization-server"), &[]).await.json();
    assert_eq!(server["token_endpoint"], okta.url("/oauth2/v1/token"));
    assert_eq!(get(&okta.url("/.well-known/nothing"), &[]).await.status, 404);
}
