//! Tokens: three kinds of credentials, DPoP, caching, renewal, rotation.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures::future::{BoxFuture, join_all};
use jiff::Timestamp;
use okta::{BoxError, Client, Disposition, Error, Event, Grants, Options, SecretSource, SecretString};
use serde_json::Value;

use crate::server::{Reply, Seen, Server, http_date, options};
use crate::skipping_clock::SkippingClock;

const CLIENT_SECRET: &str = r#""client_id": "0oa1", "client_secret": "s3cret""#;

fn private_key() -> String {
    let key: Value = serde_json::from_str(include_str!("../keys/ec256.jwk.json")).unwrap();
    format!(r#""client_id": "0oa1", "private_key": {key}"#)
}

/// A client whose scopes are known.
async fn client(server: &Server, fields: &str, options: Options) -> Client {
    let client = server.client_with(fields, options).await.unwrap();
    client.use_scopes(vec!["okta.users.read".into(), "okta.logs.read".into()]).await;
    client
}

async fn get(client: &Client) -> Result<(), Error> {
    client.get(&client.url("/api/v1/users", &[("limit", "2")])?).await.map(|_| ())
}

/// Header and claims of a JWT.
fn decode(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut part = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (part(), part())
}

fn verify(token: &str, point: Vec<u8>) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message.as_bytes(), &signature).unwrap();
}

fn point(jwk: &Value) -> Vec<u8> {
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    [vec![4], coordinate("x"), coordinate("y")].concat()
}

/// A secret that the test changes, and how often it was read.
#[derive(Clone)]
struct Rotating {
    secret: Arc<Mutex<String>>,
    reads: Arc<AtomicUsize>,
}

impl Rotating {
    fn new(secret: String) -> Self {
        Self { secret: Arc::new(Mutex::new(secret)), reads: Arc::default() }
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

impl SecretSource for Rotating {
    fn read(&self) -> BoxFuture<'_, Result<SecretString, BoxError>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(SecretString::from(self.secret.lock().unwrap().clone())) })
    }
}

#[tokio::test]
async fn a_private_key_signs_an_assertion_for_the_token_endpoint() {
    let server =
        Server::start(|seen| if seen.is_token_request() { Reply::token("at1") } else { Reply::json("[]") }).await;
    let client = client(&server, &private_key(), options()).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();

    assert_eq!(server.count("/oauth2/v1/token"), 1, "the token is kept");
    let request = &server.seen()[0];
    assert_eq!(request.method, "POST");
    assert_eq!(request.field("grant_type").as_deref(), Some("client_credentials"));
    assert_eq!(request.field("scope").as_deref(), Some("okta.users.read okta.logs.read"));
    let assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    assert_eq!(request.field("client_assertion_type").as_deref(), Some(assertion_type));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("dpop"), None);

    let assertion = request.field("client_assertion").unwrap();
    let (header, claims) = decode(&assertion);
    assert_eq!((&header["alg"], &header["kid"]), (&"ES256".into(), &"kid-256".into()));
    assert_eq!((&claims["iss"], &claims["sub"]), (&"0oa1".into(), &"0oa1".into()));
    assert_eq!(claims["aud"], format!("{}/oauth2/v1/token", server.url));
    let lifetime = claims["exp"].as_i64().unwrap() - Timestamp::now().as_second();
    assert!((1..=3_600).contains(&lifetime), "{lifetime}");
    let jwk: Value = serde_json::from_str(include_str!("../keys/ec256.jwk.json")).unwrap();
    verify(&assertion, point(&jwk));

    let call = &server.seen()[1];
    assert_eq!(call.header("authorization"), Some("Bearer at1"));
    assert_eq!(call.query, "limit=2");
    assert!(call.header("user-agent").unwrap().starts_with("okta-lake/"));
    assert_eq!(server.connections(), 1, "the connection is used again");
}

#[tokio::test]
async fn a_client_secret_goes_by_basic_and_an_api_token_as_it_is() {
    let server =
        Server::start(|seen| if seen.is_token_request() { Reply::token("at1") } else { Reply::json("[]") }).await;
    get(&client(&server, CLIENT_SECRET, options()).await).await.unwrap();
    let basic = format!("Basic {}", STANDARD.encode("0oa1:s3cret"));
    assert_eq!(server.seen()[0].header("authorization"), Some(basic.as_str()));
    assert_eq!(server.seen()[0].field("client_assertion"), None);

    get(&client(&server, r#""api_token": "00abc""#, options()).await).await.unwrap();
    assert_eq!(server.seen()[2].header("authorization"), Some("SSWS 00abc"));
    assert_eq!(server.count("/oauth2/v1/token"), 1);
}

#[tokio::test]
async fn a_token_is_fetched_by_one_and_renewed_before_it_ends() {
    let server =
        Server::start(|seen| if seen.is_token_request() { Reply::token("at1") } else { Reply::json("[]") }).await;
    let clock = Arc::new(SkippingClock::default());
    let client = client(&server, CLIENT_SECRET, Options { clock: clock.clone(), ..options() }).await;
    for outcome in join_all((0..20).map(|_| get(&client))).await {
        outcome.unwrap();
    }
    assert_eq!(server.count("/oauth2/v1/token"), 1);

    clock.skip(Duration::from_mins(55));
    for outcome in join_all((0..20).map(|_| get(&client))).await {
        outcome.unwrap();
    }
    assert_eq!(server.count("/oauth2/v1/token"), 2);
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_early_is_used_until_it_ends() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |seen| match seen.is_token_request() {
        false => Reply::json("[]"),
        true if requests.fetch_add(1, Ordering::SeqCst) == 0 => Reply::token("at1"),
        true => Reply::json("{}").status(503),
    })
    .await;
    let clock = Arc::new(SkippingClock::default());
    let client = client(&server, CLIENT_SECRET, Options { clock: clock.clone(), ..options() }).await;
    get(&client).await.unwrap();
    clock.skip(Duration::from_mins(55));
    get(&client).await.unwrap();
    clock.skip(Duration::from_mins(5));
    let error = get(&client).await.unwrap_err();
    assert!(matches!(error, Error::Token(_)) && error.disposition() == Disposition::Retry, "{error:?}");
}

/// An app that wants DPoP: nothing works without proofs, nonces and identifiers that are used once.
struct DpopOrg {
    used: Mutex<HashSet<String>>,
}

impl DpopOrg {
    fn answer(&self, seen: &Seen, url: &str) -> Reply {
        if let Some(assertion) = seen.field("client_assertion")
            && !self.used.lock().unwrap().insert(decode(&assertion).1["jti"].to_string())
        {
            return Reply::oauth_error(401, "invalid_client", "The client_assertion token has already been used.");
        }
        let Some(proof) = seen.header("dpop") else {
            return Reply::oauth_error(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.");
        };
        let (header, claims) = decode(proof);
        verify(proof, point(&header["jwk"]));
        assert_eq!((&header["typ"], header["jwk"].get("d")), (&"dpop+jwt".into(), None));
        assert_eq!(claims["htm"], seen.method.as_str());
        assert_eq!(claims["htu"], format!("{url}{}", seen.path), "without the query");
        assert!((claims["iat"].as_i64().unwrap() - Timestamp::now().as_second()).abs() < 60);
        assert!(self.used.lock().unwrap().insert(claims["jti"].to_string()), "a proof was sent twice");
        if seen.is_token_request() { Self::token(&claims) } else { Self::users(seen, &claims) }
    }

    fn token(claims: &Value) -> Reply {
        if claims["nonce"] != "token-nonce" {
            let text = "Authorization server requires nonce in DPoP proof.";
            return Reply::oauth_error(400, "use_dpop_nonce", text).header("dpop-nonce", "token-nonce");
        }
        Reply::json(
            r#"{"access_token": "bound", "token_type": "DPoP", "expires_in": 3600, "scope": "okta.users.read"}"#,
        )
    }

    fn users(seen: &Seen, claims: &Value) -> Reply {
        assert_eq!(seen.header("authorization"), Some("DPoP bound"));
        assert_eq!(claims["ath"], URL_SAFE_NO_PAD.encode(digest(&SHA256, b"bound")));
        if claims["nonce"] != "api-nonce" {
            let challenge = r#"DPoP error="use_dpop_nonce", error_description="Nonce.""#;
            return Reply::json("").status(401).header("www-authenticate", challenge).header("dpop-nonce", "api-nonce");
        }
        Reply::json("[]")
    }
}

#[tokio::test]
async fn dpop_is_spoken_as_soon_as_the_org_asks_for_it() {
    let org = DpopOrg { used: Mutex::default() };
    let url = Arc::new(Mutex::new(String::new()));
    let base = url.clone();
    let server = Server::start(move |seen| org.answer(seen, &base.lock().unwrap())).await;
    *url.lock().unwrap() = server.url.clone();
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = events.clone();
    let observer = Arc::new(move |event: &Event| told.lock().unwrap().push(event.clone()));
    let client = client(&server, &private_key(), Options { observer, ..options() }).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();

    // Without a proof, without a nonce, with both; a call without a nonce, and two with it.
    let paths: Vec<_> = server.seen().iter().map(Seen::is_token_request).collect();
    assert_eq!(paths, [true, true, true, false, false, false]);
    let lifetime = Duration::from_hours(1);
    assert!(events.lock().unwrap().contains(&Event::TokenObtained { is_bound: true, lifetime }));
    let no_reread = |event: &Event| !matches!(event, Event::SecretReread { .. });
    assert!(events.lock().unwrap().iter().all(no_reread), "a nonce is no reason to read the secret again");
}

#[tokio::test]
async fn a_dpop_handshake_that_does_not_end_is_given_up() {
    let server =
        Server::start(|_| Reply::oauth_error(400, "use_dpop_nonce", "Again.").header("dpop-nonce", "never-good")).await;
    let error = get(&client(&server, CLIENT_SECRET, options()).await).await.unwrap_err();
    assert!(matches!(error, Error::Token(_)) && error.disposition() == Disposition::Stop, "{error:?}");
    assert_eq!(server.count("/oauth2/v1/token"), 4);
}

#[tokio::test]
async fn a_rotated_secret_is_read_once_by_all_who_were_refused() {
    let server = Server::start(|seen| match seen.header("authorization") {
        Some("SSWS new") => Reply::json("[]"),
        _ => Reply::error(401, "E0000011"),
    })
    .await;
    let source = Rotating::new(server.secret(r#""api_token": "old""#));
    let client = Client::new(Arc::new(source.clone()), options()).await.unwrap();
    *source.secret.lock().unwrap() = server.secret(r#""api_token": "new""#);
    for outcome in join_all((0..8).map(|_| get(&client))).await {
        outcome.unwrap();
    }
    assert_eq!(source.reads(), 2, "once at first, once for all");
}

#[tokio::test]
async fn a_secret_that_stays_wrong_is_read_again_once_and_reported() {
    let server = Server::start(|_| Reply::error(401, "E0000011")).await;
    let source = Rotating::new(server.secret(r#""api_token": "old""#));
    let client = Client::new(Arc::new(source.clone()), options()).await.unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.disposition(), Disposition::Stop);
    assert!(error.remedy().contains("put new credentials into the secret"), "{}", error.remedy());
    assert_eq!((source.reads(), server.seen().len()), (2, 1), "an unchanged token is not sent again");
    for outcome in join_all((0..8).map(|_| get(&client))).await {
        outcome.unwrap_err();
    }
    assert_eq!(source.reads(), 3, "once for all who were refused with it");
}

#[tokio::test]
async fn a_client_that_was_removed_is_asked_for_once_by_all_who_were_refused() {
    let requests = AtomicUsize::new(0);
    let server = Server::start(move |seen| match seen.is_token_request() {
        false => Reply::error(401, "E0000011"),
        true if requests.fetch_add(1, Ordering::SeqCst) == 0 => Reply::token("at1"),
        true => Reply::oauth_error(401, "invalid_client", "Invalid value for 'client_id' parameter."),
    })
    .await;
    let source = Rotating::new(server.secret(CLIENT_SECRET));
    let client = Client::new(Arc::new(source.clone()), options()).await.unwrap();
    client.use_scopes(vec!["okta.users.read".into()]).await;
    for outcome in join_all((0..8).map(|_| get(&client))).await {
        assert_eq!(outcome.unwrap_err().disposition(), Disposition::Stop);
    }
    assert_eq!((source.reads(), server.count("/oauth2/v1/token")), (2, 2));
}

#[tokio::test]
async fn a_revoked_token_is_replaced_and_a_second_refusal_is_final() {
    let good = Arc::new(Mutex::new("at1".to_owned()));
    let (accepted, issued) = (good.clone(), AtomicUsize::new(0));
    let server = Server::start(move |seen| {
        if seen.is_token_request() {
            return Reply::token(&format!("at{}", issued.fetch_add(1, Ordering::SeqCst) + 1));
        }
        let is_good = seen.header("authorization") == Some(&format!("Bearer {}", accepted.lock().unwrap()));
        if is_good { Reply::json("[]") } else { Reply::json("").status(401) }
    })
    .await;
    let client = client(&server, CLIENT_SECRET, options()).await;
    get(&client).await.unwrap();
    *good.lock().unwrap() = "at2".into();
    get(&client).await.unwrap();
    *good.lock().unwrap() = "none".into();
    let error = get(&client).await.unwrap_err();
    assert!(matches!(&error, Error::Api { refusal, .. } if refusal.status == 401), "{error:?}");
    assert_eq!(server.count("/oauth2/v1/token"), 3);
}

#[tokio::test]
async fn a_new_client_secret_is_found_when_the_token_endpoint_refuses() {
    let server = Server::start(|seen| {
        let is_good = seen.header("authorization") == Some(&format!("Basic {}", STANDARD.encode("0oa1:new")));
        match seen.is_token_request() {
            true if !is_good => Reply::oauth_error(
                401,
                "invalid_client",
                "The client secret supplied for a confidential client is invalid.",
            ),
            true => Reply::token("at1"),
            false => Reply::json("[]"),
        }
    })
    .await;
    let source = Rotating::new(server.secret(r#""client_id": "0oa1", "client_secret": "old""#));
    let client = Client::new(Arc::new(source.clone()), options()).await.unwrap();
    client.use_scopes(vec!["okta.users.read".into()]).await;
    let error = get(&client).await.unwrap_err();
    assert!(error.remedy().contains("generate a new one"), "{}", error.remedy());
    *source.secret.lock().unwrap() = server.secret(r#""client_id": "0oa1", "client_secret": "new""#);
    get(&client).await.unwrap();
    assert_eq!(source.reads(), 3);
}

#[tokio::test]
async fn a_rotation_does_not_lead_to_another_org() {
    let server = Server::start(|_| Reply::error(401, "E0000011")).await;
    let source = Rotating::new(server.secret(r#""api_token": "old""#));
    let client = Client::new(Arc::new(source.clone()), options()).await.unwrap();
    *source.secret.lock().unwrap() = r#"{"org_url": "https://other.okta.com", "api_token": "new"}"#.into();
    let error = get(&client).await.unwrap_err();
    assert!(matches!(&error, Error::OtherOrg(host) if host == "other.okta.com"), "{error:?}");
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_by_the_servers_date() {
    // The server is an hour ahead of this machine, and strict.
    let server = Server::start(|seen| {
        let now = Timestamp::now() + Duration::from_hours(1);
        let date = http_date(now);
        let Some(assertion) = seen.field("client_assertion") else {
            return Reply::json("[]").header("date", date).header("x-okta-request-id", "req1");
        };
        let is_expired = decode(&assertion).1["exp"].as_i64().unwrap() < now.as_second();
        if is_expired {
            return Reply::oauth_error(401, "invalid_client", "The client_assertion token is expired.")
                .header("date", date);
        }
        Reply::token("at1").header("date", date)
    })
    .await;
    let client = client(&server, &private_key(), options()).await;
    get(&client).await.unwrap();
    assert_eq!(server.count("/oauth2/v1/token"), 2);
    // For signatures only: nothing else follows a clock that differs by an hour.
    let clocks = client.clocks();
    assert!((3_595..=3_605).contains(&clocks.disagreement.unwrap().as_secs()), "{clocks:?}");
    assert!(client.cautious_now().duration_since(Timestamp::now()).abs().as_secs() < 5);
    assert!((3_595..=3_605).contains(&clocks.latest().duration_since(clocks.cautious()).as_secs()), "{clocks:?}");
}

#[tokio::test]
async fn a_token_answer_that_is_none_is_refused_without_showing_it() {
    for body in
        ["{}", "[]", r#"{"access_token": 5}"#, r#"{"access_token": "a\nb", "token_type": "Bearer", "expires_in": 1}"#]
    {
        let server = Server::start(move |_| Reply::json(body)).await;
        let error = get(&client(&server, CLIENT_SECRET, options()).await).await.unwrap_err();
        assert!(matches!(error, Error::WrongAnswer { attempts: 4, .. }), "{body}: {error:?}");
        assert_eq!(error.disposition(), Disposition::Retry, "a proxy may have answered");
    }
}

#[tokio::test]
async fn without_scopes_no_token_is_asked_for() {
    let server = Server::start(|_| Reply::token("at1")).await;
    let client = server.client_with(CLIENT_SECRET, options()).await.unwrap();
    assert!(matches!(get(&client).await, Err(Error::NoScope)));
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn scopes_are_discovered_and_then_used() {
    let server = Server::start(|seen| {
        let Some(scope) = seen.field("scope") else { return Reply::json("[]") };
        let text = "One or more scopes are not configured for the authorization server resource.";
        if scope.contains("okta.iam.read") {
            return Reply::oauth_error(400, "invalid_scope", text);
        }
        Reply::token("at1")
    })
    .await;
    let client = server.client_with(CLIENT_SECRET, options()).await.unwrap();
    let wanted = ["okta.users.read", "okta.iam.read", "okta.logs.read", "okta.apps.read"];
    let grants = client.discover_scopes(&wanted).await.unwrap();
    let Grants::Scoped { denied, .. } = &grants else { panic!("{grants:?}") };
    assert_eq!(denied.iter().collect::<Vec<_>>(), ["okta.iam.read"]);
    assert!(grants.allows("okta.logs.read"));
    get(&client).await.unwrap();
    let scope = server.seen().iter().rev().find_map(|seen| seen.field("scope"));
    assert_eq!(scope.as_deref(), Some("okta.apps.read okta.logs.read okta.users.read"));
}

#[tokio::test]
async fn an_unknown_client_is_no_question_of_scopes() {
    let server =
        Server::start(|_| Reply::oauth_error(401, "invalid_client", "Invalid value for 'client_id' parameter.")).await;
    let client = server.client_with(CLIENT_SECRET, options()).await.unwrap();
    let error = client.discover_scopes(&["okta.users.read"]).await.unwrap_err();
    assert!(error.remedy().contains("no such client"), "{}", error.remedy());
    assert_eq!(server.seen().len(), 1);
    let ssws = server.client().await;
    assert_eq!(ssws.discover_scopes(&["okta.users.read"]).await.unwrap(), Grants::Unscoped);
}
