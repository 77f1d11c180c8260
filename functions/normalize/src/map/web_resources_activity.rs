//! Web Resources Activity [6001]: reports, exports and files.

use super::{debug_data, endpoint, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Event, WebResource};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    endpoint::place(event, members);
    debug_data::place_risk(event, members);
    let resource = target::find_subject(members, decision.subject).and_then(web_resource);
    let kind = decision.subject.entity_type;
    let nameless = || WebResource { name: Some(kind.into()), ..WebResource::default() };
    event.web_resources = Some(vec![resource.unwrap_or_else(nameless)]);
}

fn web_resource<'a>(target: &mut Object<'a>) -> Option<WebResource<'a>> {
    let kind = target.take_text("type");
    let target::Named { uid, name } = target::take_named(target)?;
    Some(WebResource { uid, name, kind })
}
