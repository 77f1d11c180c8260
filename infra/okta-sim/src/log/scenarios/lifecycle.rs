//! People who join, move and leave, and what follows from it in groups and apps.

use crate::log::record::{Entries, Outcome, Record};
use crate::log::scenario::{Scenario, Step, change_scenario, maybe, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{app, app_user, group, user};
use crate::org::change::ChangeKind;
use crate::org::groups::Group;

#[rustfmt::skip]
pub(crate) const CHANGES: &[(ChangeKind, Scenario)] = &[
    (ChangeKind::AppAssigned, change_scenario("assign an app", ASSIGN)),
    (ChangeKind::AppTakenAway, change_scenario("take an app away", TAKE_AWAY)),
    (ChangeKind::GroupMemberAdded, change_scenario("add to a group", &[step(0, "group.user_membership.add", group_member)])),
    (ChangeKind::GroupMemberRemoved, change_scenario("remove from a group", &[step(0, "group.user_membership.remove", group_member)])),
    (ChangeKind::PersonJoined, change_scenario("somebody joins", JOIN)),
    (ChangeKind::PersonLeft, change_scenario("somebody leaves", LEAVE)),
    (ChangeKind::PersonMoved, change_scenario("somebody moves", MOVE)),
    (ChangeKind::PersonSuspended, change_scenario("suspend somebody", &[step(0, "user.lifecycle.suspend", on_user)])),
    (ChangeKind::PersonUnsuspended, change_scenario("unsuspend somebody", &[step(0, "user.lifecycle.unsuspend", on_user)])),
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

fn on_user<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested(format!("/api/v1/users/{}", context.other().id));
    record.target = Some(vec![user(context.other())]);
}

fn profile<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let other = context.other();
    record.debug("changedAttributes", "department, title");
    record.requested(format!("/api/v1/users/{}", other.id));
    let before = Entries::of("department", "Operations");
    let after = Entries::of("department", other.department_name()).with("title", format!("Senior {}", other.title()));
    record.target = Some(vec![user(other).changed(before, after)]);
}

fn group_member<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    member(context, record, context.group());
}

fn everyone<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    member(context, record, &context.org.groups[0]);
}

fn member<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>, of: &'a Group) {
    let other = context.other();
    record.requested(format!("/api/v1/groups/{}/users/{}", of.id, other.id));
    // The order of targets is not fixed in Okta's answers either.
    let mut targets = vec![user(other), group(of)];
    if context.key.is_multiple_of(2) {
        targets.reverse();
    }
    record.target = Some(targets);
}

fn app_member<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let (assigned, other) = (context.changed_app(), context.other());
    record.requested(format!("/api/v1/apps/{}/users/{}", assigned.id, other.id));
    record.target = Some(vec![app_user(assigned, other), app(assigned), user(other)]);
}

/// Okta goes on by itself, as its own principal, in the same transaction.
fn pushed<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let (assigned, other) = (context.changed_app(), context.other());
    record.debug("AppName", assigned.kind.name);
    if context.random(30).chance(40) {
        record.debug("errorCode", "503");
        record.outcome = Outcome::because("FAILURE", "The application did not answer");
        record.severity = "ERROR";
    }
    record.target = Some(vec![app_user(assigned, other), app(assigned), user(other)]);
}
