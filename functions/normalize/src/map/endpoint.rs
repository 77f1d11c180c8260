//! From where: `client`, `request` and `securityContext` as source endpoint and HTTP request.

use std::net::IpAddr;

use super::{device, non_empty};
use crate::json::{Json, Object};
use crate::ocsf::{AutonomousSystem, Event, HttpRequest, Location, NetworkEndpoint, Text, Url};

/// Places the client and its request, for classes that have both attributes.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    event.http_request = http_request(members);
    event.src_endpoint = source(members);
}

/// [`place`] for classes that require a source: Okta itself where the event names none, as for jobs.
pub(super) fn place_required<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    place(event, members);
    event.src_endpoint.get_or_insert_with(|| NetworkEndpoint { svc_name: Some("Okta".into()), ..Default::default() });
}

/// The client's endpoint, `None` if it has no address and no domain: OCSF requires one of them.
fn source<'a>(members: &mut Object<'a>) -> Option<NetworkEndpoint<'a>> {
    let ip = members.object("client").and_then(|client| take_ip(client, "ipAddress"));
    let domain = members.object("securityContext").and_then(|network| network.take_text_if("domain", |name| name != "."));
    if ip.is_none() && domain.is_none() {
        return None;
    }
    let mut endpoint = NetworkEndpoint { ip, domain, ..NetworkEndpoint::default() };
    if let Some(client) = members.object("client") {
        place_client(&mut endpoint, client);
    }
    if let Some(network) = members.object("securityContext") {
        endpoint.autonomous_system = autonomous_system(network);
        endpoint.isp = network.take_text("isp");
    }
    Some(endpoint)
}

fn place_client<'a>(endpoint: &mut NetworkEndpoint<'a>, client: &mut Object<'a>) {
    endpoint.zone = client.take_text("zone");
    endpoint.location = location(client);
    endpoint.os = client.object("userAgent").and_then(|agent| agent.take_text("os")).map(device::operating_system);
    (endpoint.type_id, endpoint.kind) = match client.text("device") {
        None => (None, None),
        // Okta's "Computer" is OCSF's "Desktop", so its own word stays in `unmapped`.
        Some("Computer") => (Some(2), Some("Desktop".into())),
        Some(word) => {
            let type_id = match word {
                "Mobile" => 5,
                "Tablet" => 4,
                "Unknown" => 0,
                _ => 99,
            };
            (Some(type_id), client.take_text("device"))
        }
    };
}

/// Takes `geographicalContext`; a place needs more than coordinates to be one in OCSF.
pub(super) fn location<'a>(owner: &mut Object<'a>) -> Option<Location<'a>> {
    let context = owner.object("geographicalContext")?;
    let mut location = Location {
        city: context.take_text("city"),
        region: context.take_text("state"),
        country: context.take_text("country"),
        postal_code: context.take_text("postalCode"),
        ..Location::default()
    };
    if location == Location::default() {
        return None;
    }
    if let Some(coordinates) = context.object("geolocation") {
        location.lat = coordinates.take_number("lat");
        location.long = coordinates.take_number("lon");
    }
    Some(location)
}

fn autonomous_system<'a>(network: &mut Object<'a>) -> Option<AutonomousSystem<'a>> {
    let number = network.take_number("asNumber");
    let name = network.take_text("asOrg");
    (number.is_some() || name.is_some()).then_some(AutonomousSystem { number, name })
}

fn http_request<'a>(members: &mut Object<'a>) -> Option<HttpRequest<'a>> {
    let user_agent = members
        .object("client")
        .and_then(|client| client.object("userAgent"))
        .and_then(|agent| agent.take_text("rawUserAgent"));
    let debug = members.object("debugContext").and_then(|context| context.object("debugData"));
    let (uid, url) = debug.map_or((None, None), |debug| (debug.take_text("requestId"), url(debug)));
    let request = HttpRequest { uid, user_agent, url, x_forwarded_for: ip_chain(members) };
    (request != HttpRequest::default()).then_some(request)
}

fn url<'a>(debug: &mut Object<'a>) -> Option<Url<'a>> {
    let path = debug.take_text("requestUri");
    let url_string = debug.take_text("url");
    (path.is_some() || url_string.is_some()).then_some(Url { url_string, path })
}

/// The addresses that the request passed, the client's first (`request.ipChain`).
fn ip_chain<'a>(members: &mut Object<'a>) -> Option<Vec<Text<'a>>> {
    let chain = members.object("request")?.array("ipChain")?;
    let hops = chain.iter_mut().filter_map(|hop| match hop {
        Json::Object(hop) => take_ip(hop, "ip"),
        _ => None,
    });
    non_empty(hops.collect())
}

/// Takes an IP address; what is none stays.
pub(super) fn take_ip<'a>(object: &mut Object<'a>, key: &str) -> Option<Text<'a>> {
    object.take_text_if(key, |text| text.parse::<IpAddr>().is_ok())
}
