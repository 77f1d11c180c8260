//! Why an object was not read or written, and what to do about it.

use std::error::Error;
use std::io;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::put_object::PutObjectError;

use crate::action::Action;

/// A cause of any type.
pub(crate) type BoxedError = Box<dyn Error + Send + Sync>;

/// Why an object was not written. What was to be written is not at fault.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// S3 refused or could not be reached, after the SDK's own retries.
    #[error("cannot write s3://{bucket}/{key} ({code})")]
    Put {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
        /// S3's error code, or what failed before S3 could answer.
        code: String,
        /// The SDK's error.
        #[source]
        source: Box<SdkError<PutObjectError>>,
    },
    /// The local file that was to be written cannot be read.
    #[error("cannot read the local file for {key}")]
    File {
        /// The key.
        key: String,
        /// The file system's error.
        #[source]
        source: aws_sdk_s3::primitives::ByteStreamError,
    },
}

/// Why state was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another writer was first: read the object again before you decide anything.
    #[error("another run changed {0} in the meantime")]
    Lost(String),
    /// The object exists but is not what okta-lake wrote.
    #[error("s3://{bucket}/{key} is not what okta-lake wrote")]
    Unreadable {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
        /// Where it departs.
        #[source]
        source: serde_json::Error,
    },
    /// The object is another org's, or belongs under another key.
    #[error("s3://{bucket}/{key} has the state of another org or of something else")]
    Misplaced {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
    /// S3 refused or could not be reached, after the SDK's own retries.
    #[error("cannot {verb} s3://{bucket}/{key} ({code})")]
    Store {
        /// `read`, `write`, `list` or `remove`.
        verb: &'static str,
        /// The bucket.
        bucket: String,
        /// The key or prefix.
        key: String,
        /// S3's error code, or what failed before S3 could answer.
        code: String,
        /// The SDK's error.
        #[source]
        source: BoxedError,
    },
    /// A local file cannot be read or written; the disk may be full.
    #[error("cannot read or write {key} on the local disk")]
    Disk {
        /// The key.
        key: String,
        /// The file system's error.
        #[source]
        source: io::Error,
    },
    /// A value has no JSON form.
    #[error("cannot encode {key} as JSON")]
    Encode {
        /// The key.
        key: String,
        /// Where it fails.
        #[source]
        source: serde_json::Error,
    },
}

impl WriteError {
    /// What a caller does about it.
    pub fn action(&self) -> Action {
        match self {
            Self::Put { code, .. } => store_action(code),
            Self::File { .. } => Action::Stop,
        }
    }

    /// What a person does about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Put { code, .. } => store_remedy(code),
            Self::File { .. } => DISK,
        }
    }

    /// Whether S3 itself answered. Otherwise the request never reached it: no credentials, or no network.
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Put { source, .. } if source.raw_response().is_some())
    }
}

impl StateError {
    /// What a caller does about it.
    pub fn action(&self) -> Action {
        match self {
            Self::Lost(_) => Action::Retry,
            Self::Unreadable { .. } | Self::Misplaced { .. } => Action::Quarantine,
            Self::Store { code, .. } => store_action(code),
            Self::Disk { .. } | Self::Encode { .. } => Action::Stop,
        }
    }

    /// What a person does about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Lost(_) => "nothing: the next run tries again",
            Self::Unreadable { .. } | Self::Misplaced { .. } => {
                "put back an older version of the object (the bucket keeps them), and see who else writes to the bucket"
            }
            Self::Store { code, .. } => store_remedy(code),
            Self::Disk { .. } => DISK,
            Self::Encode { .. } => "report it: this is a mistake of okta-lake",
        }
    }
}

const DISK: &str = "make room on the local disk: for a Lambda function, give it more ephemeral storage";

/// By S3's error codes (Amazon S3 API Reference, "Error responses"): what configuration causes does not pass by itself.
fn store_action(code: &str) -> Action {
    match code {
        "NoSuchBucket"
        | "PermanentRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException"
        | "AccessDenied"
        | "AllAccessDisabled"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch" => Action::Stop,
        code if code.starts_with("KMS.") => Action::Stop,
        _ => Action::Retry,
    }
}

fn store_remedy(code: &str) -> &'static str {
    match code {
        "NoSuchBucket" => "there is no such bucket: set OKTA_LAKE_BUCKET to the stack's output LakeBucket",
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
            "the bucket is in another region: the function and its bucket must be in the same one"
        }
        "AccessDenied" | "AllAccessDisabled" => {
            "let the function's role use the bucket and its KMS key; names of buckets are shared by all of AWS, so make \
             sure that this one is yours"
        }
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" => "the AWS credentials are wrong or expired: renew them",
        code if code.starts_with("KMS.") => "the bucket's KMS key is disabled or deleted: enable it",
        _ => "nothing: the next run tries again; if it stays, let the function's role use the bucket and its KMS key",
    }
}

/// S3's error code, or what failed before S3 could answer.
pub(crate) fn code<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug,
{
    error.code().map_or_else(|| error.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(code: &str) -> StateError {
        let (bucket, key, code) = ("b".to_owned(), "k".to_owned(), code.to_owned());
        StateError::Store { verb: "read", bucket, key, code, source: "refused".into() }
    }

    #[test]
    fn an_error_says_what_to_do() {
        assert_eq!(store("SlowDown").action(), Action::Retry);
        assert_eq!(store("KMS.DisabledException").action(), Action::Stop);
        assert!(store("AccessDenied").remedy().contains("role"));
        assert_eq!(StateError::Lost("k".to_owned()).action(), Action::Retry);
    }

    #[test]
    fn a_full_disk_is_not_blamed_on_the_bucket() {
        let source = io::Error::from(io::ErrorKind::StorageFull);
        let error = StateError::Disk { key: "sealed/x".to_owned(), source };
        assert_eq!(error.action(), Action::Stop);
        assert!(error.to_string().contains("local disk") && !error.to_string().contains("s3://"), "{error}");
        assert!(error.remedy().contains("disk"));
        assert!(error.source().is_some());
    }
}
