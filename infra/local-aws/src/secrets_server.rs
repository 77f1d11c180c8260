//! AWS Secrets Manager as far as the functions use it, for a few secrets: its JSON protocol on a loopback port.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::credentials::Credentials;
use crate::error::Error;
use crate::loopback::Server;
use crate::signature;

/// What the names of the tenants' secrets begin with: the functions' default.
const PREFIX: &str = "okta-lake/";

/// A running server. It stops when it is dropped.
#[derive(Debug)]
pub struct SecretsServer {
    server: Server,
    secrets: Arc<RwLock<Vec<Secret>>>,
}

/// A secret. Its text is never shown.
struct Secret {
    name: String,
    value: SecretValue,
}

/// What is in it; nothing, before anybody has put something in.
struct SecretValue {
    text: Option<String>,
    changed: SystemTime,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Secret {
    fn new(tenant: &str, text: String) -> Self {
        Self { name: format!("{PREFIX}{tenant}"), value: SecretValue { text: Some(text), changed: now() } }
    }

    fn listed(&self) -> Value {
        let versions = self.value.text.as_ref().map(|_| json!({"1": ["AWSCURRENT"]}));
        let changed = self.value.changed.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        json!({"Name": self.name, "LastChangedDate": changed, "SecretVersionsToStages": versions})
    }
}

impl SecretsServer {
    /// Serves `text` as the secret of a tenant.
    pub async fn start(credentials: &Credentials, tenant: &str, text: String) -> Result<Self, Error> {
        let secrets = Arc::new(RwLock::new(vec![Secret::new(tenant, text)]));
        let router = Router::new().route("/", post(answer)).with_state(Arc::clone(&secrets));
        let server = Server::start(signature::require(router, credentials, "secretsmanager")).await?;
        Ok(Self { server, secrets })
    }

    /// Serves the secret of another tenant, too.
    pub fn add(&self, tenant: &str, text: String) {
        self.secrets.write().unwrap_or_else(PoisonError::into_inner).push(Secret::new(tenant, text));
    }

    /// Puts another text in the place of the first secret, as a rotation does.
    pub fn rotate(&self, text: String) {
        self.put(Some(text));
    }

    /// Takes the text of the first secret away: a secret that nobody has put a value into.
    pub fn empty(&self) {
        self.put(None);
    }

    fn put(&self, text: Option<String>) {
        let mut secrets = self.secrets.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = secrets.first_mut() {
            first.value = SecretValue { text, changed: now() };
        }
    }

    /// The base URL of the server.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// The variables by which a function finds it.
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![("AWS_ENDPOINT_URL_SECRETS_MANAGER".to_owned(), self.endpoint())]
    }
}

async fn answer(State(secrets): State<Arc<RwLock<Vec<Secret>>>>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    let secrets = secrets.read().unwrap_or_else(PoisonError::into_inner);
    match target.strip_prefix("secretsmanager.") {
        Some("ListSecrets") => {
            let listed: Vec<_> = secrets.iter().map(Secret::listed).collect();
            Json(json!({"SecretList": listed})).into_response()
        }
        Some("GetSecretValue") => {
            let found = secrets.iter().find(|secret| asked["SecretId"] == secret.name.as_str());
            match found.and_then(|secret| Some((&secret.name, secret.value.text.as_ref()?))) {
                Some((name, text)) => Json(json!({"Name": name, "SecretString": text})).into_response(),
                None => refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
            }
        }
        _ => refused("InvalidRequestException", "This server knows ListSecrets and GetSecretValue."),
    }
}

#[allow(clippy::disallowed_methods)] // A server's own clock.
fn now() -> SystemTime {
    SystemTime::now()
}

fn refused(kind: &str, message: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"__type": kind, "Message": message}))).into_response()
}
