//! Objects kept as plain files below one folder, for their owner only: the key is the path.
//!
//! `s3s-fs` was tried first and is not used: it checks a condition before it reads the body and renames afterwards (two
//! writers both pass `If-None-Match`), moves a file into place before its checksum is verified, keeps a sidecar per
//! object whose name overflows for long keys, and walks the whole bucket for every listing.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use crate::digest::md5;
use crate::error::Error;
use crate::private_files::create_folder;

/// The folder below the lake that holds uploads in progress, and is the lock: hidden, and never listed.
const SCRATCH: &str = ".okta-lake";

/// The longest name that file systems take.
const LONGEST_SEGMENT: usize = 255;

/// The age at which an upload that nobody writes to was given up.
const ABANDONED: Duration = Duration::from_hours(24);

/// Tags remembered, so that reading a large object in ranges does not hash it each time.
const TAGS_KEPT: usize = 1024;

/// What must be true of an object for a write or removal to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Nothing: the last writer wins.
    None,
    /// `If-None-Match: *`.
    Absent,
    /// `If-Match: *`.
    Present,
    /// `If-Match` with this tag.
    Tagged(String),
}

/// What is known of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// The key.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was written.
    pub modified: SystemTime,
}

/// Objects below one folder. Writes are atomic, also against other processes on the same folder.
#[derive(Debug)]
pub struct ObjectStore {
    root: PathBuf,
    scratch: PathBuf,
    tags: Mutex<HashMap<String, (ObjectInfo, String)>>,
}

impl ObjectStore {
    /// Opens the store, creating the folder if it does not exist.
    pub fn open(root: &Path) -> Result<Self, Error> {
        create_folder(root).map_err(Error::file("create", root))?;
        let root = root.canonicalize().map_err(Error::file("open", root))?;
        let scratch = root.join(SCRATCH);
        create_folder(&scratch).map_err(Error::file("create", &scratch))?;
        remove_abandoned(&scratch);
        Ok(Self { root, scratch, tags: Mutex::default() })
    }

    /// A new file that no reader sees until it is published; it vanishes if it is dropped before.
    pub fn begin(&self) -> Result<NamedTempFile, Error> {
        tempfile::Builder::new()
            .prefix("upload-")
            .tempfile_in(&self.scratch)
            .map_err(Error::file("write below", &self.scratch))
    }

    /// Moves a finished upload to its key, if the condition holds.
    pub fn publish(&self, upload: NamedTempFile, key: &str, condition: &Condition) -> Result<(), Error> {
        let path = self.path(key)?;
        let _lock = self.lock()?;
        check(&path, key, condition)?;
        let folder = path.parent().unwrap_or(&self.root);
        create_folder(folder).map_err(|_| conflict(key))?;
        self.tags().remove(key);
        upload.persist(&path).map(drop).map_err(|failed| match failed.error.kind() {
            io::ErrorKind::IsADirectory => conflict(key),
            _ => Error::file("write", &path)(failed.error),
        })
    }

    /// Opens an object for reading.
    pub fn read(&self, key: &str) -> Result<(File, ObjectInfo), Error> {
        let path = self.path(key)?;
        let file = File::open(&path).map_err(|cause| missing(key, &path, cause))?;
        let metadata = file.metadata().map_err(Error::file("read", &path))?;
        if metadata.is_dir() {
            return Err(no_such_key(key));
        }
        Ok((file, info(key.to_owned(), &metadata)))
    }

    /// The tag of an opened object: the MD5 of its bytes, as S3 gives for plain uploads.
    pub fn tag(&self, file: &File, info: &ObjectInfo) -> Result<String, Error> {
        if let Some((known, tag)) = self.tags().get(&info.key)
            && known == info
        {
            return Ok(tag.clone());
        }
        let whole = file.try_clone().and_then(md5).map_err(Error::file("read", self.root.join(&info.key)))?;
        (&*file).rewind().map_err(Error::file("read", self.root.join(&info.key)))?;
        let mut tags = self.tags();
        if tags.len() >= TAGS_KEPT {
            tags.clear();
        }
        tags.insert(info.key.clone(), (info.clone(), whole.clone()));
        Ok(whole)
    }

    /// Removes an object, if the condition holds. That it was not there is no error, as in S3.
    pub fn remove(&self, key: &str, condition: &Condition) -> Result<(), Error> {
        let path = self.path(key)?;
        let _lock = self.lock()?;
        check(&path, key, condition)?;
        match fs::remove_file(&path) {
            Ok(()) => self.prune(&path),
            Err(cause) if is_missing(&cause) => {}
            Err(cause) => return Err(Error::file("remove", path)(cause)),
        }
        Ok(())
    }

    /// The folder that the objects are in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a name directly below the root is ours and not an object's.
    pub(crate) fn is_scratch(path: &Path, root: &Path) -> bool {
        path.parent() == Some(root) && path.file_name().is_some_and(|name| name == SCRATCH)
    }

    fn tags(&self) -> std::sync::MutexGuard<'_, HashMap<String, (ObjectInfo, String)>> {
        self.tags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, key: &str) -> Result<PathBuf, Error> {
        let invalid = |reason| Error::InvalidKey { key: key.to_owned(), reason };
        if key.contains('\0') {
            return Err(invalid("it has a NUL character"));
        }
        for segment in key.split('/') {
            match segment {
                "" => return Err(invalid("it has an empty segment")),
                "." | ".." => return Err(invalid("it has a segment of dots")),
                long if long.len() > LONGEST_SEGMENT => return Err(invalid("it has a segment over 255 bytes")),
                _ => {}
            }
        }
        if key.split('/').next() == Some(SCRATCH) {
            return Err(invalid("this folder is the server's own"));
        }
        Ok(self.root.join(key))
    }

    /// One writer at a time, also across processes: a condition and the write that it guards are one step.
    fn lock(&self) -> Result<File, Error> {
        let folder = File::open(&self.scratch);
        folder.and_then(|folder| folder.lock().map(|()| folder)).map_err(Error::file("lock", &self.scratch))
    }

    /// S3 has no folders: one whose last object went goes, too.
    fn prune(&self, removed: &Path) {
        for folder in removed.ancestors().skip(1).take_while(|folder| *folder != self.root) {
            if fs::remove_dir(folder).is_err() {
                return;
            }
        }
    }
}

/// Uploads that a killed process left behind. One that cannot be removed does no harm.
fn remove_abandoned(scratch: &Path) {
    let is_old = |entry: &fs::DirEntry| {
        let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|modified| modified.elapsed());
        age.is_ok_and(|age| age.is_ok_and(|age| age > ABANDONED))
    };
    for entry in fs::read_dir(scratch).into_iter().flatten().flatten().filter(is_old) {
        let _ = fs::remove_file(entry.path());
    }
}

fn check(path: &Path, key: &str, condition: &Condition) -> Result<(), Error> {
    let failed = |reason| Err(Error::PreconditionFailed { key: key.to_owned(), reason });
    match condition {
        Condition::Absent if path.is_file() => failed("exists already"),
        Condition::None | Condition::Absent => Ok(()),
        // S3 answers 404, not 412, to an `If-Match` on an object that does not exist.
        _ if !path.is_file() => Err(no_such_key(key)),
        Condition::Present => Ok(()),
        Condition::Tagged(expected) => {
            let current = File::open(path).and_then(md5).map_err(Error::file("read", path))?;
            if current == *expected { Ok(()) } else { failed("has changed since it was read") }
        }
    }
}

pub(crate) fn info(key: String, metadata: &fs::Metadata) -> ObjectInfo {
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    ObjectInfo { key, size: metadata.len(), modified }
}

fn missing(key: &str, path: &Path, cause: io::Error) -> Error {
    if is_missing(&cause) { no_such_key(key) } else { Error::file("read", path)(cause) }
}

/// A key below an object (`a/b` while `a` is a file) does not exist either.
fn is_missing(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory)
}

fn no_such_key(key: &str) -> Error {
    Error::NoSuchKey { key: key.to_owned() }
}

fn conflict(key: &str) -> Error {
    Error::InvalidKey { key: key.to_owned(), reason: "an object and a folder cannot have the same name" }
}
