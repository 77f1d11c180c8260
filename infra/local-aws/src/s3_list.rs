//! Which keys a folder holds: in the order of S3, page by page, and without walking what the prefix rules out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::object_store::{ObjectInfo, ObjectStore, info};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only keys that start with this.
    pub prefix: String,
    /// Only keys after this one.
    pub after: Option<String>,
    /// Whether keys below the next `/` are folded into one common prefix.
    pub fold: bool,
    /// The largest number of keys and common prefixes.
    pub limit: usize,
}

/// One page of a listing.
#[derive(Debug, Default)]
pub struct Page {
    /// The objects, sorted by key.
    pub objects: Vec<ObjectInfo>,
    /// The common prefixes, sorted.
    pub folders: Vec<String>,
    /// The last key or common prefix, if there is more after it.
    pub next: Option<String>,
}

/// Lists one page.
pub fn list(store: &ObjectStore, query: &Query) -> Result<Page, Error> {
    let mut walk = Walk { root: store.root(), query, page: Page::default(), last: None };
    walk.folder(store.root(), "")?;
    Ok(walk.page)
}

struct Walk<'a> {
    root: &'a Path,
    query: &'a Query,
    page: Page,
    last: Option<String>,
}

/// Whether the walk goes on, or the page is full and something is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Continue,
    Full,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, key: &str) -> Result<Flow, Error> {
        for (name, path) in children(folder, self.root)? {
            let child = format!("{key}{name}");
            let flow = if child.ends_with('/') { self.subfolder(&path, child)? } else { self.object(&path, child)? };
            if flow == Flow::Full {
                return Ok(flow);
            }
        }
        Ok(Flow::Continue)
    }

    fn subfolder(&mut self, path: &Path, key: String) -> Result<Flow, Error> {
        let inside = key.starts_with(&self.query.prefix);
        if !inside && !self.query.prefix.starts_with(&key) {
            return Ok(Flow::Continue);
        }
        if self.is_passed(&key) {
            return Ok(Flow::Continue);
        }
        if inside && self.query.fold && key.len() > self.query.prefix.len() {
            return if holds_an_object(path)? { Ok(self.take(key, None)) } else { Ok(Flow::Continue) };
        }
        self.folder(path, &key)
    }

    /// Whether all keys below a folder come before the mark: they do, unless the mark itself lies below.
    fn is_passed(&self, folder: &str) -> bool {
        match self.query.after.as_deref() {
            Some(mark) if mark == folder => self.query.fold,
            Some(mark) => folder < mark && !mark.starts_with(folder),
            None => false,
        }
    }

    fn object(&mut self, path: &Path, key: String) -> Result<Flow, Error> {
        if !key.starts_with(&self.query.prefix) || self.query.after.as_ref().is_some_and(|after| key <= *after) {
            return Ok(Flow::Continue);
        }
        match fs::metadata(path) {
            Ok(metadata) => {
                let object = info(key.clone(), &metadata);
                Ok(self.take(key, Some(object)))
            }
            // Removed since the folder was read.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Flow::Continue),
            Err(cause) => Err(Error::file("read", path)(cause)),
        }
    }

    fn take(&mut self, key: String, object: Option<ObjectInfo>) -> Flow {
        if self.page.objects.len() + self.page.folders.len() == self.query.limit {
            self.page.next = self.last.take();
            return Flow::Full;
        }
        self.last = Some(key.clone());
        match object {
            Some(object) => self.page.objects.push(object),
            None => self.page.folders.push(key),
        }
        Flow::Continue
    }
}

/// The names in a folder, those of folders with a `/`, in the order of the keys below them.
fn children(folder: &Path, root: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Error::file("list", folder)(cause)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::file("list", folder))?;
        let kind = entry.file_type().map_err(Error::file("list", folder))?;
        let (Ok(name), path) = (entry.file_name().into_string(), entry.path()) else { continue };
        match kind {
            kind if kind.is_dir() && !ObjectStore::is_scratch(&path, root) => names.push((name + "/", path)),
            kind if kind.is_file() => names.push((name, path)),
            _ => {}
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn holds_an_object(folder: &Path) -> Result<bool, Error> {
    for (name, path) in children(folder, folder)? {
        if !name.ends_with('/') || holds_an_object(&path)? {
            return Ok(true);
        }
    }
    Ok(false)
}
