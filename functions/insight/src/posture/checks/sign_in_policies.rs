//! Rules that let in whom they should not, that nobody reaches, or that ask for too little.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Engine, Record};
use crate::posture::access_rule::{policy_of_app, resists_phishing, takes_one_factor};
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, both, each, speaks_for, within};
use crate::posture::fields::Fields;
use crate::posture::outcome::{About, Answer, Outcome, Unjudged, Verdict, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::{
    allowing, allows, certain, is_active, looks_at_network, policies, policy_of, rules, set_conditions,
    unknown_condition,
};
use crate::posture::words::{name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "policy-account-management-weak",
        title: "Password reset and factor enrolment with weak proof",
        question: "What must a user prove to enrol a factor, reset or unlock?",
        severity: Severity::High,
        domain: Domain::SignInPolicies,
        standards: &["NIST 800-53 IA-5(1)", "NIST 800-63B", "ATT&CK T1556.006", "ATT&CK T1621"],
        reads: &[each("policy_rule"), both("policy")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > Okta account management policy; Password policy > Recovery authenticators",
        ..Check::with(Logic::Each(recovery_proof))
    },
    Check {
        id: "policy-app-no-zone",
        title: "App policy without a network condition",
        question: "Which app sign-in policy never looks at the network?",
        severity: Severity::Medium,
        domain: Domain::SignInPolicies,
        standards: &["STIG OKTA-APP-003244", "NIST 800-53 AC-3", "NIST 800-53 SC-7", "ATT&CK T1078"],
        reads: &[each("policy"), speaks_for("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > policy > rule > AND User's IP is",
        ..Check::with(Logic::Each(app_policy_zone))
    },
    Check {
        id: "policy-catch-all-allows",
        title: "Catch-all rule allows",
        question: "Which app policy's catch-all rule grants access?",
        severity: Severity::Medium,
        domain: Domain::SignInPolicies,
        standards: &["STIG OKTA-APP-003244", "NIST 800-53 AC-3", "ATT&CK T1078"],
        reads: &[each("policy_rule"), both("policy"), within("app")],
        engine: Some(Engine::Identity),
        remedy: "Security > App sign-in policies > policy > Catch-all Rule: Access is Denied",
        ..Check::with(Logic::Each(catch_all))
    },
    Check {
        id: "policy-entity-risk-no-action",
        title: "ITP sees risk and does nothing",
        question: "Do the entity risk and session policies act on HIGH?",
        severity: Severity::High,
        domain: Domain::SignInPolicies,
        standards: &["NIST 800-53 SI-4", "NIST 800-53 IR-4", "ATT&CK T1539"],
        reads: &[each("policy"), speaks_for("policy_rule")],
        engine: Some(Engine::Identity),
        remedy: "Security > Entity risk policy; Session protection: Enforcement",
        ..Check::with(Logic::Org(entity_risk))
    },
    Check {
        id: "policy-excluded-people",
        title: "Users exempt from a policy",
        question: "Which people or groups are excluded from MFA or session rules?",
        severity: Severity::High,
        domain: Domain::SignInPolicies,
        standards: &["NIST 800-53 AC-6", "NIST 800-53 CM-3", "ATT&CK T1556.006"],
        reads: &[each("policy_rule"), both("policy"), within("user")],
        remedy: "Security > policies > rule > Exclude users: only the declared break-glass accounts",
        ..Check::with(Logic::Each(exclusions))
    },
    Check {
        id: "policy-inactive-strong-rule",
        title: "Strong rule is inactive or shadowed",
        question: "Is there a rule that no request can reach, or a strong one that is off?",
        severity: Severity::Medium,
        domain: Domain::SignInPolicies,
        standards: &["NIST 800-53 CM-6", "ATT&CK T1556.006"],
        reads: &[each("policy_rule"), both("policy")],
        remedy: "Security > policies > policy: activate the strict rule, or move it above the rule that hides it",
        ..Check::with(Logic::Some(unreachable_rules))
    },
    Check {
        id: "policy-risk-not-used",
        title: "Risk score used by no rule",
        question: "Does any rule raise the bar for high risk or new behaviour?",
        severity: Severity::Medium,
        domain: Domain::SignInPolicies,
        standards: &["NIST 800-53 IA-10", "ATT&CK T1078"],
        reads: &[speaks_for("policy_rule")],
        remedy: "Security > App sign-in policies > rule > AND Risk is; AND Behavior is",
        ..Check::with(Logic::Org(risk))
    },
    Check {
        id: "session-global-no-mfa",
        title: "Global session policy asks for a password only",
        question: "Which active rule allows access with neither a second factor nor a delegated app policy?",
        severity: Severity::High,
        domain: Domain::Sessions,
        standards: &["NIST 800-53 IA-2(1)", "CIS 6.3", "SOC2 CC6.1", "ATT&CK T1078"],
        reads: &[each("policy_rule"), both("policy")],
        remedy: "Security > Global Session Policy > rule > Multifactor authentication is: Required",
        ..Check::with(Logic::Each(global_without_mfa))
    },
];

fn global_without_mfa(case: &Case<'_>, rule: &Record) -> Answer {
    allowing(case, rule, "OKTA_SIGN_ON")?;
    if rule.want_flag("/actions/signon/requireFactor")?
        || rule.text("/actions/signon/primaryFactor") == "PASSWORD_IDP_ANY_FACTOR"
    {
        return Ok(Outcome::Pass);
    }
    for policy in policies(case, "ACCESS_POLICY") {
        for weak in rules(case, &policy.id).into_iter().filter(|rule| allows(rule) == Ok(true)) {
            if takes_one_factor(weak)? {
                let words =
                    || format!("asks for a password only, and so does the app policy {}", name(policy.text("/name")));
                return certain(rule, pass_if(false, words));
            }
        }
    }
    // Without app policies, as on Classic Engine, there is nobody else to ask.
    let is_last = policies(case, "ACCESS_POLICY").next().is_none();
    certain(rule, fail_if(is_last, || "asks for a password only".to_owned()))
}

fn catch_all(case: &Case<'_>, rule: &Record) -> Answer {
    let policy = policy_of(case, rule, "ACCESS_POLICY")?;
    concerns(rule.flag("/system") == Some(true) && is_active(rule))?;
    let apps = case.org().records("app").iter().filter(|app| policy_of_app(app) == Some(&policy.id)).count();
    fail_if(allows(rule)?, || format!("whoever matches no other rule gets in ({apps} apps)"))
}

fn app_policy_zone(case: &Case<'_>, policy: &Record) -> Answer {
    concerns(policy.text("/type") == "ACCESS_POLICY" && is_active(policy))?;
    let own = rules(case, &policy.id).into_iter().filter(|rule| rule.flag("/system") != Some(true));
    let looks: Vec<Option<bool>> = own.map(looks_at_network).collect();
    if !looks.contains(&Some(true)) && looks.contains(&None) {
        return Err(unknown("the network condition of a rule is not known here"));
    }
    pass_if(looks.contains(&Some(true)), || "no rule looks at a network zone".to_owned())
}

fn exclusions(case: &Case<'_>, rule: &Record) -> Answer {
    let policy = case.org().find("policy", rule.parent.as_deref().unwrap_or_default());
    let kind = policy.map_or("", |policy| policy.text("/type"));
    concerns(matches!(kind, "ACCESS_POLICY" | "MFA_ENROLL" | "OKTA_SIGN_ON") && is_active(rule))?;
    let login = |id: &str| case.org().find("user", id).map(|user| user.text("/profile/login").to_owned());
    let declared = &case.declared().break_glass;
    let is_declared = |id: &str| declared.contains(id) || login(id).is_some_and(|login| declared.contains(&login));
    let people = rule.texts("/conditions/people/users/exclude").into_iter().filter(|id| !is_declared(id));
    let people: Vec<String> = people.map(|id| login(id).unwrap_or_else(|| id.to_owned())).collect();
    let groups = rule.texts("/conditions/people/groups/exclude");
    let words = || {
        let names = people.iter().map(String::as_str).chain(groups.iter().copied());
        format!("{} people and {} groups are exempt: {}", people.len(), groups.len(), some_of(names))
    };
    fail_if(!people.is_empty() || !groups.is_empty(), words)
}

fn unreachable_rules<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let all = case.org().records("policy").iter().filter(|policy| is_active(policy));
    all.flat_map(|policy| of_policy(case, policy)).collect()
}

/// A rule is out of reach if one above it has the same conditions, or none.
fn of_policy<'a>(case: &Case<'a>, policy: &'a Record) -> Vec<Verdict<'a>> {
    let mut above: BTreeMap<String, &str> = BTreeMap::new();
    let mut verdicts = Vec::new();
    let active = rules(case, &policy.id);
    let is_strict = |rule: &Record| resists_phishing(rule) == Ok(true);
    for &rule in &active {
        let answer = match unknown_condition(rule) {
            Some(condition) => Err(unknown(format!("a condition `{}` is not known here", name(condition)))),
            None => reachable(rule, &mut above),
        };
        verdicts.push(Verdict { about: About::Record("policy_rule", rule), answer });
    }
    if policy.text("/type") == "ACCESS_POLICY" && !active.iter().any(|rule| is_strict(rule)) {
        let off =
            case.org().children("policy_rule", &policy.id).iter().filter(|rule| !is_active(rule) && is_strict(rule));
        let words = || "the only rule of its policy that resists phishing is inactive".to_owned();
        verdicts.extend(
            off.map(|rule| Verdict { about: About::Record("policy_rule", rule), answer: pass_if(false, words) }),
        );
    }
    verdicts
}

fn reachable<'a>(rule: &'a Record, above: &mut BTreeMap<String, &'a str>) -> Answer {
    let conditions: Vec<String> = set_conditions(rule).iter().map(|(name, value)| format!("{name}={value}")).collect();
    let key = conditions.join("&");
    let by = above.get("").or_else(|| above.get(&key)).copied();
    above.entry(key).or_insert(rule.text("/name"));
    fail_if(by.is_some(), || {
        format!("never asked: the rule {} above it matches the same people", name(by.unwrap_or_default()))
    })
}

fn risk(case: &Case<'_>) -> Answer {
    let uses_risk = |rule: &Record| {
        let level = rule.text("/conditions/riskScore/level");
        let expression = rule.text("/conditions/elCondition/condition");
        let listed = !rule.list("/conditions/risk/behaviors").is_empty();
        !matches!(level, "" | "ANY")
            || expression.contains("security.risk")
            || expression.contains("behaviors")
            || listed
    };
    let found = case.org().records("policy_rule").iter().any(|rule| is_active(rule) && uses_risk(rule));
    pass_if(found, || "no rule asks for more at a high risk or a new behavior".to_owned())
}

fn entity_risk(case: &Case<'_>) -> Answer {
    let mut policies = policies(case, "ENTITY_RISK").peekable();
    if policies.peek().is_none() {
        return Err(Unjudged::NotApplicable(
            "the org has no entity risk policy, which comes with Identity Threat Protection".to_owned(),
        ));
    }
    let acts = |rule: &&Record| {
        let is_high = matches!(rule.text("/conditions/entityRisk/level"), "" | "ANY" | "HIGH");
        let actions = rule.list("/actions/entityRisk/actions").iter().map(|action| action.text("/action"));
        is_high && actions.into_iter().any(|action| matches!(action, "TERMINATE_ALL_SESSIONS" | "RUN_WORKFLOW"))
    };
    let acts = policies.any(|policy| rules(case, &policy.id).iter().any(acts));
    pass_if(acts, || "no active rule acts at a high risk".to_owned())
}

fn recovery_proof(case: &Case<'_>, rule: &Record) -> Answer {
    const RESET: &str = "/actions/selfServicePasswordReset";
    policy_of(case, rule, "PASSWORD")?;
    concerns(is_active(rule) && rule.text(&format!("{RESET}/access")) == "ALLOW")?;
    if rule.text(&format!("{RESET}/requirement/accessControl")) == "AUTH_POLICY" {
        return account_management(case);
    }
    let methods: BTreeSet<&str> = rule.texts(&format!("{RESET}/requirement/primary/methods")).into_iter().collect();
    if methods.is_empty() {
        return Err(unknown("Okta sent no methods of the self-service reset"));
    }
    let steps_up = rule.flag(&format!("{RESET}/requirement/stepUp/required")) == Some(true);
    let weak: Vec<&str> = methods.into_iter().filter(|method| matches!(*method, "sms" | "voice" | "email")).collect();
    fail_if(!weak.is_empty() && !steps_up, || {
        format!("a password is reset with {} alone", some_of(weak.iter().copied()))
    })
}

fn account_management(case: &Case<'_>) -> Answer {
    let is_it = |policy: &&Record| policy.text("/name").eq_ignore_ascii_case("Okta account management policy");
    let policy = policies(case, "ACCESS_POLICY").find(is_it);
    let policy = policy.ok_or_else(|| unknown("the Okta account management policy was not read"))?;
    let strict = rules(case, &policy.id).into_iter().any(|rule| resists_phishing(rule) == Ok(true));
    pass_if(strict, || {
        "no rule of the Okta account management policy demands a factor that resists phishing".to_owned()
    })
}
