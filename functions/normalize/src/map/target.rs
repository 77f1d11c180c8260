//! `target`: what was acted upon, found by type, for Okta does not keep an order.

use super::named::{Named, is_known, take_named, take_template};
use super::principal;
use super::target_types::{APP, APP_USER, DEVICE, GROUP, POLICY, SERVICE, USER};
use crate::json::{Json, Object};
use crate::ocsf::{Group, Resource, Service, Text, User, non_empty};
use crate::subject::Subject;

/// The types of the targets, in their order.
pub(super) fn types<'a>(members: &Object<'a>) -> Vec<Text<'a>> {
    let Some(Json::Array(targets)) = members.get("target") else { return Vec::new() };
    let kind = |target: &Json<'a>| target.as_object().and_then(|target| target.peek_text("type"));
    targets.iter().map(|target| kind(target).unwrap_or_default()).collect()
}

/// Every target.
pub(super) fn all<'m, 'a>(members: &'m mut Object<'a>) -> impl Iterator<Item = &'m mut Object<'a>> {
    members.array("target").into_iter().flatten().filter_map(Json::as_object_mut)
}

/// The targets that are of one of the `types` and not taken yet.
pub(super) fn of_types<'m, 'a>(
    members: &'m mut Object<'a>,
    types: &[&str],
) -> impl Iterator<Item = &'m mut Object<'a>> {
    all(members).filter(|target| is_of(target, types) && is_there(target))
}

/// The first target that is of one of the `types` and not taken yet.
pub(super) fn find<'m, 'a>(members: &'m mut Object<'a>, types: &[&str]) -> Option<&'m mut Object<'a>> {
    of_types(members, types).next()
}

/// The target that the event is about: of the subject's types, the surest first, or of a type
/// that no table has, because Okta does not document its types.
pub(super) fn find_subject<'m, 'a>(members: &'m mut Object<'a>, subject: &Subject) -> Option<&'m mut Object<'a>> {
    let known = subject.target_types.iter().find(|kind| find(members, &[kind]).is_some());
    match known {
        Some(kind) => find(members, &[kind]),
        None => all(members).find(|target| is_there(target) && !is_familiar(target)),
    }
}

fn is_of(target: &Object<'_>, types: &[&str]) -> bool {
    target.text("type").is_some_and(|kind| types.contains(&kind))
}

/// Whether the target is of a type that says what it is, and so is no unknown type of a subject.
fn is_familiar(target: &Object<'_>) -> bool {
    [&USER[..], &APP_USER, &APP, &GROUP, &DEVICE, &POLICY].iter().any(|types| is_of(target, types))
}

/// Whether the target still has what names it.
fn is_there(target: &Object<'_>) -> bool {
    let is_known = |key| target.text(key).is_some_and(is_known);
    is_known("id") || is_known("alternateId") || target.text("displayName").is_some()
}

/// Whether nothing of what names the target was taken.
pub(super) fn is_untouched(target: &Object<'_>) -> bool {
    is_there(target) && ["id", "alternateId", "displayName"].iter().all(|key| target.get(key) != Some(&Json::Taken))
}

/// Takes the user that was acted upon.
pub(super) fn take_user<'a>(members: &mut Object<'a>) -> Option<User<'a>> {
    let kind = USER.iter().find(|kind| find(members, &[kind]).is_some())?;
    find(members, &[kind]).and_then(principal::take)
}

/// Takes the user that was acted upon, with their account in an app if there is one.
pub(super) fn take_person<'a>(members: &mut Object<'a>) -> Option<User<'a>> {
    let person = take_user(members);
    let account = find(members, &APP_USER);
    match (person, account) {
        (Some(person), Some(account)) => Some(principal::with_account(person, account)),
        (None, Some(account)) => principal::of_account(account),
        (person, None) => person,
    }
}

/// Takes the group.
pub(super) fn take_group<'a>(members: &mut Object<'a>) -> Option<Group<'a>> {
    find(members, &GROUP).and_then(group)
}

/// Takes the service that was signed in to: the app, or the server where there is none.
pub(super) fn take_service<'a>(members: &mut Object<'a>) -> Option<Service<'a>> {
    let types = if find(members, &APP).is_some() { &APP } else { &SERVICE };
    let service = find(members, types)?;
    let Named { uid, name } = take_named(service)?;
    Some(Service { uid, name, labels: take_template(service) })
}

/// Takes every target that is left as a resource.
pub(super) fn take_resources<'a>(members: &mut Object<'a>) -> Option<Vec<Resource<'a>>> {
    non_empty(all(members).filter_map(resource).collect())
}

/// Takes the first target that is left as a resource.
pub(super) fn take_one_resource<'a>(members: &mut Object<'a>) -> Option<Resource<'a>> {
    all(members).find_map(resource)
}

/// Takes `target` as a resource.
fn resource<'a>(target: &mut Object<'a>) -> Option<Resource<'a>> {
    let Named { uid, name } = take_named(target)?;
    Some(Resource {
        uid,
        name,
        uid_alt: target.take_text_if("alternateId", is_known),
        labels: take_template(target),
        kind: target.take_text("type"),
        role_id: Some(1),
        role: Some("Target".into()),
        data: target.take_json("detailEntry").map(Text::Owned),
    })
}

/// Takes `target` as a group.
pub(super) fn group<'a>(target: &mut Object<'a>) -> Option<Group<'a>> {
    let Named { uid, name } = take_named(target)?;
    Some(Group { uid, name, kind: target.take_text("type") })
}
