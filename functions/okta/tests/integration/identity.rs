//! Which org answers.

use okta::{Engine, Error};

use crate::server::{Reply, Server};

const DESCRIPTION: &str = "/.well-known/okta-organization";

async fn server(settings: Reply) -> Server {
    Server::start(move |seen| match seen.path.as_str() {
        DESCRIPTION => Reply::json(
            r#"{"id": "00o1", "pipeline": "v1", "_links": {"organization": {"href": "https://acme.okta.com"}}}"#,
        ),
        _ => settings.clone(),
    })
    .await
}

#[tokio::test]
async fn the_org_says_who_it_is() {
    let server = server(Reply::json(r#"{"id": "00o1", "subdomain": "acme"}"#)).await;
    let org = server.client().await.org_identity().await.unwrap();
    assert_eq!((org.id.as_str(), org.engine, org.host.as_deref()), ("00o1", Engine::Classic, Some("acme.okta.com")));
    assert_eq!(org.subdomain.as_deref(), Some("acme"));
    let public = server.seen().into_iter().find(|seen| seen.path == DESCRIPTION).unwrap();
    assert_eq!(public.header("authorization"), None, "no token is needed");
}

#[tokio::test]
async fn settings_that_may_not_be_read_are_not_needed() {
    let server = server(Reply::error(403, "E0000006")).await;
    let org = server.client().await.org_identity().await.unwrap();
    assert_eq!((org.id.as_str(), org.subdomain), ("00o1", None));
}

#[tokio::test]
async fn two_orgs_behind_one_address_are_noticed() {
    let server = server(Reply::json(r#"{"id": "00o2", "subdomain": "other"}"#)).await;
    let error = server.client().await.org_identity().await.unwrap_err();
    assert!(matches!(error, Error::Contradiction { .. }), "{error:?}");
}
