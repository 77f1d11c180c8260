//! User Access Management [3005]: a user gets or loses roles, permissions or apps.

use super::{actor, principal, privileges, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Event, Text};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    let acting = event.actor.as_ref().and_then(|actor| actor.user.clone());
    event.user = target::take_person(members).or(acting).or_else(|| Some(principal::unknown()));
    event.actor.get_or_insert_with(actor::okta);
    // Access to an app has no finer name than the access itself.
    let access = || vec![access(decision.subject.entity_type)];
    event.privileges = privileges::take(members).or_else(|| Some(access()));
    event.resources = target::take_resources(members);
}

/// `Application Access`; what is access by name keeps its name.
fn access<'a>(entity_type: &'static str) -> Text<'a> {
    if entity_type.ends_with("Access") { entity_type.into() } else { Text::Owned(format!("{entity_type} Access")) }
}
