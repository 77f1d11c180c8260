//! People who join, move and leave, and what follows from it in groups and apps.

use crate::log::record::{Entries, Outcome, Record};
use crate::log::scene::Scene;
use crate::log::story::{Step, Story, maybe, step, told};
use crate::log::target::{app, app_user, group, user};
use crate::org::changes::Kind;
use crate::org::groups::Group;

#[rustfmt::skip]
pub(crate) const CHANGES: &[(Kind, Story)] = &[
    (Kind::AppAssigned, told("assign an app", ASSIGN)),
    (Kind::AppTakenAway, told("take an app away", TAKE_AWAY)),
    (Kind::GroupMemberAdded, told("add to a group", &[step(0, "group.user_membership.add", group_member)])),
    (Kind::GroupMemberRemoved, told("remove from a group", &[step(0, "group.user_membership.remove", group_member)])),
    (Kind::PersonJoined, told("somebody joins", JOIN)),
    (Kind::PersonLeft, told("somebody leaves", LEAVE)),
    (Kind::PersonMoved, told("somebody moves", MOVE)),
    (Kind::PersonSuspended, told("suspend somebody", &[step(0, "user.lifecycle.suspend", on_user)])),
    (Kind::PersonUnsuspended, told("unsuspend somebody", &[step(0, "user.lifecycle.unsuspend", on_user)])),
];

const JOIN: &[Step] = &[
    step(0, "user.lifecycle.create", on_user),
    step(300, "user.lifecycle.activate", on_user),
    step(900, "group.user_membership.add", everyone),
    step(1_400, "application.user_membership.add", app_member),
    step(1_700, "application.user_membership.provision", app_member),
    step(2_600, "application.provision.user.push", pushed),
];
const MOVE: &[Step] = &[
    step(0, "user.account.update_profile", profile),
    maybe(200, 1_700, "application.user_membership.change_username", app_member),
    step(2_300, "application.provision.user.push_profile", pushed),
];
const LEAVE: &[Step] = &[
    step(0, "user.lifecycle.deactivate", on_user),
    step(100, "user.session.clear", on_user),
    step(700, "group.user_membership.remove", everyone),
    step(1_500, "application.user_membership.remove", app_member),
    step(2_900, "application.provision.user.deactivate", pushed),
];
const ASSIGN: &[Step] = &[
    step(0, "application.user_membership.add", app_member),
    maybe(500, 300, "application.user_membership.provision", app_member),
    maybe(500, 1_900, "application.provision.user.push", pushed),
];
const TAKE_AWAY: &[Step] = &[
    step(0, "application.user_membership.remove", app_member),
    maybe(500, 2_100, "application.provision.user.deactivate", pushed),
];

fn on_user<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested(format!("/api/v1/users/{}", scene.other().id));
    record.target = Some(vec![user(scene.other())]);
}

fn profile<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let other = scene.other();
    record.debug("changedAttributes", "department, title");
    record.requested(format!("/api/v1/users/{}", other.id));
    let before = Entries::of("department", "Operations");
    let after = Entries::of("department", other.department_name()).with("title", format!("Senior {}", other.title()));
    record.target = Some(vec![user(other).changed(before, after)]);
}

fn group_member<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    member(scene, record, scene.group());
}

fn everyone<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    member(scene, record, &scene.org.groups[0]);
}

fn member<'a>(scene: &Scene<'a>, record: &mut Record<'a>, of: &'a Group) {
    let other = scene.other();
    record.requested(format!("/api/v1/groups/{}/users/{}", of.id, other.id));
    // The order of targets is not fixed in Okta's answers either.
    let mut targets = vec![user(other), group(of)];
    if scene.key.is_multiple_of(2) {
        targets.reverse();
    }
    record.target = Some(targets);
}

fn app_member<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let (assigned, other) = (scene.changed_app(), scene.other());
    record.requested(format!("/api/v1/apps/{}/users/{}", assigned.id, other.id));
    record.target = Some(vec![app_user(assigned, other), app(assigned), user(other)]);
}

/// Okta goes on by itself, as its own principal, in the same transaction.
fn pushed<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let (assigned, other) = (scene.changed_app(), scene.other());
    record.debug("AppName", assigned.kind.name);
    if scene.random(30).chance(40) {
        record.debug("errorCode", "503");
        record.outcome = Outcome::because("FAILURE", "The application did not answer");
        record.severity = "ERROR";
    }
    record.target = Some(vec![app_user(assigned, other), app(assigned), user(other)]);
}
