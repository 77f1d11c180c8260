//! What people have enrolled, share and use.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Engine, Record};
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, at_least, at_most, both, each, speaks_for};
use crate::posture::factors::{Strength, active, strength};
use crate::posture::fields::{Fields, own_id};
use crate::posture::log::Fact;
use crate::posture::outcome::{About, Answer, Outcome, Unjudged, Verdict, concerns, fail_if, unknown};
use crate::posture::words::{days, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "user-break-glass",
        title: "Break-glass accounts",
        question: "Do the declared break-glass accounts exist, are active, excluded from the policies, strong, and unused?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["NIST 800-53 CP-2", "NIST 800-53 AC-2", "ATT&CK T1078"],
        reads: &[both("user"), both("user_factor")],
        facts: &[Fact::UserActive],
        limit: Some(at_least(30, "days")),
        remedy: "Security > Administrators: two accounts with hardware keys, declared in the configuration, used only in an emergency",
        ..Check::with(Logic::Some(break_glass))
    },
    Check {
        id: "user-many-devices",
        title: "Too many devices",
        question: "Which user has more than n active devices?",
        severity: Severity::Low,
        domain: Domain::People,
        standards: &["ATT&CK T1098.005"],
        reads: &[both("device"), each("user")],
        engine: Some(Engine::Identity),
        limit: Some(at_most(5, "devices")),
        remedy: "Directory > Devices > Deactivate those that are not in use",
        ..Check::with(Logic::Some(many_devices))
    },
    Check {
        id: "user-mfa-unused-strong",
        title: "Strong factor enrolled but a weak one used",
        question: "Who has FastPass or WebAuthn and still signs in with SMS?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["ATT&CK T1621", "ATT&CK T1556.006"],
        reads: &[each("user"), both("user_factor")],
        facts: &[Fact::PhishableShare],
        limit: Some(at_most(50, "percent")),
        remedy: "Security > App sign-in policies > rule > Possession factor constraints are: Phishing resistant",
        ..Check::with(Logic::Each(strong_unused))
    },
    Check {
        id: "user-no-mfa",
        title: "Active users without a second factor",
        question: "Who can sign in with a password alone because no factor is enrolled?",
        severity: Severity::High,
        domain: Domain::People,
        standards: &["NIST 800-53 IA-2", "CIS 6.3", "SOC2 CC6.1", "ATT&CK T1078", "ATT&CK T1556.006"],
        reads: &[each("user"), speaks_for("user_factor")],
        limit: Some(at_most(14, "days")),
        remedy: "Security > Authenticators > Enrollment > policy: Required; Directory > People > the person > More actions",
        ..Check::with(Logic::Each(no_mfa))
    },
    Check {
        id: "user-risk-high",
        title: "Users at high risk now",
        question: "Who has risk HIGH now and for how long?",
        severity: Severity::High,
        domain: Domain::People,
        standards: &["NIST 800-53 SI-4", "ATT&CK T1078"],
        reads: &[each("user_risk")],
        engine: Some(Engine::Identity),
        remedy: "Security > Entity risk policy; Directory > People > the person > Clear sessions",
        ..Check::with(Logic::Each(high_risk))
    },
    Check {
        id: "user-shared-device",
        title: "One device for several users",
        question: "Which device is enrolled for more than one user?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["NIST 800-53 IA-3", "ATT&CK T1098.005"],
        reads: &[each("device")],
        engine: Some(Engine::Identity),
        limit: Some(at_most(1, "users")),
        remedy: "Directory > Devices > deactivate",
        ..Check::with(Logic::Each(shared_device))
    },
    Check {
        id: "user-shared-phone",
        title: "One phone for several users",
        question: "Which phone number is a factor of more than one user?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["NIST 800-53 IA-5", "ATT&CK T1556.006"],
        reads: &[each("user_factor")],
        limit: Some(at_most(1, "users")),
        remedy: "Directory > People > the person > Reset authenticators",
        ..Check::with(Logic::Some(shared_phones))
    },
    Check {
        id: "user-weak-factors-only",
        title: "Users whose best factor is phishable",
        question: "Whose strongest factor is SMS, voice, email, question or TOTP?",
        severity: Severity::Medium,
        domain: Domain::People,
        standards: &["NIST 800-63B", "ATT&CK T1111", "ATT&CK T1621"],
        reads: &[each("user"), both("user_factor")],
        remedy: "Security > Authenticators > Enrollment > policy > Okta Verify, FIDO2 (WebAuthn): Required",
        ..Check::with(Logic::Each(weak_only))
    },
];

/// Whether somebody can sign in, or will be able to.
pub(super) fn can_sign_in(user: &Record) -> bool {
    matches!(user.text("/status"), "ACTIVE" | "PASSWORD_EXPIRED" | "LOCKED_OUT" | "RECOVERY")
}

/// The strength of everything that somebody has enrolled; unknown if one type is not known here.
pub(super) fn strengths(case: &Case<'_>, user: &str) -> Result<Vec<Strength>, Unjudged> {
    let factors = case.org().children("user_factor", user);
    let strength_of = |factor: &Record| {
        strength(factor).ok_or_else(|| {
            let kind = crate::posture::words::name(factor.text("/factorType"));
            unknown(format!("the factor type `{kind}` is not known here"))
        })
    };
    active(factors).map(strength_of).collect()
}

/// Whether somebody has enrolled something of this strength. A type that is not known here can hide it only if nothing else
/// shows it.
pub(super) fn has_at_least(case: &Case<'_>, user: &str, wanted: Strength) -> Result<bool, Unjudged> {
    let factors = case.org().children("user_factor", user);
    if active(factors).filter_map(strength).any(|found| found >= wanted) {
        return Ok(true);
    }
    strengths(case, user).map(|_| false)
}

fn no_mfa(case: &Case<'_>, user: &Record) -> Answer {
    let provider = user.text("/credentials/provider/type");
    concerns(can_sign_in(user) && !matches!(provider, "FEDERATION" | "SOCIAL"))?;
    if has_at_least(case, &user.id, Strength::OutOfBand)? {
        return Ok(Outcome::Pass);
    }
    let since = user.time("/activated").or_else(|| user.time("/created"));
    let age = since.map_or(i64::MAX, |since| days(since, case.now()));
    concerns(age > case.limit)?;
    fail_if(true, || format!("no second factor, {} days of grace are over", case.limit))
}

fn weak_only(case: &Case<'_>, user: &Record) -> Answer {
    concerns(can_sign_in(user))?;
    if has_at_least(case, &user.id, Strength::Push)? {
        return Ok(Outcome::Pass);
    }
    let best = strengths(case, &user.id)?.into_iter().max();
    concerns(best.is_some_and(|best| best > Strength::Knowledge))?;
    let kinds = active(case.org().children("user_factor", &user.id)).map(|factor| factor.text("/factorType"));
    fail_if(true, || format!("nothing stronger than {}", some_of(kinds)))
}

fn strong_unused(case: &Case<'_>, user: &Record) -> Answer {
    concerns(can_sign_in(user) && has_at_least(case, &user.id, Strength::PhishingResistant)?)?;
    let share =
        case.seen(Fact::PhishableShare, &user.id)?.map_or(0, |seen| i64::try_from(seen.count).unwrap_or(i64::MAX));
    case.at_most(share, "phishable factors were used in", "percent of sign-ins, though a stronger one is enrolled")
}

fn shared_phones<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let phones = || {
        case.org().records("user_factor").iter().filter(|factor| matches!(factor.text("/factorType"), "sms" | "call"))
    };
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for factor in phones() {
        owners.entry(factor.text("/profile/phoneNumber")).or_default().extend(factor.parent.as_deref());
    }
    let judge = |factor: &Record| {
        let number = factor.text("/profile/phoneNumber");
        if number.is_empty() || number == "[redacted]" {
            return Err(unknown("the inventory keeps no phone numbers, only whether there is one"));
        }
        let users = owners.get(number).map_or(0, BTreeSet::len);
        case.at_most(i64::try_from(users).unwrap_or(i64::MAX), "the same phone is a factor of", "users")
    };
    phones().map(|factor| Verdict { about: About::Record("user_factor", factor), answer: judge(factor) }).collect()
}

/// The users of a device.
fn users_of(device: &Record) -> Vec<&str> {
    device.list("/_embedded/users").iter().map(|user| user.text("/user/id")).filter(|id| !id.is_empty()).collect()
}

fn shared_device(case: &Case<'_>, device: &Record) -> Answer {
    concerns(device.text("/status") == "ACTIVE")?;
    let users = i64::try_from(users_of(device).len()).unwrap_or(i64::MAX);
    case.at_most(users, "enrolled for", "users")
}

fn many_devices<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let mut devices: BTreeMap<&str, i64> = BTreeMap::new();
    for device in case.org().records("device").iter().filter(|device| device.text("/status") == "ACTIVE") {
        for user in users_of(device) {
            *devices.entry(user).or_default() += 1;
        }
    }
    let users = case.org().records("user").iter();
    let judged = users.filter_map(|user| Some((user, devices.get(user.id.as_str())?)));
    judged
        .map(|(user, count)| Verdict {
            about: About::Record("user", user),
            answer: case.at_most(*count, "has", "active devices"),
        })
        .collect()
}

fn high_risk(_: &Case<'_>, risk: &Record) -> Answer {
    match risk.want_text("/riskLevel")? {
        "HIGH" => fail_if(true, || "the risk is HIGH".to_owned()),
        "LOW" | "MEDIUM" | "NONE" => Ok(Outcome::Pass),
        other => Err(unknown(format!("the risk level `{}` is not known here", crate::posture::words::name(other)))),
    }
}

fn break_glass<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let declared = &case.declared().break_glass;
    if declared.is_empty() {
        let words = "no break-glass account is declared in the configuration (`declared.break_glass`)";
        return vec![Verdict { about: About::Org, answer: Err(unknown(words)) }];
    }
    let judge = |name: &String| Verdict { about: About::Named("user", name.clone()), answer: account(case, name) };
    declared.iter().map(judge).collect()
}

fn account(case: &Case<'_>, name: &str) -> Answer {
    let is_it = |user: &&Record| own_id(user) == name || user.text("/profile/login") == name;
    let Some(user) = case.org().records("user").iter().find(is_it) else {
        return fail_if(true, || "the declared account does not exist".to_owned());
    };
    if user.text("/status") != "ACTIVE" {
        return fail_if(true, || format!("the declared account is {}", user.text("/status")));
    }
    if !has_at_least(case, &user.id, Strength::PhishingResistant)? {
        return fail_if(true, || "the declared account has no factor that resists phishing".to_owned());
    }
    let last = case.seen(Fact::UserActive, &user.id)?.map(|seen| seen.last).max(user.time("/lastLogin"));
    let idle = last.map_or(i64::MAX, |last| case.days_since(last));
    fail_if(idle < case.limit, || format!("used {idle} days ago: an account for emergencies is not for daily work"))
}
