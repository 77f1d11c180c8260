//! What events are about.

use crate::log::record::{Actor, Entries, Target};
use crate::org::apps::App;
use crate::org::groups::Group;
use crate::org::model::OrgModel;
use crate::org::people::Person;
use crate::org::policies::{POLICIES, ZONES};

/// A person as the one who acts.
pub(crate) fn acting(person: &Person) -> Actor<'_> {
    Actor {
        id: person.id.as_str().into(),
        kind: "User",
        alternate_id: Some(person.login.as_str().into()),
        display_name: person.name.as_str().into(),
        detail_entry: None,
    }
}

/// A person.
pub(crate) fn user(person: &Person) -> Target<'_> {
    Target::new("User", &*person.id, &*person.name).known_as(&*person.login)
}

/// A person's account in an app.
pub(crate) fn app_user<'a>(app: &App, person: &'a Person) -> Target<'a> {
    let id = crate::id::object("0ua", crate::random::mix(app.key, person.key));
    Target::new("AppUser", id, &*person.name).known_as(&*person.login)
}

/// An app.
pub(crate) fn app(app: &App) -> Target<'_> {
    Target::new("AppInstance", &*app.id, &*app.label).known_as(&*app.label)
}

/// An app that the person signed on to.
pub(crate) fn signed_on_app(found: &App) -> Target<'_> {
    app(found).detailed(Entries::of("signOnModeType", found.kind.sign_on.mode()))
}

/// A group.
pub(crate) fn group(group: &Group) -> Target<'_> {
    Target::new("UserGroup", &*group.id, &*group.name)
}

/// A policy.
pub(crate) fn policy(org: &OrgModel, index: usize) -> Target<'static> {
    let policy = &POLICIES[index];
    Target::new("PolicyEntity", org.policy_id(index), policy.name).detailed(Entries::of("policyType", policy.log_kind))
}

/// A rule of a policy.
pub(crate) fn rule(org: &OrgModel, policy: usize, index: usize) -> Target<'static> {
    let name = POLICIES[policy].rules[index];
    Target::new("PolicyRule", org.rule_id(policy, index), name)
        .detailed(Entries::of("policyRulePriority", (index + 1).to_string()))
}

/// A network zone.
pub(crate) fn zone(org: &OrgModel, index: usize) -> Target<'static> {
    Target::new("NetworkZone", org.zone_id(index), ZONES[index].0)
}

/// A person's second factor.
pub(crate) fn enrollment(person: &Person) -> Target<'_> {
    Target::new("AuthenticatorEnrollment", person.factor_id(), person.factor.label())
        .detailed(Entries::of("methodTypeUsed", person.factor.method()))
}

/// A person's registered computer.
pub(crate) fn device(person: &Person) -> Target<'_> {
    Target::new("UDDevice", person.computer_id(), person.computer_name())
}

/// The AD agent.
pub(crate) fn ad_agent(org: &OrgModel) -> Target<'_> {
    Target::new("Agent", org.single_id("a53", 0), "dc01.corp.acme.example")
}
