//! Account Change [3001]: the life of a user's account, its password, lock and factors.

use super::{actor, factor, policy, principal, target};
use crate::json::Object;
use crate::ocsf::{Actor, Event, User};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let changed = target::take_person(members).or_else(|| itself(event.actor.as_ref()));
    event.user = changed.or_else(|| Some(principal::unknown()));
    event.actor.get_or_insert_with(actor::okta);
    event.policies = policy::take_all(members);
    event.auth_factors = factor::of_account(event, members);
}

/// A person who changes an account without naming another changes their own.
fn itself<'a>(actor: Option<&Actor<'a>>) -> Option<User<'a>> {
    actor?.user.clone().filter(|user| user.type_id == Some(1))
}
