//! Second factors: enrolled, reset, refused.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Outcome, Record};
use crate::log::scenario::{Scenario, Step, maybe, scenario, scenario_of, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{device, enrollment, user};
use crate::org::people::{Factor, Person};

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario("enrol a factor", 10, ActorKind::Person, ENROL),
    scenario_of(Person::has_registered_computer, "register a computer", 8, ActorKind::Person, REGISTER),
    scenario("drop a factor", 4, ActorKind::Person, &[step(0, "user.mfa.factor.deactivate", deactivate)]),
    scenario_of(|who| who.factor == Factor::OktaVerifyPush, "refuse a push", 6, ActorKind::Person, REFUSE),
    scenario("sign in around the factor", 1, ActorKind::Attacker, &[step(0, "user.mfa.attempt_bypass", bypass)]),
];

const ENROL: &[Step] = &[
    step(0, "user.mfa.factor.activate", activate),
    step(1_300, "system.email.mfa_enroll_notification.sent_message", super::sign_in::mail),
];
const REGISTER: &[Step] = &[
    step(0, "device.enrollment.create", enrol_device),
    step(40, "device.user.add", add_device_user),
    maybe(800, 600, "user.mfa.factor.activate", activate),
];
const REFUSE: &[Step] = &[
    step(0, "system.push.send_factor_verify_push", push),
    step(9_000, "user.mfa.okta_verify.deny_push", deny),
    step(9_050, "user.authentication.auth_via_mfa", failed),
];

fn activate<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/credential/enroll");
    record.outcome = Outcome::because("SUCCESS", format!("User set up {} factor", context.who.factor.name()));
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn deactivate<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/internal/v1/settings/factors");
    record.outcome = Outcome::because("SUCCESS", format!("User reset {} factor", context.who.factor.name()));
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn enrol_device<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/authenticators");
    record.target = Some(vec![device(context.who), user(context.who)]);
}

fn add_device_user<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/authenticators");
    record.target = Some(vec![device(context.who), user(context.who)]);
}

fn push<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/challenge");
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn deny<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/authn/factors/push/verify");
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn failed<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/authenticators/poll");
    record.debug("factor", context.who.factor.name());
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.legacy_event_type = Some("core.user.factor.attempt_fail");
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn bypass<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/authn/factors/verify");
    record.outcome = Outcome::because("FAILURE", "BYPASS_ATTEMPT");
    record.target = Some(vec![user(context.who)]);
}
