//! Entity Management [3004]: policies, zones, tokens, devices and all else that admins manage.

use super::{actor, debug_data, endpoint, principal, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Entity, Event, Group, Policy, Text};
use crate::subject::Subject;

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    endpoint::place(event, members);
    debug_data::place_risk(event, members);
    event.actor.get_or_insert_with(actor::okta);
    let subject = decision.subject;
    let (entity, result) = match target::find_subject(members, subject) {
        Some(target) => managed(target, subject),
        None => (nameless(subject), None),
    };
    event.entity = Some(entity);
    event.entity_result = result;
}

/// The entity before and after, where Okta says how it changed (`changeDetails`).
fn managed<'a>(target: &mut Object<'a>, subject: &Subject) -> (Entity<'a>, Option<Entity<'a>>) {
    let change = target.object("changeDetails");
    let (from, to) = change.map_or((None, None), |change| (change.take_json("from"), change.take_json("to")));
    let mut entity = match subject.name {
        "user" => user(target, subject),
        _ => named(target, subject),
    };
    entity.data = from.map(Text::Owned);
    let result = to.map(|to| Entity { data: Some(Text::Owned(to)), ..entity.clone() });
    (entity, result)
}

fn user<'a>(target: &mut Object<'a>, subject: &Subject) -> Entity<'a> {
    let Some(user) = principal::take(target) else { return nameless(subject) };
    Entity { uid: user.uid.clone(), name: user.name.clone(), user: Some(user), ..typed(subject) }
}

fn named<'a>(target: &mut Object<'a>, subject: &Subject) -> Entity<'a> {
    let Some(named) = target::take_named(target) else { return nameless(subject) };
    let mut entity = Entity { uid: named.uid.clone(), name: named.name.clone(), ..typed(subject) };
    let target::Named { uid, name } = named;
    match subject.entity_type_id {
        3 => entity.group = Some(Group { uid, name, kind: target.take_text("type") }),
        5 => entity.policy = Some(Policy { uid, name, kind: target.take_text("type") }),
        _ => {}
    }
    entity
}

fn typed<'a>(subject: &Subject) -> Entity<'a> {
    Entity { type_id: Some(subject.entity_type_id), kind: Some(subject.entity_type.into()), ..Entity::default() }
}

/// OCSF requires a name; an event without a target has only its kind to give.
fn nameless<'a>(subject: &Subject) -> Entity<'a> {
    Entity { name: Some(subject.entity_type.into()), ..typed(subject) }
}
