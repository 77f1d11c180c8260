//! The HTTP request that an event came with.

use super::{debug_data, place};
use crate::json::{Json, Object};
use crate::ocsf::{HttpHeader, HttpRequest, Text, Url, non_empty};

/// The headers that Okta logs, by its key in `debugData`.
const HEADERS: [(&str, &str); 2] = [("oktaUserAgentExtended", "X-Okta-User-Agent-Extended"), ("origin", "Origin")];

/// Takes the request, `None` if nothing is known of it.
pub(super) fn take<'a>(members: &mut Object<'a>) -> Option<HttpRequest<'a>> {
    let user_agent = members
        .object("client")
        .and_then(|client| client.object("userAgent"))
        .and_then(|agent| agent.take_text("rawUserAgent"));
    let mut request = HttpRequest { user_agent, x_forwarded_for: ip_chain(members), ..HttpRequest::default() };
    if let Some(debug) = debug_data::of(members) {
        request.uid = debug.take_text("requestId");
        request.url = url(debug);
        request.http_headers = headers(debug);
    }
    (request != HttpRequest::default()).then_some(request)
}

fn url<'a>(debug: &mut Object<'a>) -> Option<Url<'a>> {
    let path = debug.take_text("requestUri");
    let url_string = debug.take_text("url");
    (path.is_some() || url_string.is_some()).then_some(Url { url_string, path })
}

fn headers<'a>(debug: &mut Object<'a>) -> Option<Vec<HttpHeader<'a>>> {
    let header = |(key, name): &(&str, &'static str)| {
        let value = debug.take_text(key)?;
        Some(HttpHeader { name: (*name).into(), value })
    };
    non_empty(HEADERS.iter().filter_map(header).collect())
}

/// The addresses that the request passed, the client's first (`request.ipChain`).
fn ip_chain<'a>(members: &mut Object<'a>) -> Option<Vec<Text<'a>>> {
    let chain = members.object("request")?.array("ipChain")?;
    let hops = chain.iter_mut().filter_map(Json::as_object_mut);
    non_empty(hops.filter_map(|hop| place::take_ip(hop, "ip")).collect())
}
