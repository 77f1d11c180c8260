//! Attacks, and what Okta makes of them.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Actor, Outcome, Record, Risk};
use crate::log::scenario::{Scenario, Step, scenario, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{enrollment, policy, rule, user};
use crate::org::policies::RISK_POLICY;

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario("password spraying", 14, ActorKind::Attacker, SPRAY),
    scenario("request from a suspicious address", 26, ActorKind::Attacker, &[step(0, "security.threat.detected", threat)]),
    scenario("request from a blocked zone", 22, ActorKind::Attacker, &[step(0, "security.request.blocked", blocked)]),
    scenario("breached password", 1, ActorKind::Attacker, &[step(0, "security.breached_credential.detected", breached)]),
    scenario("session hijacked", 1, ActorKind::Attacker, HIJACK),
    scenario("push bombing", 1, ActorKind::Attacker, PUSH_BOMBING),
    scenario("somebody reports", 1, ActorKind::Person, &[step(0, "user.account.report_suspicious_activity_by_enduser", report)]),
];

const SPRAY: &[Step] = &[
    step(0, "user.session.start", unknown_user),
    step(1_000, "user.session.start", sprayed),
    step(2_000, "user.session.start", unknown_user),
];
const HIJACK: &[Step] = &[
    step(0, "user.risk.detect", risk),
    step(400, "policy.entity_risk.evaluate", risk_policy),
    step(700, "user.session.clear", cleared),
];
const PUSH_BOMBING: &[Step] = &[
    step(0, "user.session.start", sprayed),
    step(4_000, "system.push.send_factor_verify_push", push),
    step(9_000, "user.mfa.okta_verify.deny_push", denied),
    step(14_000, "system.push.send_factor_verify_push", push),
    step(19_000, "user.mfa.okta_verify.deny_push", denied),
    step(24_000, "system.push.send_factor_verify_push", push),
    step(29_000, "user.mfa.okta_verify.deny_push", denied),
];

const HIGH: Risk = Risk {
    level: "HIGH",
    reasons: &["Anomalous Location", "Anomalous Device"],
    issuer: Some("OKTA"),
    detection_name: Some("Session Influenced User Risk"),
    previous_level: Some("LOW"),
};

fn suspicious(record: &mut Record<'_>, uri: &'static str) {
    record.debug("risk", "{reasons=Anomalous Location, Anomalous Device, level=HIGH}");
    record.debug("requestUri", uri);
    record.debug("threatSuspected", "true");
    record.debug("url", format!("{uri}?"));
    record.security_context.is_proxy = Some(true);
    record.security_context.risk = Some(HIGH);
}

fn unknown_user<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    suspicious(record, "/api/v1/authn");
    record.actor = Actor {
        id: "unknown".into(),
        kind: "User",
        alternate_id: Some(format!("admin{}@{}", context.key % 100, context.org.domain).into()),
        display_name: "unknown".into(),
        detail_entry: None,
    };
    record.outcome = Outcome::because("FAILURE", "VERIFICATION_ERROR");
    record.legacy_event_type = Some("core.user_auth.login_failed");
}

fn sprayed<'a>(_: &ScenarioContext<'a>, record: &mut Record<'a>) {
    suspicious(record, "/api/v1/authn");
    record.debug("loginResult", "INVALID_CREDENTIALS");
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.legacy_event_type = Some("core.user_auth.login_failed");
}

/// The address itself acts.
fn by_address(record: &mut Record<'_>) {
    let address = record.client.ip_address.clone().unwrap_or_default();
    record.actor = Actor {
        id: address.clone(),
        kind: "IP address",
        alternate_id: Some("unknown".into()),
        display_name: address,
        detail_entry: None,
    };
}

fn threat<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    by_address(record);
    suspicious(record, "/api/v1/authn");
    let (reason, detections) = match context.key % 3 {
        0 => ("Password Spray", r#"{"Password Spray":"HIGH"}"#),
        1 => ("Login Failures", r#"{"Login Failures":"HIGH"}"#),
        _ => (
            "Login failures with high unknown users count",
            r#"{"Login failures with high unknown users count":"MEDIUM"}"#,
        ),
    };
    record.debug("threatDetections", detections);
    record.outcome = Outcome::because(if context.key.is_multiple_of(2) { "DENY" } else { "RATE_LIMIT" }, reason);
}

fn blocked<'a>(_: &ScenarioContext<'a>, record: &mut Record<'a>) {
    by_address(record);
    suspicious(record, "/oauth2/v1/authorize");
    record.client.zone = Some("BlockedIpZone");
    record.outcome = Outcome::because("DENY", "IP is in a blocked network zone");
}

fn breached<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    suspicious(record, "/idp/idx/challenge/answer");
    record.display_message =
        format!("{} - Credential set matches to known compromised credentials.", context.who.login).into();
    record.target = Some(vec![enrollment(context.who)]);
}

fn risk<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    suspicious(record, "/app/UserHome");
    record.target = Some(vec![user(context.who)]);
}

fn risk_policy<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.outcome = Outcome::because("SUCCESS", "Entity risk policy evaluation resulted in TERMINATE_ALL_SESSIONS");
    record.target = Some(vec![user(context.who), policy(context.org, RISK_POLICY), rule(context.org, RISK_POLICY, 0)]);
}

fn cleared<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.target = Some(vec![user(context.who)]);
}

fn push<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    suspicious(record, "/idp/idx/challenge");
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn denied<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    suspicious(record, "/idp/idx/authenticators/poll");
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn report<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/internal/users/me/report-suspicious-activity");
    record.debug("suspiciousActivityEventType", "system.email.new_device_notification.sent_message");
    record.debug("suspiciousActivityEventIp", "203.0.113.77");
    record.debug("suspiciousActivityEventCity", "Moscow");
    record.debug("suspiciousActivityEventCountry", "Russia");
    record.debug("suspiciousActivityBrowser", "FIREFOX");
    record.debug("suspiciousActivityOs", "Windows 10");
    record.target = Some(vec![user(context.who)]);
}
