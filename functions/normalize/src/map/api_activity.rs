//! API Activity [6003]: what was asked of Okta's APIs.

use super::{actor, endpoint, target};
use crate::json::Object;
use crate::ocsf::{Api, ApiRequest, Event, Service};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    event.src_endpoint.get_or_insert_with(endpoint::okta);
    event.actor.get_or_insert_with(actor::okta);
    let request = event.http_request.as_ref().and_then(|request| request.uid.clone());
    event.api = Some(Api {
        operation: event.metadata.event_code.clone(),
        service: Some(Service { name: Some("Okta".into()), ..Service::default() }),
        request: request.map(|uid| ApiRequest { uid }),
    });
    event.resources = target::take_resources(members);
}
