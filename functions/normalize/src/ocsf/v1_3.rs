//! Rows in OCSF 1.3.0, the newest release that Amazon Security Lake takes from custom sources. What 1.3.0 has no attribute
//! for moves to `unmapped`, under `ocsf.` and its path in 1.8.0, as text or JSON.

use serde::Serialize;
use serde_json::Value;

use super::class::Class;
use super::{
    Entity, Event, Evidence, FindingInfo, JobFile, NetworkEndpoint, Policy, Resource, Text, Unmapped, User, non_empty,
};

/// The release, as `metadata.version` names it.
pub const VERSION: &str = "1.3.0";

/// The longest text (`string_t`) of 1.3.0, in characters.
const LONGEST: usize = 65_535;

/// The last kind of observable that 1.3.0 knows.
const LAST_OBSERVABLE: i32 = 30;

/// `event`, which is valid in 1.8.0, as an event that is valid in 1.3.0. Its class may become another one: a group that is
/// created or deleted is an entity there. Texts beyond 65,535 characters are cut, and `raw_data` is left out when it is
/// one: an event of that size is whole in the lake only.
pub fn down(mut event: Event<'_>) -> Event<'_> {
    let mut lost = Lost(event.unmapped.take().unwrap_or_default());
    let class = class(&mut event, &mut lost);
    metadata(&mut event, &mut lost);
    decision(&mut event, class, &mut lost);
    people(&mut event, &mut lost);
    places(&mut event, class, &mut lost);
    policies(&mut event, &mut lost);
    resources(&mut event, class, &mut lost);
    authentication(&mut event, &mut lost);
    finding(&mut event, &mut lost);
    job(&mut event);
    observables(&mut event);
    profiles(&mut event, class);
    event.unmapped = Some(lost.0).filter(|unmapped| !unmapped.is_empty());
    if event.raw_data.as_ref().is_some_and(|raw| raw.len() > LONGEST) { shortened(event) } else { event }
}

/// Whether events of a class can have the column in 1.3.0, where they have it in 1.8.0.
pub(super) fn has(class: Class, column: &str) -> bool {
    match column {
        "action" | "action_id" | "authorizations" | "disposition" | "disposition_id" => decides(class),
        "risk_details" | "risk_level" | "risk_level_id" => class == Class::DetectionFinding,
        "device" => !matches!(class, Class::ApiActivity | Class::BaseEvent),
        "actor" => class != Class::BaseEvent,
        "resources" => class != Class::UserAccess,
        "account_switch_type"
        | "account_switch_type_id"
        | "auth_factors"
        | "authentication_token"
        | "is_alert"
        | "policies"
        | "subgroup" => false,
        _ => true,
    }
}

/// Whether the class says what a policy decided.
fn decides(class: Class) -> bool {
    matches!(class, Class::DetectionFinding | Class::ScheduledJobActivity | Class::WebResourcesActivity)
}

/// What 1.3.0 has no place for.
struct Lost<'a>(Unmapped<'a>);

impl<'a> Lost<'a> {
    fn text(&mut self, path: &str, text: Option<Text<'a>>) {
        if let Some(text) = text {
            self.0.insert(&format!("ocsf.{path}"), text);
        }
    }

    fn value(&mut self, path: &str, value: Option<impl Serialize>) {
        // What OCSF types are made of always has a JSON form.
        let text = value.and_then(|value| serde_json::to_string(&value).ok());
        self.text(path, text.map(Text::Owned));
    }
}

/// Activities that 1.3.0 does not have are Other, under their name; groups without members and privileges are entities.
fn class<'a>(event: &mut Event<'a>, lost: &mut Lost<'a>) -> Class {
    let class = u16::try_from(event.class_uid).ok().and_then(Class::from_uid).unwrap_or(Class::BaseEvent);
    let is_new = match class {
        Class::AccountChange => event.activity_id == 12,
        Class::Authentication => event.activity_id == 7,
        Class::GroupManagement => matches!(event.activity_id, 7 | 8),
        _ => false,
    };
    if class == Class::GroupManagement && event.user.is_none() && event.privileges.is_none() {
        group_as_entity(event, lost);
        return Class::EntityManagement;
    }
    if is_new {
        become_activity(event, class, 99);
    }
    class
}

fn group_as_entity<'a>(event: &mut Event<'a>, lost: &mut Lost<'a>) {
    let (id, caption) = match event.activity_id {
        6 => (1, "Create"),
        5 => (4, "Delete"),
        1 | 2 | 7 | 8 => (3, "Update"),
        _ => (99, event.activity_name.as_ref()),
    };
    event.activity_name = Text::Owned(caption.to_owned());
    become_activity(event, Class::EntityManagement, id);
    let group = event.group.take().unwrap_or_default();
    event.entity = Some(Entity {
        uid: group.uid.clone(),
        name: group.name.clone(),
        type_id: Some(3),
        kind: Some("Group".into()),
        group: Some(group),
        ..Entity::default()
    });
    lost.value("subgroup", event.subgroup.take());
    lost.value("resource", event.resource.take());
}

fn become_activity(event: &mut Event<'_>, class: Class, id: u8) {
    event.class_uid = class.uid().into();
    event.class_name = class.caption().into();
    event.activity_id = id.into();
    event.type_uid = i64::from(class.uid()) * 100 + i64::from(id);
    let caption = class.activities().find(|activity| activity.id == id).map_or("Other", |activity| activity.name);
    event.type_name = Text::Owned(format!("{}: {caption}", class.caption()));
}

fn metadata<'a>(event: &mut Event<'a>, lost: &mut Lost<'a>) {
    event.metadata.version = VERSION.into();
    lost.text("metadata.source", event.metadata.source.take());
}

/// What a policy decided and how great the risk is: 1.3.0 has that in a few classes only.
fn decision<'a>(event: &mut Event<'a>, class: Class, lost: &mut Lost<'a>) {
    if !decides(class) || event.action_id.is_none() {
        lost.value("action_id", event.action_id.take());
        lost.text("action", event.action.take());
        lost.value("disposition_id", event.disposition_id.take());
        lost.text("disposition", event.disposition.take());
        lost.value("authorizations", event.authorizations.take());
    }
    if class != Class::DetectionFinding {
        lost.value("risk_level_id", event.risk_level_id.take());
        lost.text("risk_level", event.risk_level.take());
        lost.text("risk_details", event.risk_details.take());
    }
    lost.value("is_alert", event.is_alert.take());
}

fn people<'a>(event: &mut Event<'a>, lost: &mut Lost<'a>) {
    let actor = event.actor.as_mut().and_then(|actor| actor.user.as_mut());
    let entity = event.entity.as_mut().and_then(|entity| entity.user.as_mut());
    for (path, person) in [("actor.user", actor), ("user", event.user.as_mut()), ("entity.user", entity)] {
        user(path, person, lost);
    }
    for (at, evidence) in event.evidences.iter_mut().flatten().enumerate() {
        user(&format!("evidences[{at}].user"), evidence.user.as_mut(), lost);
    }
}

fn user<'a>(path: &str, user: Option<&mut User<'a>>, lost: &mut Lost<'a>) {
    let Some(user) = user else { return };
    lost.value(&format!("{path}.programmatic_credentials"), user.programmatic_credentials.take());
    if user.type_id == Some(4) {
        user.type_id = Some(99);
    }
}

fn places<'a>(event: &mut Event<'a>, class: Class, lost: &mut Lost<'a>) {
    event.src_endpoint = event.src_endpoint.take().and_then(|source| endpoint("src_endpoint", source, lost));
    if class == Class::ApiActivity {
        event
            .src_endpoint
            .get_or_insert_with(|| NetworkEndpoint { svc_name: Some("Okta".into()), ..NetworkEndpoint::default() });
    }
    if matches!(class, Class::ApiActivity | Class::BaseEvent) {
        lost.value("device", event.device.take());
    }
    if class == Class::BaseEvent {
        lost.value("actor", event.actor.take());
    }
}

/// The endpoint without what 1.3.0 does not know; none if only its domain is left.
fn endpoint<'a>(path: &str, mut source: NetworkEndpoint<'a>, lost: &mut Lost<'a>) -> Option<NetworkEndpoint<'a>> {
    lost.value(&format!("{path}.fingerprints"), source.fingerprints.take());
    lost.text(&format!("{path}.isp"), source.isp.take());
    if source.ip.is_some() || source.svc_name.is_some() {
        return Some(source);
    }
    lost.value(path, Some(source));
    None
}

fn policies<'a>(event: &mut Event<'a>, lost: &mut Lost<'a>) {
    lost.value("policies", event.policies.take());
    if let Some(entity) = event.entity.as_mut() {
        entity.policy = entity.policy.take().and_then(|it| policy("entity.policy", it, lost));
        if entity.type_id == Some(7) {
            entity.type_id = Some(99);
        }
    }
    if event.entity_result.as_ref().is_some_and(|result| result.type_id == Some(7)) {
        event.entity_result.as_mut().into_iter().for_each(|result| result.type_id = Some(99));
    }
    for (at, authorization) in event.authorizations.iter_mut().flatten().enumerate() {
        let path = format!("authorizations[{at}].policy");
        authorization.policy = authorization.policy.take().and_then(|it| policy(&path, it, lost));
    }
}

fn policy<'a>(path: &str, mut policy: Policy<'a>, lost: &mut Lost<'a>) -> Option<Policy<'a>> {
    lost.text(&format!("{path}.type"), policy.kind.take());
    lost.text(&format!("{path}.data"), policy.data.take());
    (policy.uid.is_some() || policy.name.is_some()).then_some(policy)
}

/// Of User Access, 1.3.0 has one resource.
fn resources<'a>(event: &mut Event<'a>, class: Class, lost: &mut Lost<'a>) {
    if class == Class::UserAccess {
        let mut all = event.resources.take().unwrap_or_default().into_iter();
        event.resource = all.next();
        lost.value("resources", non_empty(all.collect()));
    }
    if let Some(it) = event.resource.as_mut() {
        resource("resource", it, lost);
    }
    for (at, it) in event.resources.iter_mut().flatten().enumerate() {
        resource(&format!("resources[{at}]"), it, lost);
    }
    lost.value("subgroup", event.subgroup.take());
}

fn resource<'a>(path: &str, resource: &mut Resource<'a>, lost: &mut Lost<'a>) {
    (resource.role_id, resource.role) = (None, None);
    lost.text(&format!("{path}.uid_alt"), resource.uid_alt.take());
}

fn authentication<'a>(event: &mut Event<'a>, lost: &mut Lost<'a>) {
    lost.value("authentication_token", event.authentication_token.take());
    lost.value("account_switch_type_id", event.account_switch_type_id.take());
    lost.text("account_switch_type", event.account_switch_type.take());
    // In 1.3.0 each factor needs an address or a telephone number, which Okta does not write.
    lost.value("auth_factors", event.auth_factors.take());
    if event.auth_protocol_id.is_some_and(|protocol| matches!(protocol, 11 | 12)) {
        event.auth_protocol_id = Some(99);
    }
}

fn finding<'a>(event: &mut Event<'a>, lost: &mut Lost<'a>) {
    let title = event.message.clone().unwrap_or_else(|| event.metadata.event_code.clone());
    if let Some(found) = event.finding_info.as_mut() {
        found.title.get_or_insert(title);
        of_finding(found, lost);
    }
    let mut evidences = event.evidences.take().unwrap_or_default();
    for (at, evidence) in evidences.iter_mut().enumerate() {
        of_evidence(at, evidence, lost);
    }
    evidences.retain(|evidence| evidence.user.is_some() || evidence.src_endpoint.is_some());
    event.evidences = non_empty(evidences);
}

fn of_finding<'a>(found: &mut FindingInfo<'a>, lost: &mut Lost<'a>) {
    lost.value("finding_info.traits", found.traits.take());
    for (at, related) in found.related_events.iter_mut().flatten().enumerate() {
        lost.text(&format!("finding_info.related_events[{at}].type"), related.kind.take());
        lost.value(&format!("finding_info.related_events[{at}].created_time"), related.created_time.take());
    }
}

fn of_evidence<'a>(at: usize, evidence: &mut Evidence<'a>, lost: &mut Lost<'a>) {
    let path = format!("evidences[{at}]");
    lost.text(&format!("{path}.name"), evidence.name.take());
    lost.value(&format!("{path}.http_request"), evidence.http_request.take());
    let source = evidence.src_endpoint.take();
    evidence.src_endpoint = source.and_then(|source| endpoint(&format!("{path}.src_endpoint"), source, lost));
}

/// In 1.3.0 a job has a file, of which Okta knows nothing but the job's name.
fn job(event: &mut Event<'_>) {
    if let Some(job) = event.job.as_mut() {
        job.file = Some(JobFile { name: job.name.clone(), type_id: 0, kind: "Unknown".into() });
    }
}

/// A kind of observable that 1.3.0 does not know keeps its name.
fn observables(event: &mut Event<'_>) {
    for observable in event.observables.iter_mut().flatten().filter(|it| it.type_id > LAST_OBSERVABLE) {
        observable.type_id = 99;
    }
}

fn profiles(event: &mut Event<'_>, class: Class) {
    let needs_host = match class {
        Class::ApiActivity | Class::BaseEvent | Class::ScheduledJobActivity => false,
        Class::AccountChange | Class::Authentication | Class::AuthorizeSession => event.device.is_some(),
        Class::DetectionFinding
        | Class::EntityManagement
        | Class::GroupManagement
        | Class::UserAccess
        | Class::WebResourcesActivity => event.actor.is_some() || event.device.is_some(),
    };
    let decides = event.action_id.is_some();
    let named = [(needs_host, "host"), (decides, "security_control")];
    let used = named.into_iter().filter(|(is_used, _)| *is_used).map(|(_, profile)| profile.into());
    event.metadata.profiles = non_empty(used.collect());
}

/// The event with every text cut to what 1.3.0 takes, but those of `unmapped`, which it leaves open.
fn shortened(event: Event<'_>) -> Event<'_> {
    let event = Event { raw_data: event.raw_data.filter(|raw| !is_long(raw)), ..event };
    // What OCSF types are made of always has a JSON form, and is read back from it.
    let Ok(Value::Object(mut members)) = serde_json::to_value(&event) else { return event };
    members.iter_mut().filter(|(name, _)| *name != "unmapped").for_each(|(_, member)| cut(member));
    serde_json::from_value(Value::Object(members)).unwrap_or(event)
}

fn is_long(text: &str) -> bool {
    text.len() > LONGEST && text.chars().count() > LONGEST
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) if is_long(text) => {
            let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
            text.truncate(end);
        }
        Value::Array(values) => values.iter_mut().for_each(cut),
        Value::Object(members) => members.values_mut().for_each(cut),
        _ => {}
    }
}
