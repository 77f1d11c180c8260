//! Authentication [3002]: one sign-in is one Logon; its steps are Preauth.

use super::{debug_data, endpoint, factor, principal, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Authorization, Event, Policy, Service, Text, User};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    endpoint::place(event, members);
    debug_data::place_risk(event, members);
    event.user = Some(user(event, members, decision));
    event.session = event.actor.as_ref().and_then(|actor| actor.session.clone());
    event.service = Some(target::take_service(members).unwrap_or_else(|| okta(event)));
    place_protocol(event, members);
    event.auth_factors = factor::take(members);
    place_mfa(event);
    place_policies(event, members);
    place_account_switch(event, decision);
}

/// Who signs in: the actor, or the target where the actor is not a person or becomes another.
fn user<'a>(event: &Event<'a>, members: &mut Object<'a>, decision: &Decision) -> User<'a> {
    let actor = event.actor.as_ref().and_then(|actor| actor.user.clone());
    let is_person = actor.as_ref().is_some_and(|user| user.type_id == Some(1));
    let is_other = decision.activity.name == "Account Switch" || !is_person;
    let same = actor.as_ref().and_then(|user| user.uid.as_deref());
    let named = target::find(members, &target::USER);
    let target = named.filter(|target| is_other || target.text("id") == same).and_then(principal::take);
    match (target, actor) {
        (Some(target), _) if is_other => target,
        (_, Some(actor)) => actor,
        (Some(target), None) => target,
        (None, None) => principal::unknown(),
    }
}

/// What one signs in to if not to an app: the org.
fn okta<'a>(event: &Event<'a>) -> Service<'a> {
    Service { uid: Some(event.metadata.tenant_uid.clone()), name: Some("Okta".into()) }
}

/// `auth_protocol`, as far as Okta says: the app's sign-on mode, or the type of event.
fn place_protocol<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let mode = debug_data::of(members).and_then(|debug| debug.take_text("signOnMode"));
    let protocol = match mode {
        Some(mode) => Some(protocol_of_mode(mode)),
        None => protocol_of_type(&event.metadata.event_code).map(|(id, caption)| (id, caption.into())),
    };
    if let Some((id, caption)) = protocol {
        (event.auth_protocol_id, event.auth_protocol) = (Some(id), Some(caption));
    }
}

/// OCSF's protocol for an app's `signOnMode` (developer.okta.com, Apps API).
fn protocol_of_mode(mode: Text<'_>) -> (i32, Text<'_>) {
    match mode.as_ref() {
        "SAML_2_0" | "SAML_1_1" | "SAML 2.0" | "SAML 1.1" => (5, "SAML".into()),
        "OPENID_CONNECT" | "OpenID Connect" => (4, "OpenID".into()),
        "BASIC_AUTH" => (11, "Basic Authentication".into()),
        "WS_FEDERATION" => (99, "WS-Federation".into()),
        _ => (99, mode),
    }
}

fn protocol_of_type(event_type: &str) -> Option<(i32, &'static str)> {
    let known = [
        ("radius", (10, "RADIUS")),
        ("ldap", (12, "LDAP")),
        ("LDAP", (12, "LDAP")),
        ("SAML", (5, "SAML")),
        ("oauth2", (6, "OAUTH 2.0")),
        ("kerberos", (2, "Kerberos")),
    ];
    known.iter().find(|(word, _)| event_type.contains(word)).map(|(_, protocol)| *protocol)
}

/// `is_mfa`: Okta's MFA events are, and so is a step with a factor that is not a password.
fn place_mfa(event: &mut Event<'_>) {
    let by_type = event.metadata.event_code.contains("mfa") || event.metadata.event_code.contains("factor");
    let by_factor = event.auth_factors.iter().flatten().any(factor::is_second);
    if by_type || by_factor {
        event.is_mfa = Some(true);
    }
}

/// The policies and rules that were evaluated, each with what came out.
fn place_policies<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    let decision = event.status_code.clone();
    let authorize = |policy: Policy<'a>| Authorization { decision: decision.clone(), policy: Some(policy) };
    let policies = target::take_policies(members);
    event.authorizations = policies.map(|policies| policies.into_iter().map(authorize).collect());
}

fn place_account_switch(event: &mut Event<'_>, decision: &Decision) {
    if decision.activity.name == "Account Switch" {
        event.account_switch_type_id = Some(2);
        event.account_switch_type = Some("Impersonate".into());
    }
}
