//! User Access Management [3005]: a user gets or loses roles, permissions or apps.

use super::{actor, debug_data, endpoint, principal, privileges, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Event, Text, User};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    endpoint::place(event, members);
    debug_data::place_risk(event, members);
    event.actor.get_or_insert_with(actor::okta);
    event.user = Some(user(event, members));
    // Access to an app has no finer name than the access itself.
    let access = || vec![Text::Owned(format!("{} Access", decision.subject.entity_type))];
    event.privileges = privileges::take(members).or_else(|| Some(access()));
    event.resources = target::take_resources(members);
}

/// Whose access it is: the person, who is surer than the account in the app.
fn user<'a>(event: &Event<'a>, members: &mut Object<'a>) -> User<'a> {
    let account = |members: &mut Object<'a>| target::find(members, &target::APP_USER).and_then(principal::take);
    let actor = || event.actor.as_ref().and_then(|actor| actor.user.clone());
    let person = target::take_user(members).or_else(|| account(members));
    person.or_else(actor).unwrap_or_else(principal::unknown)
}
