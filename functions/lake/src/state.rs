//! What the functions remember between invocations: small JSON objects below `state/`, changed only by compare-and-set.
//! S3's conditional writes are the lock: `If-None-Match: *` makes an object, `If-Match` replaces the version that was
//! read (Amazon S3 User Guide, "Conditional requests"). A lost race is an answer, never an overwrite.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::write::{CONFLICT_TRIES, Lake, status};

/// Which version of an object a writer has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// There was none.
    Absent,
    /// The one with this `ETag`.
    Tag(String),
}

/// Why state was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another writer was first: read it again before deciding anything.
    #[error("{0} was changed by another run meanwhile")]
    Lost(String),
    /// The object is there but means nothing.
    #[error("s3://{bucket}/{key} is not what okta-lake wrote: put back an older version of it, or delete it")]
    Unreadable {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
        /// Where it departs.
        #[source]
        source: serde_json::Error,
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
    },
}

impl Lake {
    /// Reads an object, if there is one, with its version.
    pub async fn read_state<T: DeserializeOwned>(&self, key: &str) -> Result<(Option<T>, Version), StateError> {
        let Some((bytes, tag)) = self.read_bytes(key).await? else { return Ok((None, Version::Absent)) };
        let value = serde_json::from_slice(&bytes).map_err(|source| StateError::Unreadable {
            bucket: self.bucket.clone(),
            key: key.to_owned(),
            source,
        })?;
        Ok((Some(value), Version::Tag(tag)))
    }

    /// Writes an object if its version is still the one that was seen; returns the new version.
    ///
    /// An answer that got lost leaves open whether the write took place. The SDK tries again and is told that the
    /// object has changed; then what is there decides: if it is this very value, the write succeeded.
    pub async fn write_state<T: Serialize>(&self, key: &str, value: &T, seen: &Version) -> Result<Version, StateError> {
        let store = |code| self.store_error("write", key, code);
        let body = Bytes::from(serde_json::to_vec(value).map_err(|error| store(error.to_string()))?);
        for _ in 0..CONFLICT_TRIES {
            let error = match self.put_if(key, body.clone(), seen).await {
                Ok(version) => return Ok(version),
                Err(error) => error,
            };
            // 404 is what `If-Match` meets where the object was deleted.
            if !matches!(status(&error), Some(404 | 409 | 412)) {
                return Err(store(code(&error)));
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

    /// The bytes of an object, if there is one.
    pub async fn read_object(&self, key: &str) -> Result<Option<Bytes>, StateError> {
        Ok(self.read_bytes(key).await?.map(|(bytes, _)| bytes))
    }

    /// An object as a file without a name, if there is one: for what may be larger than the memory. It begins at its start.
    pub async fn fetch_object(&self, key: &str) -> Result<Option<File>, StateError> {
        let store = |code| self.store_error("read", key, code);
        let Some(mut object) = self.get(key).await? else { return Ok(None) };
        let disk = |error: io::Error| store(format!("it cannot be kept on disk: {error}"));
        let mut file = tempfile::tempfile().map_err(disk)?;
        while let Some(bytes) = object.body.next().await {
            let bytes = bytes.map_err(|error| store(DisplayErrorContext(error).to_string()))?;
            file.write_all(&bytes).map_err(disk)?;
        }
        file.rewind().map_err(disk)?;
        Ok(Some(file))
    }

    /// Removes objects; those that are gone already are no error.
    pub async fn remove(&self, keys: &[String]) -> Result<(), StateError> {
        for key in keys {
            let gone = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
            gone.map_err(|error| self.store_error("remove", key, code(&error)))?;
        }
        Ok(())
    }

    /// The keys below a prefix, sorted.
    pub async fn keys(&self, prefix: &str) -> Result<Vec<String>, StateError> {
        let mut pages = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.store_error("list", prefix, code(&error)))?;
            keys.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
        }
        Ok(keys)
    }

    /// The orgs that have objects in `live/`, by name, sorted.
    pub async fn tenants(&self) -> Result<Vec<String>, StateError> {
        const PREFIX: &str = "live/tenant=";
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(PREFIX).delimiter("/");
        let mut pages = list.into_paginator().send();
        let mut tenants = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.store_error("list", PREFIX, code(&error)))?;
            let names = page.common_prefixes().iter().filter_map(|folder| folder.prefix()?.strip_prefix(PREFIX));
            tenants.extend(names.map(|name| name.trim_end_matches('/').to_owned()));
        }
        Ok(tenants)
    }

    async fn read_bytes(&self, key: &str) -> Result<Option<(Bytes, String)>, StateError> {
        let store = |code| self.store_error("read", key, code);
        let Some(object) = self.get(key).await? else { return Ok(None) };
        let tag = object.e_tag.ok_or_else(|| store("no ETag in the answer".to_owned()))?;
        let body = object.body.collect().await.map_err(|error| store(DisplayErrorContext(error).to_string()))?;
        Ok(Some((body.into_bytes(), tag)))
    }

    async fn get(&self, key: &str) -> Result<Option<GetObjectOutput>, StateError> {
        match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => Ok(None),
            Err(error) => Err(self.store_error("read", key, code(&error))),
        }
    }

    async fn put_if(&self, key: &str, body: Bytes, seen: &Version) -> Result<Version, SdkError<PutObjectError>> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).content_type("application/json");
        let put = match seen {
            Version::Absent => put.if_none_match("*"),
            Version::Tag(tag) => put.if_match(tag),
        };
        let answer = put.body(ByteStream::from(body)).send().await?;
        Ok(answer.e_tag.map_or(Version::Absent, Version::Tag))
    }

    fn store_error(&self, verb: &'static str, key: &str, code: String) -> StateError {
        StateError::Store { verb, bucket: self.bucket.clone(), key: key.to_owned(), code }
    }
}

fn code<E: ProvideErrorMetadata + std::error::Error + 'static, R: std::fmt::Debug>(error: &SdkError<E, R>) -> String {
    error.code().map_or_else(|| error.to_string(), str::to_owned)
}
