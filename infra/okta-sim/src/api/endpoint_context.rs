//! What an endpoint has before it: the org as it is now, the caller, and the ids in the path.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::org_state::OrgState;
use crate::api::page::{Listing, Paging};
use crate::identity::access::Caller;
use crate::org::directory::Directory;
use crate::org::model::OrgModel;
use crate::time::{DAY_MS, iso};

/// All that an endpoint may look at.
pub(crate) struct EndpointContext<'a> {
    pub(crate) org: &'a OrgModel,
    pub(crate) directory: &'a Directory,
    pub(crate) state: &'a OrgState,
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
    /// A document that is no JSON: its type and its text.
    Text(&'static str, String),
}

/// An endpoint's function.
pub(crate) type Serve = for<'a> fn(&'a EndpointContext<'a>) -> Result<Served<'a>, ApiError>;

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
pub(crate) fn found<'a>(
    context: &EndpointContext<'_>,
    objects: Vec<Value>,
    kind: &str,
) -> Result<Served<'a>, ApiError> {
    let wanted = objects.into_iter().find(|object| object["id"] == context.id(0));
    wanted.map(Served::One).ok_or_else(|| context.not_found(0, kind))
}

impl EndpointContext<'_> {
    /// The id that stands for the `{...}` at this position.
    pub(crate) fn id(&self, position: usize) -> &str {
        self.ids.get(position).copied().unwrap_or_default()
    }

    /// The refusal when the object with that id is not there.
    pub(crate) fn not_found(&self, position: usize, kind: &str) -> ApiError {
        ApiError::NotFound(format!("{} ({kind})", self.id(position)))
    }

    /// The org's id.
    pub(crate) fn org_id(&self) -> String {
        self.state.org_id.clone().unwrap_or_else(|| self.org.org_id())
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

    /// An object of a list: id, dates and a link to itself, beside its own members.
    pub(crate) fn object(&self, prefix: &str, number: u64, list: &str, members: Value) -> Value {
        let id = self.org.single_id(prefix, number);
        let mut object = json!({
            "created": self.long_ago(),
            "lastUpdated": self.long_ago(),
            "_links": self.itself(&format!("{list}/{id}")),
        });
        object["id"] = id.into();
        if let (Some(object), Value::Object(members)) = (object.as_object_mut(), members) {
            object.extend(members);
        }
        object
    }

    /// The value for how well the org is kept.
    pub(crate) fn pick<T>(&self, good: T, typical: T, bad: T) -> T {
        self.org.config.posture.pick(good, typical, bad)
    }

    /// A date that many days before the time that the org is made for. It does not move with the clock: what nobody
    /// changes looks the same tomorrow.
    pub(crate) fn days_ago(&self, days: i64) -> String {
        iso(self.org.config.now.as_millisecond() - days * DAY_MS)
    }

    /// When things that never change were made.
    pub(crate) fn long_ago(&self) -> String {
        iso(self.org.log_start_ms() - 400 * DAY_MS)
    }
}
