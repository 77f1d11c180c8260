//! Amazon Security Lake, as a custom source writes into it: each source has a role of its own, which Security Lake made
//! with the source and which may write below the source's prefix and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_sdk_s3::config::ProvideCredentials as _;
use futures::future::BoxFuture;
use lake::security_lake::{CONTENT_TYPE, ClassFile, Splitter, classes, key, source};
use lake::{Lake, Partition, WriteError, stored};
use normalize::ocsf::{Class, Release};

use crate::check::{Check, Status};
use crate::outputs::sealed_output::{Part, PartFile, PartsError, SealedOutput, SealedRows};

/// Its name in outboxes and reports.
pub(crate) const NAME: &str = "Security Lake";

/// The name of the session in the account's logs.
const SESSION: &str = "okta-lake";

/// Where Security Lake is, and what it knows this deployment by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its bucket in this region.
    pub bucket: String,
    /// The AWS account that owns it.
    pub account: String,
    /// The external id that the sources were made with. AWS treats it as no secret (IAM User Guide, "Access to AWS
    /// accounts owned by third parties").
    pub external_id: String,
    /// The release of OCSF in which it gets events.
    pub release: Release,
}

/// Security Lake, in the region of the function.
#[derive(Debug)]
pub struct SecurityLake {
    subscription: Subscription,
    region: String,
    aws: SdkConfig,
    /// By class: its bucket, as the class's role reaches it. Made when it is needed, and kept with its credentials.
    sources: Mutex<BTreeMap<Class, Lake>>,
}

/// Security Lake cannot be written to.
#[derive(Debug, thiserror::Error)]
#[error("the region is not set: AWS_REGION, which Lambda sets")]
pub struct NoRegion;

impl SecurityLake {
    /// Reaches it with the function's own credentials, which may assume the roles.
    pub fn new(subscription: Subscription, aws: SdkConfig) -> Result<Self, NoRegion> {
        let region = aws.region().ok_or(NoRegion)?.to_string();
        Ok(Self { subscription, region, aws, sources: Mutex::default() })
    }

    async fn source(&self, class: Class) -> Lake {
        let known = self.sources.lock().unwrap_or_else(PoisonError::into_inner).get(&class).cloned();
        if let Some(lake) = known {
            return lake;
        }
        let role = self.credentials(class).await;
        let config = aws_sdk_s3::config::Builder::from(&self.aws).credentials_provider(role).build();
        let lake = Lake::new(aws_sdk_s3::Client::from_conf(config), &self.subscription.bucket);
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).insert(class, lake.clone());
        lake
    }

    async fn credentials(&self, class: Class) -> AssumeRoleProvider {
        AssumeRoleProvider::builder(self.role(class))
            .external_id(&self.subscription.external_id)
            .session_name(SESSION)
            .configure(&self.aws)
            .build()
            .await
    }

    /// The role that Security Lake made with the source (`CreateCustomLogSource`).
    fn role(&self, class: Class) -> String {
        let (partition, account, source) = (partition(&self.region), &self.subscription.account, source(class));
        format!("arn:{partition}:iam::{account}:role/AmazonSecurityLake-Provider-{source}-{}", self.region)
    }
}

impl SealedOutput for SecurityLake {
    fn name(&self) -> &'static str {
        NAME
    }

    fn part_names(&self) -> BTreeSet<String> {
        classes().into_iter().map(source).collect()
    }

    fn parts(&self, hour: SealedRows<'_>, wanted: &BTreeSet<String>) -> Result<Vec<Part>, PartsError> {
        let classes = classes().into_iter().filter(|class| wanted.contains(&source(*class))).collect();
        let mut splitter = Splitter::new(&hour.partition.tenant, self.subscription.release, classes);
        if let Some((key, file)) = hour.object {
            stored::read_file(&key, file, &mut |row| splitter.add(row))
                .map_err(|error| error.either(|source| PartsError::Object { key, source }, PartsError::Seal))?;
        }
        let files = splitter.finish(hour.may_replace)?;
        Ok(files.into_iter().map(|file| Part::new(source(file.class), file)).collect())
    }

    fn write<'a>(&'a self, partition: &'a Partition, part: &'a Part) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(async move {
            let Some(class) = class_of(&part.name) else { return Ok(()) };
            let key = key(class, &self.region, partition);
            self.source(class).await.replace_file(&key, CONTENT_TYPE, part.path()).await
        })
    }

    fn remedy(&self, part: &str, error: &WriteError) -> String {
        let Subscription { account, bucket, .. } = &self.subscription;
        if error.is_answer() {
            return format!(
                "see that {bucket} is the bucket of Security Lake in {}, and that the role of the custom source {part} may \
                 use its key: see docs/security-lake.md",
                self.region
            );
        }
        let role = class_of(part).map(|class| self.role(class)).unwrap_or_default();
        format!(
            "if its role cannot be assumed, make the custom source {part} in the account {account} with \
             infra/security-lake/sources.sh, and let the function assume {role}: see docs/security-lake.md; otherwise \
             nothing: the next run tries again"
        )
    }

    fn check(&self) -> BoxFuture<'_, Check> {
        Box::pin(async {
            let (classes, mut lacking) = (classes(), Vec::new());
            for class in &classes {
                if self.credentials(*class).await.provide_credentials().await.is_err() {
                    lacking.push(source(*class));
                }
            }
            if lacking.is_empty() {
                return Check::ok(NAME, format!("the roles of its {} sources can be assumed", classes.len()));
            }
            let account = &self.subscription.account;
            let detail = format!("the roles of {} cannot be assumed", lacking.join(", "));
            Check::new(NAME, Status::Failed, detail).remedy(format!(
                "make the custom sources in the account {account} with infra/security-lake/sources.sh, for this account \
                 and the external id of SecurityLakeExternalId: see docs/security-lake.md"
            ))
        })
    }
}

impl PartFile for ClassFile {
    fn path(&self) -> &Path {
        ClassFile::path(self)
    }
}

/// The class of a source.
fn class_of(name: &str) -> Option<Class> {
    classes().into_iter().find(|class| source(*class) == name)
}

/// The AWS partition of a region.
fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, Region};

    use super::*;

    fn security_lake(region: &'static str) -> SecurityLake {
        let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).region(Region::new(region)).build();
        let subscription = Subscription {
            bucket: "b".to_owned(),
            account: "111122223333".to_owned(),
            external_id: "x".to_owned(),
            release: Release::V1_3,
        };
        SecurityLake::new(subscription, aws).unwrap()
    }

    #[test]
    fn roles_are_those_that_security_lake_makes() {
        let role = |region| security_lake(region).role(Class::Authentication);
        let named = |partition: &str, region: &str| {
            format!("arn:{partition}:iam::111122223333:role/AmazonSecurityLake-Provider-okta3002-{region}")
        };
        assert_eq!(role("eu-central-1"), named("aws", "eu-central-1"));
        assert_eq!(role("us-gov-west-1"), named("aws-us-gov", "us-gov-west-1"));
        assert_eq!(role("cn-north-1"), named("aws-cn", "cn-north-1"));
    }

    #[test]
    fn without_a_region_it_does_not_start() {
        let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        let (bucket, account, external_id) = (String::new(), String::new(), String::new());
        let subscription = Subscription { bucket, account, external_id, release: Release::V1_3 };
        assert!(SecurityLake::new(subscription, aws).unwrap_err().to_string().contains("AWS_REGION"));
    }
}
