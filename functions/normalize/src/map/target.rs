//! `target`: what was acted upon, found by type, for Okta does not keep an order.

use super::{non_empty, principal};
use crate::json::{Json, Object};
use crate::ocsf::{Group, Policy, Resource, Service, Text, User};
use crate::subject::Subject;

/// Okta's types of a person.
pub(super) const USER: [&str; 1] = ["User"];
/// Okta's types of a person's account in an app.
pub(super) const APP_USER: [&str; 1] = ["AppUser"];
/// Okta's types of an app.
pub(super) const APP: [&str; 2] = ["AppInstance", "PublicClientApp"];
/// Okta's types of a group.
pub(super) const GROUP: [&str; 2] = ["UserGroup", "AppGroup"];

/// What every target has.
pub(super) struct Named<'a> {
    /// Okta's id.
    pub(super) uid: Option<Text<'a>>,
    /// What an admin reads.
    pub(super) name: Option<Text<'a>>,
}

/// The first target that is of one of the `types`, the first type first, and not taken yet.
pub(super) fn find<'m, 'a>(members: &'m mut Object<'a>, types: &[&str]) -> Option<&'m mut Object<'a>> {
    let targets = members.array("target")?;
    let position = types.iter().find_map(|wanted| targets.iter().position(|target| is_of(target, wanted)))?;
    match &mut targets[position] {
        Json::Object(target) => Some(target),
        _ => None,
    }
}

fn is_of(target: &Json<'_>, wanted: &str) -> bool {
    matches!(target, Json::Object(target) if target.text("type") == Some(wanted) && is_there(target))
}

/// Whether the target still has what names it.
fn is_there(target: &Object<'_>) -> bool {
    target.text("id").is_some() || target.text("displayName").is_some() || target.text("alternateId").is_some()
}

/// The target that the event is about: of the subject's types, or the first that is left.
pub(super) fn find_subject<'m, 'a>(members: &'m mut Object<'a>, subject: &Subject) -> Option<&'m mut Object<'a>> {
    let targets = members.array("target")?;
    let of = |wanted: &&str| targets.iter().position(|target| is_of(target, wanted));
    let first = targets.iter().position(|target| matches!(target, Json::Object(target) if is_there(target)));
    let position = subject.target_types.iter().find_map(of).or(first)?;
    match &mut targets[position] {
        Json::Object(target) => Some(target),
        _ => None,
    }
}

/// Takes the user that was acted upon.
pub(super) fn take_user<'a>(members: &mut Object<'a>) -> Option<User<'a>> {
    find(members, &USER).and_then(principal::take)
}

/// Takes the group.
pub(super) fn take_group<'a>(members: &mut Object<'a>) -> Option<Group<'a>> {
    find(members, &GROUP).and_then(group)
}

/// Takes the app as the service that was signed in to.
pub(super) fn take_service<'a>(members: &mut Object<'a>) -> Option<Service<'a>> {
    let Named { uid, name } = take_named(find(members, &APP)?)?;
    Some(Service { uid, name })
}

/// Takes the policy and its rule.
pub(super) fn take_policies<'a>(members: &mut Object<'a>) -> Option<Vec<Policy<'a>>> {
    let mut policies = Vec::new();
    while let Some(target) = find(members, &["PolicyEntity", "Policy", "PolicyRule", "Rule"]) {
        let kind = target.take_text("type");
        let Some(Named { uid, name }) = take_named(target) else { break };
        policies.push(Policy { uid, name, kind });
    }
    non_empty(policies)
}

/// Takes every target that is left as a resource.
pub(super) fn take_resources<'a>(members: &mut Object<'a>) -> Option<Vec<Resource<'a>>> {
    let resources = members.array("target")?.iter_mut().filter_map(|target| match target {
        Json::Object(target) => resource(target),
        _ => None,
    });
    non_empty(resources.collect())
}

/// Takes the first target that is left as a resource.
pub(super) fn take_one_resource<'a>(members: &mut Object<'a>) -> Option<Resource<'a>> {
    members.array("target")?.iter_mut().find_map(|target| match target {
        Json::Object(target) => resource(target),
        _ => None,
    })
}

/// Takes `target` as a resource.
pub(super) fn resource<'a>(target: &mut Object<'a>) -> Option<Resource<'a>> {
    let Named { uid, name } = take_named(target)?;
    Some(Resource {
        uid,
        name,
        uid_alt: target.take_text("alternateId"),
        kind: target.take_text("type"),
        role_id: Some(1),
        role: Some("Target".into()),
        data: target.take_json("detailEntry").map(Text::Owned),
    })
}

/// Takes `target` as a group.
pub(super) fn group<'a>(target: &mut Object<'a>) -> Option<Group<'a>> {
    let kind = target.take_text("type");
    let Named { uid, name } = take_named(target)?;
    Some(Group { uid, name, kind })
}

/// Takes id and name; `None` if the target has neither, as OCSF's objects need one.
pub(super) fn take_named<'a>(target: &mut Object<'a>) -> Option<Named<'a>> {
    let uid = target.take_text("id");
    let name = target.take_text("displayName").or_else(|| target.take_text("alternateId"));
    (uid.is_some() || name.is_some()).then_some(Named { uid, name })
}
