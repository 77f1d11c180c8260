//! How long sessions live and when somebody is asked again.

use crate::inventory::{Engine, Record};
use crate::posture::access_rule::reauthenticates_after;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, at_most, both, each, setting};
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{Answer, Outcome, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::{allowing, allows, certain, is_active, looks_at_network, policies, rules};
use crate::posture::profile::Profile;
use crate::posture::words::minutes;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "session-admin-console-idle",
        title: "Admin Console idle time",
        question: "May an admin's console idle for longer than 15 minutes?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &["STIG OKTA-APP-000025", "NIST 800-53 AC-11", "NIST 800-53 AC-12", "ATT&CK T1539"],
        reads: &[setting("first_party_app_setting")],
        limit: Some(at_most(15, "minutes")),
        remedy: "Applications > Okta Admin Console > Sign On > Maximum app session idle time",
        ..Check::with(Logic::Each(console_idle))
    },
    Check {
        id: "session-admin-console-lifetime",
        title: "Admin Console session lifetime",
        question: "May a session of the Admin Console live for longer than 12 hours?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &["NIST 800-53 AC-12", "ATT&CK T1539"],
        reads: &[setting("first_party_app_setting")],
        limit: Some(at_most(720, "minutes")),
        remedy: "Applications > Okta Admin Console > Sign On > Maximum app session lifetime",
        ..Check::with(Logic::Each(console_lifetime))
    },
    Check {
        id: "session-binding-off",
        title: "Session roaming is not blocked",
        question: "Does the org end sessions whose ASN or IP changes?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &["NIST 800-53 SC-23", "ATT&CK T1539"],
        reads: &[each("feature")],
        facts: &[Fact::Event],
        remedy: "Security > General > Organization Security: IP/ASN binding for Admin Console",
        ..Check::with(Logic::Org(binding))
    },
    Check {
        id: "session-global-idle",
        title: "Global session idle time",
        question: "Which global session rule lets an idle session live longer than n minutes?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &[
            "STIG OKTA-APP-000020",
            "NIST 800-53 AC-12",
            "NIST 800-53 AC-11",
            "CIS 4.3",
            "SOC2 CC6.1",
            "ATT&CK T1539",
        ],
        reads: &[each("policy_rule"), both("policy")],
        limit: Some(at_most(120, "minutes").stig(15)),
        remedy: "Security > Global Session Policy > rule > Maximum Okta global session idle time",
        ..Check::with(Logic::Each(idle))
    },
    Check {
        id: "session-global-lifetime",
        title: "Global session lifetime",
        question: "Which rule has a lifetime over n hours or none?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &[
            "STIG OKTA-APP-001665",
            "NIST 800-53 AC-12",
            "NIST 800-53 AC-11",
            "CIS 4.3",
            "SOC2 CC6.1",
            "ATT&CK T1539",
        ],
        reads: &[each("policy_rule"), both("policy")],
        limit: Some(at_most(1080, "minutes")),
        remedy: "Security > Global Session Policy > rule > Maximum Okta global session lifetime",
        ..Check::with(Logic::Each(lifetime))
    },
    Check {
        id: "session-global-no-zone",
        title: "Global session policy without a network condition",
        question: "Which active policy never looks at the network?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &["STIG OKTA-APP-003242", "NIST 800-53 AC-3", "NIST 800-53 SC-7", "CIS 13.5", "ATT&CK T1078"],
        reads: &[each("policy"), both("policy_rule")],
        remedy: "Security > Global Session Policy > rule > IF User's IP is",
        ..Check::with(Logic::Each(no_zone))
    },
    Check {
        id: "session-mfa-remembered",
        title: "MFA remembered on the device for long",
        question: "For how long is MFA skipped on a remembered device?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &["NIST 800-63B", "ATT&CK T1539"],
        reads: &[each("policy_rule"), both("policy")],
        limit: Some(at_most(720, "minutes")),
        remedy: "Security > Global Session Policy > rule > Users will be prompted for MFA: At every sign in",
        ..Check::with(Logic::Each(remembered))
    },
    Check {
        id: "session-persistent-cookie",
        title: "Global session cookie survives the browser",
        question: "Which rule keeps the session cookie across browser restarts?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &[
            "STIG OKTA-APP-001710",
            "NIST 800-53 IA-11",
            "NIST 800-53 AC-12",
            "ATT&CK T1539",
            "ATT&CK T1550.004",
        ],
        reads: &[each("policy_rule"), both("policy")],
        remedy: "Security > Global Session Policy > rule > Okta global session cookies persist across browser sessions: Disabled",
        ..Check::with(Logic::Each(persistent_cookie))
    },
    Check {
        id: "session-reauth-never",
        title: "App policy never asks again",
        question: "Which app access rule never re-authenticates or allows over n hours?",
        severity: Severity::Medium,
        domain: Domain::Sessions,
        standards: &["NIST 800-53 IA-11", "ATT&CK T1539"],
        reads: &[each("policy_rule"), both("policy")],
        engine: Some(Engine::Identity),
        limit: Some(at_most(720, "minutes")),
        remedy: "Security > App sign-in policies > rule > Prompt for authentication",
        ..Check::with(Logic::Each(reauthentication))
    },
];

fn idle(case: &Case<'_>, rule: &Record) -> Answer {
    allowing(case, rule, "OKTA_SIGN_ON")?;
    let found = rule.want_number("/actions/signon/session/maxSessionIdleMinutes")?;
    certain(rule, within(case, "idle", found))
}

fn lifetime(case: &Case<'_>, rule: &Record) -> Answer {
    allowing(case, rule, "OKTA_SIGN_ON")?;
    let found = rule.want_number("/actions/signon/session/maxSessionLifetimeMinutes")?;
    certain(rule, within(case, "lifetime", found))
}

/// Okta writes 0 where there is no limit.
fn within(case: &Case<'_>, what: &str, found: i64) -> Answer {
    let value = if found == 0 { "without a limit".to_owned() } else { minutes(found) };
    fail_if(found == 0 || found > case.limit, || format!("{what} {value}, limit {}", minutes(case.limit)))
}

fn persistent_cookie(case: &Case<'_>, rule: &Record) -> Answer {
    allowing(case, rule, "OKTA_SIGN_ON")?;
    let persists = rule.want_flag("/actions/signon/session/usePersistentCookie")?;
    certain(rule, fail_if(persists, || "the session cookie outlives the browser".to_owned()))
}

fn no_zone(case: &Case<'_>, policy: &Record) -> Answer {
    concerns(policy.text("/type") == "OKTA_SIGN_ON" && is_active(policy))?;
    if case.settings().profile == Profile::Default && every_app_policy_has_zone(case) {
        return Ok(Outcome::Pass);
    }
    for rule in rules(case, &policy.id) {
        match looks_at_network(rule) {
            Some(true) => return Ok(Outcome::Pass),
            Some(false) if allows(rule)? => break,
            Some(false) => {}
            None => return Err(unknown("the network condition of a rule is not known here")),
        }
    }
    pass_if(false, || "the first rule that lets in looks at no network zone".to_owned())
}

fn every_app_policy_has_zone(case: &Case<'_>) -> bool {
    let has_zone = |policy: &Record| rules(case, &policy.id).iter().any(|rule| looks_at_network(rule) == Some(true));
    let mut all = policies(case, "ACCESS_POLICY").peekable();
    all.peek().is_some() && all.all(has_zone)
}

fn remembered(case: &Case<'_>, rule: &Record) -> Answer {
    allowing(case, rule, "OKTA_SIGN_ON")?;
    let remembers = rule.flag("/actions/signon/rememberDeviceByDefault") == Some(true);
    let answer = match rule.text("/actions/signon/factorPromptMode") {
        "ALWAYS" => fail_if(remembers, || "devices are remembered by default".to_owned()),
        "DEVICE" | "TIME" => {
            let lifetime = rule.want_number("/actions/signon/factorLifetime")?;
            let words =
                || format!("the second factor is remembered for {}, limit {}", minutes(lifetime), minutes(case.limit));
            fail_if(remembers || lifetime > case.limit, words)
        }
        "" => {
            concerns(rule.flag("/actions/signon/requireFactor") == Some(true) || remembers)?;
            fail_if(remembers, || "devices are remembered by default".to_owned())
        }
        other => Err(unknown(format!("the prompt mode `{other}` is not known here"))),
    };
    certain(rule, answer)
}

fn console_idle(case: &Case<'_>, setting: &Record) -> Answer {
    within(case, "idle", setting.number("/sessionIdleTimeoutMinutes").unwrap_or(0))
}

fn console_lifetime(case: &Case<'_>, setting: &Record) -> Answer {
    within(case, "lifetime", setting.number("/sessionMaxLifetimeMinutes").unwrap_or(0))
}

fn reauthentication(case: &Case<'_>, rule: &Record) -> Answer {
    allowing(case, rule, "ACCESS_POLICY")?;
    let every = reauthenticates_after(rule)?;
    let value = every.map_or_else(|| "never".to_owned(), |every| format!("after {}", minutes(every)));
    let is_late = every.is_none_or(|every| every > case.limit);
    certain(rule, fail_if(is_late, || format!("asks again {value}, limit {}", minutes(case.limit))))
}

fn binding(case: &Case<'_>) -> Answer {
    let binds = |name: &str| {
        name.contains("binding") && (name.contains("ip") || name.contains("asn") || name.contains("session"))
    };
    let features = case.org().records("feature").iter();
    let mut found = features.filter(|feature| binds(&feature.text("/name").to_lowercase())).peekable();
    if found.peek().is_some() {
        let is_off = |feature: &Record| feature.text("/status") != "ENABLED";
        return fail_if(found.all(is_off), || "the feature that binds sessions to their network is off".to_owned());
    }
    match case.seen(Fact::Event, "security.session.detect_client_roaming")? {
        Some(_) => Ok(Outcome::Pass),
        None => Err(unknown(
            "Okta has no endpoint for this setting, and the log no event that shows it: look in the Admin Console",
        )),
    }
}
