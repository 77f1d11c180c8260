//! Authentication [3002]: one sign-in is one Logon; its steps are Preauth.

use jiff::Timestamp;

use super::{actor, debug_data, factor, named, policy, principal, protocol, target, target_types};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{AuthenticationToken, Event, Service, Session, Text, User};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    let token = token(members);
    event.user = Some(user(event, members, token.as_ref()));
    event.session = session(event, members);
    protocol::place(event, members);
    event.service = Some(service(event, members));
    // Okta is a service on the internet: whoever has an address there is remote.
    event.is_remote = event.src_endpoint.as_ref().and_then(|source| source.ip.as_ref()).map(|_| true);
    event.auth_factors = factor::of_sign_in(event, members);
    event.is_mfa = is_mfa(event, decision);
    event.authentication_token = token.map(|token| token.0);
    event.authorizations = policy::take_authorizations(members, event.status_code.as_ref());
    place_account_switch(event, decision);
}

/// Who signs in: the person that the event names as its target (whose session an admin ends, whom
/// Okta Support becomes, for whom an app gets a token), or the actor.
fn user<'a>(event: &Event<'a>, members: &mut Object<'a>, token: Option<&Token<'a>>) -> User<'a> {
    let actor = event.actor.as_ref().and_then(|actor| actor.user.as_ref());
    let subject = || token.and_then(|(_, subject)| subject.clone());
    let person = target::take_user(members).or_else(|| Some(bearer(subject()?, actor))).or_else(|| actor.cloned());
    let account = target::find(members, &target_types::APP_USER);
    match (person, account) {
        (Some(person), Some(account)) => principal::with_account(person, account),
        (Some(person), None) => person,
        (None, account) => account.and_then(principal::of_account).unwrap_or_else(principal::unknown),
    }
}

/// Whom the token speaks for, by its `subject`: the actor itself, another user by id, or somebody by name.
fn bearer<'a>(subject: Text<'a>, actor: Option<&User<'a>>) -> User<'a> {
    let is_actor = |actor: &&User<'a>| [&actor.uid, &actor.name].contains(&&Some(subject.clone()));
    if let Some(actor) = actor.filter(is_actor) {
        return actor.clone();
    }
    let person = User { type_id: Some(1), kind: Some("User".into()), ..User::default() };
    if subject.starts_with(USER_ID) && subject.len() == ID_LENGTH {
        return User { uid: Some(subject), ..person };
    }
    let email_addr = Some(subject.clone()).filter(|name| principal::is_email(name));
    User { name: Some(subject), email_addr, ..person }
}

/// How Okta's ids of users start, and how long ids are.
const USER_ID: &str = "00u";
const ID_LENGTH: usize = 20;

/// The session that ended, or the actor's, unless that is of a person who acts upon another.
fn session<'a>(event: &Event<'a>, members: &mut Object<'a>) -> Option<Session<'a>> {
    let ended = debug_data::of(members).and_then(|debug| debug.take_text_if("endedSessionId", named::is_known));
    if ended.is_some() {
        return Some(Session { uid: ended, ..Session::default() });
    }
    let actor = event.actor.as_ref()?;
    let acting = actor.user.as_ref().filter(|user| user.type_id == Some(1)).and_then(|user| user.uid.as_ref());
    let user = event.user.as_ref().and_then(|user| user.uid.as_ref());
    let is_of_another = acting.is_some() && user.is_some() && acting != user;
    actor.session.clone().filter(|_| !is_of_another)
}

/// What one signs in to: the app, or the org. Okta names the Admin Console by the event type only.
fn service<'a>(event: &Event<'a>, members: &mut Object<'a>) -> Service<'a> {
    // An app among the targets of such a sign-in is the provider.
    let is_handed_on = actor::is_handed_on(&event.metadata.event_code);
    let named = if is_handed_on { None } else { target::take_service(members) };
    named.unwrap_or_else(|| match event.metadata.event_code.as_ref() {
        "user.session.access_admin_app" => Service { name: Some("Okta Admin Console".into()), ..Service::default() },
        _ => org(event),
    })
}

fn org<'a>(event: &Event<'a>) -> Service<'a> {
    Service { uid: Some(event.metadata.tenant_uid.clone()), name: Some("Okta".into()), labels: None }
}

/// By the factors, or by the step where it names none.
fn is_mfa(event: &Event<'_>, decision: &Decision) -> Option<bool> {
    let of_factors = event.auth_factors.as_deref().and_then(factor::is_mfa);
    of_factors.or_else(|| (decision.subject.name == "factor").then_some(true))
}

/// Okta's types of a token, with OCSF's.
const TOKENS: [(&str, i32, &str); 4] = [
    ("access_token", 99, "access_token"),
    ("code", 99, "code"),
    ("id_token", 3, "Identity Token"),
    ("refresh_token", 4, "Refresh Token"),
];

/// A token, and whom it speaks for.
type Token<'a> = (AuthenticationToken<'a>, Option<Text<'a>>);

/// The token that was given or used.
fn token<'a>(members: &mut Object<'a>) -> Option<Token<'a>> {
    let token = TOKENS.iter().find(|(kind, ..)| target::find(members, &[kind]).is_some())?;
    let target = target::find(members, &[token.0])?;
    target.take_repeated("type", Some(token.2));
    let named::Named { uid, name } = named::take_named(target)?;
    let detail = target.object("detailEntry");
    // Looked at: who it is and when it ends stand in other forms in their columns.
    let subject = detail.as_ref().and_then(|detail| detail.peek_text("subject"));
    let expires: Option<Timestamp> = detail.and_then(|detail| detail.text("expires")?.parse().ok());
    let expiration_time = expires.map(Timestamp::as_millisecond).filter(|time| *time > 0);
    Some((AuthenticationToken { uid, name, type_id: token.1, kind: token.2.into(), expiration_time }, subject))
}

fn place_account_switch(event: &mut Event<'_>, decision: &Decision) {
    if decision.activity.name == "Account Switch" {
        event.account_switch_type_id = Some(2);
        event.account_switch_type = Some("Impersonate".into());
    }
}
