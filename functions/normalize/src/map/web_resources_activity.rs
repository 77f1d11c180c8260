//! Web Resources Activity [6001]: reports, exports and files.

use super::{named, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Event, WebResource};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    let resource = target::find_subject(members, decision.subject).and_then(web_resource);
    let nameless = || WebResource { name: Some(decision.subject.entity_type.into()), ..WebResource::default() };
    event.web_resources = Some(vec![resource.unwrap_or_else(nameless)]);
}

fn web_resource<'a>(target: &mut Object<'a>) -> Option<WebResource<'a>> {
    let named::Named { uid, name } = named::take_named(target)?;
    Some(WebResource { uid, name, kind: target.take_text("type") })
}
