//! The lake's folder as an S3 bucket: the operations that okta-lake and readers of the lake use, and none besides.
//! Content types and user metadata are not kept, as a plain file has none.

use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use s3s::dto::{
    Bucket, CommonPrefix, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput,
    DeletedObject, ETag, GetBucketLocationInput, GetBucketLocationOutput, GetObjectInput, GetObjectOutput,
    HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListBucketsInput, ListBucketsOutput,
    ListObjectsV2Input, ListObjectsV2Output, Object, PutObjectInput, PutObjectOutput, StreamingBlob, Timestamp,
};
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use crate::conditions::{Demand, write_condition};
use crate::error::Error;
use crate::object_store::{Condition, ObjectInfo, ObjectStore};
use crate::s3_list::{self, Query};
use crate::s3_log::WriteLog;
use crate::upload;

/// The one bucket: the lake's folder itself, so that key `live/x` is the file `DIR/live/x`.
pub const BUCKET: &str = "okta-lake";

/// The largest number of keys in one answer to a list request.
const PAGE: usize = 1000;

/// The bucket of one lake.
#[derive(Debug)]
pub(crate) struct LakeBucket {
    store: Arc<ObjectStore>,
    log: Arc<WriteLog>,
}

impl LakeBucket {
    /// Opens the folder of a lake; each write is noted.
    pub(crate) fn open(lake: &Path, log: Arc<WriteLog>) -> Result<Self, Error> {
        Ok(Self { store: Arc::new(ObjectStore::open(lake)?), log })
    }

    /// Runs file work off the threads that serve requests.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ObjectStore) -> Result<T, Error> + Send + 'static,
    ) -> S3Result<T> {
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || work(&store)).await;
        done.map_err(|cause| S3Error::with_source(S3ErrorCode::InternalError, Box::new(cause)))?.map_err(answer)
    }

    /// Opens an object and checks what the reader demands of it.
    async fn open_object(&self, key: String, demand: Demand) -> S3Result<(File, ObjectInfo, ETag)> {
        let (file, info, tag) = self
            .blocking(move |store| {
                let (file, info) = store.read(&key)?;
                let tag = store.tag(&file, &info)?;
                Ok((file, info, ETag::Strong(tag)))
            })
            .await?;
        demand.check(&tag)?;
        Ok((file, info, tag))
    }
}

#[async_trait::async_trait]
impl S3 for LakeBucket {
    async fn list_buckets(&self, _: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
        let bucket = Bucket { name: Some(BUCKET.to_owned()), ..Bucket::default() };
        Ok(S3Response::new(ListBucketsOutput { buckets: Some(vec![bucket]), ..ListBucketsOutput::default() }))
    }

    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        check_bucket(&request.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn get_bucket_location(
        &self,
        request: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        check_bucket(&request.input.bucket)?;
        Ok(S3Response::new(GetBucketLocationOutput::default()))
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let mut input = request.input;
        check_bucket(&input.bucket)?;
        let condition = write_condition(input.if_match.take(), input.if_none_match.take())?;
        let file = self.blocking(ObjectStore::begin).await?;
        let upload = upload::receive(file, &mut input, request.trailing_headers).await?;
        let (file, key) = (upload.file, input.key.clone());
        let demands_absence = condition == Condition::Absent;
        match self.blocking(move |store| store.publish(file, &key, &condition)).await {
            Ok(()) => self.log.note_written(input.key),
            Err(refusal) => {
                if demands_absence && *refusal.code() == S3ErrorCode::PreconditionFailed {
                    self.log.note_already_there(input.key);
                }
                return Err(refusal);
            }
        }
        Ok(S3Response::new(upload.output))
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        check_bucket(&input.bucket)?;
        let demand = Demand { matching: input.if_match, other_than: input.if_none_match };
        let (file, info, tag) = self.open_object(input.key, demand).await?;
        let range = input.range.map(|range| range.check(info.size)).transpose()?;
        let content_range = range.as_ref().map(|range| content_range(range, info.size));
        let range = range.unwrap_or(0..info.size);
        let output = GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(length(range.end - range.start)),
            content_range,
            e_tag: Some(tag),
            last_modified: Some(Timestamp::from(info.modified)),
            body: Some(body(file, &range)?),
            ..GetObjectOutput::default()
        };
        Ok(S3Response::new(output))
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        check_bucket(&input.bucket)?;
        let demand = Demand { matching: input.if_match, other_than: input.if_none_match };
        let (_, info, tag) = self.open_object(input.key, demand).await?;
        let output = HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(length(info.size)),
            e_tag: Some(tag),
            last_modified: Some(Timestamp::from(info.modified)),
            ..HeadObjectOutput::default()
        };
        Ok(S3Response::new(output))
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let DeleteObjectInput { bucket, key, if_match, .. } = request.input;
        check_bucket(&bucket)?;
        let condition = write_condition(if_match, None)?;
        self.blocking(move |store| store.remove(&key, &condition)).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let input = request.input;
        check_bucket(&input.bucket)?;
        let keys: Vec<_> = input.delete.objects.into_iter().map(|object| object.key).collect();
        let removed = self
            .blocking(move |store| {
                keys.iter().try_for_each(|key| store.remove(key, &Condition::None))?;
                Ok(keys)
            })
            .await?;
        let deleted = removed.into_iter().map(|key| DeletedObject { key: Some(key), ..DeletedObject::default() });
        Ok(S3Response::new(DeleteObjectsOutput { deleted: Some(deleted.collect()), ..DeleteObjectsOutput::default() }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        check_bucket(&input.bucket)?;
        let query = query(&input)?;
        let page = self.blocking(move |store| s3_list::list(store, &query)).await?;
        let output = ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            delimiter: input.delimiter,
            max_keys: Some(input.max_keys.unwrap_or(1000)),
            key_count: i32::try_from(page.objects.len() + page.folders.len()).ok(),
            is_truncated: Some(page.next.is_some()),
            continuation_token: input.continuation_token,
            next_continuation_token: page.next,
            start_after: input.start_after,
            contents: Some(page.objects.into_iter().map(listed).collect()),
            common_prefixes: Some(
                page.folders.into_iter().map(|prefix| CommonPrefix { prefix: Some(prefix) }).collect(),
            ),
            ..ListObjectsV2Output::default()
        };
        Ok(S3Response::new(output))
    }
}

fn check_bucket(bucket: &str) -> S3Result<()> {
    if bucket == BUCKET { Ok(()) } else { Err(s3_error!(NoSuchBucket, "the local server has one bucket: {BUCKET}")) }
}

fn query(input: &ListObjectsV2Input) -> S3Result<Query> {
    let fold = match input.delimiter.as_deref() {
        None | Some("") => false,
        Some("/") => true,
        Some(_) => return Err(s3_error!(NotImplemented, "the local server folds at / only")),
    };
    let limit = usize::try_from(input.max_keys.unwrap_or(1000)).map_err(|_| s3_error!(InvalidArgument))?;
    let after = input.continuation_token.clone().or_else(|| input.start_after.clone());
    Ok(Query { prefix: input.prefix.clone().unwrap_or_default(), after, fold, limit: limit.min(PAGE) })
}

fn listed(info: ObjectInfo) -> Object {
    Object {
        key: Some(info.key),
        size: Some(length(info.size)),
        last_modified: Some(Timestamp::from(info.modified)),
        ..Object::default()
    }
}

fn body(mut file: File, range: &Range<u64>) -> S3Result<StreamingBlob> {
    file.seek(SeekFrom::Start(range.start)).map_err(S3Error::internal_error)?;
    let reader = tokio::fs::File::from_std(file).take(range.end - range.start);
    Ok(StreamingBlob::wrap(ReaderStream::with_capacity(reader, 1 << 16)))
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end - 1)
}

fn length(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// What S3 answers to a failure of the store.
fn answer(cause: Error) -> S3Error {
    let code = match &cause {
        Error::NoSuchKey { .. } => S3ErrorCode::NoSuchKey,
        Error::PreconditionFailed { .. } => S3ErrorCode::PreconditionFailed,
        Error::InvalidKey { .. } => S3ErrorCode::InvalidArgument,
        _ => S3ErrorCode::InternalError,
    };
    let mut answer = S3Error::with_message(code, cause.to_string());
    answer.set_source(Box::new(cause));
    answer
}
