//! Authorize Session [3003]: a session gets privileges.

use super::{debug_data, endpoint, principal, privileges, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::Event;

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    endpoint::place(event, members);
    debug_data::place_risk(event, members);
    event.session = event.actor.as_ref().and_then(|actor| actor.session.clone());
    let actor = event.actor.as_ref().and_then(|actor| actor.user.clone());
    event.user = target::take_user(members).or(actor).or_else(|| Some(principal::unknown()));
    // OCSF wants either privileges or a group here, never both.
    let granted = privileges::take(members);
    if granted.is_none() && decision.activity.name == "Assign Groups" {
        event.group = target::take_group(members);
    }
    if event.group.is_none() {
        event.privileges = granted.or_else(|| Some(vec![decision.subject.entity_type.into()]));
    }
}
