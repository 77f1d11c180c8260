//! Tokens: `OpenID` Connect sign-ins, refreshes, service apps, and what goes wrong with them.

use crate::log::record::{Actor, Entries, Outcome, Record, Target};
use crate::log::scene::Scene;
use crate::log::story::{Cast, Step, Story, step, story};
use crate::log::target::{app, user};
use crate::org::apps::App;
use crate::random::mix;

#[rustfmt::skip]
pub(crate) const STORIES: &[Story] = &[
    story("sign on with OpenID Connect", 480, Cast::Person, OIDC),
    story("refresh tokens", 560, Cast::Person, REFRESH),
    story("tokens of a custom server", 180, Cast::Person, CUSTOM),
    story("custom server refreshes", 150, Cast::Person, CUSTOM_REFRESH),
    story("service app takes a token", 210, Cast::Service, &[step(0, "app.oauth2.token.grant.access_token", service_token)]),
    story("service app with wrong credentials", 5, Cast::Service, &[step(0, "app.oauth2.invalid_client_credentials", wrong_client)]),
    story("revoke a token", 15, Cast::Person, &[step(0, "app.oauth2.token.revoke", revoke)]),
    story("reuse of a refresh token", 2, Cast::Attacker, &[step(0, "app.oauth2.token.detect_reuse", reuse)]),
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

fn granted<'a>(scene: &Scene<'a>, record: &mut Record<'a>, grant: &'static str, kind: &'static str) {
    record.debug("grantType", grant);
    record.debug("grantedScopes", SCOPES);
    record.debug("requestedScopes", SCOPES);
    record.debug("userId", &*scene.who.id);
    record.target = Some(vec![user(scene.who), token(scene, kind)]);
}

fn token(scene: &Scene<'_>, kind: &'static str) -> Target<'static> {
    let salt = kind.bytes().fold(0, |hash, byte| mix(hash, u64::from(byte)));
    let prefix = if kind == "code" { "code" } else { "AT" };
    let id = format!("{prefix}.{}", crate::id::hex(mix(scene.key, salt), 40));
    let expires = crate::org::timestamp(scene.began_ms + 3_600_000);
    let entries = Entries::of("expires", format!("{expires:.3}"))
        .with("subject", scene.who.id.clone())
        .with("hash", crate::id::hex(mix(salt, scene.key), 22));
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

fn code<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    by_client(record, scene.oidc_app());
    granted(scene, record, "authorization_code", "code");
    record.debug("responseType", "code");
    record.debug("responseMode", "query");
    record.debug("redirectUri", "https://portal.acme.example/callback");
    record.requested("/oauth2/v1/authorize");
}

fn sign_on<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.requested("/oauth2/v1/authorize");
    record.target = Some(vec![app(scene.oidc_app())]);
}

fn access_token<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    by_client(record, scene.oidc_app());
    granted(scene, record, "authorization_code", "access_token");
    record.requested("/oauth2/v1/token");
}

fn id_token<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    by_client(record, scene.oidc_app());
    granted(scene, record, "authorization_code", "id_token");
    record.requested("/oauth2/v1/token");
}

fn refresh_token<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    by_client(record, scene.oidc_app());
    granted(scene, record, "refresh_token", "refresh_token");
    record.requested("/oauth2/v1/token");
}

fn custom<'a>(scene: &Scene<'a>, record: &mut Record<'a>, path: &str) {
    by_client(record, scene.oidc_app());
    let id = scene.org.single_id("aus", 0);
    record.requested(format!("/oauth2/{id}/v1/{path}"));
    record.debug("authorizationServer", id);
    record.debug("authorizationServerName", "default");
}

fn custom_code<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    granted(scene, record, "authorization_code", "code");
    custom(scene, record, "authorize");
}

fn custom_access_token<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    granted(scene, record, "authorization_code", "access_token");
    custom(scene, record, "token");
}

fn custom_id_token<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    granted(scene, record, "authorization_code", "id_token");
    custom(scene, record, "token");
}

fn custom_refresh_token<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    granted(scene, record, "refresh_token", "refresh_token");
    custom(scene, record, "token");
}

fn service_token<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("clientAuthType", "private_key_jwt");
    record.debug("grantType", "client_credentials");
    record.debug("grantedScopes", "okta.logs.read, okta.users.read");
    record.debug("requestedScopes", "okta.logs.read, okta.users.read");
    record.requested("/oauth2/v1/token");
    record.target = Some(vec![token(scene, "access_token")]);
}

fn wrong_client<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    record.debug("error", "invalid_client");
    record.debug("errorDescription", "The client secret supplied for a confidential client is invalid.");
    record.requested("/oauth2/v1/token");
    record.outcome = Outcome::because("FAILURE", "invalid_client");
    record.target = Some(vec![app(scene.service_app())]);
}

fn revoke<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    by_client(record, scene.oidc_app());
    record.requested("/oauth2/v1/revoke");
    record.target = Some(vec![token(scene, "access_token")]);
}

fn reuse<'a>(scene: &Scene<'a>, record: &mut Record<'a>) {
    by_client(record, scene.oidc_app());
    record.debug("oldRefreshTokenHash", crate::id::hex(mix(scene.key, 21), 22));
    record.debug("currentRefreshTokenHash", crate::id::hex(mix(scene.key, 22), 22));
    record.requested("/oauth2/v1/token");
    record.outcome = Outcome::because("FAILURE", "Refresh token was reused");
    record.target = Some(vec![user(scene.who), token(scene, "refresh_token")]);
}
