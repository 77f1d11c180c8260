//! Tokens: `OpenID` Connect sign-ins, refreshes, service apps, and what goes wrong with them.

use crate::log::actor_kind::ActorKind;
use crate::log::record::{Actor, Entries, Outcome, Record, Target};
use crate::log::scenario::{Scenario, Step, scenario, step};
use crate::log::scenario_context::ScenarioContext;
use crate::log::target::{app, user};
use crate::org::apps::App;
use crate::random::mix;

#[rustfmt::skip]
pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario("sign on with OpenID Connect", 480, ActorKind::Person, OIDC),
    scenario("refresh tokens", 560, ActorKind::Person, REFRESH),
    scenario("tokens of a custom server", 180, ActorKind::Person, CUSTOM),
    scenario("custom server refreshes", 150, ActorKind::Person, CUSTOM_REFRESH),
    scenario("service app takes a token", 210, ActorKind::Service, &[step(0, "app.oauth2.token.grant.access_token", service_token)]),
    scenario("service app with wrong credentials", 5, ActorKind::Service, &[step(0, "app.oauth2.invalid_client_credentials", wrong_client)]),
    scenario("revoke a token", 15, ActorKind::Person, &[step(0, "app.oauth2.token.revoke", revoke)]),
    scenario("reuse of a refresh token", 2, ActorKind::Attacker, &[step(0, "app.oauth2.token.detect_reuse", reuse)]),
];

const OIDC: &[Step] = &[
    step(0, "policy.evaluate_sign_on", super::single_sign_on::allow),
    step(70, "app.oauth2.authorize.code", code),
    step(90, "app.oauth2.signon", sign_on),
    step(510, "app.oauth2.token.grant.access_token", access_token),
    step(515, "app.oauth2.token.grant.id_token", id_token),
];
const REFRESH: &[Step] = &[
    step(0, "app.oauth2.token.grant.access_token", access_token),
    step(5, "app.oauth2.token.grant.refresh_token", refresh_token),
];
const CUSTOM: &[Step] = &[
    step(0, "app.oauth2.as.authorize.code", custom_code),
    step(340, "app.oauth2.as.token.grant.access_token", custom_access_token),
    step(345, "app.oauth2.as.token.grant.id_token", custom_id_token),
];
const CUSTOM_REFRESH: &[Step] = &[
    step(0, "app.oauth2.as.token.grant.access_token", custom_access_token),
    step(4, "app.oauth2.as.token.grant.refresh_token", custom_refresh_token),
];

const SCOPES: &str = "openid, profile, email, offline_access";

/// The client acts; the person is a target and `userId`.
fn by_client<'a>(record: &mut Record<'a>, client: &'a App) {
    record.actor = Actor {
        id: (&*client.id).into(),
        kind: "PublicClientApp",
        alternate_id: Some((&*client.id).into()),
        display_name: (&*client.label).into(),
        detail_entry: None,
    };
    record.client.id = Some((&*client.id).into());
}

fn granted<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>, grant: &'static str, kind: &'static str) {
    record.debug("grantType", grant);
    record.debug("grantedScopes", SCOPES);
    record.debug("requestedScopes", SCOPES);
    record.debug("userId", &*context.who.id);
    record.target = Some(vec![user(context.who), token(context, kind)]);
}

fn token(context: &ScenarioContext<'_>, kind: &'static str) -> Target<'static> {
    let salt = kind.bytes().fold(0, |hash, byte| mix(hash, u64::from(byte)));
    let prefix = if kind == "code" { "code" } else { "AT" };
    let id = format!("{prefix}.{}", crate::id::hex(mix(context.key, salt), 40));
    let expires = crate::time::timestamp(context.began_ms + 3_600_000);
    let entries = Entries::of("expires", format!("{expires:.3}"))
        .with("subject", context.who.id.clone())
        .with("hash", crate::id::hex(mix(salt, context.key), 22));
    let target = Target::new(kind, id, token_name(kind)).detailed(entries);
    Target { alternate_id: None, ..target }
}

const fn token_name(kind: &'static str) -> &'static str {
    match kind.as_bytes() {
        b"access_token" => "Access Token",
        b"code" => "Authorization Code",
        b"id_token" => "ID Token",
        _ => "Refresh Token",
    }
}

fn code<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    by_client(record, context.oidc_app());
    granted(context, record, "authorization_code", "code");
    record.debug("responseType", "code");
    record.debug("responseMode", "query");
    record.debug("redirectUri", "https://portal.acme.example/callback");
    record.requested("/oauth2/v1/authorize");
}

fn sign_on<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.requested("/oauth2/v1/authorize");
    record.target = Some(vec![app(context.oidc_app())]);
}

fn access_token<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    by_client(record, context.oidc_app());
    granted(context, record, "authorization_code", "access_token");
    record.requested("/oauth2/v1/token");
}

fn id_token<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    by_client(record, context.oidc_app());
    granted(context, record, "authorization_code", "id_token");
    record.requested("/oauth2/v1/token");
}

fn refresh_token<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    by_client(record, context.oidc_app());
    granted(context, record, "refresh_token", "refresh_token");
    record.requested("/oauth2/v1/token");
}

fn custom<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>, path: &str) {
    by_client(record, context.oidc_app());
    let id = context.org.single_id("aus", 0);
    record.requested(format!("/oauth2/{id}/v1/{path}"));
    record.debug("authorizationServer", id);
    record.debug("authorizationServerName", "default");
}

fn custom_code<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    granted(context, record, "authorization_code", "code");
    custom(context, record, "authorize");
}

fn custom_access_token<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    granted(context, record, "authorization_code", "access_token");
    custom(context, record, "token");
}

fn custom_id_token<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    granted(context, record, "authorization_code", "id_token");
    custom(context, record, "token");
}

fn custom_refresh_token<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    granted(context, record, "refresh_token", "refresh_token");
    custom(context, record, "token");
}

fn service_token<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("clientAuthType", "private_key_jwt");
    record.debug("grantType", "client_credentials");
    record.debug("grantedScopes", "okta.logs.read, okta.users.read");
    record.debug("requestedScopes", "okta.logs.read, okta.users.read");
    record.requested("/oauth2/v1/token");
    record.target = Some(vec![token(context, "access_token")]);
}

fn wrong_client<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    record.debug("error", "invalid_client");
    record.debug("errorDescription", "The client secret supplied for a confidential client is invalid.");
    record.requested("/oauth2/v1/token");
    record.outcome = Outcome::because("FAILURE", "invalid_client");
    record.target = Some(vec![app(context.service_app())]);
}

fn revoke<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    by_client(record, context.oidc_app());
    record.requested("/oauth2/v1/revoke");
    record.target = Some(vec![token(context, "access_token")]);
}

fn reuse<'a>(context: &ScenarioContext<'a>, record: &mut Record<'a>) {
    by_client(record, context.oidc_app());
    record.debug("oldRefreshTokenHash", crate::id::hex(mix(context.key, 21), 22));
    record.debug("currentRefreshTokenHash", crate::id::hex(mix(context.key, 22), 22));
    record.requested("/oauth2/v1/token");
    record.outcome = Outcome::because("FAILURE", "Refresh token was reused");
    record.target = Some(vec![user(context.who), token(context, "refresh_token")]);
}
