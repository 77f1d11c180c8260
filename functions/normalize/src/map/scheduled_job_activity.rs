//! Scheduled Job Activity [1006]: what runs by itself.

use super::{actor, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Device, Event, Job};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    event.actor.get_or_insert_with(actor::okta);
    event.device.get_or_insert_with(okta);
    let job = target::find_subject(members, decision.subject).and_then(target::take_named);
    let name = job.and_then(|job| job.name.or(job.uid));
    event.job = Some(Job { name: name.unwrap_or_else(|| decision.subject.entity_type.into()) });
}

/// OCSF asks on which device a job runs: Okta's own, unless the event names one.
fn okta<'a>() -> Device<'a> {
    Device { name: Some("Okta".into()), type_id: 1, kind: "Server".into(), ..Device::default() }
}
