//! The embedded S3-compatible server: the protocol by `s3s`, the objects as plain files below the lake's folder.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};

pub use crate::bucket::BUCKET;
use crate::bucket::LakeBucket;
pub use crate::credentials::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};
use crate::error::Error;
use crate::fault::Faults;
pub use crate::fault::{Fault, FaultRequest};
use crate::loopback::Server;
use crate::s3_log::WriteLog;

/// A running server. It stops when it is dropped.
#[derive(Debug)]
pub struct EmbeddedS3 {
    server: Server,
    log: Arc<WriteLog>,
    faults: Arc<Faults>,
}

impl EmbeddedS3 {
    /// Serves the objects below a folder (made if it is not there) on a loopback port.
    pub async fn start(lake: &Path) -> Result<Self, Error> {
        Self::listen(lake, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Like [`Self::start`], at a given address.
    pub async fn listen(lake: &Path, address: SocketAddr) -> Result<Self, Error> {
        let log = Arc::<WriteLog>::default();
        let faults = Arc::new(Faults::default());
        let router = router(LakeBucket::open(lake, Arc::clone(&log))?, &faults);
        let server = Server::start(address, router).await?;
        Ok(Self { server, log, faults })
    }

    /// The base URL of the server.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// The environment that makes a function, or any AWS tool, use this server and nothing else.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("OKTA_LAKE_BUCKET", BUCKET),
            ("AWS_ENDPOINT_URL_S3", &self.endpoint()),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
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

fn router(bucket: LakeBucket, faults: &Arc<Faults>) -> Router {
    let service = HandleError::new(service(bucket), |_| async { StatusCode::INTERNAL_SERVER_ERROR });
    Router::new()
        .fallback_service(service)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(faults), crate::fault::inject))
}

fn service(bucket: LakeBucket) -> S3Service {
    let mut builder = S3ServiceBuilder::new(bucket);
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
    builder.build()
}
