//! Scheduled Job Activity [1006]: what runs by itself.

use super::{actor, named, target, target_types};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Device, Event, Job};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    event.actor.get_or_insert_with(actor::okta);
    event.device.get_or_insert_with(okta);
    let named = target::find_subject(members, decision.subject).and_then(named::take_name);
    // An import has no name of its own but runs for an app, which stays a target.
    let name = named.or_else(|| named::peek_name(target::find(members, &target_types::APP)?));
    event.job = Some(Job { file: None, name: name.unwrap_or_else(|| decision.subject.entity_type.into()) });
}

/// OCSF asks on which device a job runs: Okta's own, unless the event names one.
fn okta<'a>() -> Device<'a> {
    Device { name: Some("Okta".into()), type_id: 1, kind: "Server".into(), ..Device::default() }
}
