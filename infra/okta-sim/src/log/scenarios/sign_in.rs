//! People getting in and out: passwords, second factors, federation, lock-outs.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Behavior, Entries, Issuer, Outcome, Record, Risk};
use crate::log::scenario::{Scenario, Step, maybe, scenario, scenario_of, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{ad_agent, app, app_user, enrollment, policy, rule, user};
use crate::org::people::{Factor, Person};
use crate::org::policies::{APP_POLICY, SESSION_POLICY};

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario_of(|who| who.factor == Factor::OktaVerifyPush, "sign in with push", 420, ActorKind::Person, BY_PUSH),
    scenario_of(|who| who.factor == Factor::FastPass, "sign in with FastPass", 260, ActorKind::Person, BY_FASTPASS),
    scenario_of(|who| who.factor == Factor::Sms, "sign in with SMS", 60, ActorKind::Person, BY_SMS),
    scenario_of(has_code_or_key, "sign in with a code or a key", 160, ActorKind::Person, BY_FACTOR),
    scenario("sign in with the password alone", 60, ActorKind::Person, BY_PASSWORD),
    scenario("sign in through AD", 40, ActorKind::Person, BY_AD),
    scenario("sign in through an identity provider", 25, ActorKind::Person, BY_IDP),
    scenario("sign in to the VPN", 30, ActorKind::Person, BY_RADIUS),
    scenario("wrong password, then right", 70, ActorKind::Person, AFTER_A_TYPO),
    scenario("locked out", 6, ActorKind::Person, LOCKED_OUT),
    scenario("unlock oneself", 4, ActorKind::Person, UNLOCK),
    scenario("forgot the password", 12, ActorKind::Person, FORGOT_PASSWORD),
    scenario("change the password", 8, ActorKind::Person, CHANGE_PASSWORD),
    scenario("sign out", 120, ActorKind::Person, &[step(0, "user.session.end", sign_out)]),
    scenario("session expires", 30, ActorKind::Person, &[step(0, "user.session.expire", expire)]),
    scenario("sign in on a new device", 14, ActorKind::Person, NEW_DEVICE),
    scenario("session moves to another network", 20, ActorKind::Person, CONTEXT_CHANGE),
];

const BY_PUSH: &[Step] = &[
    step(0, "policy.evaluate_sign_on", challenge),
    step(900, "system.push.send_factor_verify_push", push),
    step(7_400, "user.authentication.auth_via_mfa", second_factor),
    step(7_520, "user.session.start", start),
    maybe(700, 7_600, "policy.evaluate_sign_on", allow_app),
];
const BY_FASTPASS: &[Step] = &[
    step(0, "policy.evaluate_sign_on", challenge),
    step(1_600, "user.authentication.auth_via_mfa", second_factor),
    maybe(300, 1_700, "user.authentication.verify", verify),
    step(1_760, "user.session.start", start),
    maybe(700, 1_800, "policy.evaluate_sign_on", allow_app),
];
const BY_SMS: &[Step] = &[
    step(0, "policy.evaluate_sign_on", challenge),
    step(1_100, "system.sms.send_factor_verify_message", sms),
    step(21_000, "user.authentication.auth_via_mfa", second_factor),
    step(21_100, "user.session.start", start),
];
const BY_FACTOR: &[Step] = &[
    step(0, "policy.evaluate_sign_on", challenge),
    maybe(50, 9_000, "user.authentication.auth_via_mfa", wrong_code),
    step(12_000, "user.authentication.auth_via_mfa", second_factor),
    step(12_100, "user.session.start", start),
    maybe(500, 12_160, "policy.evaluate_sign_on", allow_app),
];
const BY_PASSWORD: &[Step] =
    &[step(0, "user.session.start", start), step(90, "policy.evaluate_sign_on", allow_session)];
const BY_AD: &[Step] =
    &[step(0, "user.authentication.auth_via_AD_agent", by_ad), step(60, "user.session.start", start)];
const BY_IDP: &[Step] = &[step(0, "user.authentication.auth_via_IDP", by_idp), step(80, "user.session.start", start)];
const BY_RADIUS: &[Step] = &[step(0, "user.authentication.auth_via_radius", by_radius)];
const AFTER_A_TYPO: &[Step] = &[
    step(0, "user.session.start", wrong_password),
    maybe(250, 8_000, "user.session.start", wrong_password),
    step(17_000, "user.session.start", start),
    step(17_060, "policy.evaluate_sign_on", allow_session),
];
const LOCKED_OUT: &[Step] = &[
    step(0, "user.session.start", wrong_password),
    step(6_000, "user.session.start", wrong_password),
    step(11_000, "user.session.start", wrong_password),
    step(16_000, "user.session.start", wrong_password),
    step(21_000, "user.session.start", locked),
    step(21_050, "user.account.lock", lock),
];
const UNLOCK: &[Step] =
    &[step(0, "system.email.account_unlock.sent_message", mail), step(41_000, "user.account.unlock", unlock)];
const FORGOT_PASSWORD: &[Step] = &[
    step(0, "system.email.password_reset.sent_message", mail),
    step(300, "user.account.reset_password", reset_password),
    maybe(850, 48_000, "user.account.update_password", update_password),
];
const CHANGE_PASSWORD: &[Step] = &[step(0, "user.account.update_password", update_password)];
const NEW_DEVICE: &[Step] = &[
    step(0, "policy.evaluate_sign_on", challenge_new_device),
    step(14_000, "user.authentication.auth_via_mfa", second_factor),
    step(14_100, "user.session.start", start),
    step(14_900, "system.email.new_device_notification.sent_message", mail),
    step(15_600, "system.email.delivery", delivered),
];
const CONTEXT_CHANGE: &[Step] = &[
    step(0, "user.session.context.change", context_change),
    maybe(60, 700, "policy.auth_reevaluate.fail", reevaluation_fails),
];

fn has_code_or_key(who: &Person) -> bool {
    matches!(who.factor, Factor::Totp | Factor::WebAuthn | Factor::Email)
}

const USUAL: &str = "{New Geo-Location=NEGATIVE, New Device=NEGATIVE, New IP=NEGATIVE, New State=NEGATIVE, New Country=NEGATIVE, Velocity=NEGATIVE, New City=NEGATIVE}";
const NEW: &str = "{New Geo-Location=NEGATIVE, New Device=POSITIVE, New IP=POSITIVE, New State=NEGATIVE, New Country=NEGATIVE, Velocity=NEGATIVE, New City=NEGATIVE}";
const LOW: Risk = Risk { level: "LOW", reasons: &[], issuer: None, detection_name: None, previous_level: None };
const MEDIUM: Risk =
    Risk { level: "MEDIUM", reasons: &["Anomalous Device"], issuer: None, detection_name: None, previous_level: None };

/// What Okta's risk engine says of a sign-in, in both of its forms: text and structure.
pub(super) fn assess(context: &ScenarioContext<'_>, record: &mut Record<'_>, is_new_device: bool) {
    let (behaviors, risk) = if is_new_device { (NEW, MEDIUM) } else { (USUAL, LOW) };
    record.debug("behaviors", behaviors);
    record.debug("risk", if is_new_device { "{reasons=Anomalous Device, level=MEDIUM}" } else { "{level=LOW}" });
    record.security_context.risk = Some(risk);
    let behavior = |number, name, is_new| Behavior {
        id: context.org.single_id("bhv", number).into(),
        name,
        result: if is_new { "POSITIVE" } else { "NEGATIVE" },
    };
    let behaviors = [behavior(0, "New Device", is_new_device), behavior(1, "New Geo-Location", false)];
    record.security_context.user_behaviors = Some(behaviors.into());
}

fn authn(context: &ScenarioContext<'_>, record: &mut Record<'_>, uri: &'static str) {
    record.debug("authnRequestId", crate::id::request(crate::random::mix(context.key, 11)));
    record.debug("oktaUserAgentExtended", "okta-auth-js/7.8.1 okta-signin-widget-7.36.2");
    record.requested(uri);
}

fn challenge<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/identify");
    assess(context, record, false);
    record.outcome = Outcome::because("CHALLENGE", "Sign-on policy evaluation resulted in CHALLENGE");
    record.target = Some(vec![policy(context.org, SESSION_POLICY), rule(context.org, SESSION_POLICY, 1)]);
}

fn challenge_new_device<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/identify");
    assess(context, record, true);
    record.outcome = Outcome::because("CHALLENGE", "Sign-on policy evaluation resulted in CHALLENGE");
    record.target = Some(vec![policy(context.org, SESSION_POLICY), rule(context.org, SESSION_POLICY, 0)]);
}

fn allow_session<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/api/v1/authn");
    assess(context, record, false);
    record.outcome = Outcome::because("ALLOW", "Sign-on policy evaluation resulted in ALLOW");
    record.target = Some(vec![policy(context.org, SESSION_POLICY), rule(context.org, SESSION_POLICY, 1)]);
}

/// The person's way on, from the sign-in to the first app.
fn allow_app<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/challenge/answer");
    record.outcome = Outcome::because("ALLOW", "Sign-on policy evaluation resulted in ALLOW");
    record.target = Some(vec![app(context.app()), policy(context.org, APP_POLICY), rule(context.org, APP_POLICY, 1)]);
}

fn push<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/challenge");
    record.debug("devicePlatform", context.who.phone.platform);
    record.debug("deviceCategory", "MOBILE");
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

fn sms<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/challenge");
    let country = context.who.place.country_code;
    record.debug("phoneNumber", format!("+1XXXXXXX{:03}", context.who.index % 1_000));
    record.debug("countryCodeIso2", country);
    record.debug("smsProvider", "OKTA_TELEPHONY");
    record.target = Some(vec![user(context.who)]);
}

fn second_factor<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/challenge/answer");
    record.debug("factor", context.who.factor.name());
    record.debug("promptingPolicyTypes", "[OKTA_SIGN_ON]");
    record.authentication_context.credential_provider = Some("OKTA_CREDENTIAL_PROVIDER");
    record.authentication_context.authentication_provider = Some("FACTOR_PROVIDER");
    record.authentication_context.credential_type = credential_type(context.who.factor);
    record.target = Some(vec![user(context.who), enrollment(context.who)]);
}

/// Okta's enum is older than its newer factors: those have none.
const fn credential_type(factor: Factor) -> Option<&'static str> {
    match factor {
        Factor::Email => Some("EMAIL"),
        Factor::Sms => Some("SMS"),
        Factor::Totp => Some("OTP"),
        Factor::FastPass | Factor::OktaVerifyPush | Factor::Question | Factor::WebAuthn => None,
    }
}

fn wrong_code<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    second_factor(context, record);
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.legacy_event_type = Some("core.user.factor.attempt_fail");
}

fn verify<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/authenticators/poll");
    record.target = Some(vec![enrollment(context.who), app_user(context.app(), context.who)]);
}

fn start<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/challenge/answer");
    assess(context, record, false);
    record.authentication_context.authentication_provider = Some("OKTA_AUTHENTICATION_PROVIDER");
    record.authentication_context.credential_provider = Some("OKTA_CREDENTIAL_PROVIDER");
    record.authentication_context.credential_type = Some("PASSWORD");
}

fn wrong_password<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    fail(context, record, "INVALID_CREDENTIALS");
}

fn locked<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    fail(context, record, "LOCKED_OUT");
}

pub(super) fn fail<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>, reason: &'static str) {
    start(context, record);
    record.debug("loginResult", reason);
    record.outcome = Outcome::because("FAILURE", reason);
    record.legacy_event_type = Some("core.user_auth.login_failed");
}

fn lock<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/idp/idx/challenge/answer");
    assess(context, record, false);
    record.outcome = Outcome::because("FAILURE", "LOCKED_OUT");
}

fn unlock<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/unlock-account");
    record.debug("isSelfInitiated", "true");
    record.target = Some(vec![user(context.who)]);
}

fn reset_password<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/recover");
    record.debug("isSelfInitiated", "true");
    record.target = Some(vec![user(context.who)]);
}

fn update_password<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/challenge/answer");
    record.target = Some(vec![user(context.who)]);
}

pub(super) fn mail<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/recover");
    let entries = Entries::of("emailAddress", &*context.who.login);
    record.target = Some(vec![user(context.who).detailed(entries)]);
}

fn delivered<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("emailProvider", "SES");
    record.outcome = Outcome::because("SUCCESS", "Email delivered");
    record.target = Some(vec![user(context.who)]);
}

fn sign_out<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/login/signout");
    record.debug("endedSessionId", context.session_id());
    record.debug("terminationReason", "USER_INITIATED");
}

fn expire<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/app/UserHome");
    record.target = Some(vec![user(context.who)]);
}

fn by_ad<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/api/v1/authn");
    record.authentication_context.authentication_provider = Some("ACTIVE_DIRECTORY");
    record.authentication_context.credential_type = Some("PASSWORD");
    record.target = Some(vec![ad_agent(context.org), user(context.who)]);
}

fn by_idp<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    authn(context, record, "/sso/saml2/callback");
    record.authentication_context.authentication_provider = Some("FEDERATION");
    record.authentication_context.credential_type = Some("ASSERTION");
    let id = context.org.single_id("0oi", 0);
    record.authentication_context.issuer = Some(Issuer { id: id.into(), kind: "SAML2" });
    record.debug("idpDisplayName", "Partner Directory");
    record.target = Some(vec![user(context.who)]);
}

fn by_radius<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/radius/authn");
    record.authentication_context.credential_type = Some("PASSWORD");
    record.target = Some(vec![user(context.who)]);
}

fn context_change<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/sessions/me/lifecycle/refresh");
    record.debug("previousIpAddress", context.who.home_ip());
    record.debug("newIpAddress", context.who.office_ip());
    record.debug("causes", "[IP]");
    record.debug("arePoliciesReevaluated", "true");
    record.target = Some(vec![user(context.who)]);
}

fn reevaluation_fails<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("postAuthEnforceMode", "MONITOR");
    record.outcome = Outcome::because("DENY", "Policy reevaluation failed");
    record.target = Some(vec![user(context.who), policy(context.org, APP_POLICY), app(context.app())]);
}
