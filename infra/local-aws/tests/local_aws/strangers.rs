//! Other users of this machine: without the credentials of a run, none of its servers answers them.

use std::fmt::Debug;

use aws_sdk_s3::config::{BehaviorVersion, Credentials as SdkCredentials, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use local_aws::bus_server::BusServer;
use local_aws::credentials::Credentials;
use local_aws::runtime_api::RuntimeApi;
use local_aws::s3_server::{BUCKET, EmbeddedS3, REGION};
use local_aws::secrets_server::SecretsServer;
use local_aws::sts_server::StsServer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SECRET: &str = r#"{"api_token": "00secret"}"#;

macro_rules! client {
    ($sdk:ident, $endpoint:expr, $credentials:expr) => {{
        let Credentials { access_key_id, secret_access_key } = $credentials;
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new(REGION))
                .credentials_provider(SdkCredentials::new(access_key_id, secret_access_key, None, None, "test"))
                .endpoint_url($endpoint)
                .retry_config($sdk::config::retry::RetryConfig::disabled())
                .build(),
        )
    }};
}

/// Those that a stranger may try: other ones, and the right name with a guessed secret.
fn guesses(own: &Credentials) -> [Credentials; 2] {
    let guessed = Credentials { secret_access_key: "local-loopback-only".to_owned(), ..own.clone() };
    [Credentials::random().unwrap(), guessed]
}

fn status<E: ProvideErrorMetadata + Debug>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// The status and the body of an answer to a request without any signature.
async fn unsigned(url: &str, method: &str, headers: &str, body: &str) -> (u16, String) {
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{method} /{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}");
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[tokio::test]
async fn the_okta_secret_is_for_the_function_only() {
    let own = Credentials::random().unwrap();
    let server = SecretsServer::start(&own, "acme", SECRET.to_owned()).await.unwrap();
    let get = |credentials: Credentials| {
        let client = client!(aws_sdk_secretsmanager, server.endpoint(), credentials);
        client.get_secret_value().secret_id("okta-lake/acme").send()
    };
    assert_eq!(get(own.clone()).await.unwrap().secret_string(), Some(SECRET));
    for guess in guesses(&own) {
        assert_eq!(status(&get(guess).await.unwrap_err()), Some(403));
    }
    let target = "x-amz-target: secretsmanager.GetSecretValue\r\n";
    let (status, answer) =
        unsigned(&(server.endpoint() + "/"), "POST", target, r#"{"SecretId":"okta-lake/acme"}"#).await;
    assert_eq!(status, 403);
    assert!(!answer.contains("00secret"), "{answer}");
}

#[tokio::test]
async fn a_signature_counts_for_its_own_request_only() {
    let own = Credentials::random().unwrap();
    let (bus, mut events) = BusServer::start(&own).await.unwrap();
    let put = |credentials: Credentials| {
        let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder()
            .source("okta-lake")
            .detail_type("Continue")
            .detail("{}")
            .event_bus_name("okta-lake")
            .build();
        client!(aws_sdk_eventbridge, bus.endpoint(), credentials).put_events().entries(entry).send()
    };
    put(own.clone()).await.unwrap();
    assert_eq!(events.recv().await.unwrap().detail_type, "Continue");
    for guess in guesses(&own) {
        assert_eq!(status(&put(guess).await.unwrap_err()), Some(403));
    }
    // The same credentials, but signed for another service.
    let secrets = client!(aws_sdk_secretsmanager, bus.endpoint(), own.clone());
    assert_eq!(status(&secrets.list_secrets().send().await.unwrap_err()), Some(403));
    let target = "x-amz-target: AWSEvents.PutEvents\r\n";
    assert_eq!(unsigned(&(bus.endpoint() + "/"), "POST", target, r#"{"Entries":[]}"#).await.0, 403);
    assert!(events.try_recv().is_err(), "nothing of it reached the bus");
}

#[tokio::test]
async fn the_lake_is_for_the_functions_only() {
    let lake = tempfile::tempdir().unwrap();
    let server = EmbeddedS3::start(lake.path()).await.unwrap();
    std::fs::write(lake.path().join("a"), "rows").unwrap();
    let get = |credentials: Credentials| {
        client!(aws_sdk_s3, server.endpoint(), credentials).get_object().bucket(BUCKET).key("a").send()
    };
    get(server.credentials().clone()).await.unwrap();
    for guess in guesses(server.credentials()) {
        assert_eq!(status(&get(guess).await.unwrap_err()), Some(403));
    }
    let (status, answer) = unsigned(&format!("{}/{BUCKET}/a", server.endpoint()), "GET", "", "").await;
    assert_eq!(status, 403);
    assert!(!answer.contains("rows"), "{answer}");
}

#[tokio::test]
async fn no_role_is_assumed_by_a_stranger() {
    let own = Credentials::random().unwrap();
    let server = StsServer::start(&own, "id").await.unwrap();
    server.add_role("arn:x".to_owned());
    let body = "Action=AssumeRole&ExternalId=id&RoleArn=arn%3Ax";
    let (status, answer) = unsigned(&(server.endpoint() + "/"), "POST", "", body).await;
    assert_eq!(status, 403);
    assert!(!answer.contains(&own.secret_access_key), "{answer}");
    assert!(server.assumed().is_empty());
}

#[tokio::test]
async fn events_are_handed_to_the_function_only() {
    let api = RuntimeApi::start().await.unwrap();
    let (origin, _) = api.url().rsplit_once('/').map(|(origin, token)| (origin.to_owned(), token.to_owned())).unwrap();
    for path in ["2018-06-01/runtime/invocation/next", "0123456789abcdef/2018-06-01/runtime/invocation/next"] {
        assert_eq!(unsigned(&format!("{origin}/{path}"), "GET", "", "").await.0, 404);
    }
    assert_eq!(unsigned(&format!("{origin}/2018-06-01/runtime/init/error"), "POST", "", "{}").await.0, 404);
}
