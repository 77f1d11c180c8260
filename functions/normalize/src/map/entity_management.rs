//! Entity Management [3004]: policies, zones, tokens, devices and all else that admins manage.

use super::{actor, debug_data, named, place, policy, principal, target, target_types};
use crate::event_type::Decision;
use crate::json::{Json, Object};
use crate::ocsf::{Entity, EntityDevice, EntityResult, Event, Group, Policy, Text};
use crate::subject::{self, Subject};

/// OCSF's types of an entity that have an attribute of their own.
const DEVICE: i32 = 1;
const GROUP: i32 = 3;
const POLICY: i32 = 5;

/// Keys of `debugData` in which a person gives a reason.
const COMMENTS: [&str; 3] = ["UserComment", "campaignItemDecisionNotes", "justification"];

/// Keys of `debugData` that name a session.
const SESSIONS: [&str; 2] = ["externalSessionId", "endedSessionId"];

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    event.actor.get_or_insert_with(actor::okta);
    let subject = decision.subject;
    let mut changed = find(members, subject).unwrap_or_else(|| (nameless(subject), None));
    place_session(&mut changed, members, subject);
    place_related(&mut changed.0, members);
    (event.entity, event.entity_result) = (Some(changed.0), changed.1);
    let comment = |debug: &mut Object<'a>| COMMENTS.iter().find_map(|key| debug.take_text(key));
    event.comment = debug_data::of(members).and_then(comment);
}

/// What an entity was, and what it has become where Okta says so.
type Changed<'a> = (Entity<'a>, Option<EntityResult<'a>>);

/// The target that the event is about, or the app where nothing else is named: what happens to an agent, Okta often says
/// of its app.
fn find<'a>(members: &mut Object<'a>, subject: &Subject) -> Option<Changed<'a>> {
    if let Some(target) = target::find_subject(members, subject) {
        return Some(changed(target, subject));
    }
    let app = subject::find("app")?;
    Some(changed(target::find(members, &target_types::APP)?, app))
}

/// The entity before and after, where Okta says how it changed (`changeDetails`). Its other details are no state.
fn changed<'a>(target: &mut Object<'a>, subject: &Subject) -> Changed<'a> {
    let mut entity = if subject.name == "user" { user(target, subject) } else { named(target, subject) };
    let change = target.object("changeDetails");
    let (from, to) = change.map_or((None, None), |change| (change.take_json("from"), change.take_json("to")));
    entity.data = from.map(Text::Owned);
    let result = to.map(|to| became(&entity, to));
    (entity, result)
}

fn became<'a>(entity: &Entity<'a>, data: String) -> EntityResult<'a> {
    EntityResult {
        uid: entity.uid.clone(),
        name: entity.name.clone(),
        type_id: entity.type_id,
        kind: entity.kind.clone(),
        data: Some(Text::Owned(data)),
    }
}

/// A session that changed: which it is and from which address to which it moved stands in `debugData`.
fn place_session<'a>((entity, result): &mut Changed<'a>, members: &mut Object<'a>, subject: &Subject) {
    let Some(debug) = debug_data::of(members).filter(|_| subject.name == "session") else { return };
    if entity.uid.is_none() {
        entity.uid = SESSIONS.iter().find_map(|key| debug.take_text_if(key, named::is_known));
    }
    let address = |ip: Text<'a>| format!(r#"{{"ip":{}}}"#, Json::Text(ip));
    if entity.data.is_none() {
        entity.data = place::take_ip(debug, "previousIpAddress").map(address).map(Text::Owned);
    }
    if result.is_none() {
        *result = place::take_ip(debug, "newIpAddress").map(|ip| became(entity, address(ip)));
    }
}

fn user<'a>(target: &mut Object<'a>, subject: &Subject) -> Entity<'a> {
    let Some(user) = principal::take(target) else { return nameless(subject) };
    Entity { uid: user.uid.clone(), name: user.name.clone(), user: Some(user), ..typed(subject) }
}

fn named<'a>(target: &mut Object<'a>, subject: &Subject) -> Entity<'a> {
    let Some(named::Named { uid, name }) = named::take_named(target) else { return nameless(subject) };
    let mut entity = Entity { uid: uid.clone(), name: name.clone(), ..typed(subject) };
    match subject.entity_type_id {
        DEVICE => entity.device = Some(device(uid, name)),
        GROUP => entity.group = Some(Group { uid, name, kind: target.take_text("type") }),
        POLICY => entity.policy = Some(Policy { uid, name, kind: target.take_text("type"), data: None }),
        _ => {}
    }
    entity
}

/// What else the event is about: the user who owns the token, the policy that the rule belongs to.
fn place_related<'a>(entity: &mut Entity<'a>, members: &mut Object<'a>) {
    if entity.user.is_none() {
        entity.user = target::take_person(members);
    }
    if entity.group.is_none() {
        entity.group = target::take_group(members);
    }
    if entity.policy.is_none() {
        entity.policy = policy::take_one(members);
    }
    if entity.device.is_none() {
        let named = target::find(members, &target_types::DEVICE).and_then(named::take_named);
        entity.device = named.map(|named| device(named.uid, named.name));
    }
}

fn device<'a>(uid: Option<Text<'a>>, name: Option<Text<'a>>) -> EntityDevice<'a> {
    EntityDevice { uid, name, type_id: 0, kind: "Unknown".into() }
}

fn typed<'a>(subject: &Subject) -> Entity<'a> {
    Entity { type_id: Some(subject.entity_type_id), kind: Some(subject.entity_type.into()), ..Entity::default() }
}

/// OCSF requires a name; an event without a target has only its kind to give.
fn nameless<'a>(subject: &Subject) -> Entity<'a> {
    Entity { name: Some(subject.entity_type.into()), ..typed(subject) }
}
