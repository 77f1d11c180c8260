//! Lists, a page at a time: by `Link` headers, or by `_links` in the body.

use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::cursor::ListCursor;
use crate::api::error::ApiError;

/// A list that is rendered only as far as it is read.
pub(crate) struct Listing<'a> {
    /// What each object is known by inside the simulator, ascending: a page goes on after the last one.
    pub(crate) keys: Vec<u64>,
    pub(crate) render: Box<dyn Fn(u64) -> Value + 'a>,
}

/// How a list is paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paging {
    /// `Link` headers: the default page size, and the largest.
    Link(usize, usize),
    /// An object with the list under this name, and `_links.next.href`.
    Body(&'static str, usize),
    /// Everything at once.
    Whole,
    /// Everything at once, under this name.
    WholeIn(&'static str),
}

/// How the org pages now: its clock, and what faults change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PageRules {
    pub(crate) now_ms: i64,
    pub(crate) cursor_lifetime_ms: Option<i64>,
    /// The last page has a `next` link, to an empty page.
    pub(crate) has_trailing_next: bool,
    /// Pages are shorter than was asked for.
    pub(crate) are_short: bool,
    /// A page begins with the last record of the page before.
    pub(crate) overlap: bool,
}

impl<'a> Listing<'a> {
    /// A list of objects that are there already.
    pub(crate) fn of(objects: Vec<Value>) -> Self {
        Self { keys: (0..objects.len() as u64).collect(), render: Box::new(move |key| objects[key as usize].clone()) }
    }

    /// A list that is rendered by key.
    pub(crate) fn by(keys: impl IntoIterator<Item = u64>, render: impl Fn(u64) -> Value + 'a) -> Self {
        Self { keys: keys.into_iter().collect(), render: Box::new(render) }
    }

    /// Only the objects that `wanted` says yes to.
    pub(crate) fn filtered(mut self, wanted: impl Fn(&Value) -> bool) -> Self {
        let render = &self.render;
        self.keys.retain(|key| wanted(&render(*key)));
        self
    }

    /// The page that the call asks for.
    pub(crate) fn answer(
        &self,
        paging: Paging,
        call: &Call,
        org_url: &str,
        rules: PageRules,
    ) -> Result<Answer, ApiError> {
        let (default, most) = match paging {
            Paging::Link(default, most) => (default, most),
            Paging::Body(_, most) => (most, most),
            Paging::Whole | Paging::WholeIn(_) => (self.keys.len(), self.keys.len()),
        };
        let limit = rules.limit(limit(call.query("limit"), default)?.min(most));
        let cursor = cursor(call, rules)?;
        let first = self.first(cursor, rules);
        let last = self.keys.len().min(first + limit);
        let objects: Vec<Value> = self.keys[first..last].iter().map(|key| (self.render)(*key)).collect();
        let follows = last < self.keys.len() || (rules.has_trailing_next && last > first);
        let is_paged = matches!(paging, Paging::Link(..) | Paging::Body(..)) && limit > 0;
        let page = cursor.map_or(1, |cursor| cursor.page);
        let next = (is_paged && follows).then(|| {
            let cursor = ListCursor::of(call, Some(self.keys[last - 1]), page + 1, rules.now_ms);
            next_url(call, org_url, &cursor.encode())
        });
        Ok(paged(paging, objects, next, call, org_url))
    }

    fn first(&self, cursor: Option<ListCursor>, rules: PageRules) -> usize {
        let Some(after) = cursor.and_then(|cursor| cursor.after) else { return 0 };
        let first = self.keys.partition_point(|found| *found <= after);
        if rules.overlap && first < self.keys.len() { first.saturating_sub(1) } else { first }
    }
}

impl PageRules {
    /// How many records a page has. Short ones still have at least two, so that overlapping pages come to an end.
    pub(crate) const fn limit(&self, limit: usize) -> usize {
        if self.are_short && limit > 2 { (limit * 2).div_ceil(3) } else { limit }
    }
}

fn cursor(call: &Call, rules: PageRules) -> Result<Option<ListCursor>, ApiError> {
    if call.query("after").is_none() {
        return Ok(None);
    }
    let cursor = ListCursor::in_call(call).filter(|cursor| cursor.belongs_to(call)).ok_or(ApiError::InvalidCursor)?;
    match rules.cursor_lifetime_ms {
        Some(lifetime_ms) if rules.now_ms - cursor.issued_ms > lifetime_ms => Err(ApiError::InvalidCursor),
        _ => Ok(Some(cursor)),
    }
}

fn paged(paging: Paging, objects: Vec<Value>, next: Option<String>, call: &Call, org_url: &str) -> Answer {
    let answer = match paging {
        Paging::Body(name, _) => {
            let mut links = json!({"self": {"href": url(call, org_url)}});
            if let Some(next) = &next {
                links["next"] = json!({"href": next});
            }
            Answer::json(200, &json!({name: objects, "_links": links}))
        }
        Paging::WholeIn(name) => Answer::json(200, &json!({name: objects})),
        Paging::Link(..) | Paging::Whole => Answer::json(200, &Value::Array(objects)),
    };
    let answer = answer.with("link", link(&url(call, org_url), "self"));
    match (paging, next) {
        (Paging::Link(..), Some(next)) => answer.with("link", link(&next, "next")),
        _ => answer,
    }
}

/// The address that was asked.
pub(crate) fn url(call: &Call, org_url: &str) -> String {
    let query = if call.query_text.is_empty() { String::new() } else { format!("?{}", call.query_text) };
    format!("{org_url}{}{query}", call.path)
}

/// A `Link` header.
pub(crate) fn link(url: &str, relation: &str) -> String {
    format!("<{url}>; rel=\"{relation}\"")
}

fn limit(text: Option<&str>, default: usize) -> Result<usize, ApiError> {
    let Some(text) = text else { return Ok(default) };
    // `-1` is how some of Okta's own clients ask for the default.
    if text == "-1" {
        return Ok(default);
    }
    text.parse()
        .map_err(|_| ApiError::Validation("limit".to_owned(), format!("limit: {text:?} is no number of objects.")))
}

/// The call's address with another cursor. Okta sorts the parameters by name.
pub(crate) fn next_url(call: &Call, org_url: &str, after: &str) -> String {
    let mut parameters: Vec<(&str, &str)> = vec![("after", after)];
    let others = call.queries().iter().filter(|(name, _)| name != "after");
    parameters.extend(others.map(|(name, value)| (name.as_str(), value.as_str())));
    parameters.sort_by_key(|(name, _)| *name);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("{org_url}{}?{query}", call.path)
}
