//! `GET /api/v1/logs`: polling and bounded requests, as Okta documents them.

mod cursor;
mod page;
mod query;

use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::logs::page::Page;
use crate::api::logs::query::Query;
use crate::api::page::link;
use crate::org::Org;

/// Where the endpoint is.
pub(crate) const PATH: &str = "/api/v1/logs";

/// One page of the log.
pub(crate) fn answer(org: &Org, call: &Call, org_url: &str, now_ms: i64) -> Result<Answer, ApiError> {
    let query = Query::parse(call, now_ms)?;
    let page = Page::read(org, &query, now_ms);
    let mut body = String::from("[");
    body.push_str(&page.events.join(","));
    body.push(']');
    let itself = if call.query_text.is_empty() { String::new() } else { format!("?{}", call.query_text) };
    let answer = Answer::json_text(body).with("link", link(&format!("{org_url}{PATH}{itself}"), "self"));
    Ok(match page.next {
        Some(after) => answer.with("link", link(&format!("{org_url}{PATH}?{}", query.next(&after)), "next")),
        None => answer,
    })
}
