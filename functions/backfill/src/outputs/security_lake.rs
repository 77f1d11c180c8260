//! Amazon Security Lake, as a custom source writes into it: each source has a role of its own, which Security Lake made
//! with the source and which may write below the source's prefix and nowhere else.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_sdk_s3::config::ProvideCredentials as _;
use lake::security_lake::{CONTENT_TYPE, ClassFile, classes, key, source};
use lake::{Lake, Partition, WriteError};
use normalize::ocsf::Class;

use crate::check::{Check, Status};

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

    /// Whether the role of every source can be assumed. Nothing is written.
    pub(crate) async fn check(&self) -> Check {
        const NAME: &str = "Security Lake";
        let (classes, mut lacking) = (classes(), Vec::new());
        for class in &classes {
            if self.credentials(*class).await.provide_credentials().await.is_err() {
                lacking.push(source(*class));
            }
        }
        if lacking.is_empty() {
            return Check::ok(NAME, format!("the roles of its {} sources can be assumed", classes.len()));
        }
        let Subscription { account, .. } = &self.subscription;
        Check::new(NAME, Status::Failed, format!("the roles of {} cannot be assumed", lacking.join(", "))).remedy(format!(
            "make the custom sources in the account {account} with infra/security-lake/sources.sh, for this account and the \
             external id of SecurityLakeExternalId: see docs/security-lake.md"
        ))
    }

    /// Writes a class's rows of an hour in the place of those that it has.
    pub(crate) async fn write(&self, partition: &Partition, file: &ClassFile) -> Result<(), WriteError> {
        let key = key(file.class, &self.region, partition);
        self.source(file.class).await.replace_file(&key, CONTENT_TYPE, file.path()).await
    }

    /// What a person does when a class cannot be written.
    pub(crate) fn remedy(&self, class: Class, error: &WriteError) -> String {
        let (source, Subscription { account, bucket, .. }) = (source(class), &self.subscription);
        if error.is_answer() {
            return format!(
                "see that {bucket} is the bucket of Security Lake in {}, and that its key can be used by the role of the \
                 custom source {source}: see docs/security-lake.md",
                self.region
            );
        }
        format!(
            "if its role cannot be assumed, make the custom source {source} in the account {account} with \
             infra/security-lake/sources.sh, and let the function assume {}: see docs/security-lake.md; otherwise nothing: \
             it is tried again",
            self.role(class)
        )
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
        let subscription =
            Subscription { bucket: "b".to_owned(), account: "111122223333".to_owned(), external_id: "x".to_owned() };
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
        let subscription = Subscription { bucket: String::new(), account: String::new(), external_id: String::new() };
        assert!(SecurityLake::new(subscription, aws).unwrap_err().to_string().contains("AWS_REGION"));
    }
}
