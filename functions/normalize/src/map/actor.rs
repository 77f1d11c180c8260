//! Who did it: actor, client application, session, credentials used.

use super::principal;
use crate::json::Object;
use crate::ocsf::{Actor, Event, Idp, ProgrammaticCredential, Session, Text, User};

/// Places `actor`, `client.id`, `authenticationContext` and the API token of the transaction.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let mut user = members.object("actor").and_then(take_user);
    if let Some(user) = user.as_mut() {
        user.programmatic_credentials = api_token(members).map(|token| vec![token]);
    }
    let (app_uid, app_name) = application(members, user.as_ref());
    let session = session(members);
    // OCSF has no actor of whom only the identity provider is known.
    if user.is_some() || session.is_some() || app_uid.is_some() {
        event.actor = Some(Actor { user, session, idp: identity_provider(members), app_uid, app_name });
    }
}

/// The actor that classes get which require one, when the event names none: Okta itself.
pub(super) fn okta<'a>() -> Actor<'a> {
    Actor { app_name: Some("Okta".into()), ..Actor::default() }
}

/// The actor as a user. Of a threat, Okta names the address as the actor: that is no user.
fn take_user<'a>(actor: &mut Object<'a>) -> Option<User<'a>> {
    if actor.text("type") == Some("IP address") { None } else { principal::take(actor) }
}

/// The application that acted, or that a person acted through (`client.id` is the OAuth client's).
fn application<'a>(members: &mut Object<'a>, user: Option<&User<'a>>) -> (Option<Text<'a>>, Option<Text<'a>>) {
    let service = user.filter(|user| user.type_id == Some(4));
    let client = members.object("client").and_then(|client| client.take_text("id"));
    let is_service = client.is_none() || client.as_ref() == service.and_then(|service| service.uid.as_ref());
    let name = service.filter(|_| is_service).and_then(|service| service.full_name.clone());
    (client.or_else(|| service?.uid.clone()), name)
}

/// The Okta API token that the request was made with (`transaction.detail.requestApiTokenId`).
fn api_token<'a>(members: &mut Object<'a>) -> Option<ProgrammaticCredential<'a>> {
    let detail = members.object("transaction")?.object("detail")?;
    let uid = detail.take_text("requestApiTokenId")?;
    Some(ProgrammaticCredential { uid, kind: Some("API Token".into()) })
}

fn session<'a>(members: &mut Object<'a>) -> Option<Session<'a>> {
    let context = members.object("authenticationContext")?;
    let uid = context.take_text_if("externalSessionId", principal::is_known);
    let uid_alt = context.take_text_if("rootSessionId", principal::is_known);
    let issuer = context.object("issuer").and_then(|issuer| issuer.take_text("id"));
    let is_something = uid.is_some() || uid_alt.is_some() || issuer.is_some();
    is_something.then_some(Session { uid, uid_alt, issuer })
}

fn identity_provider<'a>(members: &mut Object<'a>) -> Option<Idp<'a>> {
    let name = members.object("authenticationContext")?.take_text("authenticationProvider")?;
    Some(Idp { uid: None, name: Some(name) })
}
