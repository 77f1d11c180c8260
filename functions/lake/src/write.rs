//! The only place where objects are written.

use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::{Client, Config};
use bytes::Bytes;

/// How often a write that met another one is tried.
pub(crate) const CONFLICT_TRIES: usize = 5;

/// A busy hour is hundreds of megabytes: what is set for small objects is too short for it.
const UPLOAD: Duration = Duration::from_mins(4);

/// A lake: a bucket and the client that reaches it.
#[derive(Debug, Clone)]
pub struct Lake {
    pub(crate) client: Client,
    pub(crate) bucket: String,
}

/// What a conditional write came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The object is new.
    Written,
    /// The object was there: the same content was written before.
    AlreadyThere,
}

/// Why an object was not written. The message may succeed later: nothing here is the message's fault.
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
    /// The file that was to be written cannot be read.
    #[error("cannot read what was to be written")]
    File {
        /// The file system's error.
        #[source]
        source: aws_sdk_s3::primitives::ByteStreamError,
    },
}

impl WriteError {
    /// What a person does about it, by S3's error codes (Amazon S3 API Reference, "Error responses").
    pub fn remedy(&self) -> &'static str {
        let code = if let Self::Put { code, .. } = self { code } else { "" };
        match code {
            "NoSuchBucket" => "there is no such bucket: set OKTA_LAKE_BUCKET to the stack's output LakeBucket",
            "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
                "the bucket is in another region: the function and its bucket belong into one"
            }
            "AccessDenied" | "AllAccessDisabled" => {
                "let the function's role write into the bucket and use its KMS key; all of AWS shares the names of \
                 buckets, so see that this one is yours"
            }
            code if code.starts_with("KMS.") => "the bucket's KMS key is disabled or gone: enable it",
            _ => "let the function's role write into the bucket and use its KMS key",
        }
    }
}

impl Lake {
    /// The lake in `bucket`.
    pub fn new(client: Client, bucket: impl Into<String>) -> Self {
        Self { client, bucket: bucket.into() }
    }

    /// Writes an object whose key says its content, unless it is there. S3 answers 412 if it is, and
    /// 409 `ConditionalRequestConflict` if another write of it is under way: then it is tried again.
    pub async fn put_new(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<Put, WriteError> {
        let body = Bytes::from(body);
        let mut tries = 0;
        loop {
            tries += 1;
            match self.put_once(key, content_type, body.clone()).await {
                Ok(()) => return Ok(Put::Written),
                Err(error) if status(&error) == Some(412) => return Ok(Put::AlreadyThere),
                Err(error) if status(&error) == Some(409) && tries < CONFLICT_TRIES => {}
                Err(error) => return Err(self.failed(key, error)),
            }
        }
    }

    /// Writes an object from a file, as [`Self::put_new`] does. It is not held in memory.
    pub async fn put_file(&self, key: &str, content_type: &str, path: &Path) -> Result<Put, WriteError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match upload(self.new_object(key, content_type), path).await? {
                Ok(()) => return Ok(Put::Written),
                Err(error) if status(&error) == Some(412) => return Ok(Put::AlreadyThere),
                Err(error) if status(&error) == Some(409) && tries < CONFLICT_TRIES => {}
                Err(error) => return Err(self.failed(key, error)),
            }
        }
    }

    /// Writes an object from a file, whatever is there: see [`Self::put`].
    pub async fn replace_file(&self, key: &str, content_type: &str, path: &Path) -> Result<(), WriteError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        upload(put, path).await?.map_err(|error| self.failed(key, error))
    }

    /// Writes an object, whatever is there: for those that only the holder of a lease writes.
    pub async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), WriteError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let done = put.body(ByteStream::from(body)).send().await;
        done.map(drop).map_err(|error| self.failed(key, error))
    }

    async fn put_once(&self, key: &str, content_type: &str, body: Bytes) -> Result<(), SdkError<PutObjectError>> {
        self.new_object(key, content_type).body(ByteStream::from(body)).send().await.map(drop)
    }

    fn new_object(&self, key: &str, content_type: &str) -> PutObjectFluentBuilder {
        self.client.put_object().bucket(&self.bucket).key(key).if_none_match("*").content_type(content_type)
    }

    fn failed(&self, key: &str, error: SdkError<PutObjectError>) -> WriteError {
        let code = error.code().map_or_else(|| error.to_string(), str::to_owned);
        WriteError::Put { bucket: self.bucket.clone(), key: key.to_owned(), code, source: Box::new(error) }
    }
}

async fn upload(put: PutObjectFluentBuilder, path: &Path) -> Result<Result<(), SdkError<PutObjectError>>, WriteError> {
    let body = ByteStream::from_path(path).await.map_err(|source| WriteError::File { source })?;
    let patient = TimeoutConfig::builder().operation_attempt_timeout(UPLOAD).operation_timeout(UPLOAD * 2).build();
    let put = put.body(body).customize().config_override(Config::builder().timeout_config(patient));
    Ok(put.send().await.map(drop))
}

impl WriteError {
    /// Whether S3 itself answered. Otherwise the request never came so far: no credentials, or no network.
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Put { source, .. } if source.raw_response().is_some())
    }
}

pub(crate) fn status(error: &SdkError<PutObjectError>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
