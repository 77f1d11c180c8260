//! A list that is read page by page, from its first page or from a cursor that was kept.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use url::Url;

use crate::client::Client;
use crate::error::Error;
use crate::page::Page;

/// A listing that is walked page by page, from the first or from a kept cursor.
#[derive(Debug)]
pub struct Pages {
    client: Client,
    next: Option<Url>,
    seen: HashSet<u64>,
}

impl Pages {
    /// Reads from `first`, which may be a cursor. Not for polling the System Log, whose last page always has a next one:
    /// for that, call [`Client::get`] again and again.
    pub fn new(client: &Client, first: Url) -> Self {
        Self { client: client.clone(), next: Some(first), seen: HashSet::new() }
    }

    /// The next page, or nothing after the last. After an error the same page is asked for again.
    pub async fn next(&mut self) -> Result<Option<Page>, Error> {
        let Some(url) = &self.next else { return Ok(None) };
        let seen = fingerprint(url);
        if self.seen.contains(&seen) {
            return Err(Error::PageLoop { path: url.path().to_owned() });
        }
        let page = self.client.get(url).await?;
        self.seen.insert(seen);
        self.next = page.next().cloned();
        Ok(Some(page))
    }

    /// The page that comes next: what a checkpoint keeps.
    pub fn cursor(&self) -> Option<&Url> {
        self.next.as_ref()
    }
}

/// An address is kept as 8 bytes, so that a listing of thousands of pages costs nothing.
fn fingerprint(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.hash(&mut hasher);
    hasher.finish()
}
