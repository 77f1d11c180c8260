//! Admins: how many, how well they are protected, and whether they use what they have.

use std::collections::BTreeSet;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_least, at_most, each, speaks_for};
use crate::posture::checks::people::password_age;
use crate::posture::checks::people_factors::{has_at_least, strengths};
use crate::posture::factors::{Strength, active, strength};
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{Answer, Outcome, Unjudged, concerns, fail_if, pass_if};
use crate::posture::words::some_of;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "admin-dormant",
        title: "Dormant admins",
        question: "Which admin did nothing as an admin for n days?",
        severity: Severity::High,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(5)", "NIST 800-53 AC-2", "CIS 5.4", "CIS 6.8", "SOC2 CC6.3", "ATT&CK T1078.004"],
        reads: &[each("user"), against("user_role"), against("group_role"), against("group_member")],
        facts: &[Fact::AdminActive],
        limit: Some(at_most(90, "days")),
        remedy: "Security > Administrators > remove",
        ..Check::with(Logic::Each(dormant))
    },
    Check {
        id: "admin-never-used",
        title: "Role never used",
        question: "Which role was never exercised since it was granted?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(5)", "NIST 800-53 AC-2", "CIS 5.4", "CIS 6.8", "SOC2 CC6.3", "ATT&CK T1078.004"],
        reads: &[each("user_role")],
        facts: &[Fact::AdminActive],
        limit: Some(at_most(30, "days")),
        remedy: "Remove role",
        ..Check::with(Logic::Each(never_used))
    },
    Check {
        id: "admin-no-backup-factor",
        title: "Super admin with one factor",
        question: "Which super admin has only one strong factor?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 CP-9"],
        reads: &[
            each("user"),
            speaks_for("user_factor"),
            against("user_role"),
            against("group_role"),
            against("group_member"),
        ],
        limit: Some(at_least(2, "factors")),
        remedy: "Enrol a second key",
        ..Check::with(Logic::Each(no_backup))
    },
    Check {
        id: "admin-no-mfa",
        title: "Admins without MFA",
        question: "Which admin has no active second factor?",
        severity: Severity::Critical,
        domain: Domain::Admins,
        standards: &[
            "NIST 800-53 AC-6(5)",
            "NIST 800-53 AC-2",
            "CIS 5.4",
            "CIS 6.8",
            "SOC2 CC6.3",
            "ATT&CK T1078.004",
            "ATT&CK T1556.006",
        ],
        reads: &[
            each("user"),
            speaks_for("user_factor"),
            against("user_role"),
            against("group_role"),
            against("group_member"),
        ],
        remedy: "Directory > People > the admin > More actions > Set up MFA",
        ..Check::with(Logic::Each(no_mfa))
    },
    Check {
        id: "admin-no-phishing-resistant",
        title: "Admins without a phishing-resistant factor",
        question: "Which admin has no FastPass, WebAuthn or smart card?",
        severity: Severity::High,
        domain: Domain::Admins,
        standards: &["STIG OKTA-APP-000190", "NIST 800-53 IA-2(8)"],
        reads: &[
            each("user"),
            speaks_for("user_factor"),
            against("user_role"),
            against("group_role"),
            against("group_member"),
        ],
        remedy: "Enroll a security key or FastPass for the admin",
        ..Check::with(Logic::Each(phishable))
    },
    Check {
        id: "admin-not-in-hr",
        title: "Admins without an owner",
        question: "Which admin has no manager, no employee number, a generic name?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-2", "CIS 5.1"],
        reads: &[each("user"), against("user_role"), against("group_role"), against("group_member")],
        remedy: "Directory > People > the admin > Profile: manager, employee number",
        ..Check::with(Logic::Each(nobodys))
    },
    Check {
        id: "admin-old-password",
        title: "Admins with old passwords",
        question: "Which admin's password is older than n days?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(5)", "NIST 800-53 AC-2", "CIS 5.4", "CIS 6.8", "SOC2 CC6.3", "ATT&CK T1078.004"],
        reads: &[each("user"), against("user_role"), against("group_role"), against("group_member")],
        limit: Some(at_most(180, "days").stig(60)),
        remedy: "Directory > People > the admin > Reset password",
        ..Check::with(Logic::Each(old_password))
    },
    Check {
        id: "admin-privileged-count",
        title: "Too many admins",
        question: "How many people and clients hold any admin role besides super admin?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(5)", "NIST 800-53 AC-2", "CIS 5.4", "CIS 6.8", "SOC2 CC6.3", "ATT&CK T1078.004"],
        reads: &[against("user_role"), against("group_role"), against("group_member"), against("client_role")],
        limit: Some(at_most(25, "admins")),
        remedy: "Security > Administrators",
        ..Check::with(Logic::Org(other_admins))
    },
    Check {
        id: "admin-signs-in-for-daily-work",
        title: "Admins use the admin account daily",
        question: "Which admin account also uses many business apps?",
        severity: Severity::Low,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(2)", "CIS 5.4"],
        reads: &[each("user"), against("user_role"), against("group_role"), against("group_member")],
        facts: &[Fact::AppsOfUser],
        limit: Some(at_most(5, "apps")),
        remedy: "Give the person a second account for admin work",
        ..Check::with(Logic::Each(daily_work))
    },
    Check {
        id: "admin-super-count",
        title: "Too many super admins",
        question: "How many distinct principals hold SUPER_ADMIN, directly, by group, or as an app?",
        severity: Severity::Critical,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(5)", "NIST 800-53 AC-2", "CIS 5.4", "CIS 6.8", "SOC2 CC6.3", "ATT&CK T1078.004"],
        reads: &[against("user_role"), against("group_role"), against("group_member"), against("client_role")],
        limit: Some(at_most(5, "super admins")),
        remedy: "Security > Administrators: keep the role for a few, and give others roles of less",
        ..Check::with(Logic::Org(super_admins))
    },
    Check {
        id: "admin-super-single",
        title: "Only one super admin",
        question: "Is there only one super admin?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(5)", "NIST 800-53 AC-2", "CIS 5.4", "CIS 6.8", "SOC2 CC6.3", "ATT&CK T1078.004"],
        reads: &[speaks_for("user_role"), speaks_for("group_role"), speaks_for("group_member")],
        limit: Some(at_least(2, "super admins")),
        remedy: "Security > Administrators: give a second person the role",
        ..Check::with(Logic::Org(single_super_admin))
    },
    Check {
        id: "admin-synced-from-outside",
        title: "Admins sourced from elsewhere",
        question: "Which admin user or group is mastered by AD, LDAP, an HR app, SCIM, an Org2Org or a social IdP?",
        severity: Severity::High,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6", "CIS 5.4", "ATT&CK T1199", "ATT&CK T1556.007"],
        reads: &[each("user"), against("group"), against("user_role"), against("group_role"), against("group_member")],
        remedy: "Make the admins' accounts and groups Okta-sourced",
        ..Check::with(Logic::Each(synced))
    },
    Check {
        id: "admin-unexpected-status",
        title: "Admins who are not active",
        question: "Which suspended, staged, deprovisioned user holds a role?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(5)", "NIST 800-53 AC-2", "CIS 5.4", "CIS 6.8", "SOC2 CC6.3", "ATT&CK T1078.004"],
        reads: &[each("user"), against("user_role"), against("group_role"), against("group_member")],
        remedy: "Security > Administrators > the admin > Remove",
        ..Check::with(Logic::Each(status))
    },
    Check {
        id: "admin-weak-factor-enrolled",
        title: "Admins who still have a weak factor",
        question: "Which admin has SMS, voice, email or a question enrolled?",
        severity: Severity::High,
        domain: Domain::Admins,
        standards: &["NIST 800-53 IA-2(8)", "ATT&CK T1621"],
        reads: &[
            each("user"),
            against("user_factor"),
            against("user_role"),
            against("group_role"),
            against("group_member"),
        ],
        remedy: "Directory > People > the admin > More actions > Reset authenticators",
        ..Check::with(Logic::Each(weak_factor))
    },
];

/// Goes on only with an admin who can sign in.
fn of_admin(case: &Case<'_>, user: &Record) -> Result<(), Unjudged> {
    concerns(case.admins().has(&user.id) && user.text("/status") != "DEPROVISIONED")
}

fn count(found: usize) -> i64 {
    i64::try_from(found).unwrap_or(i64::MAX)
}

/// Everybody and every client with a role of one of these types.
fn holders<'a>(case: &Case<'a>, types: &[&str]) -> BTreeSet<&'a str> {
    let people = case.admins().people().filter(|person| case.admins().holds(person, types));
    let is_of = |roles: &BTreeSet<&str>| types.iter().any(|kind| roles.contains(kind));
    let clients = case.admins().clients().filter(|(_, roles)| is_of(roles)).map(|(client, _)| client);
    people.chain(clients).collect()
}

fn super_admins(case: &Case<'_>) -> Answer {
    case.at_most(count(holders(case, &["SUPER_ADMIN"]).len()), "the org has", "super admins, people and clients")
}

fn single_super_admin(case: &Case<'_>) -> Answer {
    let found = case.admins().people().filter(|person| case.admins().holds(person, &["SUPER_ADMIN"]));
    case.at_least(count(found.count()), "the org has", "super admins")
}

fn other_admins(case: &Case<'_>) -> Answer {
    let supers = holders(case, &["SUPER_ADMIN"]);
    let all = case.admins().people().chain(case.admins().clients().map(|(client, _)| client));
    let others: BTreeSet<&str> = all.filter(|holder| !supers.contains(holder)).collect();
    case.at_most(count(others.len()), "the org has", "other admins")
}

fn no_mfa(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    pass_if(has_at_least(case, &user.id, Strength::OutOfBand)?, || "an admin without a second factor".to_owned())
}

fn phishable(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    let resists = has_at_least(case, &user.id, Strength::PhishingResistant)?;
    pass_if(resists, || "an admin without FastPass, a security key or a smart card".to_owned())
}

fn no_backup(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    concerns(case.admins().holds(&user.id, &["SUPER_ADMIN"]))?;
    let factors = active(case.org().children("user_factor", &user.id));
    let strong = factors.filter(|factor| strength(factor) == Some(Strength::PhishingResistant)).count();
    if count(strong) < case.limit {
        // Something that is not known here may be the second one.
        strengths(case, &user.id)?;
    }
    case.at_least(count(strong), "has", "factors that resist phishing")
}

fn weak_factor(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    let factors = active(case.org().children("user_factor", &user.id));
    let weak = factors.filter(|factor| strength(factor).is_some_and(|strength| strength <= Strength::OutOfBand));
    let weak: Vec<&str> = weak.map(|factor| factor.text("/factorType")).collect();
    fail_if(!weak.is_empty(), || format!("an admin can still use {}", some_of(weak.iter().copied())))
}

fn dormant(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    concerns(!case.is_break_glass(user))?;
    unused(case, Fact::AdminActive, &user.id, "acted as an admin")
}

/// Fails what the log does not have for as long as the limit.
pub(super) fn unused(case: &Case<'_>, fact: Fact, thing: &str, did: &str) -> Answer {
    let seen = case.seen(fact, thing)?;
    if seen.is_some_and(|seen| case.days_since(seen.last) <= case.limit) {
        return Ok(Outcome::Pass);
    }
    case.log_reaches(case.limit)?;
    let last = seen
        .map_or("never, as far as the log goes".to_owned(), |seen| format!("{} days ago", case.days_since(seen.last)));
    fail_if(true, || format!("last {did} {last}, limit {} days", case.limit))
}

fn never_used(case: &Case<'_>, role: &Record) -> Answer {
    let granted = role.want_time("/created")?;
    let age = case.days_since(granted);
    concerns(age > case.limit)?;
    let user = role.parent.as_deref().unwrap_or_default();
    if case.seen(Fact::AdminActive, user)?.is_some_and(|seen| seen.last >= granted) {
        return Ok(Outcome::Pass);
    }
    case.log_reaches(age)?;
    fail_if(true, || format!("granted {age} days ago and never used"))
}

fn old_password(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    concerns(matches!(user.text("/credentials/provider/type"), "OKTA" | "IMPORT"))?;
    password_age(case, user)
}

fn status(case: &Case<'_>, user: &Record) -> Answer {
    concerns(case.admins().has(&user.id))?;
    let status = user.want_text("/status")?;
    let is_expected = matches!(status, "ACTIVE" | "PASSWORD_EXPIRED" | "LOCKED_OUT" | "RECOVERY");
    pass_if(is_expected, || format!("{status}, and still an admin"))
}

fn synced(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    let provider = user.text("/credentials/provider/type");
    let is_synced =
        |group: &str| case.org().find("group", group).is_some_and(|group| group.text("/type") == "APP_GROUP");
    let group = case.admins().roles(&user.id).iter().filter_map(|held| held.group).find(|group| is_synced(group));
    if matches!(provider, "ACTIVE_DIRECTORY" | "FEDERATION" | "LDAP" | "SOCIAL") {
        return fail_if(true, || format!("the password of this admin is kept by {provider}"));
    }
    fail_if(group.is_some(), || {
        format!("the role comes from the group {}, which an app writes", group.unwrap_or_default())
    })
}

fn daily_work(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    let apps = case.seen(Fact::AppsOfUser, &user.id)?.map_or(0, |seen| seen.count);
    case.at_most(i64::try_from(apps).unwrap_or(i64::MAX), "uses", "apps with the admin's account")
}

/// Beginnings of logins that name a task, not a person.
const GENERIC: &[&str] = &["admin", "administrator", "it", "okta", "root", "service", "support", "svc", "test"];

fn nobodys(case: &Case<'_>, user: &Record) -> Answer {
    of_admin(case, user)?;
    let login = user.text("/profile/login");
    let first = login.split(['@', '.', '-', '_']).next().unwrap_or_default().to_lowercase();
    concerns(!case.is_break_glass(user))?;
    if GENERIC.contains(&first.as_str()) {
        return fail_if(true, || "the login names a task, not a person".to_owned());
    }
    let is_owned =
        ["managerId", "manager", "employeeNumber"].iter().any(|field| user.has(&format!("/profile/{field}")));
    pass_if(is_owned, || "has neither a manager nor an employee number".to_owned())
}
