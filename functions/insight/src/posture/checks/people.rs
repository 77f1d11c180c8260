//! People who come, go and stay: accounts that nobody uses, that should be gone, and passwords that are old.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_most, each};
use crate::posture::checks::people_factors::can_sign_in;
use crate::posture::fields::{Fields, own_id};
use crate::posture::log::Fact;
use crate::posture::outcome::{About, Answer, Outcome, Unjudged, Verdict, concerns, fail_if, pass_if};
use crate::posture::profile::STIG;
use crate::posture::words::{days, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "user-deactivated-then-active",
        title: "Somebody acts who has left",
        question: "Did a deactivated identity, its token or its session act afterwards?",
        severity: Severity::Critical,
        domain: Domain::People,
        standards: &["ATT&CK T1078", "ATT&CK T1550"],
        reads: &[each("user")],
        facts: &[Fact::ActedAfterLeaving],
        remedy: "Directory > People > the person > Clear sessions; Security > API > Tokens > Revoke",
        ..Check::with(Logic::Each(acted_after_leaving))
    },
    Check {
        id: "user-deprovisioned-with-access",
        title: "Leaver still has something",
        question: "Which DEPROVISIONED or SUSPENDED users still have app assignments, tokens, grants, roles, devices?",
        severity: Severity::High,
        domain: Domain::People,
        standards: &["NIST 800-53 PS-4", "NIST 800-53 AC-2(3)", "CIS 6.2", "SOC2 CC6.3", "ATT&CK T1078"],
        reads: &[
            each("user"),
            against("app_user"),
            against("api_token"),
            against("device"),
            against("user_role"),
            against("group_role"),
            against("group_member"),
        ],
        remedy: "Directory > People > Deactivate; revoke tokens",
        ..Check::with(Logic::Some(left_with_access))
    },
    Check {
        id: "user-guest-inactive",
        title: "Inactive guests and partners",
        question: "Which partner, guest or contractor accounts are inactive?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["NIST 800-53 AC-2(3)", "ATT&CK T1199"],
        reads: &[each("user")],
        facts: &[Fact::UserActive],
        limit: Some(at_most(30, "days")),
        remedy: "Directory > People > the person > More actions > Suspend",
        ..Check::with(Logic::Each(guest_inactive))
    },
    Check {
        id: "user-inactive",
        title: "Inactive users",
        question: "Who is active and has not authenticated for n days?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["STIG OKTA-APP-000090", "NIST 800-53 AC-2(3)", "CIS 5.3", "SOC2 CC6.2", "ATT&CK T1078"],
        reads: &[each("user")],
        facts: &[Fact::UserActive],
        limit: Some(at_most(30, "days").stig(35)),
        remedy: "Workflow > Automations: User inactivity",
        ..Check::with(Logic::Each(inactive))
    },
    Check {
        id: "user-locked-out",
        title: "Locked accounts",
        question: "Who is locked out now and since when?",
        severity: Severity::Info,
        domain: Domain::People,
        standards: &["NIST 800-53 AC-7", "ATT&CK T1110", "ATT&CK T1531"],
        reads: &[each("user")],
        remedy: "Directory > People > the person > More actions > Unlock account",
        ..Check::with(Logic::Each(locked_out))
    },
    Check {
        id: "user-never-logged-in",
        title: "Never logged in",
        question: "Who was activated more than n days ago and has never signed in?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["NIST 800-53 AC-2(3)", "ATT&CK T1078"],
        reads: &[each("user")],
        facts: &[Fact::UserActive],
        limit: Some(at_most(7, "days")),
        remedy: "Directory > People > the person > More actions > Suspend",
        ..Check::with(Logic::Each(never_logged_in))
    },
    Check {
        id: "user-password-not-rotated-after-breach",
        title: "Password older than a breach signal",
        question: "Whose password was not changed since a breached-credential event?",
        severity: Severity::High,
        domain: Domain::People,
        standards: &["ATT&CK T1589.001", "ATT&CK T1078"],
        reads: &[each("user")],
        facts: &[Fact::BreachedCredential],
        remedy: "Directory > People > the person > Reset password, Clear sessions",
        ..Check::with(Logic::Each(breached))
    },
    Check {
        id: "user-password-old",
        title: "Old passwords",
        question: "Whose password is older than n days?",
        severity: Severity::Low,
        domain: Domain::People,
        standards: &["NIST 800-53 IA-5"],
        reads: &[each("user")],
        limit: Some(at_most(365, "days").stig(60)),
        profiles: STIG,
        remedy: "Directory > People > the person > Reset password",
        ..Check::with(Logic::Each(old_password))
    },
    Check {
        id: "user-staged-forever",
        title: "Accounts in limbo",
        question: "Who is STAGED, PROVISIONED or RECOVERY for longer than n days?",
        severity: Severity::Low,
        domain: Domain::People,
        standards: &["NIST 800-53 AC-2"],
        reads: &[each("user")],
        limit: Some(at_most(30, "days")),
        remedy: "Directory > People > the person > More actions > Deactivate",
        ..Check::with(Logic::Each(staged))
    },
];

/// Values of `userType` of people from outside, if none are declared.
const GUEST_TYPES: &[&str] = &["contractor", "external", "guest", "partner", "vendor"];

/// When somebody was last active, as far as Okta itself says: it counts sessions only.
fn last_login(user: &Record) -> Option<Timestamp> {
    user.time("/lastLogin")
}

/// Fails who was not active for as long as the limit; what Okta does not count the log does.
fn is_active_enough(case: &Case<'_>, user: &Record) -> Answer {
    let login = last_login(user);
    if login.is_some_and(|login| case.days_since(login) <= case.limit) {
        return Ok(Outcome::Pass);
    }
    let seen = case.seen(Fact::UserActive, &user.id)?.map(|seen| seen.last);
    if seen.is_some_and(|seen| case.days_since(seen) <= case.limit) {
        return Ok(Outcome::Pass);
    }
    case.log_reaches(case.limit)?;
    let last = seen.max(login).map_or("never".to_owned(), |last| format!("{} days ago", case.days_since(last)));
    fail_if(true, || format!("last active {last}, limit {} days", case.limit))
}

/// Whether somebody was there long enough to be judged.
fn is_older_than(case: &Case<'_>, user: &Record, limit: i64) -> bool {
    let since = user.time("/activated").max(user.time("/created"));
    since.is_some_and(|since| days(since, case.now()) > limit)
}

fn inactive(case: &Case<'_>, user: &Record) -> Answer {
    let is_judged = can_sign_in(user) && !case.is_break_glass(user);
    concerns(is_judged && last_login(user).is_some() && is_older_than(case, user, case.limit))?;
    is_active_enough(case, user)
}

fn never_logged_in(case: &Case<'_>, user: &Record) -> Answer {
    concerns(can_sign_in(user) && !case.is_break_glass(user) && is_older_than(case, user, case.limit))?;
    if last_login(user).is_some() || case.seen(Fact::UserActive, &user.id)?.is_some() {
        return Ok(Outcome::Pass);
    }
    let since = user.want_time("/activated")?;
    fail_if(true, || {
        format!("activated {} days ago and never signed in, limit {} days", case.days_since(since), case.limit)
    })
}

fn guest_inactive(case: &Case<'_>, user: &Record) -> Answer {
    let kind = user.text("/profile/userType").to_lowercase();
    let declared = &case.declared().guest_types;
    let is_guest = declared.iter().any(|guest| guest.to_lowercase() == kind)
        || (declared.is_empty() && GUEST_TYPES.contains(&kind.as_str()));
    concerns(is_guest && can_sign_in(user) && is_older_than(case, user, case.limit))?;
    is_active_enough(case, user)
}

fn staged(case: &Case<'_>, user: &Record) -> Answer {
    let status = user.text("/status");
    concerns(matches!(status, "STAGED" | "PROVISIONED" | "RECOVERY"))?;
    let since = user.time("/statusChanged").or_else(|| user.time("/created"));
    let age = case.days_since(since.map_or_else(|| user.want_time("/statusChanged"), Ok)?);
    case.at_most(age, &format!("{status} for"), "days")
}

fn left_with_access<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let org = case.org();
    let tokens: BTreeSet<&str> = org.records("api_token").iter().map(|token| token.text("/userId")).collect();
    let apps: BTreeSet<&str> = org.records("app_user").iter().map(own_id).collect();
    let devices = org.records("device").iter().filter(|device| device.text("/status") == "ACTIVE");
    let devices: BTreeSet<&str> =
        devices.flat_map(|device| device.list("/_embedded/users")).map(|user| user.text("/user/id")).collect();
    let judge = |user: &Record| {
        let status = user.text("/status");
        concerns(matches!(status, "DEPROVISIONED" | "SUSPENDED"))?;
        // Who is suspended keeps apps and devices by design.
        let (id, has_left) = (user.id.as_str(), status == "DEPROVISIONED");
        let found = [
            ("a role", case.admins().has(id)),
            ("an API token", tokens.contains(id)),
            ("apps", has_left && apps.contains(id)),
            ("devices", has_left && devices.contains(id)),
        ];
        let kept: Vec<&str> = found.into_iter().filter(|(_, is_kept)| *is_kept).map(|(name, _)| name).collect();
        fail_if(!kept.is_empty(), || format!("{status} and still has {}", some_of(kept.iter().copied())))
    };
    org.records("user").iter().map(|user| Verdict { about: About::Record("user", user), answer: judge(user) }).collect()
}

fn acted_after_leaving(case: &Case<'_>, user: &Record) -> Answer {
    concerns(matches!(user.text("/status"), "DEPROVISIONED" | "SUSPENDED"))?;
    let seen = case.seen(Fact::ActedAfterLeaving, &user.id)?;
    pass_if(seen.is_none(), || {
        format!("acted after leaving, last at {}", seen.map_or(Timestamp::UNIX_EPOCH, |seen| seen.last))
    })
}

fn old_password(case: &Case<'_>, user: &Record) -> Answer {
    concerns(can_sign_in(user) && user.text("/credentials/provider/type") == "OKTA")?;
    password_age(case, user)
}

/// The age of somebody's password against the limit.
pub(super) fn password_age(case: &Case<'_>, user: &Record) -> Answer {
    concerns(user.has("/passwordChanged"))?;
    let changed = user.want_time("/passwordChanged")?;
    case.at_most(case.days_since(changed), "the password is", "days old")
}

fn breached(case: &Case<'_>, user: &Record) -> Answer {
    concerns(can_sign_in(user))?;
    let Some(breach) = case.seen(Fact::BreachedCredential, &user.id)? else { return Ok(Outcome::Pass) };
    let is_newer = user.time("/passwordChanged").is_some_and(|changed| changed > breach.last);
    pass_if(is_newer, || format!("the password is older than the breach seen at {}", breach.last))
}

fn locked_out(case: &Case<'_>, user: &Record) -> Answer {
    let since = || {
        user.time("/statusChanged")
            .map_or("an unknown time".to_owned(), |time| format!("{} days", case.days_since(time)))
    };
    fail_if(user.text("/status") == "LOCKED_OUT", || format!("locked out for {}", since()))
}

/// Goes on only with somebody who has not left.
pub(super) fn is_here(user: &Record) -> Result<(), Unjudged> {
    concerns(user.text("/status") != "DEPROVISIONED")
}
