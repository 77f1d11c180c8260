//! The token endpoint: who is let in, and who is told what.

use std::time::Duration;

use ::http::Request;
use okta_sim::{ClientAuth, ClientSpec, FaultKind, KeyKind};
use serde_json::{Value, json};

use crate::http::{Reply, get, post_form, send};
use crate::sign::Key;
use crate::test_org::TestOrg;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SCOPE: &str = "okta.users.read okta.logs.read";

/// An assertion as it should be. `jti` is the only thing that must differ.
pub(crate) fn claims(okta: &TestOrg, client: &str, jti: &str) -> Value {
    let id = okta.secret(client)["client_id"].clone();
    let now = okta.seconds();
    json!({"iss": id, "sub": id, "aud": okta.url("/oauth2/v1/token"), "iat": now, "exp": now + 300, "jti": jti})
}

/// Asks for a token by `private_key_jwt`.
pub(crate) async fn present(okta: &TestOrg, assertion: &str, scope: &str, headers: &[(&str, &str)]) -> Reply {
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", scope),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    post_form(&okta.url("/oauth2/v1/token"), &form, headers).await
}

/// A good assertion of a client.
pub(crate) fn assertion(okta: &TestOrg, client: &str, jti: &str) -> String {
    let secret = okta.secret(client);
    let key = Key::of(&secret);
    key.jwt(&json!({"alg": key.alg(), "kid": secret["key_id"]}), &claims(okta, client, jti))
}

/// A good token of a client that needs no DPoP.
pub(crate) async fn bearer(okta: &TestOrg, client: &str, scope: &str) -> String {
    let jti = format!("{client}-{}-{scope}", okta.now());
    let reply = present(okta, &assertion(okta, client, &jti), scope, &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    format!("Bearer {}", reply.json()["access_token"].as_str().unwrap())
}

#[tokio::test]
async fn keys_of_both_kinds_get_tokens_that_open_the_api() {
    let ec = ClientSpec::new("ec", ClientAuth::PrivateKey(KeyKind::Ec256));
    let okta = TestOrg::with_clients([ClientSpec::defaults(), vec![ec]].concat()).await;
    for (client, alg) in [("service", "RS256"), ("ec", "ES256")] {
        assert_eq!(Key::of(&okta.secret(client)).alg(), alg);
        let reply = present(&okta, &assertion(&okta, client, client), SCOPE, &[]).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let token = reply.json();
        assert_eq!(token["token_type"], "Bearer");
        assert_eq!(token["expires_in"], 3_600);
        assert_eq!(token["scope"], SCOPE);
        let authorization = format!("Bearer {}", token["access_token"].as_str().unwrap());
        let users = get(&okta.url("/api/v1/users?limit=2"), &[("authorization", &authorization)]).await;
        assert_eq!(users.list().len(), 2);
    }
}

/// A change of the claims, and the description of the refusal that it leads to.
type Mistake = (fn(&mut Value, i64), &'static str);

const MISTAKES: &[Mistake] = &[
    (|claims, _| claims["aud"] = json!("https://acme.okta.com/oauth2/v1/token"), "must be the endpoint invoked"),
    (|claims, _| claims["aud"] = json!("http://127.0.0.1"), "must be the endpoint invoked"),
    (|claims, _| claims["iss"] = json!("0oa1"), "issuer claim"),
    (|claims, _| claims["sub"] = json!("0oa1"), "subject claim"),
    (|claims, now| claims["exp"] = json!(now - 10), "is expired"),
    (|claims, now| claims["exp"] = json!(now + 3_700), "too far into the future"),
    (|claims, _| claims["exp"] = Value::Null, "must contain the 'exp' claim"),
    (|claims, now| claims["iat"] = json!(now + 60), "must be issued before the current time"),
];

#[tokio::test]
async fn an_assertion_with_a_wrong_claim_is_refused_by_name() {
    let okta = TestOrg::start().await;
    let secret = okta.secret("service");
    let key = Key::of(&secret);
    for (number, (change, expected)) in MISTAKES.iter().enumerate() {
        let mut claims = claims(&okta, "service", &number.to_string());
        change(&mut claims, okta.seconds());
        let assertion = key.jwt(&json!({"alg": "RS256", "kid": secret["key_id"]}), &claims);
        let (status, error, description) = present(&okta, &assertion, SCOPE, &[]).await.oauth_error();
        assert_eq!((status, error.as_str()), (401, "invalid_client"), "{claims}");
        assert!(description.contains(expected), "{description:?} for {claims}");
    }
}

#[tokio::test]
async fn an_assertion_by_the_wrong_key_is_refused_by_name() {
    let okta = TestOrg::start().await;
    let kid = okta.secret("service")["key_id"].clone();
    let own = Key::of(&okta.secret("service"));
    let cases = [
        (Key::rsa().jwt(&json!({"alg": "RS256", "kid": kid}), &claims(&okta, "service", "1")), "signature is invalid"),
        (own.jwt(&json!({"alg": "RS256", "kid": "another"}), &claims(&okta, "service", "2")), "kid is invalid"),
        (
            own.jwt(&json!({"alg": "HS256", "kid": kid}), &claims(&okta, "service", "3")),
            "signature algorithm is invalid",
        ),
        (
            Key::ec().jwt(&json!({"alg": "ES256", "kid": kid}), &claims(&okta, "service", "4")),
            "signature algorithm is invalid",
        ),
        ("a.b".to_owned(), "parsing of the client_assertion failed"),
    ];
    for (assertion, expected) in cases {
        let (status, error, description) = present(&okta, &assertion, SCOPE, &[]).await.oauth_error();
        assert_eq!((status, error.as_str()), (401, "invalid_client"), "{description}");
        assert!(description.contains(expected), "{description:?}, not {expected:?}");
    }
}

#[tokio::test]
async fn an_assertion_is_good_for_one_request() {
    let okta = TestOrg::start().await;
    let assertion = assertion(&okta, "service", "once");
    assert_eq!(present(&okta, &assertion, SCOPE, &[]).await.status, 200);
    let (status, _, description) = present(&okta, &assertion, SCOPE, &[]).await.oauth_error();
    assert_eq!((status, description.as_str()), (401, "The client_assertion token has already been used."));
}

fn basic(id: &str, secret: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}")))
}

#[tokio::test]
async fn an_integration_shows_its_secret_in_the_header_only() {
    let okta = TestOrg::start().await;
    let secret = okta.secret("integration");
    let (id, password) = (secret["client_id"].as_str().unwrap(), secret["client_secret"].as_str().unwrap());
    let url = okta.url("/oauth2/v1/token");
    let form = [("grant_type", "client_credentials"), ("scope", SCOPE)];
    let good = post_form(&url, &form, &[("authorization", &basic(id, password))]).await;
    assert_eq!((good.status, good.json()["scope"].as_str()), (200, Some(SCOPE)));

    let wrong = post_form(&url, &form, &[("authorization", &basic(id, "guess"))]).await.oauth_error();
    assert_eq!((wrong.0, wrong.2.as_str()), (401, "The client secret supplied for a confidential client is invalid."));

    let posted = [&form[..], &[("client_id", id), ("client_secret", password)]].concat();
    let (status, _, description) = post_form(&url, &posted, &[]).await.oauth_error();
    assert_eq!(status, 401);
    assert!(description.contains("private_key_jwt or client_secret_basic"), "{description}");

    let service = okta.secret("service")["client_id"].as_str().unwrap().to_owned();
    let (status, _, description) =
        post_form(&url, &form, &[("authorization", &basic(&service, "x"))]).await.oauth_error();
    assert_eq!(status, 401);
    assert!(description.contains("must use the private_key_jwt"), "{description}");
}

#[tokio::test]
async fn a_token_request_is_a_form_of_client_credentials() {
    let okta = TestOrg::start().await;
    let url = okta.url("/oauth2/v1/token");
    let json = Request::post(&url).header("content-type", "application/json").body("{}".to_owned()).unwrap();
    assert_eq!(send(json).await.unwrap().refusal(), (400, "E0000021".to_owned()));
    for (form, expected) in [
        (&[("scope", "okta.users.read")][..], "invalid_request"),
        (&[("grant_type", "password")][..], "unsupported_grant_type"),
    ] {
        let (status, error, _) = post_form(&url, form, &[]).await.oauth_error();
        assert_eq!((status, error.as_str()), (400, expected));
    }
    let nobody = post_form(&url, &[("grant_type", "client_credentials")], &[]).await.oauth_error();
    assert_eq!((nobody.0, nobody.2.as_str()), (401, "No client credentials found."));
}

#[tokio::test]
async fn a_token_ends_after_an_hour_or_when_it_is_revoked() {
    let okta = TestOrg::start().await;
    let first = bearer(&okta, "service", SCOPE).await;
    let users = okta.url("/api/v1/users?limit=1");
    assert_eq!(get(&users, &[("authorization", &first)]).await.status, 200);
    okta.wait(Duration::from_secs(3_601));
    let ended = get(&users, &[("authorization", &first)]).await;
    assert_eq!(ended.refusal(), (401, "E0000011".to_owned()));
    assert!(ended.header("www-authenticate").unwrap().contains("The token has expired."));

    let second = bearer(&okta, "service", SCOPE).await;
    okta.sim.inject(FaultKind::TokensRevoked.once());
    assert_eq!(get(&users, &[("authorization", &second)]).await.status, 401);
    okta.wait(Duration::from_secs(1));
    let third = bearer(&okta, "service", SCOPE).await;
    assert_eq!(get(&users, &[("authorization", &third)]).await.status, 200);
}

#[tokio::test]
async fn a_rotated_key_is_the_only_one_that_works() {
    let okta = TestOrg::start().await;
    let old = assertion(&okta, "service", "old");
    assert!(okta.sim.rotate("service").unwrap());
    assert_eq!(present(&okta, &old, SCOPE, &[]).await.status, 401);
    assert_eq!(present(&okta, &assertion(&okta, "service", "new"), SCOPE, &[]).await.status, 200);
    okta.sim.inject(FaultKind::SecretsRevoked.once());
    assert_eq!(present(&okta, &assertion(&okta, "service", "revoked"), SCOPE, &[]).await.status, 401);
    assert_eq!(okta.ask("/api/v1/users").await.refusal(), (401, "E0000011".to_owned()));
}

#[tokio::test]
async fn an_api_token_is_good_or_invalid() {
    let okta = TestOrg::start().await;
    assert_eq!(okta.ask("/api/v1/org").await.json()["subdomain"], "acme");
    for authorization in ["SSWS 00wrong", "SSWS", "Basic eDp5", ""] {
        let reply = get(&okta.url("/api/v1/org"), &[("authorization", authorization)]).await;
        assert_eq!(reply.refusal(), (401, "E0000011".to_owned()), "{authorization:?}");
        assert!(reply.header("x-okta-request-id").is_some());
    }
}
