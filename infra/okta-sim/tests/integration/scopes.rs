//! Scopes: asked for, granted, missing; and roles, which are another matter.

use okta_sim::{ClientAuth, ClientSpec, FaultKind, Granted, KeyKind, Role};

use crate::http::get;
use crate::test_org::TestOrg;
use crate::token::{assertion, bearer, present};

async fn office_with(granted: &[&str], role: Role) -> TestOrg {
    let granted = Granted::Only(granted.iter().map(|scope| (*scope).to_owned()).collect());
    let spec = ClientSpec::new("reader", ClientAuth::PrivateKey(KeyKind::Ec256));
    TestOrg::with_clients(vec![ClientSpec { granted, role, ..spec }]).await
}

#[tokio::test]
async fn what_is_asked_for_is_known_and_granted_or_refused_by_name() {
    let okta = office_with(&["okta.users.read", "okta.logs.read"], Role::ReadOnly).await;
    for (scope, error) in [
        ("", "invalid_scope"),
        ("okta.nothing.read", "invalid_scope"),
        ("okta.users.read okta.nothing.read", "invalid_scope"),
        ("openid", "invalid_scope"),
        ("okta.groups.read okta.apps.read", "consent_required"),
        ("okta.users.read.self", "client_credentials_self_scope_requested"),
    ] {
        let reply = present(&okta, &assertion(&okta, "reader", scope), scope, &[]).await.oauth_error();
        assert_eq!((reply.0, reply.1.as_str()), (400, error), "{scope:?}: {}", reply.2);
    }
}

#[tokio::test]
async fn of_several_scopes_the_granted_ones_are_given() {
    let okta = office_with(&["okta.users.read", "okta.logs.read"], Role::ReadOnly).await;
    let reply = present(&okta, &assertion(&okta, "reader", "1"), "okta.logs.read okta.groups.read", &[]).await;
    assert_eq!((reply.status, reply.json()["scope"].as_str()), (200, Some("okta.logs.read")));
}

#[tokio::test]
async fn a_token_without_the_scope_is_refused_in_a_header_alone() {
    let okta = TestOrg::start().await;
    let token = bearer(&okta, "service", "okta.users.read").await;
    let reply = get(&okta.url("/api/v1/groups"), &[("authorization", &token)]).await;
    assert_eq!((reply.status, reply.body.len()), (403, 0));
    let challenge = reply.header("www-authenticate").unwrap();
    for part in [r#"scope="okta.groups.read""#, r#"error="insufficient_scope""#, r#"resource="/api/v1/groups""#] {
        assert!(challenge.contains(part), "{challenge}");
    }
    assert!(reply.header("x-rate-limit-limit").is_some(), "refusals count, too");
}

#[tokio::test]
async fn a_scope_that_is_taken_away_is_missing_in_the_next_token() {
    let okta = TestOrg::start().await;
    okta.sim.inject(FaultKind::ScopeMissing("okta.users.read".to_owned()).once());
    let refused = present(&okta, &assertion(&okta, "service", "1"), "okta.users.read", &[]).await.oauth_error();
    assert_eq!((refused.0, refused.1.as_str()), (400, "consent_required"));
    okta.sim.clear_faults();
    bearer(&okta, "service", "okta.users.read").await;
}

#[tokio::test]
async fn a_role_decides_what_a_scope_opens() {
    let scope = "okta.users.read okta.roles.read okta.logs.read";
    for (role, users, roles) in [
        (Role::None, 403, 403),
        (Role::ReadOnly, 200, 403),
        (Role::ReadOnlyAndIam, 200, 200),
        (Role::SuperAdmin, 200, 200),
    ] {
        let okta = office_with(&["okta.users.read", "okta.roles.read", "okta.logs.read"], role).await;
        let token = bearer(&okta, "reader", scope).await;
        for (path, status) in [("/api/v1/users", users), ("/api/v1/iam/roles", roles), ("/api/v1/logs", users)] {
            let reply = get(&okta.url(path), &[("authorization", &token)]).await;
            assert_eq!(reply.status, status, "{role:?} at {path}");
            if status == 403 {
                assert_eq!(reply.refusal().1, "E0000006");
            }
        }
    }
}
