//! One write to S3, and what its answer means.

use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::Config;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::{ByteStream, ByteStreamError};

/// How often a write that met another one is tried.
pub(crate) const CONFLICT_TRIES: usize = 5;

/// A busy hour is hundreds of megabytes: what is set for small objects is too short for it.
const UPLOAD: Duration = Duration::from_mins(4);

/// What a conditional write came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The object is new.
    Written,
    /// The object existed: the same content was written before.
    AlreadyThere,
}

/// What to do after a write that must not replace an object.
pub(crate) enum AfterPut {
    Done(Put),
    Again,
    Failed(Box<SdkError<PutObjectError>>),
}

/// S3 answers 412 if the object exists, and 409 `ConditionalRequestConflict` while another write of it is under way.
pub(crate) fn after_put(answer: Result<(), SdkError<PutObjectError>>, tries: usize) -> AfterPut {
    match answer {
        Ok(()) => AfterPut::Done(Put::Written),
        Err(error) => match status(&error) {
            Some(412) => AfterPut::Done(Put::AlreadyThere),
            Some(409) if tries < CONFLICT_TRIES => AfterPut::Again,
            _ => AfterPut::Failed(Box::new(error)),
        },
    }
}

/// Sends a file without holding it in memory. The outer error is the local file's.
pub(crate) async fn upload(
    put: PutObjectFluentBuilder,
    path: &Path,
) -> Result<Result<(), SdkError<PutObjectError>>, ByteStreamError> {
    let body = ByteStream::from_path(path).await?;
    let patient = TimeoutConfig::builder().operation_attempt_timeout(UPLOAD).operation_timeout(UPLOAD * 2).build();
    let put = put.body(body).customize().config_override(Config::builder().timeout_config(patient));
    Ok(put.send().await.map(drop))
}

/// The status of S3's answer; none if there was no answer.
pub(crate) fn status(error: &SdkError<PutObjectError>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
