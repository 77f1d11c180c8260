//! `GET /api/v1/logs`: polling and bounded requests, as Okta documents them.

pub(crate) mod cursor;
mod page;
mod query;

use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::api::logs::cursor::Cursor;
use crate::api::logs::page::Page;
use crate::api::logs::query::Query;
use crate::api::page::{PageRules, link, url};
use crate::org::model::OrgModel;

/// Where the endpoint is.
pub(crate) const PATH: &str = "/api/v1/logs";

/// One page of the log.
pub(crate) fn answer(org: &OrgModel, call: &Call, org_url: &str, rules: PageRules) -> Result<Answer, ApiError> {
    let query = Query::parse(call, rules.now_ms)?;
    let page = Page::read(org, &query, rules);
    let mut body = String::from("[");
    body.push_str(&page.events.join(","));
    body.push(']');
    let answer = Answer::json_text(body).with("link", link(&url(call, org_url), "self"));
    Ok(match page.next {
        Some(after) => answer.with("link", link(&format!("{org_url}{PATH}?{}", query.next(&after)), "next")),
        None => answer,
    })
}

/// The place in the log that a request asks for; none if it would be refused.
pub(crate) fn place(call: &Call, now_ms: i64) -> Option<Cursor> {
    Query::parse(call, now_ms).ok().map(|query| query.cursor)
}

/// The cursor of the first page of the same part of the log.
pub(crate) fn first_page(call: &Call, now_ms: i64) -> Option<String> {
    let place = place(call, now_ms)?;
    let at_ms = place.until_ms.filter(|_| place.is_descending).unwrap_or(place.since_ms);
    Some(Cursor { at_ms, read: 0, page: 1, ..place }.encode())
}

/// The same place, as the beginning of the next page.
pub(crate) fn same_place_next_page(call: &Call, now_ms: i64) -> Option<String> {
    place(call, now_ms).map(|place| Cursor { page: place.page + 1, ..place }.encode())
}
