//! A list that is read page by page, from its first page or from a cursor that was kept. Every page is checked for what would
//! make the end of the list doubtful; a doubtful page is asked for once more.

use url::Url;

use crate::advice::Disposition;
use crate::client::Client;
use crate::contradiction::Contradiction;
use crate::error::Error;
use crate::page::Page;
use crate::page_size::{grown, limit, with_limit};
use crate::shape::Shape;
use crate::walk::{Step, Walk};

/// A list of the org.
#[derive(Debug, Clone)]
pub struct List {
    first: Url,
    shape: Shape,
    is_poll: bool,
}

impl List {
    /// The list whose first page is at `first`. Where Okta pages a list, give `limit` in the address: without it, a lost link
    /// looks like the end.
    pub fn new(first: Url, shape: Shape) -> Self {
        Self { first, shape, is_poll: false }
    }

    /// A poll of the System Log, which has no end: read until a page is not full, and again later.
    pub fn poll(first: Url) -> Self {
        Self { first, shape: Shape::List, is_poll: true }
    }
}

/// The pages of a list, one after another.
#[derive(Debug)]
pub struct Pages {
    client: Client,
    list: List,
    at: At,
    walk: Walk,
}

#[derive(Debug)]
enum At {
    Page(Url),
    End,
    /// After a page whose records are right but whose end is not believed.
    Doubt(Contradiction),
}

impl Pages {
    /// Reads a list from its first page.
    pub fn new(client: &Client, list: List) -> Self {
        let at = At::Page(list.first.clone());
        Self { client: client.clone(), list, at, walk: Walk::default() }
    }

    /// Reads a list from a kept cursor on. `walk` is what was read before it.
    pub fn resume(client: &Client, list: List, cursor: &str, walk: Walk) -> Result<Self, Error> {
        let at = At::Page(client.resume(cursor)?);
        Ok(Self { client: client.clone(), list, at, walk })
    }

    /// The next page, or nothing after the last. After an error the same page is asked for again. A page that stays doubtful
    /// is returned all the same, for its records; the error comes where the page after it would come.
    pub async fn next(&mut self) -> Result<Option<Page>, Error> {
        let url = match &self.at {
            At::Page(url) => url.clone(),
            At::End => return Ok(None),
            At::Doubt(contradiction) => return Err(self.contradiction(contradiction.clone())),
        };
        let first = self.read(&url).await?;
        let (page, doubt) = match self.doubt(&first) {
            Some(doubt) => self.read_again(first, doubt).await?,
            None => (first, None),
        };
        self.walk.count(&step(&page), doubt.is_some());
        self.at = self.following(&page, doubt);
        Ok(Some(page))
    }

    /// Begins again at the first page, as after [`Contradiction::RefusedLater`].
    pub fn restart(&mut self) {
        self.at = At::Page(self.list.first.clone());
        self.walk = Walk::default();
    }

    /// The page that comes next: what a checkpoint keeps, with [`Pages::walk`].
    pub fn cursor(&self) -> Option<&Url> {
        match &self.at {
            At::Page(url) => Some(url),
            At::End | At::Doubt(_) => None,
        }
    }

    /// What has been read so far, and whether the end is confirmed.
    pub fn walk(&self) -> &Walk {
        &self.walk
    }

    async fn read(&self, url: &Url) -> Result<Page, Error> {
        match self.client.get_as(url, self.list.shape).await {
            Err(Error::Api { path, refusal }) if self.walk.pages > 0 && is_final(refusal.disposition()) => {
                let page = self.walk.pages + 1;
                Err(Error::Contradiction { path, source: Contradiction::RefusedLater { page, refusal } })
            }
            outcome => outcome,
        }
    }

    fn doubt(&self, page: &Page) -> Option<Contradiction> {
        match page.next() {
            Err(Error::Contradiction { source, .. }) => Some(source),
            _ => self.walk.doubt(&step(page), self.list.is_poll),
        }
    }

    /// Asks once more for a doubtful page. A full page without a next one is asked for with another size: then the records
    /// that are left make a page of their own, with a link to it.
    async fn read_again(&self, first: Page, doubt: Contradiction) -> Result<(Page, Option<Contradiction>), Error> {
        let url = match doubt {
            Contradiction::FullPageWithoutNext { limit } => with_limit(first.url(), other_size(limit)),
            _ => first.url().clone(),
        };
        let second = self.read(&url).await?;
        let is_shorter = second.count() < first.count();
        match self.doubt(&second) {
            Some(stays) => Ok((if is_shorter { first } else { second }, Some(stays))),
            // Fewer records than a moment ago, and no page for the others.
            None if is_shorter && !step(&second).has_next() => Ok((first, Some(doubt))),
            None => Ok((second, None)),
        }
    }

    fn following(&self, page: &Page, doubt: Option<Contradiction>) -> At {
        match (doubt, page.next()) {
            (Some(doubt), _) => At::Doubt(doubt),
            (None, Ok(Some(next))) => At::Page(grown(next.clone(), limit(&self.list.first), self.walk.pages)),
            (None, Ok(None) | Err(_)) => At::End,
        }
    }

    fn contradiction(&self, source: Contradiction) -> Error {
        Error::Contradiction { path: self.list.first.path().to_owned(), source }
    }
}

fn step(page: &Page) -> Step<'_> {
    Step {
        url: page.url(),
        next: page.next().ok().flatten(),
        records: page.count(),
        body: page.body(),
        has_self: page.has_self(),
    }
}

fn other_size(limit: u32) -> u32 {
    if limit > 1 { limit - 1 } else { 2 }
}

/// Whether a refusal is about what is asked for, not about who asks or when.
fn is_final(disposition: Disposition) -> bool {
    match disposition {
        Disposition::Denied
        | Disposition::NotOffered
        | Disposition::NotApplicable
        | Disposition::NotFound
        | Disposition::Rejected => true,
        Disposition::Retry | Disposition::Stop | Disposition::Contradicted => false,
    }
}
