//! Authorize Session [3003]: a session gets privileges.

use super::{actor, principal, privileges, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::Event;

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    let acting = event.actor.as_ref().and_then(|actor| actor.user.clone());
    event.session = event.actor.as_ref().and_then(|actor| actor.session.clone());
    event.user = target::take_person(members).or(acting).or_else(|| Some(principal::unknown()));
    event.actor.get_or_insert_with(actor::okta);
    // OCSF wants either privileges or a group here, never both.
    event.privileges = privileges::take(members);
    if event.privileges.is_none() {
        event.group = target::take_group(members);
    }
    if event.privileges.is_none() && event.group.is_none() {
        event.privileges = Some(vec![decision.subject.entity_type.into()]);
    }
}
