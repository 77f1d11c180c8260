//! Group Management [3006]: groups, who is in them, and what they may do.

use super::{actor, privileges, target, target_types};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Event, Group, Resource};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    event.actor.get_or_insert_with(actor::okta);
    event.group = target::take_group(members).or_else(|| Some(nameless(decision)));
    event.subgroup = target::take_group(members);
    event.user = target::take_person(members);
    event.privileges = privileges::take(members);
    event.resource = target::take_one_resource(members);
    if event.privileges.is_none() && event.resource.as_ref().is_some_and(is_app) && grants(decision) {
        event.privileges = Some(vec!["Application Access".into()]);
    }
}

fn is_app(resource: &Resource<'_>) -> bool {
    resource.kind.as_deref().is_some_and(|kind| target_types::APP.contains(&kind))
}

/// Whether the group gets or loses privileges.
fn grants(decision: &Decision) -> bool {
    matches!(decision.activity.name, "Assign Privileges" | "Revoke Privileges")
}

/// OCSF requires a group; an event that names none is about some group.
fn nameless<'a>(decision: &Decision) -> Group<'a> {
    Group { name: Some(decision.subject.entity_type.into()), ..Group::default() }
}
