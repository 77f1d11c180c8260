//! Who did it: actor, client application, session, credentials used.

use super::named::{self, Named};
use super::target_types::DEVICE;
use super::{principal, target};
use crate::json::Object;
use crate::ocsf::{Actor, Event, Idp, ProgrammaticCredential, Session, Text, User};

/// Event types of sign-ins that another provider vouches for, by how they start.
const HANDED_ON: [&str; 3] = [
    "user.authentication.auth_via_IDP",
    "user.authentication.auth_via_inbound_SAML",
    "user.authentication.auth_via_social",
];

/// Okta's types of the provider of such a sign-in.
const PROVIDERS: [&str; 2] = ["IdentityProvider", "AppInstance"];

/// What Okta writes for the provider when a factor was verified: that is no identity provider.
const FACTOR_PROVIDER: &str = "FACTOR_PROVIDER";

/// Whether another provider vouches for the actor of such an event.
pub(super) fn is_handed_on(event_type: &str) -> bool {
    HANDED_ON.iter().any(|prefix| event_type.starts_with(prefix))
}

/// Places `actor`, `client.id`, `authenticationContext` and the API token of the transaction.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let device = acting_device(members);
    let mut user = members.object("actor").and_then(take_user);
    if let Some(user) = user.as_mut() {
        user.programmatic_credentials = api_token(members).map(|token| vec![token]);
    }
    let (app_uid, app_name) = application(members, user.as_ref());
    let app_name = app_name.or_else(|| device.and_then(|device| device.name.or(device.uid)));
    let session = session(members);
    // OCSF has no actor of whom only the identity provider is known.
    if user.is_some() || session.is_some() || app_uid.is_some() || app_name.is_some() {
        let idp = identity_provider(members, &event.metadata.event_code);
        event.actor = Some(Actor { user, session, idp, app_uid, app_name });
    }
}

/// The actor that classes get which require one, when the event names none: Okta itself.
pub(super) fn okta<'a>() -> Actor<'a> {
    Actor { app_name: Some("Okta".into()), ..Actor::default() }
}

/// The actor as a user. Of a threat, Okta names the address as the actor, and devices act by themselves: these are no
/// users.
fn take_user<'a>(actor: &mut Object<'a>) -> Option<User<'a>> {
    let is_user = actor.text("type").is_none_or(|kind| kind != "IP address" && !DEVICE.contains(&kind));
    if is_user { principal::take(actor) } else { None }
}

/// The device that acts by itself, which [`super::device`] takes.
fn acting_device<'a>(members: &Object<'a>) -> Option<Named<'a>> {
    let actor = members.object_at("actor")?;
    let is_device = actor.text("type").is_some_and(|kind| DEVICE.contains(&kind));
    let (uid, name) = (actor.peek_text("id"), named::peek_name(actor));
    (is_device && (uid.is_some() || name.is_some())).then_some(Named { uid, name })
}

/// The application that acted, or that a person acted through (`client.id` is the OAuth client's).
fn application<'a>(members: &mut Object<'a>, user: Option<&User<'a>>) -> (Option<Text<'a>>, Option<Text<'a>>) {
    let service = user.filter(|user| user.type_id == Some(4));
    let client = members.object("client").and_then(|client| client.take_text("id"));
    let client = api_client(members, client.as_ref()).or(client);
    let is_service = client.is_none() || client.as_ref() == service.and_then(|service| service.uid.as_ref());
    let name = service.filter(|_| is_service).and_then(|service| service.full_name.clone());
    (client.or_else(|| service?.uid.clone()), name)
}

/// The token that the request to Okta's API was made with (`transaction.detail.requestApiTokenId`): one of OAuth
/// (`AT.` and so on) or one of Okta's own (`00T...`).
fn api_token<'a>(members: &mut Object<'a>) -> Option<ProgrammaticCredential<'a>> {
    let detail = members.object("transaction")?.object("detail")?;
    let uid = detail.take_text("requestApiTokenId")?;
    let kind = if uid.starts_with("AT.") { "OAuth Access Token" } else { "API Token" };
    Some(ProgrammaticCredential { uid, kind: Some(kind.into()) })
}

/// The OAuth client that the request to Okta's API was made by.
fn api_client<'a>(members: &mut Object<'a>, known: Option<&Text<'a>>) -> Option<Text<'a>> {
    let detail = members.object("transaction")?.object("detail")?;
    detail.take_repeated("requestApiTokenClientId", known.map(AsRef::as_ref));
    if known.is_some() { None } else { detail.take_text("requestApiTokenClientId") }
}

fn session<'a>(members: &mut Object<'a>) -> Option<Session<'a>> {
    let context = members.object("authenticationContext")?;
    let uid = context.take_text_if("externalSessionId", named::is_known);
    let uid_alt = context.take_text_if("rootSessionId", named::is_known);
    let issuer = context.object("issuer").and_then(|issuer| issuer.take_text("id"));
    let is_something = uid.is_some() || uid_alt.is_some() || issuer.is_some();
    is_something.then_some(Session { uid, uid_alt, issuer })
}

/// The identity provider that vouched for the actor: among the targets, where Okta writes it as an app
/// (their ids are alike), or only its kind.
fn identity_provider<'a>(members: &mut Object<'a>, event_type: &str) -> Option<Idp<'a>> {
    let surest = PROVIDERS.iter().find(|kind| target::find(members, &[kind]).is_some());
    let provider = surest.filter(|_| is_handed_on(event_type)).and_then(|kind| target::find(members, &[kind]));
    if let Some(Named { uid, name }) = provider.and_then(named::take_named) {
        return Some(Idp { uid, name });
    }
    let context = members.object("authenticationContext")?;
    let name = context.take_text_if("authenticationProvider", |kind| kind != FACTOR_PROVIDER)?;
    Some(Idp { uid: None, name: Some(name) })
}
