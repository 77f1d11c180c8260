//! Tokens that are bound to a key (RFC 9449), as Okta has them.

use std::time::Duration;

use okta_sim::FaultKind;
use serde_json::{Value, json};

use crate::http::{Reply, get};
use crate::sign::{Key, token_hash};
use crate::test_org::TestOrg;
use crate::token::{assertion, bearer, present};

const SCOPE: &str = "okta.users.read";

fn for_token(okta: &TestOrg, jti: &str, nonce: Option<&str>) -> Value {
    json!({"htm": "POST", "htu": okta.url("/oauth2/v1/token"), "iat": okta.seconds(), "jti": jti, "nonce": nonce})
}

/// Asks for a token with this proof.
async fn ask(okta: &TestOrg, jti: &str, proof: &str) -> Reply {
    present(okta, &assertion(okta, "dpop", jti), SCOPE, &[("dpop", proof)]).await
}

/// A nonce that the endpoint takes.
async fn nonce(okta: &TestOrg, key: &Key) -> String {
    let jti = format!("nonce-{}", okta.now());
    let refused = ask(okta, &jti, &key.proof(&for_token(okta, &jti, None))).await;
    assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("use_dpop_nonce")));
    refused.header("dpop-nonce").unwrap().to_owned()
}

/// A token that is bound to this key.
async fn bound_token(okta: &TestOrg, key: &Key) -> String {
    let nonce = nonce(okta, key).await;
    let reply = ask(okta, "good", &key.proof(&for_token(okta, "good", Some(&nonce)))).await;
    assert_eq!((reply.status, reply.json()["token_type"].as_str()), (200, Some("DPoP")), "{}", reply.text());
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

fn for_users(okta: &TestOrg, token: &str, jti: &str) -> Value {
    let users = okta.url("/api/v1/users");
    json!({"htm": "GET", "htu": users, "iat": okta.seconds(), "jti": jti, "ath": token_hash(token)})
}

async fn users(okta: &TestOrg, token: &str, proof: &str) -> Reply {
    let authorization = format!("DPoP {token}");
    get(&okta.url("/api/v1/users?limit=3"), &[("authorization", &authorization), ("dpop", proof)]).await
}

#[tokio::test]
async fn without_a_proof_the_app_is_told_that_it_needs_one() {
    let okta = TestOrg::start().await;
    let refused = present(&okta, &assertion(&okta, "dpop", "1"), SCOPE, &[]).await;
    let (status, error, description) = refused.oauth_error();
    assert_eq!((status, error.as_str()), (400, "invalid_dpop_proof"));
    assert_eq!(description, "The DPoP proof JWT header is missing.");
}

#[tokio::test]
async fn with_a_nonce_it_gets_a_token_that_opens_the_api_with_fresh_proofs() {
    let okta = TestOrg::start().await;
    let key = Key::ec();
    let token = bound_token(&okta, &key).await;
    let proof = key.proof(&for_users(&okta, &token, "1"));
    assert_eq!(users(&okta, &token, &proof).await.list().len(), 3);
    let again = users(&okta, &token, &proof).await.oauth_error();
    assert_eq!((again.0, again.2.as_str()), (400, "The DPoP proof JWT has already been used."));
    assert_eq!(users(&okta, &token, &key.proof(&for_users(&okta, &token, "2"))).await.status, 200);
}

#[tokio::test]
async fn a_bound_token_is_no_bearer_token_and_a_bearer_token_is_not_bound() {
    let okta = TestOrg::start().await;
    let key = Key::ec();
    let token = bound_token(&okta, &key).await;
    let authorization = format!("Bearer {token}");
    let refused = get(&okta.url("/api/v1/users"), &[("authorization", &authorization)]).await.oauth_error();
    assert_eq!((refused.0, refused.1.as_str()), (400, "invalid_request"));
    assert!(refused.2.contains("must use the DPoP authentication scheme"), "{}", refused.2);

    let bearer = bearer(&okta, "service", SCOPE).await;
    let unbound = bearer.strip_prefix("Bearer ").unwrap();
    let refused = users(&okta, unbound, &key.proof(&for_users(&okta, unbound, "1"))).await;
    assert_eq!(refused.status, 401);
}

/// A change of a proof's claims, and the description of the refusal that it leads to.
type Mistake = (fn(&mut Value), &'static str);

const MISTAKES: &[Mistake] = &[
    (|claims| claims["htm"] = json!("POST"), "'htm' claim"),
    (|claims| claims["htu"] = json!(format!("{}?limit=3", claims["htu"].as_str().unwrap())), "'htu' claim"),
    (|claims| claims["ath"] = json!(token_hash("another")), "'ath' claim"),
    (|claims| claims["iat"] = json!(claims["iat"].as_i64().unwrap() - 301), "more than five minutes in the past"),
    (|claims| claims["iat"] = json!(claims["iat"].as_i64().unwrap() + 60), "issued in the future"),
    (|claims| claims["iat"] = Value::Null, "'iat' claim"),
    (|claims| claims["jti"] = Value::Null, "'jti' claim"),
];

#[tokio::test]
async fn a_proof_with_a_wrong_claim_is_refused_by_name() {
    let okta = TestOrg::start().await;
    let key = Key::ec();
    let token = bound_token(&okta, &key).await;
    for (number, (change, expected)) in MISTAKES.iter().enumerate() {
        let mut claims = for_users(&okta, &token, &number.to_string());
        change(&mut claims);
        let (status, error, description) = users(&okta, &token, &key.proof(&claims)).await.oauth_error();
        assert_eq!((status, error.as_str()), (400, "invalid_dpop_proof"), "{claims}");
        assert!(description.contains(expected), "{description:?} for {claims}");
    }
}

#[tokio::test]
async fn a_proof_by_the_wrong_key_or_none_is_refused() {
    let okta = TestOrg::start().await;
    let key = Key::ec();
    let token = bound_token(&okta, &key).await;
    let stranger = users(&okta, &token, &Key::ec().proof(&for_users(&okta, &token, "1"))).await.oauth_error();
    assert_eq!(stranger.2, "The access_token is not bound to the provided DPoP proof.");
    let unsigned =
        key.jwt(&json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": Key::ec().jwk()}), &for_users(&okta, &token, "2"));
    assert_eq!(users(&okta, &token, &unsigned).await.oauth_error().2, "The DPoP proof JWT signature is invalid.");
    let untyped = key.jwt(&json!({"typ": "JWT", "alg": "ES256", "jwk": key.jwk()}), &for_users(&okta, &token, "3"));
    assert!(users(&okta, &token, &untyped).await.oauth_error().2.contains("'typ' must be 'dpop+jwt'"));
    let authorization = format!("DPoP {token}");
    let missing = get(&okta.url("/api/v1/users"), &[("authorization", &authorization)]).await.oauth_error();
    assert_eq!((missing.0, missing.1.as_str()), (400, "invalid_request"));
}

#[tokio::test]
async fn a_nonce_is_good_for_three_days_after_its_own() {
    let okta = TestOrg::start().await;
    let key = Key::ec();
    let nonce = nonce(&okta, &key).await;
    for (days, status) in [(3, 200), (1, 400)] {
        okta.wait(Duration::from_secs(days * 86_400));
        let jti = format!("after-{days}");
        assert_eq!(ask(&okta, &jti, &key.proof(&for_token(&okta, &jti, Some(&nonce)))).await.status, status, "{days}");
    }
}

#[tokio::test]
async fn a_resource_can_ask_for_a_nonce_too() {
    let okta = TestOrg::start().await;
    let key = Key::ec();
    let token = bound_token(&okta, &key).await;
    okta.sim.inject(FaultKind::DpopNonce.times(2));
    let asked = users(&okta, &token, &key.proof(&for_users(&okta, &token, "1"))).await;
    assert_eq!((asked.status, asked.json()["error"].as_str()), (401, Some("use_dpop_nonce")));
    assert!(asked.header("www-authenticate").unwrap().starts_with("DPoP error=\"use_dpop_nonce\""));
    let mut claims = for_users(&okta, &token, "2");
    claims["nonce"] = json!(asked.header("dpop-nonce").unwrap());
    assert_eq!(users(&okta, &token, &key.proof(&claims)).await.status, 200);
}

#[tokio::test]
async fn an_org_can_begin_to_require_it() {
    let okta = TestOrg::start().await;
    bearer(&okta, "service", SCOPE).await;
    okta.sim.inject(FaultKind::DpopRequired.once());
    let refused = present(&okta, &assertion(&okta, "service", "after"), SCOPE, &[]).await.oauth_error();
    assert_eq!((refused.0, refused.1.as_str()), (400, "invalid_dpop_proof"));
}
