//! What somebody must prove to open the Admin Console, the Dashboard and apps.

use crate::inventory::{Engine, Record};
use crate::posture::access_rule::{own_app, policy_of_app, resists_phishing, takes_one_factor};
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, both, each};
use crate::posture::fields::Fields;
use crate::posture::outcome::{About, Answer, Outcome, Unjudged, Verdict, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::{allows, certain, is_active, rules};
use crate::posture::words::{name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "mfa-admin-console-phishing-resistant",
        title: "Admin Console takes phishable factors",
        question: "Can an admin sign in with push, SMS or OTP?",
        severity: Severity::High,
        domain: Domain::SignInPolicies,
        standards: &[
            "STIG OKTA-APP-000190",
            "NIST 800-53 IA-2(8)",
            "NIST 800-63B",
            "CIS 6.5",
            "ATT&CK T1557",
            "ATT&CK T1621",
        ],
        reads: &[each("app"), both("policy"), both("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > Okta Admin Console > rule > Possession factor constraints are: Phishing resistant",
        ..Check::with(Logic::Some(console_phishing))
    },
    Check {
        id: "mfa-admin-console-required",
        title: "Admin Console needs two factors",
        question: "Can anyone reach the Admin Console with one factor?",
        severity: Severity::Critical,
        domain: Domain::SignInPolicies,
        standards: &["STIG OKTA-APP-000560", "NIST 800-53 IA-2(1)", "CIS 6.5", "SOC2 CC6.1", "ATT&CK T1078.004"],
        reads: &[each("app"), both("policy"), both("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > Okta Admin Console > rule > User must authenticate with: Any 2 factor types",
        ..Check::with(Logic::Some(console_factors))
    },
    Check {
        id: "mfa-app-privileged-phishable",
        title: "Crown-jewel apps with phishable factors",
        question: "Which apps tagged critical (cloud consoles, password managers, code, HR, VPN) take a phishable factor?",
        severity: Severity::High,
        domain: Domain::SignInPolicies,
        standards: &["NIST 800-53 IA-2(8)", "ATT&CK T1078"],
        reads: &[each("app"), both("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > the app's policy > rule > Possession factor constraints are: Phishing resistant",
        ..Check::with(Logic::Each(critical_phishing))
    },
    Check {
        id: "mfa-app-single-factor",
        title: "Apps that one factor opens",
        question: "Which active apps have an allowing rule with 1FA?",
        severity: Severity::High,
        domain: Domain::SignInPolicies,
        standards: &["NIST 800-53 IA-2", "CIS 6.3", "ATT&CK T1078"],
        reads: &[each("app"), both("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > the app's policy",
        ..Check::with(Logic::Each(app_factors))
    },
    Check {
        id: "mfa-dashboard-phishing-resistant",
        title: "Dashboard takes phishable factors",
        question: "Can the Dashboard be opened with a phishable factor?",
        severity: Severity::Medium,
        domain: Domain::SignInPolicies,
        standards: &["STIG OKTA-APP-000180", "NIST 800-53 IA-2(8)", "ATT&CK T1557"],
        reads: &[each("app"), both("policy"), both("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > Okta Dashboard > rule > Possession factor constraints are: Phishing resistant",
        ..Check::with(Logic::Some(dashboard_phishing))
    },
    Check {
        id: "mfa-dashboard-required",
        title: "End-user Dashboard with one factor",
        question: "Can a user open the Dashboard with one factor?",
        severity: Severity::High,
        domain: Domain::SignInPolicies,
        standards: &["STIG OKTA-APP-000570", "NIST 800-53 IA-2(2)", "CIS 6.3", "ATT&CK T1078"],
        reads: &[each("app"), both("policy"), both("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > Okta Dashboard > rule > User must authenticate with: Any 2 factor types",
        ..Check::with(Logic::Some(dashboard_factors))
    },
    Check {
        id: "policy-app-no-device-condition",
        title: "Privileged apps from any device",
        question: "Which critical apps may be reached from unmanaged or unregistered devices?",
        severity: Severity::Medium,
        domain: Domain::SignInPolicies,
        standards: &["NIST 800-53 AC-20", "NIST 800-53 IA-3", "CIS 1.2", "ATT&CK T1078"],
        reads: &[each("app"), against("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > the app's policy > rule > AND Device state is / Device assurance policy is",
        ..Check::with(Logic::Each(device_condition))
    },
];

/// Apps that open many others, by their names in Okta's integration network.
const CRITICAL_APPS: &[&str] = &[
    "1password",
    "amazon_aws",
    "amazon_aws_sso",
    "bitwarden",
    "cyberark",
    "github",
    "githubcloud",
    "gitlab",
    "google",
    "hashicorp_vault",
    "lastpass",
    "office365",
    "okta_org2org",
    "paloaltonetworks",
    "salesforce",
    "servicenow",
    "snowflake",
    "workday",
    "zscaler",
];

fn console_factors<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    of_own_app(case, "saasure", two_factors)
}

fn console_phishing<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    of_own_app(case, "saasure", not_phishable)
}

fn dashboard_factors<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    of_own_app(case, "okta_enduser", two_factors)
}

fn dashboard_phishing<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    of_own_app(case, "okta_enduser", not_phishable)
}

/// Judges the rules of the policy of one of Okta's own apps.
fn of_own_app<'a>(case: &Case<'a>, app: &str, judge: fn(&Record) -> Answer) -> Vec<Verdict<'a>> {
    let policy = own_app(case, app).and_then(|app| {
        policy_of_app(app)
            .ok_or_else(|| unknown(format!("Okta sent no sign-in policy of its app `{}`", app.text("/name"))))
    });
    let found = policy.and_then(|policy| {
        let found = rules(case, policy);
        if found.is_empty() { Err(unknown("the rules of its sign-in policy were not read")) } else { Ok(found) }
    });
    match found {
        Err(missing) => vec![Verdict { about: About::Org, answer: Err(missing) }],
        Ok(rules) => {
            let verdict = |rule| Verdict { about: About::Record("policy_rule", rule), answer: of_rule(rule, judge) };
            rules.into_iter().map(verdict).collect()
        }
    }
}

fn of_rule(rule: &Record, judge: fn(&Record) -> Answer) -> Answer {
    concerns(allows(rule)?)?;
    certain(rule, judge(rule))
}

fn two_factors(rule: &Record) -> Answer {
    fail_if(takes_one_factor(rule)?, || "lets in with one factor".to_owned())
}

fn not_phishable(rule: &Record) -> Answer {
    pass_if(resists_phishing(rule)?, || "lets in with a factor that can be phished".to_owned())
}

fn app_factors(case: &Case<'_>, app: &Record) -> Answer {
    concerns(opens_something(app))?;
    of_rules_of(case, app, "with one factor", |rule| takes_one_factor(rule).map(|is_weak| !is_weak))
}

fn critical_phishing(case: &Case<'_>, app: &Record) -> Answer {
    concerns(opens_something(app) && is_critical(case, app))?;
    of_rules_of(case, app, "with a factor that can be phished", resists_phishing)
}

/// A bookmark is an address and opens nothing.
fn opens_something(app: &Record) -> bool {
    is_active(app) && app.text("/signOnMode") != "BOOKMARK" && policy_of_app(app).is_some()
}

pub(super) fn is_critical(case: &Case<'_>, app: &Record) -> bool {
    let declared = &case.declared().critical_apps;
    let is_named = |text: &str| declared.contains(text) || (declared.is_empty() && CRITICAL_APPS.contains(&text));
    is_named(app.text("/name")) || is_named(app.text("/label"))
}

/// Whether every rule that lets into an app is good; what cannot be read counts only if no rule is bad.
fn of_rules_of(case: &Case<'_>, app: &Record, how: &str, is_good: fn(&Record) -> Result<bool, Unjudged>) -> Answer {
    let policy = policy_of_app(app).unwrap_or_default();
    let mut answer = Ok(Outcome::Pass);
    for rule in rules(case, policy) {
        let judged = allows(rule).and_then(|allows| Ok(!allows || is_good(rule)?));
        match judged.and_then(|is_good| {
            certain(rule, pass_if(is_good, || format!("rule {} lets in {how}", name(rule.text("/name")))))
        }) {
            Ok(Outcome::Pass) => {}
            Ok(fail) => return Ok(fail),
            Err(missing) => answer = Err(missing),
        }
    }
    answer
}

fn device_condition(case: &Case<'_>, app: &Record) -> Answer {
    concerns(opens_something(app) && is_critical(case, app))?;
    let demands = |rule: &&Record| {
        let assured = !rule.list("/conditions/device/assurance/include").is_empty();
        assured || rule.flag("/conditions/device/managed") == Some(true)
    };
    let allowing =
        rules(case, policy_of_app(app).unwrap_or_default()).into_iter().filter(|rule| allows(rule) == Ok(true));
    let open: Vec<&str> = allowing.filter(|rule| !demands(rule)).map(|rule| rule.text("/name")).collect();
    fail_if(!open.is_empty(), || format!("any device is let in by {}", some_of(open.iter().copied())))
}
