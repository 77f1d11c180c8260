//! Second factors: enrolled, reset, refused.

use crate::log::record::{Outcome, Record};
use crate::log::scene::Scene;
use crate::log::story::{Cast, Step, Story, maybe, step, story, story_of};
use crate::log::target::{device, enrollment, user};
use crate::org::people::{Factor, Person};

#[rustfmt::skip]
pub(crate) const STORIES: &[Story] = &[
    story("enrol a factor", 10, Cast::Person, ENROL),
    story_of(Person::has_registered_computer, "register a computer", 8, Cast::Person, REGISTER),
    story("drop a factor", 4, Cast::Person, &[step(0, "user.mfa.factor.deactivate", deactivate)]),
    story_of(|who| who.factor == Factor::OktaVerifyPush, "refuse a push", 6, Cast::Person, REFUSE),
    story("sign in around the factor", 1, Cast::Attacker, &[step(0, "user.mfa.attempt_bypass", bypass)]),
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

fn activate<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/credential/enroll");
    record.outcome = Outcome::because("SUCCESS", format!("User set up {} factor", scene.who.factor.name()));
    record.target = Some(vec![user(scene.who), enrollment(scene.who)]);
}

fn deactivate<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/internal/v1/settings/factors");
    record.outcome = Outcome::because("SUCCESS", format!("User reset {} factor", scene.who.factor.name()));
    record.target = Some(vec![user(scene.who), enrollment(scene.who)]);
}

fn enrol_device<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/authenticators");
    record.target = Some(vec![device(scene.who), user(scene.who)]);
}

fn add_device_user<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/authenticators");
    record.target = Some(vec![device(scene.who), user(scene.who)]);
}

fn push<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/challenge");
    record.target = Some(vec![user(scene.who), enrollment(scene.who)]);
}

fn deny<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/authn/factors/push/verify");
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.target = Some(vec![user(scene.who), enrollment(scene.who)]);
}

fn failed<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/authenticators/poll");
    record.debug("factor", scene.who.factor.name());
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.legacy_event_type = Some("core.user.factor.attempt_fail");
    record.target = Some(vec![user(scene.who), enrollment(scene.who)]);
}

fn bypass<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/authn/factors/verify");
    record.outcome = Outcome::because("FAILURE", "BYPASS_ATTEMPT");
    record.target = Some(vec![user(scene.who)]);
}
