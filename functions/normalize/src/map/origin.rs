//! From where an event came, in the attributes that its class has for that.

use super::{device, endpoint, http_request};
use crate::json::{Json, Object};
use crate::ocsf::{Class, Event, Origin};

/// Places `client`, `request` and `securityContext`.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, class: Class) {
    forget_repeated_places(members);
    match class.origin() {
        Origin::Device => device::place_client(event, members),
        Origin::SourceEndpoint => {
            event.http_request = http_request::take(members);
            event.src_endpoint = endpoint::take(members);
        }
    }
}

/// Okta repeats the client's place at its hop of `request.ipChain`; the row says it once.
fn forget_repeated_places(members: &mut Object<'_>) {
    let Some([Json::Object(client), Json::Object(request)]) = members.pair("client", "request") else { return };
    let Some(place @ Json::Object(_)) = client.get("geographicalContext") else { return };
    for hop in request.array("ipChain").into_iter().flatten().filter_map(Json::as_object_mut) {
        hop.take_same("geographicalContext", place);
    }
}
