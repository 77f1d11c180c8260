//! What is set for admins as a whole: how long roles last, who is told, what asks again.

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, at_most, both, each, speaks_for};
use crate::posture::checks::admins::unused;
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{Answer, Outcome, Unjudged, concerns, fail_if, pass_if, unknown};
use crate::posture::words::name;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "admin-notifications-off",
        title: "Nobody is told of admin changes",
        question: "Which mails to super admins about agents, lockouts and reports are off?",
        severity: Severity::Low,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AU-5"],
        reads: &[each("role_subscription")],
        remedy: "Settings > Account > Admin email notifications",
        ..Check::with(Logic::Each(notifications))
    },
    Check {
        id: "admin-permission-unused",
        title: "Permissions never used",
        question: "Which permissions of a custom or standard role did the holder never use in n days?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(7)", "CIS 6.8"],
        reads: &[each("custom_role_permission"), both("resource_set_binding")],
        facts: &[Fact::PermissionUsed],
        limit: Some(at_most(90, "days")),
        remedy: "Security > Administrators > Roles > the role > Edit: remove the permission",
        ..Check::with(Logic::Each(permission_unused))
    },
    Check {
        id: "admin-protected-actions-off",
        title: "Protected actions are off",
        question: "Which sensitive actions need no step-up?",
        severity: Severity::High,
        domain: Domain::Admins,
        standards: &["NIST 800-53 IA-11", "ATT&CK T1548"],
        reads: &[],
        facts: &[Fact::ProtectedActions],
        remedy: "Security > General > Protected actions",
        ..Check::with(Logic::Org(protected_actions))
    },
    Check {
        id: "admin-standing",
        title: "Standing instead of time-bound admin",
        question: "Which admin roles are permanent although governance is available?",
        severity: Severity::Medium,
        domain: Domain::Admins,
        standards: &["NIST 800-53 AC-6(2)", "CIS 6.8"],
        reads: &[each("user_role"), both("admin_governance"), speaks_for("user_role_governance")],
        remedy: "Identity Governance > Admin roles > Bundles: with an expiry, on request",
        ..Check::with(Logic::Each(standing))
    },
];

fn standing(case: &Case<'_>, role: &Record) -> Answer {
    let opted_in =
        case.org().records("admin_governance").iter().any(|status| status.text("/optInStatus") == "OPTED_IN");
    if !opted_in {
        return Err(Unjudged::NotApplicable("the org does not govern admin roles".to_owned()));
    }
    let mut grants = case.org().children("user_role_governance", &role.id).iter();
    pass_if(grants.any(|grant| grant.has("/expirationDate")), || "a role without an end".to_owned())
}

fn permission_unused(case: &Case<'_>, permission: &Record) -> Answer {
    let role = permission.parent.as_deref().unwrap_or_default();
    let is_bound = |binding: &Record| crate::posture::fields::own_id(binding) == role;
    concerns(case.org().records("resource_set_binding").iter().any(is_bound))?;
    let label = permission.want_text("/label")?;
    unused(case, Fact::PermissionUsed, &format!("{role}/{label}"), "used by a holder")
}

/// What every super admin is told of.
const WANTED: &[&str] =
    &["AD_AGENT", "LDAP_AGENT", "RATELIMIT_NOTIFICATION", "REPORT_SUSPICIOUS_ACTIVITY", "USER_LOCKED_OUT"];

fn notifications(_: &Case<'_>, subscription: &Record) -> Answer {
    let kind = subscription.text("/notificationType");
    concerns(subscription.id.starts_with("SUPER_ADMIN/") && WANTED.contains(&kind))?;
    let is_on = subscription.want_text("/status")? == "subscribed";
    pass_if(is_on, || format!("super admins get no mail about {}", name(kind)))
}

fn protected_actions(case: &Case<'_>) -> Answer {
    let (on, off) = (case.seen(Fact::ProtectedActions, "on")?, case.seen(Fact::ProtectedActions, "off")?);
    match (on, off) {
        (None, None) => {
            Err(unknown("Okta has no endpoint for this setting, and the log no event of it: look in the Admin Console"))
        }
        (Some(on), Some(off)) if on.last >= off.last => Ok(Outcome::Pass),
        (Some(_), None) => Ok(Outcome::Pass),
        (_, Some(off)) => fail_if(true, || format!("switched off at {}", off.last)),
    }
}
