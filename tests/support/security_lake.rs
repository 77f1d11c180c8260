//! Security Lake as a custom source sees it: a bucket, and a role for each source that was made.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_config::BehaviorVersion;
#[allow(deprecated)] // What takes their place is in a crate that nothing else here needs.
use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
use aws_config::retry::RetryConfig;
use aws_sdk_s3::config::Region;
use backfill::outputs::sealed_output::SealedOutput;
use backfill::outputs::security_lake::{SecurityLake, Subscription};
use local_aws::fault::Fault;
use local_aws::s3_server::{BUCKET, EmbeddedS3, REGION};
use local_aws::sts_server::StsServer;
use normalize::ocsf::Release;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::collector::sdk_credentials;
use crate::support::rows;

const ACCOUNT: &str = "111122223333";
const EXTERNAL_ID: &str = "okta-lake/acme";

/// The `class_uid` of each class that Okta's events have.
pub(crate) const CLASSES: [i64; 9] = [1006, 2004, 3001, 3002, 3004, 3005, 3006, 6001, 6003];

/// Security Lake, without a source.
pub(crate) struct Subscriber {
    pub(crate) s3: EmbeddedS3,
    pub(crate) sts: StsServer,
    bucket: TempDir,
}

/// An object of it.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) key: String,
    pub(crate) class: i64,
    pub(crate) columns: BTreeSet<String>,
    pub(crate) rows: Vec<Value>,
}

impl Subscriber {
    pub(crate) async fn start() -> Self {
        let bucket = tempfile::tempdir().unwrap();
        let s3 = EmbeddedS3::start(bucket.path()).await.unwrap();
        let sts = StsServer::start(s3.credentials(), EXTERNAL_ID).await.unwrap();
        Self { s3, sts, bucket }
    }

    /// Makes the custom source of a class, and so its role.
    pub(crate) fn add_source(&self, class: i64) {
        self.sts.add_role(format!("arn:aws:iam::{ACCOUNT}:role/AmazonSecurityLake-Provider-okta{class}-{REGION}"));
    }

    pub(crate) fn add_sources(&self) {
        for class in CLASSES {
            self.add_source(class);
        }
    }

    /// As the function reaches it.
    pub(crate) async fn output(&self) -> Arc<dyn SealedOutput> {
        let endpoints = format!(
            "[default]\nservices = local\n[services local]\ns3 =\n  endpoint_url = {}\nsts =\n  endpoint_url = {}\n",
            self.s3.endpoint(),
            self.sts.endpoint()
        );
        #[allow(deprecated)]
        let endpoints = ProfileFiles::builder().with_contents(ProfileFileKind::Config, endpoints).build();
        let aws = aws_config::defaults(BehaviorVersion::latest())
            .profile_files(endpoints)
            .region(Region::new(REGION))
            .credentials_provider(sdk_credentials(self.s3.credentials()))
            .retry_config(RetryConfig::disabled())
            .load()
            .await;
        let subscription = Subscription {
            bucket: BUCKET.to_owned(),
            account: ACCOUNT.to_owned(),
            external_id: EXTERNAL_ID.to_owned(),
            release: Release::V1_3,
        };
        Arc::new(SecurityLake::new(subscription, aws).unwrap())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.bucket.path()
    }

    /// Another bucket, in which requests that were under way do not take effect.
    pub(crate) async fn clear(&mut self) {
        let bucket = tempfile::tempdir().unwrap();
        self.s3 = EmbeddedS3::start_with(bucket.path(), self.s3.credentials().clone()).await.unwrap();
        self.bucket = bucket;
    }

    /// From now on writes never end.
    pub(crate) fn hang(&self) {
        self.s3.set_fault(|request| (request.method == "PUT").then_some(Fault::Delay(Duration::from_hours(1))));
    }

    /// Everything in it, by key.
    pub(crate) fn objects(&self) -> Vec<Exported> {
        let keys = rows::keys(self.folder(), "ext").into_iter();
        keys.map(|key| exported(&self.folder().join(&key), key)).collect()
    }
}

fn exported(path: &PathBuf, key: String) -> Exported {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema();
    let columns = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
    let class = key.strip_prefix("ext/okta").unwrap().split('/').next().unwrap().parse().unwrap();
    Exported { class, columns, rows: rows::file(path), key }
}
