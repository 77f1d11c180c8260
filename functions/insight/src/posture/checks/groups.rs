//! Groups that carry privileges, and the rules that fill groups.

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_most, both, each, speaks_for, within};
use crate::posture::checks::admin_paths::rules_to;
use crate::posture::checks::app_sign_in::is_critical;
use crate::posture::fields::{Fields, own_id};
use crate::posture::outcome::{About, Answer, Verdict, concerns, fail_if, pass_if};
use crate::posture::policy_rule::is_active;
use crate::posture::words::{name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "group-empty-privileged",
        title: "Privileged group that is empty",
        question: "Which privileged group has no members?",
        severity: Severity::Low,
        domain: Domain::Groups,
        standards: &["NIST 800-53 AC-6"],
        reads: &[each("group"), speaks_for("group_member"), against("group_role")],
        remedy: "Directory > Groups > the group > Admin roles: remove",
        ..Check::with(Logic::Each(empty))
    },
    Check {
        id: "group-large-privileged",
        title: "Privileged group that is large",
        question: "Which privileged group has more than n members?",
        severity: Severity::Medium,
        domain: Domain::Groups,
        standards: &["NIST 800-53 AC-6"],
        reads: &[each("group"), against("group_member"), against("group_role")],
        limit: Some(at_most(10, "members")),
        remedy: "Directory > Groups > the group > People: only who needs the role",
        ..Check::with(Logic::Each(large))
    },
    Check {
        id: "group-nested-everyone",
        title: "Everybody has a role",
        question: "Does everybody have an admin role?",
        severity: Severity::Critical,
        domain: Domain::Groups,
        standards: &["NIST 800-53 AC-6"],
        reads: &[each("group"), against("group_role"), against("app_group"), within("app")],
        remedy: "Directory > Groups > Everyone > Admin roles: none",
        ..Check::with(Logic::Each(everyone))
    },
    Check {
        id: "group-owner-gone",
        title: "Group owner left",
        question: "Which group's owner is not active?",
        severity: Severity::Low,
        domain: Domain::Groups,
        standards: &["NIST 800-53 AC-2"],
        reads: &[each("group_owner"), both("user")],
        remedy: "Directory > Groups > the group > Owners",
        ..Check::with(Logic::Each(owner_gone))
    },
    Check {
        id: "group-push-privileged",
        title: "Push to privileged groups downstream",
        question: "Which Okta group is pushed to an admin group of an app?",
        severity: Severity::Medium,
        domain: Domain::Groups,
        standards: &["ATT&CK T1098.003"],
        reads: &[each("group_push_mapping"), both("group")],
        remedy: "Applications > the app > Push Groups: none that are admins there",
        ..Check::with(Logic::Each(pushed))
    },
    Check {
        id: "group-rule-invalid",
        title: "Broken group rules",
        question: "Which group rule is broken?",
        severity: Severity::Medium,
        domain: Domain::Groups,
        standards: &["NIST 800-53 AC-2"],
        reads: &[each("group_rule")],
        remedy: "Directory > Groups > Rules > the rule: correct its expression",
        ..Check::with(Logic::Each(invalid_rule))
    },
    Check {
        id: "group-rule-to-privileged",
        title: "A rule feeds a privileged group",
        question: "Which rule assigns to a group with a role or a critical app, and by which attribute?",
        severity: Severity::High,
        domain: Domain::Groups,
        standards: &["NIST 800-53 AC-6", "ATT&CK T1098"],
        reads: &[each("group"), against("group_role"), against("group_rule"), against("app_group"), against("app")],
        remedy: "Directory > Groups > Rules: none that fills a privileged group",
        ..Check::with(Logic::Some(rules_to_privileged))
    },
];

/// Whether it is the group of everybody.
pub(super) fn is_everyone(group: &Record) -> bool {
    group.text("/type") == "BUILT_IN" && group.text("/profile/name") == "Everyone"
}

/// Whether a group carries an admin role, or is declared to carry privileges.
fn is_privileged(case: &Case<'_>, group: &Record) -> bool {
    let declared = &case.declared().privileged_groups;
    let is_declared = declared.contains(&group.id) || declared.contains(group.text("/profile/name"));
    is_declared || !case.org().children("group_role", &group.id).is_empty()
}

fn members(case: &Case<'_>, group: &Record) -> i64 {
    i64::try_from(case.org().children("group_member", &group.id).len()).unwrap_or(i64::MAX)
}

fn invalid_rule(_: &Case<'_>, rule: &Record) -> Answer {
    fail_if(rule.want_text("/status")? == "INVALID", || "INVALID: its groups are not what it says".to_owned())
}

fn rules_to_privileged<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let critical = case.org().records("app").iter().filter(|app| is_active(app) && is_critical(case, app));
    let assigned = critical.flat_map(|app| case.org().children("app_group", &app.id)).map(|found| own_id(found));
    let assigned: std::collections::BTreeSet<&str> = assigned.collect();
    let judge = |group: &'a Record| {
        concerns(is_privileged(case, group) || assigned.contains(group.id.as_str()))?;
        let rules: Vec<&str> = rules_to(case, &group.id).into_iter().map(|rule| rule.text("/name")).collect();
        fail_if(!rules.is_empty(), || {
            format!("an attribute makes people privileged: {}", some_of(rules.iter().copied()))
        })
    };
    case.org()
        .records("group")
        .iter()
        .map(|group| Verdict { about: About::Record("group", group), answer: judge(group) })
        .collect()
}

fn empty(case: &Case<'_>, group: &Record) -> Answer {
    concerns(is_privileged(case, group))?;
    pass_if(members(case, group) > 0, || "has privileges and no members".to_owned())
}

fn large(case: &Case<'_>, group: &Record) -> Answer {
    concerns(is_privileged(case, group))?;
    case.at_most(members(case, group), "has", "members")
}

fn owner_gone(case: &Case<'_>, owner: &Record) -> Answer {
    concerns(owner.text("/type") != "GROUP")?;
    let found = case.org().find("user", own_id(owner));
    let status = found.map_or("gone", |user| user.text("/status"));
    pass_if(status == "ACTIVE", || format!("the owner is {}", name(status)))
}

/// What names of groups have in them that carry privileges in other systems.
const PRIVILEGED_NAMES: &[&str] = &["admin", "owner", "privileged", "root", "superuser"];

fn pushed(case: &Case<'_>, mapping: &Record) -> Answer {
    concerns(mapping.text("/status") == "ACTIVE")?;
    let source = mapping.want_text("/sourceGroupId")?;
    let Some(group) = case.org().find("group", source) else { return fail_if(false, String::new) };
    let label = group.text("/profile/name").to_lowercase();
    let is_named = PRIVILEGED_NAMES.iter().any(|part| label.contains(part));
    fail_if(is_named || is_privileged(case, group), || {
        format!("whoever fills {} makes admins in the app", name(group.text("/profile/name")))
    })
}

fn everyone(case: &Case<'_>, group: &Record) -> Answer {
    concerns(is_everyone(group))?;
    let roles = case.org().children("group_role", &group.id).iter().map(|role| role.text("/type"));
    let roles: Vec<&str> = roles.collect();
    fail_if(!roles.is_empty(), || format!("everybody is {}", some_of(roles.iter().copied())))
}
