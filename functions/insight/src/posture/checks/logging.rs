//! The log: whether it leaves Okta, whether it has gaps, and who is told.

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::check::{Check, Domain, Logic, Severity, at_least, at_most, each, speaks_for};
use crate::posture::fields::Fields;
use crate::posture::log::Fact;
use crate::posture::outcome::{Answer, Outcome, concerns, fail_if, pass_if, unknown};
use crate::posture::policy_rule::is_active;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "identity-no-log-activity-but-lastlogin",
        title: "lastLogin and log disagree",
        question: "Whose lastLogin is newer than any event in the lake?",
        severity: Severity::High,
        domain: Domain::Logging,
        standards: &["NIST 800-53 AU-6", "NIST 800-53 AU-9"],
        reads: &[each("user")],
        facts: &[Fact::UserActive],
        limit: Some(at_most(5, "minutes")),
        remedy: "Okta-lake run reconcile; then ask Okta Support",
        ..Check::with(Logic::Each(unseen_login))
    },
    Check {
        id: "log-gap",
        title: "Hours of the log that are missing",
        question: "Which hours are not complete in the lake?",
        severity: Severity::High,
        domain: Domain::Logging,
        standards: &["NIST 800-53 AU-9", "NIST 800-53 AU-11", "SOC2 CC7.2"],
        reads: &[],
        remedy: "Okta-lake run reconcile",
        ..Check::with(Logic::Org(gaps))
    },
    Check {
        id: "log-not-exported",
        title: "System Log is not exported",
        question: "Is an ACTIVE log stream there, or does something else read the log?",
        severity: Severity::High,
        domain: Domain::Logging,
        standards: &[
            "STIG OKTA-APP-001430",
            "NIST 800-53 AU-4(1)",
            "NIST 800-53 AU-9(2)",
            "CIS 8.9",
            "SOC2 CC7.2",
            "ATT&CK T1562.008",
        ],
        reads: &[speaks_for("log_stream")],
        remedy: "Reports > Log Streaming > Add log stream",
        ..Check::with(Logic::Org(not_exported))
    },
    Check {
        id: "log-retention",
        title: "Retention below the rule",
        question: "How far back does the lake reach?",
        severity: Severity::Medium,
        domain: Domain::Logging,
        standards: &["NIST 800-53 AU-11", "PCI 10.5.1", "CIS 8.10"],
        reads: &[],
        limit: Some(at_least(365, "days")),
        remedy: "Keep the lake's objects, and collect the log from before with `okta-lake run backfill`",
        ..Check::with(Logic::Org(retention))
    },
    Check {
        id: "notify-factor-enroll",
        title: "Factor enrolment mail off",
        question: "Are users told when a factor is enrolled?",
        severity: Severity::Low,
        domain: Domain::Logging,
        standards: &["NIST 800-53 AU-6"],
        reads: &[],
        facts: &[Fact::Event],
        limit: Some(at_most(30, "days")),
        remedy: "Security > General > Security notification emails > MFA enrolled",
        ..Check::with(Logic::Org(enroll_mail))
    },
    Check {
        id: "notify-factor-reset",
        title: "Factor reset mail off",
        question: "Are users told when a factor is reset?",
        severity: Severity::Low,
        domain: Domain::Logging,
        standards: &["NIST 800-53 AU-6"],
        reads: &[],
        facts: &[Fact::Event],
        limit: Some(at_most(30, "days")),
        remedy: "Security > General > Security notification emails > MFA reset",
        ..Check::with(Logic::Org(reset_mail))
    },
    Check {
        id: "notify-signon",
        title: "New sign-on mail off",
        question: "Are users told of sign-ins from new devices?",
        severity: Severity::Low,
        domain: Domain::Logging,
        standards: &["NIST 800-53 AC-9", "SOC2 CC7.2"],
        reads: &[],
        facts: &[Fact::Event],
        limit: Some(at_most(30, "days")),
        remedy: "Security > General > Security notification emails > New sign-on",
        ..Check::with(Logic::Org(signon_mail))
    },
    Check {
        id: "rate-limit-starved",
        title: "Rate limits are near the ceiling",
        question: "Was a rate limit near its end or violated in the last n days?",
        severity: Severity::Low,
        domain: Domain::Logging,
        standards: &["NIST 800-53 SC-5", "ATT&CK T1498"],
        reads: &[],
        facts: &[Fact::Event],
        limit: Some(at_least(30, "days")),
        remedy: "Reports > Rate Limits; spread what calls the API",
        ..Check::with(Logic::Org(rate_limits))
    },
    Check {
        id: "report-suspicious-off",
        title: "Suspicious activity reporting off",
        question: "Can users report activity?",
        severity: Severity::Low,
        domain: Domain::Logging,
        standards: &["NIST 800-53 IR-6"],
        reads: &[],
        facts: &[Fact::Event],
        limit: Some(at_most(90, "days")),
        remedy: "Security > General > Security notification emails > Report suspicious activity",
        ..Check::with(Logic::Org(suspicious))
    },
];

fn not_exported(case: &Case<'_>) -> Answer {
    let streams = case.org().records("log_stream").iter().any(is_active);
    // A lake that has every hour of the last day has been fed.
    let is_read = case.log().complete_since.is_some_and(|since| case.days_since(since) >= 1);
    pass_if(streams || is_read, || "no active log stream, and nothing else has read the log of the last day".to_owned())
}

fn gaps(case: &Case<'_>) -> Answer {
    let hours = case.log().incomplete_hours.ok_or_else(|| unknown("needs the ledger of the lake"))?;
    fail_if(hours > 0, || format!("{hours} hours are not complete"))
}

fn retention(case: &Case<'_>) -> Answer {
    let since = case.log().complete_since.ok_or_else(|| unknown("needs the ledger of the lake"))?;
    case.at_least(case.days_since(since), "the lake reaches back", "days")
}

/// What is known of a mail by one that was sent: that it is on. Silence says nothing.
fn seen_lately(case: &Case<'_>, event: &str) -> Answer {
    match case.seen(Fact::Event, event)? {
        Some(seen) if case.days_since(seen.last) <= case.limit => Ok(Outcome::Pass),
        Some(seen) => {
            fail_if(true, || format!("the last one was {} days ago, limit {}", case.days_since(seen.last), case.limit))
        }
        None => Err(unknown(
            "Okta has no endpoint for this setting, and the log no event that shows it: look in the Admin Console",
        )),
    }
}

fn signon_mail(case: &Case<'_>) -> Answer {
    seen_lately(case, "system.email.new_device_notification.sent_message")
}

fn enroll_mail(case: &Case<'_>) -> Answer {
    seen_lately(case, "system.email.mfa_enroll_notification.sent_message")
}

fn reset_mail(case: &Case<'_>) -> Answer {
    seen_lately(case, "system.email.mfa_reset_notification.sent_message")
}

fn suspicious(case: &Case<'_>) -> Answer {
    seen_lately(case, "user.account.report_suspicious_activity_by_enduser")
}

fn rate_limits(case: &Case<'_>) -> Answer {
    const EVENTS: &[&str] = &[
        "system.operation.rate_limit.violation",
        "system.operation.rate_limit.warning",
        "system.org.rate_limit.violation",
        "system.org.rate_limit.warning",
    ];
    for event in EVENTS {
        if let Some(days) =
            case.seen(Fact::Event, event)?.map(|seen| case.days_since(seen.last)).filter(|days| *days < case.limit)
        {
            return fail_if(true, || format!("{event} {days} days ago"));
        }
    }
    case.log_reaches(case.limit)?;
    Ok(Outcome::Pass)
}

fn unseen_login(case: &Case<'_>, user: &Record) -> Answer {
    concerns(user.has("/lastLogin"))?;
    let login = user.want_time("/lastLogin")?;
    let since = case.log().complete_since.ok_or_else(|| unknown("needs the ledger of the lake"))?;
    concerns(login > since)?;
    let seen = case.seen(Fact::UserActive, &user.id)?.map(|seen| seen.last);
    let slack = jiff::SignedDuration::from_mins(case.limit);
    let explained = seen.is_some_and(|seen| login.duration_since(seen) <= slack);
    pass_if(explained, || format!("Okta counts a sign-in at {login} that the log does not have"))
}
