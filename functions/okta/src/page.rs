//! One answer to a GET: its records as Okta sent them, and the link to the next page.

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use crate::error::Error;
use crate::link;
use crate::org::Org;
use crate::refusal::clean;
use crate::server_time;
use crate::transport::Answer;

/// One answer to a GET: whole, valid JSON. Its `Debug` shows no record: those are about people.
#[derive(Clone)]
pub struct Page {
    url: Url,
    body: Bytes,
    next: Option<Url>,
    sent: Option<Timestamp>,
    request_id: Option<String>,
}

impl Page {
    /// Reads an answer. A `next` link to another host is refused, not followed.
    pub(crate) fn read(org: &Org, url: Url, answer: Answer, secrets: &[SecretString]) -> Result<Self, Error> {
        let next = link::target(&answer.headers, "next").or_else(|| body_link(&answer.body));
        let next = next.map(|next| resolve(org, &url, &next)).transpose()?;
        let request_id = answer.headers.get("x-okta-request-id").and_then(|id| id.to_str().ok());
        let request_id = request_id.map(|id| clean(id, secrets));
        Ok(Self { next, sent: server_time::date(&answer.headers), request_id, body: answer.body, url })
    }

    /// The address of this page.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The bytes, as Okta sent them.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The next page, opaque: to be kept as a cursor and asked for as it is.
    pub fn next(&self) -> Option<&Url> {
        self.next.as_ref()
    }

    /// Whether the next page is this one again. A System Log poll says so when it has caught up; of a listing it is
    /// a mistake.
    pub fn is_its_own_next(&self) -> bool {
        self.next.as_ref() == Some(&self.url)
    }

    /// When Okta answered, by its clock.
    pub fn sent(&self) -> Option<Timestamp> {
        self.sent
    }

    /// `X-Okta-Request-Id`.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The records of a listing that is an array, each as Okta sent it.
    pub fn records(&self) -> Result<Vec<&RawValue>, Error> {
        self.parse()
    }

    /// The records of a listing that wraps its array in an object, under `field`; none if the field is missing.
    pub fn records_in(&self, field: &str) -> Result<Vec<&RawValue>, Error> {
        let wrapper: HashMap<&str, &RawValue> = self.parse()?;
        match wrapper.get(field) {
            Some(array) => serde_json::from_str(array.get()).map_err(|error| self.unexpected(&error)),
            None => Ok(Vec::new()),
        }
    }

    /// The body as a value of another type.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| self.unexpected(&error))
    }

    /// The body as a value that borrows from it.
    pub fn borrowed<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        self.parse()
    }

    fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
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
        page.field("path", &self.url.path()).field("bytes", &self.body.len()).field("has_next", &self.next.is_some());
        page.field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// Wrapped listings (`/api/v1/iam/...`) have their link in the body.
fn body_link(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Wrapper {
        #[serde(rename = "_links")]
        links: Option<Links>,
    }
    #[derive(Deserialize)]
    struct Links {
        next: Option<Next>,
    }
    #[derive(Deserialize)]
    struct Next {
        href: Option<String>,
    }
    let is_object = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let wrapper: Wrapper = is_object.then(|| serde_json::from_slice(body).ok())??;
    wrapper.links?.next?.href
}

/// A link may be relative; it must not leave the org.
pub(crate) fn resolve(org: &Org, page: &Url, target: &str) -> Result<Url, Error> {
    let path = || page.path().to_owned();
    let url = page.join(target).map_err(|_| Error::BadPath(path()))?;
    if org.owns(&url) {
        Ok(url)
    } else {
        Err(Error::ForeignLink { path: path(), target: url.host_str().unwrap_or("nowhere").to_owned() })
    }
}
