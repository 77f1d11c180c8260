//! What an endpoint has before it: the org as it is now, the caller, and the ids in the path.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::identity::access::Caller;
use crate::org::directory::Directory;
use crate::org::{Org, timestamp};

/// Switches of the org that faults turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Switches {
    pub(crate) is_classic: bool,
    pub(crate) is_stream_disabled: bool,
}

/// All that an endpoint may look at.
pub(crate) struct Desk<'a> {
    pub(crate) org: &'a Org,
    pub(crate) directory: &'a Directory,
    pub(crate) switches: &'a Switches,
    pub(crate) call: &'a Call,
    pub(crate) caller: &'a Caller,
    pub(crate) org_url: &'a str,
    pub(crate) now_ms: i64,
    /// What stands for the `{...}` of the endpoint's path.
    pub(crate) ids: Vec<&'a str>,
}

/// What an endpoint serves.
pub(crate) enum Served<'a> {
    Listing(Listing<'a>, Paging),
    One(Value),
}

/// An endpoint's function.
pub(crate) type Serve = for<'a> fn(&'a Desk<'a>) -> Result<Served<'a>, ApiError>;

/// What most endpoints serve: everything at once.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn whole<'a>(objects: Vec<Value>) -> Result<Served<'a>, ApiError> {
    Ok(Served::Listing(Listing::of(objects), Paging::Whole))
}

/// A list with `Link` headers.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn linked<'a>(objects: Vec<Value>, usual: usize, most: usize) -> Result<Served<'a>, ApiError> {
    Ok(Served::Listing(Listing::of(objects), Paging::Link(usual, most)))
}

/// One object.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn one<'a>(object: Value) -> Result<Served<'a>, ApiError> {
    Ok(Served::One(object))
}

/// The one of these objects that the path names.
pub(crate) fn found<'a>(desk: &Desk<'_>, objects: Vec<Value>, kind: &str) -> Result<Served<'a>, ApiError> {
    let wanted = objects.into_iter().find(|object| object["id"] == desk.id(0));
    wanted.map(Served::One).ok_or_else(|| desk.not_found(0, kind))
}

impl Desk<'_> {
    /// The id that stands for the `{...}` at this position.
    pub(crate) fn id(&self, position: usize) -> &str {
        self.ids.get(position).copied().unwrap_or_default()
    }

    /// The refusal when the object with that id is not there.
    pub(crate) fn not_found(&self, position: usize, kind: &str) -> ApiError {
        ApiError::NotFound(format!("{} ({kind})", self.id(position)))
    }

    /// An address of the org.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.org_url)
    }

    /// A link object.
    pub(crate) fn href(&self, path: &str) -> Value {
        json!({"href": self.url(path)})
    }

    /// `_links` with only `self`.
    pub(crate) fn itself(&self, path: &str) -> Value {
        json!({"self": self.href(path)})
    }

    /// When things that never change were made.
    pub(crate) fn long_ago(&self) -> String {
        iso(self.org.log_start_ms() - 400 * crate::org::DAY_MS)
    }
}

/// A time as the API writes it.
pub(crate) fn iso(at_ms: i64) -> String {
    format!("{:.3}", timestamp(at_ms))
}
