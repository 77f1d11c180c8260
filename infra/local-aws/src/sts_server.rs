//! AWS STS as far as the functions use it: roles are assumed by those who know their external id. Its query protocol on a
//! loopback port.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;

use crate::credentials::Credentials;
use crate::error::Error;
use crate::loopback::Server;
use crate::signature;

/// A running server. It stops when it is dropped.
#[derive(Debug)]
pub struct StsServer {
    server: Server,
    roles: Arc<Roles>,
}

/// Who may become what.
#[derive(Debug)]
struct Roles {
    /// What whoever assumes a role gets.
    credentials: Credentials,
    external_id: String,
    known: Mutex<BTreeSet<String>>,
    assumed: Mutex<Vec<String>>,
}

impl StsServer {
    /// Knows no role yet. What is assumed later opens the embedded S3.
    pub async fn start(credentials: &Credentials, external_id: &str) -> Result<Self, Error> {
        let external_id = external_id.to_owned();
        let roles = Arc::new(Roles {
            credentials: credentials.clone(),
            external_id,
            known: Mutex::default(),
            assumed: Mutex::default(),
        });
        let router = Router::new().route("/", post(answer)).with_state(Arc::clone(&roles));
        let server = Server::start(signature::require(router, credentials, "sts")).await?;
        Ok(Self { server, roles })
    }

    /// Makes a role that can be assumed.
    pub fn add_role(&self, arn: String) {
        self.roles.known.lock().unwrap_or_else(PoisonError::into_inner).insert(arn);
    }

    /// The roles that were assumed so far, in order, with repeats.
    pub fn assumed(&self) -> Vec<String> {
        self.roles.assumed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The base URL of the server.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }
}

async fn answer(State(roles): State<Arc<Roles>>, body: String) -> Response {
    let field = |name: &str| {
        let value = body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().replace("%3A", ":").replace("%2F", "/")
    };
    let arn = field("RoleArn");
    let is_known = roles.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&arn);
    if field("Action") != "AssumeRole" || field("ExternalId") != roles.external_id || !is_known {
        return refused(&arn);
    }
    roles.assumed.lock().unwrap_or_else(PoisonError::into_inner).push(arn.clone());
    let Credentials { access_key_id, secret_access_key } = &roles.credentials;
    let answer = format!(
        r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>
        <Arn>{arn}</Arn><AssumedRoleId>local</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>{access_key_id}
        </AccessKeyId><SecretAccessKey>{secret_access_key}</SecretAccessKey><SessionToken>local</SessionToken>
        <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"#
    );
    // No white space within a value.
    (StatusCode::OK, answer.replace("\n        ", "")).into_response()
}

fn refused(arn: &str) -> Response {
    let error = format!(
        r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole on resource: {arn}</Message></Error></ErrorResponse>"#
    );
    (StatusCode::FORBIDDEN, error).into_response()
}
