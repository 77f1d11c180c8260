//! AWS Secrets Manager as far as the functions use it, for one secret: its JSON protocol on a loopback port.

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
    secret: Arc<Secret>,
}

/// The one secret. Its text is never shown.
struct Secret {
    name: String,
    value: RwLock<SecretValue>,
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

impl SecretsServer {
    /// Serves `text` as the secret of a tenant.
    pub async fn start(credentials: &Credentials, tenant: &str, text: String) -> Result<Self, Error> {
        let value = RwLock::new(SecretValue { text: Some(text), changed: now() });
        let secret = Arc::new(Secret { name: format!("{PREFIX}{tenant}"), value });
        let router = Router::new().route("/", post(answer)).with_state(Arc::clone(&secret));
        let server = Server::start(signature::require(router, credentials, "secretsmanager")).await?;
        Ok(Self { server, secret })
    }

    /// Puts another text in its place, as a rotation does.
    pub fn rotate(&self, text: String) {
        self.put(Some(text));
    }

    /// Takes the text away: a secret that nobody has put a value into.
    pub fn empty(&self) {
        self.put(None);
    }

    fn put(&self, text: Option<String>) {
        let value = SecretValue { text, changed: now() };
        *self.secret.value.write().unwrap_or_else(PoisonError::into_inner) = value;
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

async fn answer(State(secret): State<Arc<Secret>>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    let value = secret.value.read().unwrap_or_else(PoisonError::into_inner);
    match (target.strip_prefix("secretsmanager."), &value.text) {
        (Some("ListSecrets"), text) => {
            let versions = text.as_ref().map(|_| json!({"1": ["AWSCURRENT"]}));
            let changed = value.changed.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
            let listed = json!({"Name": secret.name, "LastChangedDate": changed, "SecretVersionsToStages": versions});
            Json(json!({"SecretList": [listed]})).into_response()
        }
        (Some("GetSecretValue"), Some(text)) if asked["SecretId"] == secret.name.as_str() => {
            Json(json!({"Name": secret.name, "SecretString": text})).into_response()
        }
        (Some("GetSecretValue"), _) => {
            refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
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
