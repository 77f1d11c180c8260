//! Attacks and mishaps on request: longer than what happens by itself, and each with traces in the inventory.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Issuer, Outcome, Record, Target};
use crate::log::scenario::{Scenario, Step, by, step, story};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{acting, app, app_user, enrollment, policy, rule, user};
use crate::org::directory::token_name;
use crate::org::policies::{APP_POLICY, ROGUE_IDP};
use crate::org::story::StoryKind;
use crate::random::mix;

#[rustfmt::skip]
pub(crate) const STORIES: &[(StoryKind, Scenario)] = &[
    (StoryKind::LeaverActs, story("a leaver acts", ActorKind::Attacker, LEAVER)),
    (StoryKind::MfaFatigue, story("MFA fatigue", ActorKind::Attacker, FATIGUE)),
    (StoryKind::PasswordSpray, story("a password spray that succeeds", ActorKind::Attacker, SPRAY)),
    (StoryKind::RogueIdp, story("a rogue identity provider", ActorKind::Attacker, ROGUE)),
    (StoryKind::SessionTheft, story("a stolen session", ActorKind::Attacker, THEFT)),
];

const MINUTE: u32 = 60_000;

#[rustfmt::skip]
const LEAVER: &[Step] = &[
    step(0, "user.authentication.sso", sso),
    step(2 * MINUTE, "app.oauth2.token.grant.refresh_token", refreshed),
    step(5 * MINUTE, "application.user_membership.show_password", sso),
];
#[rustfmt::skip]
const FATIGUE: &[Step] = &[
    step(0, "system.push.send_factor_verify_push", pushed),
    step(40_000, "user.mfa.okta_verify.deny_push", denied),
    step(MINUTE, "system.push.send_factor_verify_push", pushed),
    step(100_000, "user.mfa.okta_verify.deny_push", denied),
    step(2 * MINUTE, "system.push.send_factor_verify_push", pushed),
    step(160_000, "user.mfa.okta_verify.deny_push", denied),
    step(3 * MINUTE, "system.push.send_factor_verify_push", pushed),
    step(220_000, "user.mfa.okta_verify.deny_push", denied),
    step(4 * MINUTE, "system.push.send_factor_verify_push", pushed),
    step(250_000, "user.authentication.auth_via_mfa", pushed),
    step(251_000, "user.session.start", started),
    step(6 * MINUTE, "user.mfa.factor.activate", pushed),
];
#[rustfmt::skip]
const SPRAY: &[Step] = &[
    step(0, "user.session.start", sprayed),
    step(20_000, "user.session.start", sprayed),
    step(40_000, "user.session.start", sprayed),
    step(MINUTE, "user.session.start", sprayed),
    step(80_000, "user.session.start", sprayed),
    step(100_000, "user.session.start", sprayed),
    step(2 * MINUTE, "user.session.start", sprayed),
    step(140_000, "user.session.start", sprayed),
    step(160_000, "user.session.start", sprayed),
    step(3 * MINUTE, "user.session.start", sprayed),
    step(200_000, "user.session.start", sprayed),
    step(220_000, "user.session.start", sprayed),
    step(4 * MINUTE, "user.session.start", started),
    step(241_000, "policy.evaluate_sign_on", allowed),
];
#[rustfmt::skip]
const ROGUE: &[Step] = &[
    step(0, "user.session.access_admin_app", console),
    step(2 * MINUTE, "system.idp.lifecycle.create", idp_added),
    step(4 * MINUTE, "policy.rule.update", routed),
    step(7 * MINUTE, "user.authentication.auth_via_IDP", by_rogue_idp),
    step(421_000, "user.session.start", by_rogue_idp),
];
#[rustfmt::skip]
const THEFT: &[Step] = &[
    by(ActorKind::Person, step(0, "user.session.start", signed_in)),
    step(9 * MINUTE, "user.session.context.change", in_stolen_session),
    step(10 * MINUTE, "user.session.access_admin_app", in_stolen_session),
    step(12 * MINUTE, "system.api_token.create", token_made),
];

fn requested(record: &mut Record<'_>, uri: &'static str) {
    record.requested(uri);
    record.security_context.is_proxy = Some(true);
}

fn sso<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/app/UserHome");
    let opened = context.app();
    record.target = Some(vec![app(opened), app_user(opened, context.who)]);
}

fn refreshed<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/oauth2/v1/token");
    record.target = Some(vec![app(context.oidc_app()), user(context.who)]);
}

fn pushed<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/idp/idx/challenge");
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn denied<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    pushed(context, record);
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
}

fn started<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/idp/idx/challenge/answer");
    record.authentication_context.credential_type = Some("PASSWORD");
    record.target = Some(vec![user(context.who)]);
}

fn allowed<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/idp/idx/challenge/answer");
    record.outcome = Outcome::because("ALLOW", "Sign-on policy evaluation resulted in ALLOW");
    record.target = Some(vec![policy(context.org, APP_POLICY), rule(context.org, APP_POLICY, 1)]);
}

/// Each attempt is on another account.
fn sprayed<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/api/v1/authn");
    let key = record.uuid.bytes().fold(context.key, |hash, byte| mix(hash, u64::from(byte)));
    record.actor = acting(&context.org.people[key as usize % context.org.people.len()]);
    record.debug("loginResult", "INVALID_CREDENTIALS");
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.legacy_event_type = Some("core.user_auth.login_failed");
}

fn console<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/admin/sso/callback");
    record.target = Some(vec![app_user(context.org.first_app(), context.who)]);
}

/// The id that the inventory shows: the thing of the change is its number.
fn rogue_idp(context: &ScenarioContext<'_>) -> String {
    context.org.single_id("0oi", context.thing() as u64)
}

fn idp_added<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/api/v1/idps");
    record.debug("protocol", "SAML2");
    record.target = Some(vec![Target::new("IdentityProvider", rogue_idp(context), ROGUE_IDP)]);
}

fn routed<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/api/v1/policies/rules");
    record.target = Some(vec![rule(context.org, DISCOVERY_POLICY, 0), policy(context.org, DISCOVERY_POLICY)]);
}

/// Position of the routing rules in the list of policies.
const DISCOVERY_POLICY: usize = 4;

fn by_rogue_idp<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    requested(record, "/sso/saml2/callback");
    record.actor = acting(&context.org.people[0]);
    record.authentication_context.authentication_provider = Some("FEDERATION");
    record.authentication_context.issuer = Some(Issuer { id: rogue_idp(context).into(), kind: "SAML2" });
    record.debug("idpDisplayName", ROGUE_IDP);
    record.target = Some(vec![user(&context.org.people[0])]);
}

fn signed_in<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/challenge/answer");
    in_stolen_session(context, record);
}

/// The session of the person, whoever acts in it.
fn in_stolen_session<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    let session = context.persons_session_id();
    record.authentication_context.root_session_id = Some(session.clone().into());
    record.authentication_context.external_session_id = session.into();
    record.target = Some(vec![user(context.who)]);
}

fn token_made<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    in_stolen_session(context, record);
    requested(record, "/api/internal/tokens");
    let number = context.thing() as u64;
    record.target = Some(vec![Target::new("Token", context.org.single_id("00T", number), token_name(number))]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::policies::POLICIES;

    #[test]
    fn routing_rules_are_where_they_should_be() {
        assert_eq!(POLICIES[DISCOVERY_POLICY].kind, "IDP_DISCOVERY");
    }
}
