//! The embedded S3-compatible server: the protocol by `s3s`, the objects as plain files below the lake's folder.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};

pub use crate::bucket::BUCKET;
use crate::bucket::LakeBucket;
use crate::credentials::Credentials;
pub use crate::credentials::REGION;
use crate::error::Error;
use crate::fault::Faults;
pub use crate::fault::{Fault, FaultRequest};
use crate::loopback::Server;
use crate::s3_log::WriteLog;

/// A running server. It stops when it is dropped.
#[derive(Debug)]
pub struct EmbeddedS3 {
    server: Server,
    credentials: Credentials,
    log: Arc<WriteLog>,
    faults: Arc<Faults>,
}

impl EmbeddedS3 {
    /// Serves the objects below a folder (created if it does not exist) on a loopback port, with credentials of its own.
    pub async fn start(lake: &Path) -> Result<Self, Error> {
        Self::start_with(lake, Credentials::random()?).await
    }

    /// Like [`Self::start`], with credentials that another server has, too.
    pub async fn start_with(lake: &Path, credentials: Credentials) -> Result<Self, Error> {
        let log = Arc::<WriteLog>::default();
        let faults = Arc::new(Faults::default());
        let router = router(LakeBucket::open(lake, Arc::clone(&log))?, &credentials, &faults);
        let server = Server::start(router).await?;
        Ok(Self { server, credentials, log, faults })
    }

    /// The base URL of the server.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// What requests are signed with. The other servers of a function get the same.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The environment that makes a function, or any AWS tool, use this server and nothing else.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("OKTA_LAKE_BUCKET", BUCKET),
            ("AWS_ENDPOINT_URL_S3", &self.endpoint()),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", &self.credentials.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", &self.credentials.secret_access_key),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// The keys of all writes that succeeded so far, in order, with repeats.
    pub fn written(&self) -> Vec<String> {
        self.log.written()
    }

    /// The keys of all writes that were to make a new object, and found it there.
    pub fn already_there(&self) -> Vec<String> {
        self.log.already_there()
    }

    /// From now on, requests for which the rule names a fault meet it instead of the store.
    pub fn set_fault(&self, rule: impl Fn(&FaultRequest) -> Option<Fault> + Send + Sync + 'static) {
        self.faults.set(Some(Box::new(rule)));
    }

    /// Ends [`Self::set_fault`].
    pub fn clear_fault(&self) {
        self.faults.set(None);
    }
}

fn router(bucket: LakeBucket, credentials: &Credentials, faults: &Arc<Faults>) -> Router {
    let service = HandleError::new(service(bucket, credentials), |_| async { StatusCode::INTERNAL_SERVER_ERROR });
    Router::new()
        .fallback_service(service)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(faults), crate::fault::inject))
}

fn service(bucket: LakeBucket, credentials: &Credentials) -> S3Service {
    let mut builder = S3ServiceBuilder::new(bucket);
    let Credentials { access_key_id, secret_access_key } = credentials;
    builder.set_auth(SimpleAuth::from_single(access_key_id.as_str(), secret_access_key.as_str()));
    builder.build()
}
