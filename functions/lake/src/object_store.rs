//! The lake's bucket. This module alone reads, lists, writes and removes the lake's objects.
//!
//! State is changed only by compare-and-set. S3's conditional writes are the lock: `If-None-Match: *` creates an object,
//! `If-Match` replaces the version that was read (Amazon S3 User Guide, "Conditional requests"). A lost race is an error,
//! never an overwrite.

mod error;
mod put;

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::object_store::error::code;
use crate::object_store::put::{AfterPut, CONFLICT_TRIES, after_put, status, upload};

pub use error::{StateError, WriteError};
pub use put::Put;

/// A lake: a bucket and the client that reaches it.
#[derive(Debug, Clone)]
pub struct Lake {
    client: Client,
    bucket: String,
}

/// The version of an object that a writer has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// There was none.
    Absent,
    /// The one with this `ETag`.
    Tag(String),
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The key.
    pub key: String,
    /// The size in bytes.
    pub size: u64,
}

impl Lake {
    /// The lake in `bucket`.
    pub fn new(client: Client, bucket: impl Into<String>) -> Self {
        Self { client, bucket: bucket.into() }
    }

    /// Writes an object whose key names its content, unless it exists.
    pub async fn put_new(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<Put, WriteError> {
        let body = Bytes::from(body);
        let mut tries = 0;
        loop {
            tries += 1;
            let put = self.new_object(key, content_type).body(ByteStream::from(body.clone()));
            match after_put(put.send().await.map(drop), tries) {
                AfterPut::Done(put) => return Ok(put),
                AfterPut::Again => {}
                AfterPut::Failed(error) => return Err(self.not_written(key, *error)),
            }
        }
    }

    /// Writes an object from a file, as [`Self::put_new`] does. It is not held in memory.
    pub async fn put_file(&self, key: &str, content_type: &str, path: &Path) -> Result<Put, WriteError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = upload(self.new_object(key, content_type), path).await;
            match after_put(answer.map_err(|source| no_file(key, source))?, tries) {
                AfterPut::Done(put) => return Ok(put),
                AfterPut::Again => {}
                AfterPut::Failed(error) => return Err(self.not_written(key, *error)),
            }
        }
    }

    /// Writes an object from a file, whether or not it exists: see [`Self::put`].
    pub async fn replace_file(&self, key: &str, content_type: &str, path: &Path) -> Result<(), WriteError> {
        let answer = upload(self.object(key, content_type), path).await;
        answer.map_err(|source| no_file(key, source))?.map_err(|error| self.not_written(key, error))
    }

    /// Writes an object, whether or not it exists: for objects that only the holder of a lease writes.
    pub async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), WriteError> {
        let done = self.object(key, content_type).body(ByteStream::from(body)).send().await;
        done.map(drop).map_err(|error| self.not_written(key, error))
    }

    /// Reads an object, if it exists, with its version.
    pub async fn read_state<T: DeserializeOwned>(&self, key: &str) -> Result<(Option<T>, Version), StateError> {
        let Some((bytes, tag)) = self.read_bytes(key).await? else { return Ok((None, Version::Absent)) };
        let value = serde_json::from_slice(&bytes).map_err(|source| self.unreadable(key, source))?;
        Ok((Some(value), Version::Tag(tag)))
    }

    /// Reads an object, if it exists, with its version, whether its content can be read or not.
    pub async fn inspect_state<T: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<(Option<Result<T, StateError>>, Version), StateError> {
        let Some((bytes, tag)) = self.read_bytes(key).await? else { return Ok((None, Version::Absent)) };
        let value = serde_json::from_slice(&bytes).map_err(|source| self.unreadable(key, source));
        Ok((Some(value), Version::Tag(tag)))
    }

    /// The error of an object that okta-lake wrote for another org or under another key.
    pub fn misplaced(&self, key: &str) -> StateError {
        StateError::Misplaced { bucket: self.bucket.clone(), key: key.to_owned() }
    }

    /// Writes an object if its version is still the one that was seen; returns the new version.
    ///
    /// A lost answer leaves open whether the write took place. The SDK tries again and S3 answers that the object has
    /// changed; then its content decides: if it is this very value, the write succeeded.
    pub async fn write_state<T: Serialize>(&self, key: &str, value: &T, seen: &Version) -> Result<Version, StateError> {
        let body = serde_json::to_vec(value).map_err(|source| StateError::Encode { key: key.to_owned(), source })?;
        self.write_bytes(key, Bytes::from(body), seen).await
    }

    /// Writes the bytes of a state object, as [`Self::write_state`] does.
    pub async fn write_bytes(&self, key: &str, body: Bytes, seen: &Version) -> Result<Version, StateError> {
        for _ in 0..CONFLICT_TRIES {
            let error = match self.put_if(key, body.clone(), seen).await {
                Ok(version) => return Ok(version),
                Err(error) => error,
            };
            // 404 is the answer to `If-Match` where the object was deleted.
            if !matches!(status(&error), Some(404 | 409 | 412)) {
                return Err(self.failed("write", key, error));
            }
            match self.read_bytes(key).await? {
                Some((bytes, tag)) if bytes == body => return Ok(Version::Tag(tag)),
                Some((_, tag)) if *seen == Version::Tag(tag.clone()) => {}
                None if *seen == Version::Absent => {}
                _ => break,
            }
        }
        Err(StateError::Lost(key.to_owned()))
    }

    /// The bytes of an object, if it exists.
    pub async fn read_object(&self, key: &str) -> Result<Option<Bytes>, StateError> {
        Ok(self.read_bytes(key).await?.map(|(bytes, _)| bytes))
    }

    /// The bytes of an object and its version, if it exists.
    pub async fn read_versioned(&self, key: &str) -> Result<(Option<Bytes>, Version), StateError> {
        let found = self.read_bytes(key).await?;
        Ok(found.map_or((None, Version::Absent), |(bytes, tag)| (Some(bytes), Version::Tag(tag))))
    }

    /// Downloads an object, if it exists, to an anonymous temporary file, rewound: it may be larger than the memory.
    pub async fn fetch_object(&self, key: &str) -> Result<Option<File>, StateError> {
        match self.get(key).await? {
            Some(object) => Ok(Some(self.download(key, object).await?)),
            None => Ok(None),
        }
    }

    /// Removes objects; those that do not exist are no error.
    pub async fn remove(&self, keys: &[String]) -> Result<(), StateError> {
        for key in keys {
            let gone = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
            gone.map_err(|error| self.failed("remove", key, error))?;
        }
        Ok(())
    }

    /// The keys with a prefix, sorted.
    pub async fn keys(&self, prefix: &str) -> Result<Vec<String>, StateError> {
        Ok(self.list(prefix).await?.into_iter().map(|object| object.key).collect())
    }

    /// The objects whose keys have a prefix, sorted by key.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StateError> {
        let mut pages = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.failed("list", prefix, error))?;
            listed.extend(page.contents().iter().filter_map(|object| {
                let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
                Some(Listed { key: object.key()?.to_owned(), size })
            }));
        }
        Ok(listed)
    }

    /// The names of the folders directly below a prefix, which ends in `/`, sorted.
    pub async fn folders(&self, prefix: &str) -> Result<Vec<String>, StateError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).delimiter("/");
        let mut pages = list.into_paginator().send();
        let mut folders = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.failed("list", prefix, error))?;
            let names = page.common_prefixes().iter().filter_map(|folder| folder.prefix()?.strip_prefix(prefix));
            folders.extend(names.map(|name| name.trim_end_matches('/').to_owned()));
        }
        Ok(folders)
    }

    /// The orgs that have objects in `live/`, by name, sorted.
    pub async fn tenants(&self) -> Result<Vec<String>, StateError> {
        let folders = self.folders("live/").await?;
        Ok(folders.iter().filter_map(|folder| folder.strip_prefix("tenant=").map(str::to_owned)).collect())
    }

    async fn read_bytes(&self, key: &str) -> Result<Option<(Bytes, String)>, StateError> {
        let Some(object) = self.get(key).await? else { return Ok(None) };
        let tag = object.e_tag.ok_or_else(|| self.cut_off(key, "the answer has no ETag"))?;
        let body = object.body.collect().await.map_err(|error| self.cut_off(key, error))?;
        Ok(Some((body.into_bytes(), tag)))
    }

    async fn download(&self, key: &str, mut object: GetObjectOutput) -> Result<File, StateError> {
        let disk = |source| StateError::Disk { key: key.to_owned(), source };
        let mut file = tempfile::tempfile().map_err(disk)?;
        while let Some(bytes) = object.body.next().await {
            let bytes = bytes.map_err(|error| self.cut_off(key, error))?;
            file.write_all(&bytes).map_err(disk)?;
        }
        file.rewind().map_err(disk)?;
        Ok(file)
    }

    async fn get(&self, key: &str) -> Result<Option<GetObjectOutput>, StateError> {
        match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => Ok(None),
            Err(error) => Err(self.failed("read", key, error)),
        }
    }

    async fn put_if(&self, key: &str, body: Bytes, seen: &Version) -> Result<Version, SdkError<PutObjectError>> {
        let put = self.object(key, "application/json");
        let put = match seen {
            Version::Absent => put.if_none_match("*"),
            Version::Tag(tag) => put.if_match(tag),
        };
        let answer = put.body(ByteStream::from(body)).send().await?;
        Ok(answer.e_tag.map_or(Version::Absent, Version::Tag))
    }

    fn object(&self, key: &str, content_type: &str) -> PutObjectFluentBuilder {
        self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type)
    }

    fn new_object(&self, key: &str, content_type: &str) -> PutObjectFluentBuilder {
        self.object(key, content_type).if_none_match("*")
    }

    fn not_written(&self, key: &str, error: SdkError<PutObjectError>) -> WriteError {
        let (bucket, key, code) = (self.bucket.clone(), key.to_owned(), code(&error));
        WriteError::Put { bucket, key, code, source: Box::new(error) }
    }

    fn unreadable(&self, key: &str, source: serde_json::Error) -> StateError {
        StateError::Unreadable { bucket: self.bucket.clone(), key: key.to_owned(), source }
    }

    fn failed<E, R>(&self, verb: &'static str, key: &str, error: SdkError<E, R>) -> StateError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let (bucket, key, code) = (self.bucket.clone(), key.to_owned(), code(&error));
        StateError::Store { verb, bucket, key, code, source: Box::new(error) }
    }

    /// An answer that ended before its end.
    fn cut_off(&self, key: &str, source: impl Into<error::BoxedError>) -> StateError {
        let (bucket, key, code) = (self.bucket.clone(), key.to_owned(), "incomplete answer".to_owned());
        StateError::Store { verb: "read", bucket, key, code, source: source.into() }
    }
}

fn no_file(key: &str, source: aws_sdk_s3::primitives::ByteStreamError) -> WriteError {
    WriteError::File { key: key.to_owned(), source }
}
