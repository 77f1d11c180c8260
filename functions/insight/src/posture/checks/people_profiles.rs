//! What profiles say: who is responsible, what is missing, and what people can write that grants them access.

use std::collections::BTreeMap;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, both, each};
use crate::posture::checks::people::is_here;
use crate::posture::checks::people_factors::can_sign_in;
use crate::posture::fields::Fields;
use crate::posture::outcome::{About, Answer, Unjudged, Verdict, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::is_active;
use crate::posture::words::{name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "user-attr-self-writable-grants",
        title: "User can edit what grants access",
        question: "Which self-writable profile attribute is read by a group rule or an app mapping?",
        severity: Severity::High,
        domain: Domain::People,
        standards: &["NIST 800-53 AC-6", "NIST 800-53 AC-3", "ATT&CK T1098", "ATT&CK T1484"],
        reads: &[each("user_schema"), against("group_rule")],
        remedy: "Directory > Profile Editor > attribute > User permission: Read Only",
        ..Check::with(Logic::Each(self_writable))
    },
    Check {
        id: "user-duplicate-identity",
        title: "Two accounts for a person",
        question: "Which e-mail address or employee number is on more than one active account?",
        severity: Severity::Low,
        domain: Domain::People,
        standards: &["NIST 800-53 IA-4"],
        reads: &[each("user"), both("user")],
        remedy: "Directory > People: deactivate one of the accounts",
        ..Check::with(Logic::Some(duplicates))
    },
    Check {
        id: "user-external-secondary-email",
        title: "Recovery address outside the company",
        question: "Whose secondary e-mail is on a free-mail or foreign domain?",
        severity: Severity::Low,
        domain: Domain::People,
        standards: &["NIST 800-53 IA-5", "ATT&CK T1078"],
        reads: &[each("user")],
        remedy: "Directory > People > the person > Profile > Secondary email",
        ..Check::with(Logic::Each(secondary_email))
    },
    Check {
        id: "user-manager-gone",
        title: "Manager is gone",
        question: "Whose manager is deactivated or unknown?",
        severity: Severity::Low,
        domain: Domain::People,
        standards: &["NIST 800-53 AC-2", "SOC2 CC6.3"],
        reads: &[each("user"), both("user")],
        remedy: "The HR source, or Directory > People > the person > Profile > Manager",
        ..Check::with(Logic::Some(manager_gone))
    },
    Check {
        id: "user-mandatory-field-missing",
        title: "Mandatory profile field missing",
        question: "Which users lack a mandatory field (manager, cost centre)?",
        severity: Severity::Info,
        domain: Domain::People,
        standards: &["NIST 800-53 AC-2"],
        reads: &[each("user")],
        remedy: "Directory > Profile Editor > attribute > Required",
        ..Check::with(Logic::Each(field_missing))
    },
    Check {
        id: "user-type-missing",
        title: "User type missing",
        question: "Which users have no user type?",
        severity: Severity::Info,
        domain: Domain::People,
        standards: &["NIST 800-53 AC-2"],
        reads: &[each("user")],
        remedy: "Directory > People > the person > Profile > User type",
        ..Check::with(Logic::Each(type_missing))
    },
];

fn type_missing(_: &Case<'_>, user: &Record) -> Answer {
    is_here(user)?;
    pass_if(!user.text("/profile/userType").is_empty(), || "no user type".to_owned())
}

fn field_missing(case: &Case<'_>, user: &Record) -> Answer {
    is_here(user)?;
    let wanted = &case.declared().mandatory_fields;
    if wanted.is_empty() {
        return Err(Unjudged::NotApplicable("no mandatory field is declared (`declared.mandatory_fields`)".to_owned()));
    }
    let lacking: Vec<&str> =
        wanted.iter().map(String::as_str).filter(|field| !user.has(&format!("/profile/{field}"))).collect();
    fail_if(!lacking.is_empty(), || format!("lacks {}", some_of(lacking.iter().copied())))
}

fn manager_gone<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let users = case.org().records("user");
    let mut by_name: BTreeMap<&str, &Record> = BTreeMap::new();
    for user in users {
        let names = [user.id.as_str(), user.text("/profile/login"), user.text("/profile/employeeNumber")];
        by_name.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (name, user)));
    }
    let judge = |user: &Record| {
        let manager = user.text("/profile/managerId");
        concerns(can_sign_in(user) && !manager.is_empty())?;
        match by_name.get(manager) {
            None => fail_if(true, || format!("the manager {} is nobody here", name(manager))),
            Some(found) => pass_if(found.text("/status") == "ACTIVE", || {
                format!("the manager {} is {}", name(manager), found.text("/status"))
            }),
        }
    };
    users.iter().map(|user| Verdict { about: About::Record("user", user), answer: judge(user) }).collect()
}

fn self_writable(case: &Case<'_>, schema: &Record) -> Answer {
    let own = own_attributes(schema);
    let rules = case.org().records("group_rule").iter().filter(|rule| is_active(rule));
    let found = rules.filter_map(|rule| {
        let expression = rule.text("/conditions/expression/value");
        let attribute = own.iter().find(|attribute| names(expression, attribute))?;
        Some(format!("{} (rule {})", name(attribute), name(rule.text("/name"))))
    });
    let found: Vec<String> = found.collect();
    fail_if(!found.is_empty(), || {
        format!("people write themselves what grants access: {}", some_of(found.iter().map(String::as_str)))
    })
}

/// The attributes that people write of themselves.
pub(super) fn own_attributes(schema: &Record) -> Vec<&str> {
    let sections = ["base", "custom"]
        .into_iter()
        .filter_map(|section| schema.json.pointer(&format!("/definitions/{section}/properties"))?.as_object());
    let is_own = |permission: &serde_json::Value| {
        permission.text("/principal") == "SELF" && permission.text("/action") == "READ_WRITE"
    };
    let all = sections.flatten().filter(|(_, attribute)| attribute.list("/permissions").iter().any(is_own));
    all.map(|(attribute, _)| attribute.as_str()).collect()
}

/// Whether an expression reads `user.attribute`, not one whose name only begins so.
pub(super) fn names(expression: &str, attribute: &str) -> bool {
    let prefix = "user.";
    expression.match_indices(prefix).any(|(at, _)| {
        let rest = &expression[at + prefix.len()..];
        let rest = rest.strip_prefix("profile.").unwrap_or(rest);
        let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(rest.len());
        &rest[..end] == attribute
    })
}

fn duplicates<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let users = || case.org().records("user").iter().filter(|user| can_sign_in(user));
    let keys = |user: &'a Record| {
        let email = user.text("/profile/email").to_lowercase();
        [("e-mail address", email), ("employee number", user.text("/profile/employeeNumber").to_owned())]
    };
    let mut owners: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for key in users().flat_map(keys).filter(|(_, value)| !value.is_empty()) {
        *owners.entry(key).or_default() += 1;
    }
    let judge = |user: &'a Record| {
        let shared = keys(user).into_iter().find(|key| owners.get(key).is_some_and(|count| *count > 1));
        fail_if(shared.is_some(), || {
            format!("another active account has the same {}", shared.map_or("", |(kind, _)| kind))
        })
    };
    users().map(|user| Verdict { about: About::Record("user", user), answer: judge(user) }).collect()
}

fn secondary_email(case: &Case<'_>, user: &Record) -> Answer {
    let second = user.text("/profile/secondEmail");
    concerns(can_sign_in(user) && !second.is_empty())?;
    let domains = &case.declared().domains;
    if domains.is_empty() {
        return Err(unknown("the org's own domains are not declared (`declared.domains`)"));
    }
    let domain = second.rsplit('@').next().unwrap_or_default().to_lowercase();
    let is_own =
        domains.iter().any(|own| domain == own.to_lowercase() || domain.ends_with(&format!(".{}", own.to_lowercase())));
    pass_if(is_own, || format!("the recovery address is at {}", name(&domain)))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_attribute_is_found_by_its_whole_name() {
        assert!(names("user.team == \"x\"", "team") && names("(user.profile.team) != null", "team"));
        assert!(!names("user.teamLead == 1", "team") && !names("appuser.team", "teams") && !names("", "team"));
    }
}
