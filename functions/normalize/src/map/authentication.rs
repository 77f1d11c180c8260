//! Authentication [3002]: one sign-in is one Logon; its steps are Preauth.

use super::{factor, named, policy, principal, protocol, target, target_types};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{AuthenticationToken, Event, Service, Session, User};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    event.user = Some(user(event, members));
    event.session = session(event);
    protocol::place(event, members);
    event.service = Some(service(event, members));
    // Okta is a service on the internet: whoever has an address there is remote.
    event.is_remote = event.src_endpoint.as_ref().and_then(|source| source.ip.as_ref()).map(|_| true);
    event.auth_factors = factor::of_sign_in(members, &event.metadata.event_code);
    event.is_mfa = is_mfa(event);
    event.authentication_token = token(members);
    event.authorizations = policy::take_authorizations(members, event.status_code.as_ref());
    place_account_switch(event, decision);
}

/// Who signs in: the person that the event names as its target (whose session an admin ends, whom
/// Okta Support becomes, for whom an app gets a token), or the actor.
fn user<'a>(event: &Event<'a>, members: &mut Object<'a>) -> User<'a> {
    let actor = event.actor.as_ref().and_then(|actor| actor.user.as_ref());
    let person = target::take_user(members).or_else(|| actor.cloned());
    let account = target::find(members, &target_types::APP_USER);
    match (person, account) {
        (Some(person), Some(account)) => principal::with_account(person, account),
        (Some(person), None) => person,
        (None, account) => account.and_then(principal::of_account).unwrap_or_else(principal::unknown),
    }
}

/// The session, unless it is that of a person who acts upon another.
fn session<'a>(event: &Event<'a>) -> Option<Session<'a>> {
    let actor = event.actor.as_ref()?;
    let acting = actor.user.as_ref().filter(|user| user.type_id == Some(1)).and_then(|user| user.uid.as_ref());
    let user = event.user.as_ref().and_then(|user| user.uid.as_ref());
    let is_of_another = acting.is_some() && user.is_some() && acting != user;
    actor.session.clone().filter(|_| !is_of_another)
}

/// What one signs in to: the app, or the org. Okta names the Admin Console by the event type only.
fn service<'a>(event: &Event<'a>, members: &mut Object<'a>) -> Service<'a> {
    target::take_service(members).unwrap_or_else(|| match event.metadata.event_code.as_ref() {
        "user.session.access_admin_app" => Service { uid: None, name: Some("Okta Admin Console".into()) },
        _ => Service { uid: Some(event.metadata.tenant_uid.clone()), name: Some("Okta".into()) },
    })
}

/// By the factors, or by the event type where it names none.
fn is_mfa(event: &Event<'_>) -> Option<bool> {
    let of_factors = event.auth_factors.as_deref().and_then(factor::is_mfa);
    of_factors.or_else(|| event.metadata.event_code.contains("mfa").then_some(true))
}

/// Okta's types of a token, with OCSF's.
const TOKENS: [(&str, i32, &str); 4] = [
    ("access_token", 99, "access_token"),
    ("code", 99, "code"),
    ("id_token", 3, "Identity Token"),
    ("refresh_token", 4, "Refresh Token"),
];

/// The token that was given or used.
fn token<'a>(members: &mut Object<'a>) -> Option<AuthenticationToken<'a>> {
    let token = TOKENS.iter().find(|(kind, ..)| target::find(members, &[kind]).is_some())?;
    let target = target::find(members, &[token.0])?;
    target.take_repeated("type", Some(token.2));
    let named::Named { uid, name } = named::take_named(target)?;
    Some(AuthenticationToken { uid, name, type_id: token.1, kind: token.2.into() })
}

fn place_account_switch(event: &mut Event<'_>, decision: &Decision) {
    if decision.activity.name == "Account Switch" {
        event.account_switch_type_id = Some(2);
        event.account_switch_type = Some("Impersonate".into());
    }
}
