//! API tokens: whose they are, from where they work, whether anybody uses them.

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, against, at_most, both, each};
use crate::posture::checks::admins::unused;
use crate::posture::checks::network::covers_everything;
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{Answer, fail_if, pass_if};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "token-no-network",
        title: "API token usable from anywhere",
        question: "Which token has no network condition?",
        severity: Severity::Medium,
        domain: Domain::Tokens,
        standards: &[
            "STIG OKTA-APP-003240",
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("api_token"), both("network_zone")],
        remedy: "Security > API > Tokens > Edit > Network zone",
        ..Check::with(Logic::Each(from_anywhere))
    },
    Check {
        id: "token-old",
        title: "Old API token",
        question: "Which token is older than n days?",
        severity: Severity::Low,
        domain: Domain::Tokens,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("api_token")],
        limit: Some(at_most(365, "days")),
        remedy: "Security > API > Tokens: make a new one, revoke the old",
        ..Check::with(Logic::Each(old))
    },
    Check {
        id: "token-owner-gone",
        title: "Token of a leaver",
        question: "Which token's owner is not active?",
        severity: Severity::High,
        domain: Domain::Tokens,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("api_token"), both("user")],
        remedy: "Security > API > Tokens > Revoke; make a new one as a service account",
        ..Check::with(Logic::Each(owner_gone))
    },
    Check {
        id: "token-owner-super-admin",
        title: "API token of a super admin",
        question: "Which token's owner is super or org admin, directly or by group?",
        severity: Severity::High,
        domain: Domain::Tokens,
        standards: &[
            "STIG OKTA-APP-003241",
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("api_token"), against("user_role"), against("group_role"), against("group_member")],
        remedy: "Security > API > Tokens > Revoke; make a new one as a service account with a custom role",
        ..Check::with(Logic::Each(of_super_admin))
    },
    Check {
        id: "token-unused",
        title: "API token not used",
        question: "Which token was not used for n days?",
        severity: Severity::Medium,
        domain: Domain::Tokens,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
        ],
        reads: &[each("api_token")],
        facts: &[Fact::TokenUsed],
        limit: Some(at_most(90, "days")),
        remedy: "Security > API > Tokens > Revoke",
        ..Check::with(Logic::Each(not_used))
    },
    Check {
        id: "token-used-from-many-places",
        title: "Token used from several networks",
        question: "Which token is used from more than n ASNs or user agents?",
        severity: Severity::High,
        domain: Domain::Tokens,
        standards: &[
            "NIST 800-53 IA-5",
            "NIST 800-53 AC-6",
            "CIS 5.2",
            "CIS 6.1",
            "SOC2 CC6.1",
            "ATT&CK T1528",
            "ATT&CK T1550.001",
            "ATT&CK T1078.004",
        ],
        reads: &[each("api_token")],
        facts: &[Fact::TokenNetworks],
        limit: Some(at_most(3, "networks")),
        remedy: "Security > API > Tokens > Edit > Network zone; revoke it if nobody knows the addresses",
        ..Check::with(Logic::Each(many_places))
    },
];

fn of_super_admin(case: &Case<'_>, token: &Record) -> Answer {
    let owner = token.want_text("/userId")?;
    let is_super = case.admins().holds(owner, &["SUPER_ADMIN", "ORG_ADMIN"]);
    fail_if(is_super, || "may do what its owner may: a super or org admin".to_owned())
}

fn from_anywhere(case: &Case<'_>, token: &Record) -> Answer {
    let connection = token.want_text("/network/connection")?;
    let zones = token.texts("/network/include");
    let everywhere = |zone: &&str| case.org().find("network_zone", zone).is_some_and(covers_everything);
    let excludes = !token.list("/network/exclude").is_empty();
    if connection == "ANYWHERE" || (zones.is_empty() && !excludes) {
        return fail_if(true, || "works from any address".to_owned());
    }
    fail_if(zones.iter().any(everywhere), || "works from a zone that covers every address".to_owned())
}

fn not_used(case: &Case<'_>, token: &Record) -> Answer {
    unused(case, Fact::TokenUsed, &token.id, "used")
}

fn old(case: &Case<'_>, token: &Record) -> Answer {
    case.at_most(case.days_since(token.want_time("/created")?), "is", "days old")
}

fn owner_gone(case: &Case<'_>, token: &Record) -> Answer {
    let owner = token.want_text("/userId")?;
    match case.org().find("user", owner) {
        None => fail_if(true, || "the owner does not exist any more".to_owned()),
        Some(user) => pass_if(user.text("/status") == "ACTIVE", || format!("the owner is {}", user.text("/status"))),
    }
}

fn many_places(case: &Case<'_>, token: &Record) -> Answer {
    let networks = case.seen(Fact::TokenNetworks, &token.id)?.map_or(0, |seen| seen.count);
    case.at_most(i64::try_from(networks).unwrap_or(i64::MAX), "used from", "networks in 30 days")
}
