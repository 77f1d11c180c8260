//! Lists, a page at a time: by `Link` headers, or by `_links` in the body.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::api::call::Call;
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
    /// `Link` headers: page size if none is asked for, and the largest.
    Link(usize, usize),
    /// An object with the list under this name, and `_links.next.href`.
    Body(&'static str, usize),
    /// Everything at once.
    Whole,
    /// Everything at once, under this name.
    WholeIn(&'static str),
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
    pub(crate) fn answer(&self, paging: Paging, call: &Call, org_url: &str) -> Result<Answer, ApiError> {
        let (usual, most) = match paging {
            Paging::Link(usual, most) => (usual, most),
            Paging::Body(_, most) => (most, most),
            Paging::Whole | Paging::WholeIn(_) => (self.keys.len(), self.keys.len()),
        };
        let limit = limit(call.query("limit"), usual)?.min(most);
        let first = self.first(call)?;
        let last = self.keys.len().min(first + limit);
        let objects: Vec<Value> = self.keys[first..last].iter().map(|key| (self.render)(*key)).collect();
        let next = (limit > 0 && last < self.keys.len()).then(|| next_url(call, org_url, self.keys[last - 1]));
        Ok(paged(paging, objects, next, call, org_url))
    }

    fn first(&self, call: &Call) -> Result<usize, ApiError> {
        let Some(after) = call.query("after") else { return Ok(0) };
        let key = decode(after, &call.path)
            .ok_or_else(|| ApiError::Validation("after".to_owned(), "after: The cursor is invalid.".to_owned()))?;
        Ok(self.keys.partition_point(|found| *found <= key))
    }
}

fn paged(paging: Paging, objects: Vec<Value>, next: Option<String>, call: &Call, org_url: &str) -> Answer {
    let itself = if call.query_text.is_empty() { String::new() } else { format!("?{}", call.query_text) };
    let itself = format!("{org_url}{}{itself}", call.path);
    match paging {
        Paging::Body(name, _) => {
            let mut links = json!({});
            if let Some(next) = next {
                links["next"] = json!({"href": next});
            }
            Answer::json(200, &json!({name: objects, "_links": links}))
        }
        Paging::WholeIn(name) => Answer::json(200, &json!({name: objects})),
        Paging::Link(..) | Paging::Whole => {
            let answer = Answer::json(200, &Value::Array(objects)).with("link", link(&itself, "self"));
            next.into_iter().fold(answer, |answer, next| answer.with("link", link(&next, "next")))
        }
    }
}

/// A `Link` header.
pub(crate) fn link(url: &str, relation: &str) -> String {
    format!("<{url}>; rel=\"{relation}\"")
}

fn limit(text: Option<&str>, usual: usize) -> Result<usize, ApiError> {
    let Some(text) = text else { return Ok(usual) };
    // `-1` is how some of Okta's own clients say "the usual".
    if text == "-1" {
        return Ok(usual);
    }
    text.parse()
        .map_err(|_| ApiError::Validation("limit".to_owned(), format!("limit: {text:?} is no number of objects.")))
}

fn next_url(call: &Call, org_url: &str, last: u64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("after", &encode(last, &call.path));
    query.extend_pairs(call.queries().iter().filter(|(name, _)| name != "after"));
    format!("{org_url}{}?{}", call.path, query.finish())
}

/// A cursor says where it belongs: it is no use on another list.
fn encode(key: u64, path: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{key} {path}"))
}

fn decode(after: &str, path: &str) -> Option<u64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(after).ok()?).ok()?;
    let (key, of) = text.split_once(' ')?;
    if of == path { key.parse().ok() } else { None }
}
