//! People opening their apps: what most of a log is made of.

use crate::log::record::{Outcome, Record};
use crate::log::scene::Scene;
use crate::log::story::{Cast, Step, Story, step, story, story_of};
use crate::log::target::{app, app_user, policy, rule, signed_on_app, user};
use crate::org::people::Person;
use crate::org::policies::APP_POLICY;

#[rustfmt::skip]
pub(crate) const STORIES: &[Story] = &[
    story_of(has_apps, "open an app", 2_300, Cast::Person, OPEN),
    story_of(has_apps, "open an app again", 1_700, Cast::Person, &[step(0, "user.authentication.sso", sso)]),
    story_of(has_apps, "open an app that wants a factor", 240, Cast::Person, STEP_UP),
    story("show a stored password", 6, Cast::Person, &[step(0, "application.user_membership.show_password", show_password)]),
    story("open an app that is not assigned", 14, Cast::Person, &[step(0, "app.generic.unauth_app_access_attempt", refused)]),
];

const OPEN: &[Step] = &[step(0, "policy.evaluate_sign_on", allow), step(120, "user.authentication.sso", sso)];
const STEP_UP: &[Step] = &[
    step(0, "policy.evaluate_sign_on", step_up),
    step(5_200, "user.authentication.auth_via_mfa", factor),
    step(5_300, "policy.evaluate_sign_on", allow),
    step(5_410, "user.authentication.sso", sso),
];

fn has_apps(who: &Person) -> bool {
    !who.apps.is_empty()
}

pub(super) fn allow<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    evaluate(scene, record, "ALLOW");
}

fn step_up<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    evaluate(scene, record, "CHALLENGE");
}

fn evaluate<'a>(scene: &Scene<'a>, record: &mut Record<'a>, result: &'static str) {
    record.requested(path(scene));
    super::sign_in::assess(scene, record, false);
    record.outcome = Outcome::because(result, format!("Sign-on policy evaluation resulted in {result}"));
    record.target = Some(vec![app(scene.app()), policy(scene.org, APP_POLICY), rule(scene.org, APP_POLICY, 1)]);
}

fn factor<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/challenge/answer");
    record.debug("factor", scene.who.factor.name());
    record.target = Some(vec![user(scene.who), crate::log::target::enrollment(scene.who), app(scene.app())]);
}

fn sso<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    let opened = scene.app();
    let mode = opened.kind.sign_on.mode();
    record.debug("initiationType", if scene.key.is_multiple_of(3) { "IDP_INITIATED" } else { "SP_INITIATED" });
    record.debug("signOnMode", mode);
    record.requested(path(scene));
    record.authentication_context.credential_type = Some("PASSWORD");
    record.target = Some(vec![signed_on_app(opened), app_user(opened, scene.who)]);
}

fn path(scene: &Scene<'_>) -> String {
    let opened = scene.app();
    let protocol = match opened.kind.sign_on.mode() {
        "SAML_2_0" => "/sso/saml",
        "SAML_1_1" => "/sso/wsfed/passive",
        _ => "/login",
    };
    format!("/app/{}/{}{protocol}", opened.kind.name, opened.id.replacen("0oa", "exk", 1))
}

fn show_password<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/internal/enduser/apps/password");
    let shown = scene.app();
    record.target = Some(vec![app_user(shown, scene.who), app(shown), user(scene.who)]);
}

fn refused<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/oauth2/v1/authorize");
    record.outcome = Outcome { result: "FAILURE", reason: None };
    record.target = Some(vec![app(scene.foreign_app()), user(scene.who)]);
}
