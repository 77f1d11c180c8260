//! Custom authorization servers: who may ask them, how long their tokens live, what stands in them.

use std::collections::BTreeSet;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_most, each};
use crate::posture::checks::people_profiles::{names, own_attributes};
use crate::posture::fields::Fields;
use crate::posture::outcome::{About, Answer, Verdict, concerns, fail_if, pass_if};
use crate::posture::policy_rule::is_active;
use crate::posture::words::{minutes, name, some_of};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "as-claims-injection",
        title: "Claims from user-writable attributes",
        question: "Which AS or SAML claim is made of a self-writable attribute?",
        severity: Severity::Medium,
        domain: Domain::AuthorizationServers,
        standards: &["ATT&CK T1606"],
        reads: &[each("authorization_server_claim"), against("user_schema")],
        remedy: "Directory > Profile Editor > attribute > User permission: Read Only",
        ..Check::with(Logic::Each(claims))
    },
    Check {
        id: "as-policy-wide",
        title: "Authorization server open to all clients",
        question: "Which custom AS policy includes ALL_CLIENTS or lets password/implicit grants, or has tokens over n hours?",
        severity: Severity::Medium,
        domain: Domain::AuthorizationServers,
        standards: &["ATT&CK T1528"],
        reads: &[each("authorization_server_policy"), against("authorization_server_policy_rule")],
        limit: Some(at_most(60, "minutes")),
        remedy: "Security > API > Authorization Servers > the server > Access Policies: named clients, short tokens",
        ..Check::with(Logic::Some(wide))
    },
    Check {
        id: "as-signing-manual",
        title: "AS key rotation is manual",
        question: "Which authorization server's signing key is rotated by hand, and was not for n days?",
        severity: Severity::Low,
        domain: Domain::AuthorizationServers,
        standards: &["NIST 800-53 SC-12"],
        reads: &[each("authorization_server")],
        limit: Some(at_most(365, "days")),
        remedy: "Security > API > Authorization Servers > the server > Signing Key Rotation: Automatic",
        ..Check::with(Logic::Each(manual_rotation))
    },
];

fn wide<'a>(case: &Case<'a>) -> Vec<Verdict<'a>> {
    let policies = case.org().records("authorization_server_policy").iter();
    let policies = policies.map(|policy| Verdict {
        about: About::Record("authorization_server_policy", policy),
        answer: all_clients(policy),
    });
    let rules = case.org().records("authorization_server_policy_rule").iter();
    let rules = rules.map(|rule| Verdict {
        about: About::Record("authorization_server_policy_rule", rule),
        answer: wide_rule(case, rule),
    });
    policies.chain(rules).collect()
}

fn all_clients(policy: &Record) -> Answer {
    concerns(is_active(policy))?;
    let all = policy.texts("/conditions/clients/include").contains(&"ALL_CLIENTS");
    fail_if(all, || "every client may ask".to_owned())
}

fn wide_rule(case: &Case<'_>, rule: &Record) -> Answer {
    concerns(is_active(rule))?;
    let grants = rule
        .texts("/conditions/grantTypes/include")
        .into_iter()
        .filter(|grant| matches!(*grant, "implicit" | "password"));
    let grants: Vec<&str> = grants.collect();
    if !grants.is_empty() {
        return fail_if(true, || format!("takes {}", some_of(grants.iter().copied())));
    }
    let lifetime = rule.want_number("/actions/token/accessTokenLifetimeMinutes")?;
    pass_if(lifetime <= case.limit, || {
        format!("access tokens live {}, limit {}", minutes(lifetime), minutes(case.limit))
    })
}

fn claims(case: &Case<'_>, claim: &Record) -> Answer {
    concerns(is_active(claim) && claim.text("/valueType") != "GROUPS")?;
    let own: BTreeSet<&str> = case.org().records("user_schema").iter().flat_map(own_attributes).collect();
    let value = claim.text("/value");
    let found = own.iter().find(|attribute| names(value, attribute));
    fail_if(found.is_some(), || {
        format!("people write themselves what it says: {}", name(found.copied().unwrap_or_default()))
    })
}

fn manual_rotation(case: &Case<'_>, server: &Record) -> Answer {
    concerns(is_active(server) && server.want_text("/credentials/signing/rotationMode")? == "MANUAL")?;
    let rotated = server.want_time("/credentials/signing/lastRotated")?;
    case.at_most(case.days_since(rotated), "the key was rotated by hand", "days ago")
}
