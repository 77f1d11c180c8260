//! Apps: passwords that they keep, who has them, and whether anybody uses them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_least, at_most, both, each, within};
use crate::posture::checks::admins::unused;
use crate::posture::checks::app_sign_in::is_critical;
use crate::posture::checks::groups::is_everyone;
use crate::posture::checks::hosts::{host_of, is_of_okta};
use crate::posture::fields::{Fields, own_id};
use crate::posture::log::Fact;
use crate::posture::outcome::{About, Answer, Unjudged, Verdict, concerns, fail_if, unknown};
use crate::posture::policy_rule::is_active;
use crate::posture::words::name;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "app-assigned-everyone",
        title: "App for Everyone",
        question: "Which critical app is assigned to the group Everyone?",
        severity: Severity::Medium,
        domain: Domain::Apps,
        standards: &["NIST 800-53 AC-6"],
        reads: &[each("app_group"), both("app"), both("group")],
        remedy: "Applications > the app > Assignments > Groups: a group of those who need it",
        ..Check::with(Logic::Each(everyones))
    },
    Check {
        id: "app-assignment-unused",
        title: "Unused assignments",
        question: "Which apps have people who have not used them for n days?",
        severity: Severity::Low,
        domain: Domain::Apps,
        standards: &["NIST 800-53 AC-6(7)"],
        reads: &[each("app"), both("app_user")],
        facts: &[Fact::AssignmentUsed],
        limit: Some(at_most(90, "days")),
        remedy: "Applications > the app > Assignments: remove who does not use it",
        ..Check::with(Logic::Some(assignments))
    },
    Check {
        id: "app-direct-assignments",
        title: "Individual assignments",
        question: "Which apps are assigned to users directly rather than by group?",
        severity: Severity::Low,
        domain: Domain::Apps,
        standards: &["NIST 800-53 AC-2(1)", "SOC2 CC6.3"],
        reads: &[each("app"), both("app_user")],
        limit: Some(at_most(10, "percent")),
        remedy: "Applications > the app > Assignments: by group",
        ..Check::with(Logic::Each(direct))
    },
    Check {
        id: "app-inactive-with-users",
        title: "Inactive app with assignments or keys",
        question: "Which inactive app still has people or keys?",
        severity: Severity::Low,
        domain: Domain::Apps,
        standards: &["NIST 800-53 CM-8"],
        reads: &[each("app"), against("app_user"), against("app_jwk")],
        remedy: "Applications > the app > Delete",
        ..Check::with(Logic::Some(left_behind))
    },
    Check {
        id: "app-org2org",
        title: "Org2Org trust",
        question: "Which apps and identity providers join this org to another one?",
        severity: Severity::Medium,
        domain: Domain::Apps,
        standards: &["NIST 800-53 CA-3", "ATT&CK T1199", "ATT&CK T1484.002"],
        reads: &[each("app"), against("identity_provider")],
        remedy: "Applications > the app, or Security > Identity Providers: deactivate what is not known; list what is under `ignore`",
        ..Check::with(Logic::Some(org2org))
    },
    Check {
        id: "app-scim-password-push",
        title: "Passwords pushed to apps",
        question: "Which app receives users' passwords?",
        severity: Severity::High,
        domain: Domain::Apps,
        standards: &["ATT&CK T1556"],
        reads: &[each("app"), against("app_feature")],
        remedy: "Applications > the app > Provisioning > To App > Sync Password: off",
        ..Check::with(Logic::Each(password_push))
    },
    Check {
        id: "app-swa",
        title: "Password apps",
        question: "Which active apps use SWA or a plug-in instead of SAML/OIDC?",
        severity: Severity::Medium,
        domain: Domain::Apps,
        standards: &["NIST 800-53 IA-5(7)", "ATT&CK T1555"],
        reads: &[each("app")],
        remedy: "Applications > the app > Sign On: replace it with SAML or OpenID Connect",
        ..Check::with(Logic::Each(with_password))
    },
    Check {
        id: "app-swa-password-reveal",
        title: "Revealable SWA password",
        question: "Which SWA app lets users reveal the password?",
        severity: Severity::Medium,
        domain: Domain::Apps,
        standards: &["ATT&CK T1555"],
        reads: &[each("app")],
        remedy: "Applications > the app > Sign On > Password reveal: off",
        ..Check::with(Logic::Each(revealed))
    },
    Check {
        id: "app-unused",
        title: "Unused apps",
        question: "Which active app has nobody signed in to for n days?",
        severity: Severity::Low,
        domain: Domain::Apps,
        standards: &["NIST 800-53 CM-7", "CIS 2.3"],
        reads: &[each("app")],
        facts: &[Fact::AppUsed],
        limit: Some(at_most(90, "days")),
        remedy: "Applications > the app > Deactivate",
        ..Check::with(Logic::Each(not_used))
    },
    Check {
        id: "cert-expiring",
        title: "Certificates and keys that expire",
        question: "Which signing keys of apps and identity providers, and which domain certificates, expire within n days?",
        severity: Severity::Medium,
        domain: Domain::Federation,
        standards: &["NIST 800-53 SC-17", "SOC2 A1.2"],
        reads: &[
            each("identity_provider_key"),
            against("identity_provider_signing_key"),
            against("domain"),
            against("authorization_server_key"),
            within("app_key"),
        ],
        limit: Some(at_least(30, "days")),
        remedy: "Make a new certificate, give it to the other side, then switch",
        ..Check::with(Logic::Some(expiring))
    },
];

/// Sign-on modes in which Okta keeps a password for the app.
const WITH_PASSWORD: &[&str] = &["AUTO_LOGIN", "BASIC_AUTH", "BROWSER_PLUGIN", "SECURE_PASSWORD_STORE"];

fn with_password(_: &Case<'_>, app: &Record) -> Answer {
    concerns(is_active(app))?;
    let mode = app.want_text("/signOnMode")?;
    fail_if(WITH_PASSWORD.contains(&mode), || format!("signs in with a password ({})", name(mode)))
}

fn revealed(_: &Case<'_>, app: &Record) -> Answer {
    concerns(is_active(app) && WITH_PASSWORD.contains(&app.text("/signOnMode")))?;
    let reveals = app.want_flag("/credentials/revealPassword")?;
    fail_if(reveals, || "people can look at the password".to_owned())
}

fn password_push(case: &Case<'_>, app: &Record) -> Answer {
    concerns(is_active(app))?;
    let listed = app.texts("/features").contains(&"PUSH_PASSWORD_UPDATES");
    let features = case.org().children("app_feature", &app.id).iter();
    let enabled = features.into_iter().any(|feature| feature.text("/capabilities/update/password/status") == "ENABLED");
    fail_if(listed || enabled, || "receives the passwords of its users".to_owned())
}

fn org2org<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let joins = |is_bridge: bool| fail_if(is_bridge, || "joins this org to another one".to_owned());
    let apps = case.org().records("app").iter().filter(|app| is_active(app));
    let apps = apps
        .map(|app| Verdict { about: About::Record("app", app), answer: joins(app.text("/name") == "okta_org2org") });
    let providers = case.org().records("identity_provider").iter().filter(|provider| is_active(provider));
    let of_okta = |provider: &Record| {
        host_of(provider.text("/protocol/credentials/trust/issuer")).is_some_and(|host| is_of_okta(&host))
    };
    let is_bridge = move |provider: &Record| provider.text("/type") == "OKTA_INTEGRATION" || of_okta(provider);
    let providers = providers
        .map(|found| Verdict { about: About::Record("identity_provider", found), answer: joins(is_bridge(found)) });
    apps.chain(providers).collect()
}

/// Okta's own apps and bookmarks, which nobody signs in to.
fn is_used_by_people(app: &Record) -> bool {
    is_active(app) && app.text("/signOnMode") != "BOOKMARK" && !matches!(app.text("/name"), "okta_enduser" | "saasure")
}

fn not_used(case: &Case<'_>, app: &Record) -> Answer {
    let age = app.time("/created").map_or(i64::MAX, |created| case.days_since(created));
    concerns(is_used_by_people(app) && age > case.limit)?;
    unused(case, Fact::AppUsed, &app.id, "used")
}

fn assignments<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let apps = case.org().records("app").iter().filter(|app| is_used_by_people(app));
    apps.map(|app| Verdict { about: About::Record("app", app), answer: idle_assignments(case, app) }).collect()
}

fn idle_assignments(case: &Case<'_>, app: &Record) -> Answer {
    let users = case.org().children("app_user", &app.id);
    let is_new = |user: &&&Record| user.time("/created").is_some_and(|created| case.days_since(created) <= case.limit);
    let mut idle = 0_usize;
    for user in users.iter().filter(|user| !is_new(user)) {
        let seen = case.seen(Fact::AssignmentUsed, &format!("{}/{}", app.id, own_id(user)))?;
        idle += usize::from(seen.is_none_or(|seen| case.days_since(seen.last) > case.limit));
    }
    if idle > 0 {
        case.log_reaches(case.limit)?;
    }
    fail_if(idle > 0, || format!("{idle} of {} people have not used it for {} days", users.len(), case.limit))
}

fn everyones(case: &Case<'_>, assignment: &Record) -> Answer {
    let app = case.org().find("app", assignment.parent.as_deref().unwrap_or_default());
    concerns(app.is_some_and(|app| is_active(app) && is_critical(case, app)))?;
    let everyone = case.org().find("group", own_id(assignment)).is_some_and(is_everyone);
    fail_if(everyone, || "a critical app that everybody has".to_owned())
}

fn direct(case: &Case<'_>, app: &Record) -> Answer {
    let users = case.org().children("app_user", &app.id);
    concerns(is_used_by_people(app) && !users.is_empty())?;
    let direct = users.iter().filter(|user| user.text("/scope") == "USER").count();
    let share = i64::try_from(direct * 100 / users.len()).unwrap_or(100);
    case.at_most(share, "assigned one by one to", "percent of its people")
}

fn left_behind<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let off = case.org().records("app").iter().filter(|app| app.text("/status") == "INACTIVE");
    let judge = |app: &Record| {
        let users = case.org().children("app_user", &app.id).len();
        let keys = case.org().children("app_jwk", &app.id).len();
        fail_if(users + keys > 0, || format!("inactive, with {users} people and {keys} keys"))
    };
    off.map(|app| Verdict { about: About::Record("app", app), answer: judge(app) }).collect()
}

fn expiring<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    const ENDS: &[(&str, &str)] = &[
        ("app_key", "/expiresAt"),
        ("authorization_server_key", "/expiresAt"),
        ("domain", "/publicCertificate/expiration"),
        ("identity_provider_key", "/expiresAt"),
        ("identity_provider_signing_key", "/expiresAt"),
    ];
    let signing = signing_keys(case);
    let of = |&(entity, pointer): &(&'static str, &'static str)| {
        let found = case.org().records(entity).iter();
        let counts = |record: &&Record| {
            entity != "app_key" || signing.get(record.parent.as_deref().unwrap_or_default()) == Some(&own_id(record))
        };
        let judged = found.filter(counts).filter_map(|record| Some((record, end(record, pointer)?)));
        judged
            .map(|(record, answer)| Verdict {
                about: About::Record(entity, record),
                answer: answer.and_then(|end| ends(case, end)),
            })
            .collect::<Vec<_>>()
    };
    let mut verdicts: Vec<Verdict<'a>> = ENDS.iter().flat_map(of).collect();
    // Apps that sign with a certificate of their own are known by it alone.
    if !signing.is_empty() {
        verdicts.extend(case.want("app_key").err().map(|missing| Verdict { about: About::Org, answer: Err(missing) }));
    }
    verdicts
}

/// The key with which each app signs assertions; an app keeps its old ones too.
fn signing_keys<'a>(case: &Case<'a>) -> BTreeMap<&'a str, &'a str> {
    let apps = case.org().records("app").iter();
    let signs = apps.filter(|app| is_active(app) && app.text("/signOnMode").starts_with("SAML"));
    signs.map(|app| (app.id.as_str(), app.text("/credentials/signing/kid"))).collect()
}

fn end(record: &Record, pointer: &str) -> Option<Result<Timestamp, Unjudged>> {
    record.has(pointer).then(|| record.time(pointer).ok_or_else(|| unknown("the end of this certificate is no time")))
}

fn ends(case: &Case<'_>, end: Timestamp) -> Answer {
    let left = -case.days_since(end);
    if left < 0 {
        return fail_if(true, || format!("expired {} days ago", -left));
    }
    case.at_least(left, "expires in", "days")
}
