//! People getting in and out: passwords, second factors, federation, lock-outs.

use crate::log::record::{Behavior, Entries, Issuer, Outcome, Record, Risk};
use crate::log::scene::Scene;
use crate::log::story::{Cast, Step, Story, maybe, step, story, story_of};
use crate::log::target::{ad_agent, app, app_user, enrollment, policy, rule, user};
use crate::org::people::{Factor, Person};
use crate::org::policies::{APP_POLICY, SESSION_POLICY};

#[rustfmt::skip]
pub(crate) const STORIES: &[Story] = &[
    story_of(|who| who.factor == Factor::OktaVerifyPush, "sign in with push", 420, Cast::Person, BY_PUSH),
    story_of(|who| who.factor == Factor::FastPass, "sign in with FastPass", 260, Cast::Person, BY_FASTPASS),
    story_of(|who| who.factor == Factor::Sms, "sign in with SMS", 60, Cast::Person, BY_SMS),
    story_of(has_code_or_key, "sign in with a code or a key", 160, Cast::Person, BY_FACTOR),
    story("sign in with the password alone", 60, Cast::Person, BY_PASSWORD),
    story("sign in through AD", 40, Cast::Person, BY_AD),
    story("sign in through an identity provider", 25, Cast::Person, BY_IDP),
    story("sign in to the VPN", 30, Cast::Person, BY_RADIUS),
    story("wrong password, then right", 70, Cast::Person, AFTER_A_TYPO),
    story("locked out", 6, Cast::Person, LOCKED_OUT),
    story("unlock oneself", 4, Cast::Person, UNLOCK),
    story("forgot the password", 12, Cast::Person, FORGOT_PASSWORD),
    story("change the password", 8, Cast::Person, CHANGE_PASSWORD),
    story("sign out", 120, Cast::Person, &[step(0, "user.session.end", sign_out)]),
    story("session expires", 30, Cast::Person, &[step(0, "user.session.expire", expire)]),
    story("sign in on a new device", 14, Cast::Person, NEW_DEVICE),
    story("session moves to another network", 20, Cast::Person, CONTEXT_CHANGE),
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
pub(super) fn assess(scene: &Scene<'_>, record: &mut Record<'_>, is_new_device: bool) {
    let (behaviors, risk) = if is_new_device { (NEW, MEDIUM) } else { (USUAL, LOW) };
    record.debug("behaviors", behaviors);
    record.debug("risk", if is_new_device { "{reasons=Anomalous Device, level=MEDIUM}" } else { "{level=LOW}" });
    record.security_context.risk = Some(risk);
    let behavior = |number, name, is_new| Behavior {
        id: scene.org.single_id("bhv", number).into(),
        name,
        result: if is_new { "POSITIVE" } else { "NEGATIVE" },
    };
    let behaviors = [behavior(0, "New Device", is_new_device), behavior(1, "New Geo-Location", false)];
    record.security_context.user_behaviors = Some(behaviors.into());
}

fn authn(scene: &Scene<'_>, record: &mut Record<'_>, uri: &'static str) {
    record.debug("authnRequestId", crate::id::request(crate::random::mix(scene.key, 11)));
    record.debug("oktaUserAgentExtended", "okta-auth-js/7.8.1 okta-signin-widget-7.36.2");
    record.requested(uri);
}

fn challenge<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/identify");
    assess(scene, record, false);
    record.outcome = Outcome::because("CHALLENGE", "Sign-on policy evaluation resulted in CHALLENGE");
    record.target = Some(vec![policy(scene.org, SESSION_POLICY), rule(scene.org, SESSION_POLICY, 1)]);
}

fn challenge_new_device<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/identify");
    assess(scene, record, true);
    record.outcome = Outcome::because("CHALLENGE", "Sign-on policy evaluation resulted in CHALLENGE");
    record.target = Some(vec![policy(scene.org, SESSION_POLICY), rule(scene.org, SESSION_POLICY, 0)]);
}

fn allow_session<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/api/v1/authn");
    assess(scene, record, false);
    record.outcome = Outcome::because("ALLOW", "Sign-on policy evaluation resulted in ALLOW");
    record.target = Some(vec![policy(scene.org, SESSION_POLICY), rule(scene.org, SESSION_POLICY, 1)]);
}

/// The person's way on, from the sign-in to the first app.
fn allow_app<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/challenge/answer");
    record.outcome = Outcome::because("ALLOW", "Sign-on policy evaluation resulted in ALLOW");
    record.target = Some(vec![app(scene.app()), policy(scene.org, APP_POLICY), rule(scene.org, APP_POLICY, 1)]);
}

fn push<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/challenge");
    record.debug("devicePlatform", scene.who.phone.platform);
    record.debug("deviceCategory", "MOBILE");
    record.target = Some(vec![user(scene.who), enrollment(scene.who)]);
}

fn sms<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/challenge");
    let country = scene.who.place.country_code;
    record.debug("phoneNumber", format!("+1XXXXXXX{:03}", scene.who.index % 1_000));
    record.debug("countryCodeIso2", country);
    record.debug("smsProvider", "OKTA_TELEPHONY");
    record.target = Some(vec![user(scene.who)]);
}

fn second_factor<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/challenge/answer");
    record.debug("factor", scene.who.factor.name());
    record.debug("promptingPolicyTypes", "[OKTA_SIGN_ON]");
    record.authentication_context.credential_provider = Some("OKTA_CREDENTIAL_PROVIDER");
    record.authentication_context.authentication_provider = Some("FACTOR_PROVIDER");
    record.authentication_context.credential_type = credential_type(scene.who.factor);
    record.target = Some(vec![user(scene.who), enrollment(scene.who)]);
}

/// Okta's enum is older than its newer factors: those have none.
const fn credential_type(factor: Factor) -> Option<&'static str> {
    match factor {
        Factor::Email => Some("EMAIL"),
        Factor::Sms => Some("SMS"),
        Factor::Totp => Some("OTP"),
        Factor::FastPass | Factor::OktaVerifyPush | Factor::WebAuthn => None,
    }
}

fn wrong_code<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    second_factor(scene, record);
    record.outcome = Outcome::because("FAILURE", "INVALID_CREDENTIALS");
    record.legacy_event_type = Some("core.user.factor.attempt_fail");
}

fn verify<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/authenticators/poll");
    record.target = Some(vec![enrollment(scene.who), app_user(scene.app(), scene.who)]);
}

fn start<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/challenge/answer");
    assess(scene, record, false);
    record.authentication_context.authentication_provider = Some("OKTA_AUTHENTICATION_PROVIDER");
    record.authentication_context.credential_provider = Some("OKTA_CREDENTIAL_PROVIDER");
    record.authentication_context.credential_type = Some("PASSWORD");
}

fn wrong_password<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    fail(scene, record, "INVALID_CREDENTIALS");
}

fn locked<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    fail(scene, record, "LOCKED_OUT");
}

pub(super) fn fail<'a>(scene: &Scene<'a>, record: &mut Record<'a>, reason: &'static str) {
    start(scene, record);
    record.debug("loginResult", reason);
    record.outcome = Outcome::because("FAILURE", reason);
    record.legacy_event_type = Some("core.user_auth.login_failed");
}

fn lock<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/idp/idx/challenge/answer");
    assess(scene, record, false);
    record.outcome = Outcome::because("FAILURE", "LOCKED_OUT");
}

fn unlock<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/unlock-account");
    record.debug("isSelfInitiated", "true");
    record.target = Some(vec![user(scene.who)]);
}

fn reset_password<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/recover");
    record.debug("isSelfInitiated", "true");
    record.target = Some(vec![user(scene.who)]);
}

fn update_password<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/challenge/answer");
    record.target = Some(vec![user(scene.who)]);
}

pub(super) fn mail<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/idp/idx/recover");
    let entries = Entries::of("emailAddress", &*scene.who.login);
    record.target = Some(vec![user(scene.who).detailed(entries)]);
}

fn delivered<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("emailProvider", "SES");
    record.outcome = Outcome::because("SUCCESS", "Email delivered");
    record.target = Some(vec![user(scene.who)]);
}

fn sign_out<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/login/signout");
    record.debug("endedSessionId", scene.session_id());
    record.debug("terminationReason", "USER_INITIATED");
}

fn expire<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/app/UserHome");
    record.target = Some(vec![user(scene.who)]);
}

fn by_ad<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/api/v1/authn");
    record.authentication_context.authentication_provider = Some("ACTIVE_DIRECTORY");
    record.authentication_context.credential_type = Some("PASSWORD");
    record.target = Some(vec![ad_agent(scene.org), user(scene.who)]);
}

fn by_idp<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    authn(scene, record, "/sso/saml2/callback");
    record.authentication_context.authentication_provider = Some("FEDERATION");
    record.authentication_context.credential_type = Some("ASSERTION");
    let id = scene.org.single_id("0oi", 0);
    record.authentication_context.issuer = Some(Issuer { id: id.into(), kind: "SAML2" });
    record.debug("idpDisplayName", "Partner Directory");
    record.target = Some(vec![user(scene.who)]);
}

fn by_radius<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/radius/authn");
    record.authentication_context.credential_type = Some("PASSWORD");
    record.target = Some(vec![user(scene.who)]);
}

fn context_change<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/api/v1/sessions/me/lifecycle/refresh");
    record.debug("previousIpAddress", scene.who.home_ip());
    record.debug("newIpAddress", scene.who.office_ip());
    record.debug("causes", "[IP]");
    record.debug("arePoliciesReevaluated", "true");
    record.target = Some(vec![user(scene.who)]);
}

fn reevaluation_fails<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("postAuthEnforceMode", "MONITOR");
    record.outcome = Outcome::because("DENY", "Policy reevaluation failed");
    record.target = Some(vec![user(scene.who), policy(scene.org, APP_POLICY), app(scene.app())]);
}
