//! One answer to a GET: its records as Okta sent them, and the link to the next page.

use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use crate::continuation::continues;
use crate::contradiction::Contradiction;
use crate::error::Error;
use crate::link;
use crate::org::{Org, OtherNames};
use crate::page_size::limit;
use crate::refusal::clean;
use crate::server_time;
use crate::shape::{Shape, elements, list_in};
use crate::transport::Answer;

/// One answer to a GET: whole, valid JSON. Its `Debug` shows no record: those are about people.
#[derive(Clone)]
pub struct Page {
    url: Url,
    shape: Shape,
    body: Bytes,
    next: Next,
    has_self: bool,
    sent: Option<Timestamp>,
    request_id: Option<String>,
}

/// Where the answer says that the list goes on.
#[derive(Clone, PartialEq, Eq)]
enum Next {
    Nowhere,
    Page(Url),
    /// At an address that this client does not ask.
    Untrusted(Contradiction),
}

/// The links in the body of an answer that wraps its list.
#[derive(Default, Deserialize)]
struct Wrapper {
    #[serde(rename = "_links")]
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    next: Option<Href>,
}

#[derive(Deserialize)]
struct Href {
    href: Option<String>,
}

impl Page {
    /// Reads the answer to `url`. `names` are the org's other names, as far as they are known.
    pub(crate) fn read(
        org: &Org,
        names: &OtherNames,
        (url, shape): (Url, Shape),
        answer: &Answer,
        secrets: &[SecretString],
    ) -> Self {
        let body_links = wrapper(&answer.body).links;
        let has_self = body_links.is_some() || link::target(&answer.headers, "self").is_some();
        let target = link::target(&answer.headers, "next").or_else(|| body_links?.next?.href);
        let next = target.map_or(Next::Nowhere, |target| next(org, names, &url, &target));
        let request_id = answer.headers.get("x-okta-request-id").and_then(|id| id.to_str().ok());
        let request_id = request_id.map(|id| clean(id, secrets));
        let sent = server_time::date(&answer.headers);
        Self { url, shape, body: answer.body.clone(), next, has_self, sent, request_id }
    }

    /// The address that was asked for this page. Its `limit` may be smaller than the one that the caller gave.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The bytes, as Okta sent them.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The next page, opaque: kept as a cursor and asked for as it is. An error if there is one that cannot be followed:
    /// the records of this page are right, but the list goes on where this client does not.
    pub fn next(&self) -> Result<Option<&Url>, Error> {
        match &self.next {
            Next::Nowhere => Ok(None),
            Next::Page(url) => Ok(Some(url)),
            Next::Untrusted(contradiction) => {
                Err(Error::Contradiction { path: self.url.path().to_owned(), source: contradiction.clone() })
            }
        }
    }

    /// The host of a next page that is not known to be the org's.
    pub(crate) fn foreign_host(&self) -> Option<&str> {
        match &self.next {
            Next::Untrusted(Contradiction::ForeignLink { host }) => Some(host),
            _ => None,
        }
    }

    /// Whether the next page is this one again. A System Log poll says so when it has caught up; in any other list it is
    /// a contradiction.
    pub fn is_its_own_next(&self) -> bool {
        matches!(&self.next, Next::Page(next) if *next == self.url)
    }

    /// Whether the answer has the link to itself that Okta gives every page of a list. Without it, a next page may be lost as
    /// well.
    pub fn has_self(&self) -> bool {
        self.has_self
    }

    /// When Okta answered, by its clock.
    pub fn sent(&self) -> Option<Timestamp> {
        self.sent
    }

    /// `X-Okta-Request-Id`.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The records of a list that is an array, or that the page was asked for as ([`Shape::ListIn`]), each as Okta sent it.
    pub fn records(&self) -> Result<Vec<&RawValue>, Error> {
        match self.shape {
            Shape::ListIn(name) => self.records_in(name),
            Shape::Any | Shape::List => self.borrowed(),
        }
    }

    /// The records of a list that an object has under `field`; none if the field is missing.
    pub fn records_in(&self, field: &str) -> Result<Vec<&RawValue>, Error> {
        match list_in(&self.body, field) {
            Some(records) => Ok(records),
            None => self.borrowed::<std::collections::HashMap<String, &RawValue>>().and_then(|members| {
                let Some(member) = members.get(field) else { return Ok(Vec::new()) };
                serde_json::from_str(member.get()).map_err(|error| self.unexpected(&error))
            }),
        }
    }

    /// Whether it has as many records as its address asks for: then there may be more.
    pub fn is_full(&self) -> bool {
        limit(&self.url).is_some_and(|limit| usize::try_from(limit).is_ok_and(|limit| self.count() >= limit))
    }

    /// The number of records, in an array or in an object.
    pub(crate) fn count(&self) -> usize {
        let records = match self.shape {
            Shape::ListIn(name) => list_in(&self.body, name),
            Shape::Any | Shape::List => elements(&self.body),
        };
        records.map_or_else(|| usize::from(!self.body.trim_ascii().is_empty()), |records| records.len())
    }

    /// The body as a value of another type.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| self.unexpected(&error))
    }

    /// The body as a value that borrows from it.
    pub fn borrowed<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| self.unexpected(&error))
    }

    fn unexpected(&self, error: &serde_json::Error) -> Error {
        // Not the error itself: it can quote the value that it did not expect.
        Error::UnexpectedJson { path: self.url.path().to_owned(), line: error.line(), column: error.column() }
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut page = f.debug_struct("Page");
        page.field("path", &self.url.path()).field("bytes", &self.body.len());
        page.field("has_next", &(self.next != Next::Nowhere));
        page.field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// A link may be relative, or at another name of the org: its path and query are asked at the org's own address.
fn next(org: &Org, names: &OtherNames, page: &Url, target: &str) -> Next {
    let Some(target) = page.join(target).ok() else {
        return Next::Untrusted(Contradiction::ForeignLink { host: "nowhere".to_owned() });
    };
    match org.adopt(&target, names) {
        None => Next::Untrusted(Contradiction::ForeignLink { host: target.host_str().unwrap_or("nowhere").to_owned() }),
        Some(next) if continues(page, &next) => Next::Page(next),
        Some(next) => Next::Untrusted(Contradiction::OtherList { path: next.path().to_owned() }),
    }
}

/// Wrapped lists (`/api/v1/iam/...`) have their links in the body.
fn wrapper(body: &[u8]) -> Wrapper {
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Wrapper::default();
    }
    serde_json::from_slice(body).unwrap_or_default()
}
