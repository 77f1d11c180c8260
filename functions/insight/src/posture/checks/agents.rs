//! Identities that are not people: AI agents and service accounts.

use crate::inventory::{Engine, Record};
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, both, each};
use crate::posture::fields::Fields;
use crate::posture::outcome::{Answer, fail_if, pass_if, unknown};
use crate::posture::words::name;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "agent-ai-owner",
        title: "AI agents without an owner",
        question: "Which AI agent has no active owner?",
        severity: Severity::High,
        domain: Domain::Agents,
        standards: &["NIST 800-53 IA-9", "ATT&CK T1078.004"],
        reads: &[each("ai_agent"), both("user")],
        engine: Some(Engine::Identity),
        remedy: "Directory > AI agents > the agent > Owners",
        ..Check::with(Logic::Each(ai_owner))
    },
    Check {
        id: "service-account-opa",
        title: "Privileged service accounts",
        question: "Which privileged service account is unmanaged, unrotated or without an owner?",
        severity: Severity::Medium,
        domain: Domain::Agents,
        standards: &["NIST 800-53 AC-2(9)"],
        reads: &[each("service_account"), both("user")],
        remedy: "Okta Privileged Access > Service accounts > the account: owner, rotation",
        ..Check::with(Logic::Each(service_account))
    },
];

fn ai_owner(case: &Case<'_>, agent: &Record) -> Answer {
    let owners: Vec<&str> = owners(agent);
    if owners.is_empty() && !agent.has("/owners") && !agent.has("/ownerId") {
        return Err(unknown("Okta sent no owners of this agent"));
    }
    let is_here = |id: &&str| case.org().find("user", id).is_some_and(|user| user.text("/status") == "ACTIVE");
    pass_if(owners.iter().any(is_here), || format!("none of its {} owners is active", owners.len()))
}

/// Okta's contract of 2026 is thin: an owner is an id, or an object with one.
fn owners(agent: &Record) -> Vec<&str> {
    let listed = agent.list("/owners").iter().map(|owner| owner.as_str().unwrap_or_else(|| owner.text("/id")));
    listed.chain([agent.text("/ownerId")]).filter(|id| !id.is_empty()).collect()
}

fn service_account(case: &Case<'_>, account: &Record) -> Answer {
    let detail = account.want_text("/statusDetail")?;
    if matches!(detail, "MISSING_PASSWORD" | "ROTATION_FAILED" | "UNMANAGED") {
        return fail_if(true, || format!("the account is {detail}"));
    }
    let is_here = |id: &&str| case.org().find("user", id).is_some_and(|user| user.text("/status") == "ACTIVE");
    let owners = account.texts("/ownerUserIds");
    let is_owned = !account.list("/ownerGroupIds").is_empty() || owners.iter().any(is_here);
    pass_if(is_owned, || format!("{} has no active owner", name(account.text("/name"))))
}
