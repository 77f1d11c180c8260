//! People opening their apps: what most of a log is made of.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Outcome, Record};
use crate::log::scenario::{Scenario, Step, scenario, scenario_of, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{app, app_user, policy, rule, signed_on_app, user};
use crate::org::people::Person;
use crate::org::policies::APP_POLICY;

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario_of(has_apps, "open an app", 2_300, ActorKind::Person, OPEN),
    scenario_of(has_apps, "open an app again", 1_700, ActorKind::Person, &[step(0, "user.authentication.sso", sso)]),
    scenario_of(has_apps, "open an app that wants a factor", 240, ActorKind::Person, STEP_UP),
    scenario("show a stored password", 6, ActorKind::Person, &[step(0, "application.user_membership.show_password", show_password)]),
    scenario("open an app that is not assigned", 14, ActorKind::Person, &[step(0, "app.generic.unauth_app_access_attempt", refused)]),
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

pub(super) fn allow<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    evaluate(context, record, "ALLOW");
}

fn step_up<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    evaluate(context, record, "CHALLENGE");
}

fn evaluate<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>, result: &'static str) {
    record.requested(path(context));
    super::sign_in::assess(context, record, false);
    record.outcome = Outcome::because(result, format!("Sign-on policy evaluation resulted in {result}"));
    record.target = Some(vec![app(context.app()), policy(context.org, APP_POLICY), rule(context.org, APP_POLICY, 1)]);
}

fn factor<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/challenge/answer");
    record.debug("factor", context.who.factor.name());
    record.target = Some(vec![user(context.who), crate::log::target::enrollment(context.who), app(context.app())]);
}

fn sso<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let opened = context.app();
    let mode = opened.kind.sign_on.mode();
    record.debug("initiationType", if context.key.is_multiple_of(3) { "IDP_INITIATED" } else { "SP_INITIATED" });
    record.debug("signOnMode", mode);
    record.requested(path(context));
    record.authentication_context.credential_type = Some("PASSWORD");
    record.target = Some(vec![signed_on_app(opened), app_user(opened, context.who)]);
}

fn path(context: &ScenarioContext<'_>) -> String {
    let opened = context.app();
    let protocol = match opened.kind.sign_on.mode() {
        "SAML_2_0" => "/sso/saml",
        "SAML_1_1" => "/sso/wsfed/passive",
        _ => "/login",
    };
    format!("/app/{}/{}{protocol}", opened.kind.name, opened.id.replacen("0oa", "exk", 1))
}

fn show_password<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/internal/enduser/apps/password");
    let shown = context.app();
    record.target = Some(vec![app_user(shown, context.who), app(shown), user(context.who)]);
}

fn refused<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/oauth2/v1/authorize");
    record.outcome = Outcome { result: "FAILURE", reason: None };
    record.target = Some(vec![app(context.foreign_app()), user(context.who)]);
}
