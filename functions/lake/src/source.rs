//! Where a reader takes objects from: the bucket, or a folder with the same keys.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;

use crate::object_store::{Lake, Listed, StateError};

/// Reads objects, and never writes one.
pub trait ObjectSource: Sync {
    /// The objects whose keys have a prefix, sorted by key.
    fn list(&self, prefix: &str) -> impl Future<Output = Result<Vec<Listed>, StateError>> + Send;

    /// The names of the folders directly below a prefix, which ends in `/`, sorted.
    fn folders(&self, prefix: &str) -> impl Future<Output = Result<Vec<String>, StateError>> + Send;

    /// The bytes of an object, if it exists.
    fn read(&self, key: &str) -> impl Future<Output = Result<Option<Bytes>, StateError>> + Send;

    /// An object as a file, if it exists: it may be larger than the memory.
    fn open(&self, key: &str) -> impl Future<Output = Result<Option<File>, StateError>> + Send;
}

/// A lake in a local folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl ObjectSource for Lake {
    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StateError> {
        Self::list(self, prefix).await
    }

    async fn folders(&self, prefix: &str) -> Result<Vec<String>, StateError> {
        Self::folders(self, prefix).await
    }

    async fn read(&self, key: &str) -> Result<Option<Bytes>, StateError> {
        self.read_object(key).await
    }

    async fn open(&self, key: &str) -> Result<Option<File>, StateError> {
        self.fetch_object(key).await
    }
}

impl ObjectSource for Folder {
    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StateError> {
        let folder = prefix.rfind('/').map_or("", |end| &prefix[..end]);
        let mut listed = Vec::new();
        self.walk(folder, &mut listed).map_err(|source| failed(prefix, source))?;
        listed.retain(|object| object.key.starts_with(prefix));
        listed.sort_unstable();
        Ok(listed)
    }

    async fn folders(&self, prefix: &str) -> Result<Vec<String>, StateError> {
        let entries = self.entries(prefix.trim_end_matches('/')).map_err(|source| failed(prefix, source))?;
        Ok(entries.into_iter().filter(|(_, path)| path.is_dir()).map(|(name, _)| name).collect())
    }

    async fn read(&self, key: &str) -> Result<Option<Bytes>, StateError> {
        let Some(path) = self.path(key) else { return Ok(None) };
        present(fs::read(path)).map(|bytes| bytes.map(Bytes::from)).map_err(|source| failed(key, source))
    }

    async fn open(&self, key: &str) -> Result<Option<File>, StateError> {
        let Some(path) = self.path(key) else { return Ok(None) };
        present(File::open(path)).map_err(|source| failed(key, source))
    }
}

impl Folder {
    /// The lake in `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The path of an object. A key that leads out of the folder is no object's: keys also come out of the lake itself.
    fn path(&self, key: &str) -> Option<PathBuf> {
        let is_plain = Path::new(key).components().all(|part| matches!(part, Component::Normal(_)));
        (is_plain && !key.is_empty()).then(|| self.root.join(key))
    }

    fn walk(&self, folder: &str, listed: &mut Vec<Listed>) -> io::Result<()> {
        for (name, path) in self.entries(folder)? {
            let key = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let metadata = fs::symlink_metadata(&path)?;
            if metadata.is_dir() {
                self.walk(&key, listed)?;
            } else if metadata.is_file() {
                listed.push(Listed { key, size: metadata.len() });
            }
        }
        Ok(())
    }

    /// What is in a folder, by name; nothing if it does not exist. Names with a dot before them are other programs'.
    fn entries(&self, folder: &str) -> io::Result<Vec<(String, PathBuf)>> {
        let Some(path) = (if folder.is_empty() { Some(self.root.clone()) } else { self.path(folder) }) else {
            return Ok(Vec::new());
        };
        let Some(entries) = present(fs::read_dir(path))? else { return Ok(Vec::new()) };
        let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
        let name = |path: &PathBuf| path.file_name()?.to_str().filter(|name| !name.starts_with('.')).map(str::to_owned);
        let mut named: Vec<_> = paths.into_iter().filter_map(|path| Some((name(&path)?, path))).collect();
        named.sort_unstable();
        Ok(named)
    }
}

fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        other => other.map(Some),
    }
}

fn failed(key: &str, source: io::Error) -> StateError {
    StateError::Disk { key: key.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn keys(folder: &Folder, prefix: &str) -> Vec<String> {
        folder.list(prefix).await.unwrap().into_iter().map(|object| object.key).collect()
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_folder_lists_and_reads_as_a_bucket() {
        let root = tempfile::tempdir().unwrap();
        for key in ["live/tenant=a/1", "live/tenant=a/x/2", "live/tenant=ab/3", "ledger/4", ".git/5", "live/.DS_Store"]
        {
            let path = root.path().join(key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, key).unwrap();
        }
        let folder = Folder::new(root.path());
        assert_eq!(keys(&folder, "live/tenant=a/").await, ["live/tenant=a/1", "live/tenant=a/x/2"]);
        assert_eq!(keys(&folder, "live/tenant=a").await.len(), 3);
        assert_eq!(keys(&folder, "").await.len(), 4);
        assert_eq!(keys(&folder, "other/").await, [""; 0]);
        assert_eq!(folder.folders("live/").await.unwrap(), ["tenant=a", "tenant=ab"]);
        assert_eq!(folder.read("ledger/4").await.unwrap().unwrap(), "ledger/4");
        assert!(folder.open("ledger/5").await.unwrap().is_none());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn no_key_leads_out_of_the_folder() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("secret"), "x").unwrap();
        let folder = Folder::new(root.path().join("lake"));
        fs::create_dir(root.path().join("lake")).unwrap();
        for key in ["../secret", "live/../../secret", "/etc/hostname", ""] {
            assert!(folder.read(key).await.unwrap().is_none(), "{key}");
        }
        assert!(folder.list("../").await.unwrap().is_empty());
    }
}
