//! `enrichments`, which every class has: what Okta knows about an attribute beyond its value. Behaviors and risk are
//! about the actor, the kind of network about the address, scopes and the grant about the token, and targets for which
//! the class has no attribute about what happened.

use super::behaviors::{self, Behavior};
use super::target_types::USER;
use super::{debug_data, ip_service, named, risk, target};
use crate::json::Object;
use crate::ocsf::{Class, Enrichment, Event, Text, User, non_empty};

/// An attribute that is enriched: its path and its value.
type About<'a> = (&'static str, Text<'a>);

/// Places what is known of the actor and of the address. Comes before the class takes what it needs.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, class: Class) -> Vec<Behavior<'a>> {
    let behaviors = behaviors::all(members);
    let mut found = Vec::new();
    let assessed = assessed(event, members, class);
    found
        .extend(behaviors.iter().map(|it| enrichment(&assessed, "Behavior", Some(it.name.clone()), it.result.clone())));
    let level = risk::word(members).unwrap_or_else(|| "UNKNOWN".into());
    let reasons = risk::reasons(members).into_iter();
    found.extend(reasons.map(|reason| enrichment(&assessed, "Risk Reason", Some(reason), level.clone())));
    network(&address(event, class), members, &mut found);
    event.enrichments = non_empty(found);
    behaviors
}

/// Places what the token was asked for, and every target that is left, of which it returns the ids. Comes after the class
/// has taken what it needs.
pub(super) fn place_rest<'a>(event: &mut Event<'a>, members: &mut Object<'a>, class: Class) -> Vec<Text<'a>> {
    let mut ids = Vec::new();
    let mut found = event.enrichments.take().unwrap_or_default();
    if class == Class::Authentication {
        grant(event, members, &mut found);
    }
    let code = ("metadata.event_code", event.metadata.event_code.clone());
    for left in target::all(members).filter(|target| target::is_untouched(target)) {
        let kind = left.peek_text("type").unwrap_or_else(|| "Target".into());
        let name = named::peek_name(left);
        ids.extend(left.peek_text("id").filter(|id| named::is_known(id)));
        let Some(data) = left.take_rest() else { continue };
        found.push(Enrichment { kind, ..enrichment(&code, "", name, Text::Owned(data)) });
    }
    event.enrichments = non_empty(found);
    ids
}

/// Okta's verdicts on the address.
fn network<'a>(address: &About<'a>, members: &mut Object<'a>, found: &mut Vec<Enrichment<'a>>) {
    for service in ip_service::all(members) {
        let data = Text::Owned(service.data);
        found.push(Enrichment {
            provider: service.operator,
            ..enrichment(address, "IP Service", Some(service.kind), data)
        });
    }
    let Some(network) = members.object("securityContext") else { return };
    if let Some(is_proxy) = network.take_bool("isProxy") {
        let data = if is_proxy { "true" } else { "false" };
        found.push(enrichment(address, "Proxy", None, data.into()));
    }
    if let Some(level) = network.object("botProtection").and_then(|bot| bot.take_text("level")) {
        found.push(enrichment(address, "Bot Protection", None, level));
    }
}

/// The scopes and the kind of grant.
fn grant<'a>(event: &Event<'a>, members: &mut Object<'a>, found: &mut Vec<Enrichment<'a>>) {
    let uid = event.authentication_token.as_ref().and_then(|token| token.uid.clone());
    let code = || ("metadata.event_code", event.metadata.event_code.clone());
    let about = uid.map_or_else(code, |uid| ("authentication_token.uid", uid));
    let Some(debug) = debug_data::of(members) else { return };
    let scopes = debug.text("grantedScopes").into_iter().flat_map(debug_data::list);
    found.extend(scopes.map(|scope| enrichment(&about, "OAuth Scope", None, Text::Owned(scope.to_owned()))));
    found.extend(debug.take_text("grantType").map(|grant| enrichment(&about, "OAuth Grant", None, grant)));
}

fn enrichment<'a>(
    (name, value): &About<'a>,
    kind: &'static str,
    short_desc: Option<Text<'a>>,
    data: Text<'a>,
) -> Enrichment<'a> {
    Enrichment { name: (*name).into(), value: value.clone(), kind: kind.into(), short_desc, data, provider: None }
}

/// Who is assessed: the person who acts, or whom Okta's own doing is about.
fn assessed<'a>(event: &Event<'a>, members: &mut Object<'a>, class: Class) -> About<'a> {
    let actor = event.actor.as_ref().and_then(|actor| actor.user.as_ref());
    let uid = |user: &User<'a>| user.uid.clone().map(|uid| ("actor.user.uid", uid));
    let name = |user: &User<'a>| user.name.clone().map(|name| ("actor.user.name", name));
    let of_actor = actor.and_then(|user| uid(user).or_else(|| name(user)));
    let is_person = actor.is_some_and(|user| user.type_id == Some(1));
    let known = if is_person { of_actor } else { user(members, class).or(of_actor) };
    known.unwrap_or_else(|| ("metadata.event_code", event.metadata.event_code.clone()))
}

/// The user among the targets, where the class will place it.
fn user<'a>(members: &mut Object<'a>, class: Class) -> Option<About<'a>> {
    let path = match class {
        Class::DetectionFinding => "evidences[].user.uid",
        Class::EntityManagement => "entity.user.uid",
        Class::AccountChange | Class::Authentication | Class::UserAccess | Class::GroupManagement => "user.uid",
        _ => return None,
    };
    Some((path, target::find(members, &USER)?.peek_text("id")?))
}

/// The address that is assessed, where the class has it.
fn address<'a>(event: &Event<'a>, class: Class) -> About<'a> {
    let path = if class == Class::DetectionFinding { "evidences[].src_endpoint.ip" } else { "src_endpoint.ip" };
    let ip = event.src_endpoint.as_ref().and_then(|source| source.ip.clone()).map(|ip| (path, ip));
    let of_device = || event.device.as_ref().and_then(|device| device.ip.clone()).map(|ip| ("device.ip", ip));
    ip.or_else(of_device).unwrap_or_else(|| ("metadata.event_code", event.metadata.event_code.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    #[test]
    fn what_is_no_flag_stays() {
        let mut json = Json::parse(r#"{"securityContext":{"isProxy":"maybe"}}"#).unwrap();
        let mut found = Vec::new();
        network(&("src_endpoint.ip", "192.0.2.1".into()), json.as_object_mut().unwrap(), &mut found);
        assert!(found.is_empty());
        assert_eq!(json.to_string(), r#"{"securityContext":{"isProxy":"maybe"}}"#);
    }
}
