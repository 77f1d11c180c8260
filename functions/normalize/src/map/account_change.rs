//! Account Change [3001]: the life of a user's account, its password, lock and factors.

use super::{actor, debug_data, endpoint, factor, principal, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Actor, Event};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    endpoint::place(event, members);
    debug_data::place_risk(event, members);
    event.actor.get_or_insert_with(actor::okta);
    let changed = target::take_user(members).or_else(|| app_user(members));
    event.user = changed.or_else(|| itself(event.actor.as_ref())).or_else(|| Some(principal::unknown()));
    event.policies = target::take_policies(members);
    if decision.activity.name.starts_with("MFA Factor") {
        event.auth_factors = factor::take(members);
    }
}

/// The account that a person has in an app.
fn app_user<'a>(members: &mut Object<'a>) -> Option<crate::ocsf::User<'a>> {
    target::find(members, &target::APP_USER).and_then(principal::take)
}

/// Somebody who changes an account without naming another changes their own.
fn itself<'a>(actor: Option<&Actor<'a>>) -> Option<crate::ocsf::User<'a>> {
    actor?.user.clone()
}
