//! The values that analysts pivot on, gathered in one list: each once, under the first attribute that
//! has it.

use super::{debug_data, place};
use crate::json::{Json, Object};
use crate::ocsf::{Device, Event, HttpRequest, NetworkEndpoint, Observable, Text, User, non_empty};

/// Kinds of observables that Okta events have (OCSF observable `type_id`).
type Kind = (i32, &'static str);
const IP: Kind = (2, "IP Address");
const USER_NAME: Kind = (4, "User Name");
const EMAIL: Kind = (5, "Email Address");
const HASH: Kind = (8, "Hash");
const RESOURCE_UID: Kind = (10, "Resource UID");
const USER_AGENT: Kind = (16, "HTTP User-Agent");
const CREDENTIAL: Kind = (19, "User Credential ID");
const USER_UID: Kind = (31, "User Object: uid");
const GROUP_UID: Kind = (33, "Group Object: uid");
const ACCOUNT_UID: Kind = (35, "Account Object: uid");
const DEVICE_UID: Kind = (47, "Device Object: uid");

/// Where a user's values stand: uid, name, e-mail address, account.
type UserPaths = [&'static str; 4];
const ACTOR: UserPaths = ["actor.user.uid", "actor.user.name", "actor.user.email_addr", "actor.user.account.uid"];
const USER: UserPaths = ["user.uid", "user.name", "user.email_addr", "user.account.uid"];
const ENTITY_USER: UserPaths =
    ["entity.user.uid", "entity.user.name", "entity.user.email_addr", "entity.user.account.uid"];
const EVIDENCE_USER: UserPaths =
    ["evidences[].user.uid", "evidences[].user.name", "evidences[].user.email_addr", "evidences[].user.account.uid"];

/// Where an endpoint's values stand: address, fingerprints.
type EndpointPaths = [&'static str; 2];
const SOURCE: EndpointPaths = ["src_endpoint.ip", "src_endpoint.fingerprints[].value"];
const EVIDENCE_SOURCE: EndpointPaths = ["evidences[].src_endpoint.ip", "evidences[].src_endpoint.fingerprints[].value"];

/// Where a request's values stand: user agent, addresses that it passed.
type RequestPaths = [&'static str; 2];
const REQUEST: RequestPaths = ["http_request.user_agent", "http_request.x_forwarded_for"];
const EVIDENCE_REQUEST: RequestPaths =
    ["evidences[].http_request.user_agent", "evidences[].http_request.x_forwarded_for"];

/// Lists the event's users, addresses, user agent, devices, groups, credentials and resources.
/// `others` are the ids of targets for which the class has no attribute.
pub(super) fn place<'a>(event: &mut Event<'a>, members: &Object<'a>, others: &[Text<'a>]) {
    let mut list = List(Vec::with_capacity(12));
    list.user(ACTOR, event.actor.as_ref().and_then(|actor| actor.user.as_ref()));
    list.user(USER, event.user.as_ref());
    list.original_principal(members);
    list.endpoint(SOURCE, event.src_endpoint.as_ref());
    list.request(REQUEST, event.http_request.as_ref());
    list.device(event.device.as_ref());
    list.evidence(event);
    list.objects(event);
    list.service(event);
    for other in others {
        list.add("enrichments", RESOURCE_UID, Some(other));
    }
    list.unplaced_request(members);
    event.observables = non_empty(list.0);
}

struct List<'a>(Vec<Observable<'a>>);

impl<'a> List<'a> {
    fn add(&mut self, name: &'static str, kind: Kind, value: Option<&Text<'a>>) {
        let Some(value) = value else { return };
        let is_same = |known: &Observable<'a>| known.type_id == kind.0 && known.value.as_ref() == Some(value);
        if !self.0.iter().any(is_same) {
            let value = Some(value.clone());
            self.0.push(Observable { name: name.into(), type_id: kind.0, kind: kind.1.into(), value });
        }
    }

    fn user(&mut self, [uid, name, email, account]: UserPaths, user: Option<&User<'a>>) {
        let Some(user) = user else { return };
        self.add(uid, USER_UID, user.uid.as_ref());
        self.add(name, USER_NAME, user.name.as_ref());
        self.add(email, EMAIL, user.email_addr.as_ref());
        self.add(account, ACCOUNT_UID, user.account.as_ref().and_then(|account| account.uid.as_ref()));
        for credential in user.programmatic_credentials.iter().flatten() {
            self.add("actor.user.programmatic_credentials[].uid", CREDENTIAL, Some(&credential.uid));
        }
    }

    /// The principal who acted under the name of another. OCSF has no attribute for them.
    fn original_principal(&mut self, members: &Object<'a>) {
        let principal = debug_data::at(members).and_then(|debug| debug.object_at("originalPrincipal"));
        let Some(principal) = principal else { return };
        self.add("unmapped", USER_UID, principal.peek_text("id").as_ref());
        self.add("unmapped", USER_NAME, principal.peek_text("alternateId").as_ref());
    }

    fn endpoint(&mut self, [ip, fingerprint]: EndpointPaths, endpoint: Option<&NetworkEndpoint<'a>>) {
        let Some(endpoint) = endpoint else { return };
        self.add(ip, IP, endpoint.ip.as_ref());
        for known in endpoint.fingerprints.iter().flatten() {
            self.add(fingerprint, HASH, Some(&known.value));
        }
    }

    fn request(&mut self, [user_agent, hops]: RequestPaths, request: Option<&HttpRequest<'a>>) {
        let Some(request) = request else { return };
        self.add(user_agent, USER_AGENT, request.user_agent.as_ref());
        for hop in request.x_forwarded_for.iter().flatten() {
            self.add(hops, IP, Some(hop));
        }
    }

    fn device(&mut self, device: Option<&Device<'a>>) {
        let Some(device) = device else { return };
        self.add("device.uid", DEVICE_UID, device.uid.as_ref());
        self.add("device.ip", IP, device.ip.as_ref());
    }

    /// What one signed in to, unless it is the org.
    fn service(&mut self, event: &Event<'a>) {
        let uid = event.service.as_ref().and_then(|service| service.uid.as_ref());
        self.add("service.uid", RESOURCE_UID, uid.filter(|uid| **uid != event.metadata.tenant_uid));
    }

    /// The request of a class that has no attribute for it.
    fn unplaced_request(&mut self, members: &Object<'a>) {
        let agent = members.object_at("client").and_then(|client| client.object_at("userAgent"));
        self.add("unmapped", USER_AGENT, agent.and_then(|agent| agent.peek_text("rawUserAgent")).as_ref());
        let chain = members.object_at("request").and_then(|request| request.get("ipChain"));
        let Some(Json::Array(hops)) = chain else { return };
        for hop in hops.iter().filter_map(Json::as_object) {
            self.add("unmapped", IP, hop.peek_text("ip").filter(|ip| place::is_ip(ip)).as_ref());
        }
    }

    /// The addresses between which a session moved.
    fn addresses(&mut self, name: &'static str, data: Option<&Text<'a>>) {
        let state = data.and_then(|data| Json::parse(data).ok());
        let ip = state.as_ref().and_then(Json::as_object).and_then(|state| state.text("ip"));
        self.add(name, IP, ip.map(|ip| Text::Owned(ip.to_owned())).as_ref());
    }

    fn evidence(&mut self, event: &Event<'a>) {
        for evidence in event.evidences.iter().flatten() {
            self.user(EVIDENCE_USER, evidence.user.as_ref());
            self.endpoint(EVIDENCE_SOURCE, evidence.src_endpoint.as_ref());
            self.request(EVIDENCE_REQUEST, evidence.http_request.as_ref());
        }
    }

    fn objects(&mut self, event: &Event<'a>) {
        self.add("group.uid", GROUP_UID, event.group.as_ref().and_then(|group| group.uid.as_ref()));
        self.add("subgroup.uid", GROUP_UID, event.subgroup.as_ref().and_then(|group| group.uid.as_ref()));
        self.add("resource.uid", RESOURCE_UID, event.resource.as_ref().and_then(|resource| resource.uid.as_ref()));
        for resource in event.resources.iter().flatten() {
            self.add("resources[].uid", RESOURCE_UID, resource.uid.as_ref());
        }
        let Some(entity) = event.entity.as_ref() else { return };
        if entity.kind.as_deref() == Some("Session") {
            self.addresses("entity.data", entity.data.as_ref());
            self.addresses("entity_result.data", event.entity_result.as_ref().and_then(|result| result.data.as_ref()));
        }
        self.add("entity.uid", RESOURCE_UID, entity.uid.as_ref());
        self.user(ENTITY_USER, entity.user.as_ref());
        self.add("entity.device.uid", DEVICE_UID, entity.device.as_ref().and_then(|device| device.uid.as_ref()));
        self.add("entity.group.uid", GROUP_UID, entity.group.as_ref().and_then(|group| group.uid.as_ref()));
    }
}
