//! Links that are missing or lead astray, and lists that end too early or never.

use serde_json::Value;
use url::Url;

use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::cursor::ListCursor;
use crate::api::fault_effects::asked::{Asked, ELSEWHERE};
use crate::api::page::{link, next_url, url};
use crate::api::{list_body, logs, request_facts};
use crate::fault::kind::{FaultKind, LinkLoss};

/// The answer after a fault of links.
pub(super) fn changed(kind: &FaultKind, answer: Answer, asked: Asked<'_>) -> Answer {
    let itself = url(asked.call, asked.org_url);
    match kind {
        FaultKind::LinksMissing(loss) => without(*loss, answer),
        FaultKind::NextElsewhere => with_next(answer, Some(&itself.replacen(asked.org_url, ELSEWHERE, 1))),
        FaultKind::LinkOrigin(origin) => with_origin(answer, asked.org_url, origin),
        FaultKind::NextLoop => with_next(answer, Some(&itself)),
        FaultKind::NextLoopOf(pages) => looped(answer, *pages, asked),
        FaultKind::LastPageLoops if next_of(&answer).is_none() => with_next(answer, Some(&itself)),
        FaultKind::NextPath(path) => with_edited_next(answer, |next| next.set_path(path)),
        FaultKind::NextWithout(name) => with_edited_next(answer, |next| drop_parameter(next, name)),
        FaultKind::EmptyList => with_next(emptied(answer), None),
        FaultKind::EmptyPagesForever => with_next(emptied(answer), Some(&next_page(asked))),
        _ => answer,
    }
}

/// The `next` link, in the header or in the body.
fn next_of(answer: &Answer) -> Option<String> {
    let header = answer.headers.iter().find(|(name, value)| name == "link" && is_relation(value, "next"));
    let in_header = header.and_then(|(_, value)| Some(value.strip_prefix('<')?.split_once('>')?.0.to_owned()));
    in_header.or_else(|| {
        let body: Value = serde_json::from_slice(&answer.body).ok()?;
        body["_links"]["next"]["href"].as_str().map(str::to_owned)
    })
}

/// The answer with another `next` link or none, in the header or in the body, wherever its own would be.
fn with_next(mut answer: Answer, next: Option<&str>) -> Answer {
    if let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(&answer.body)
        && let Some(links) = body.get_mut("_links").and_then(Value::as_object_mut)
    {
        links.remove("next");
        links.extend(next.map(|next| ("next".to_owned(), serde_json::json!({"href": next}))));
        answer.body = Value::Object(body).to_string().into_bytes();
        return answer;
    }
    answer.headers.retain(|(name, value)| name != "link" || !is_relation(value, "next"));
    match next {
        Some(next) => answer.with("link", link(next, "next")),
        None => answer,
    }
}

fn with_edited_next(answer: Answer, edit: impl FnOnce(&mut Url)) -> Answer {
    let Some(mut next) = next_of(&answer).and_then(|next| Url::parse(&next).ok()) else { return answer };
    edit(&mut next);
    with_next(answer, Some(next.as_str()))
}

fn drop_parameter(url: &mut Url, name: &str) {
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
}

fn without(loss: LinkLoss, mut answer: Answer) -> Answer {
    if matches!(loss, LinkLoss::All | LinkLoss::Next) {
        answer = with_next(answer, None);
    }
    if matches!(loss, LinkLoss::All | LinkLoss::Itself) {
        answer.headers.retain(|(name, value)| name != "link" || !is_relation(value, "self"));
    }
    answer
}

fn with_origin(mut answer: Answer, org_url: &str, origin: &str) -> Answer {
    for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == "link") {
        *value = value.replace(org_url, origin);
    }
    match String::from_utf8(answer.body) {
        Ok(text) => Answer { body: text.replace(org_url, origin).into_bytes(), ..answer },
        // JSON is text.
        Err(bytes) => Answer { body: bytes.into_bytes(), ..answer },
    }
}

/// Every so many pages, the next one is the first again.
fn looped(answer: Answer, pages: u32, asked: Asked<'_>) -> Answer {
    let Asked { call, org_url, now_ms } = asked;
    let page = request_facts::of(call, now_ms).page;
    if !page.is_multiple_of(pages.max(1)) || next_of(&answer).is_none() {
        return answer;
    }
    let first = match logs::first_page(call, now_ms).filter(|_| is_log(call)) {
        Some(after) => next_url(call, org_url, &after),
        None => next_url(call, org_url, &ListCursor::of(call, None, 1, now_ms).encode()),
    };
    with_next(answer, Some(&bounded(first)))
}

/// The address of the same place again, under a cursor that is new.
fn next_page(asked: Asked<'_>) -> String {
    let Asked { call, org_url, now_ms } = asked;
    if let Some(after) = logs::same_place_next_page(call, now_ms).filter(|_| is_log(call)) {
        return bounded(next_url(call, org_url, &after));
    }
    let here = ListCursor::in_call(call);
    let (after, page) = here.map_or((None, 1), |cursor| (cursor.after, cursor.page));
    next_url(call, org_url, &ListCursor::of(call, after, page + 1, now_ms).encode())
}

/// A cursor of the log has its bounds in itself.
fn bounded(next: String) -> String {
    let Ok(mut url) = Url::parse(&next) else { return next };
    if url.path() == logs::PATH {
        drop_parameter(&mut url, "since");
        drop_parameter(&mut url, "until");
    }
    url.into()
}

fn emptied(answer: Answer) -> Answer {
    list_body::edited(&answer, |_| Vec::new()).unwrap_or(answer)
}

fn is_log(call: &Call) -> bool {
    call.path == logs::PATH
}

fn is_relation(value: &str, relation: &str) -> bool {
    value.ends_with(&format!("rel=\"{relation}\""))
}
