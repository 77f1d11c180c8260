//! The part of a LogEvent that follows from the context alone: actor, client, session, request, security context.

use crate::log::actor_kind::ActorKind;
use crate::log::event_type::EventType;
use crate::log::record::{
    Actor, AuthenticationContext, Client, DebugContext, Device, Entries, Geography, Geolocation, IpAddress, Outcome,
    Record, Request, SecurityContext, Transaction, UserAgent,
};
use crate::log::scenario_context::{Origin, ScenarioContext};
use crate::log::target::acting;
use crate::org::places::Place;
use crate::time::timestamp;

/// A record with everything that its step does not need to say.
pub(crate) fn record<'a>(
    context: &ScenarioContext<'a>,
    kind: &'static EventType,
    published_ms: i64,
    uuid: &'a str,
) -> Record<'a> {
    let origin = context.origin();
    Record {
        actor: actor(context),
        device: origin.as_ref().and_then(|origin| device(context, origin)),
        authentication_context: session(context),
        display_message: kind.message.into(),
        event_type: kind.name,
        outcome: Outcome::success(),
        published: format!("{:.3}", timestamp(published_ms)).into(),
        security_context: origin.as_ref().map_or_else(SecurityContext::default, security_context),
        severity: kind.severity,
        debug_context: DebugContext { debug_data: debug_data(context) },
        legacy_event_type: kind.legacy,
        transaction: transaction(context),
        uuid,
        version: "0",
        request: origin.as_ref().map_or_else(Request::default, request),
        target: None,
        client: client(context, origin),
    }
}

fn actor<'a>(context: &ScenarioContext<'a>) -> Actor<'a> {
    match context.actor_kind {
        ActorKind::Admin | ActorKind::Attacker | ActorKind::Person => acting(context.who),
        ActorKind::Job => Actor {
            id: context.org.single_id("sps", 0).into(),
            kind: "SystemPrincipal",
            alternate_id: Some("system@okta.com".into()),
            display_name: "Okta System".into(),
            detail_entry: None,
        },
        ActorKind::Service => {
            let app = context.service_app();
            let name = app.label.as_str().into();
            let alternate_id = Some(app.id.as_str().into());
            Actor {
                id: app.id.as_str().into(),
                kind: "PublicClientApp",
                alternate_id,
                display_name: name,
                detail_entry: None,
            }
        }
    }
}

fn client<'a>(context: &ScenarioContext<'a>, origin: Option<Origin>) -> Client<'a> {
    let Some(origin) = origin else {
        return Client {
            user_agent: None,
            zone: None,
            device: None,
            id: None,
            ip_address: None,
            geographical_context: None,
        };
    };
    let agent = origin.agent;
    let id = (context.actor_kind == ActorKind::Service).then(|| context.service_app().id.as_str().into());
    Client {
        user_agent: Some(UserAgent { raw_user_agent: agent.raw, os: agent.os, browser: agent.browser }),
        // The four letters: what Okta sends for "no zone matched".
        zone: Some(if origin.is_office && context.key.is_multiple_of(4) { "Corporate Offices" } else { "null" }),
        device: Some(agent.device),
        id,
        geographical_context: Some(geography(origin.place)),
        ip_address: Some(origin.ip.into()),
    }
}

fn device<'a>(context: &ScenarioContext<'a>, origin: &Origin) -> Option<Device<'a>> {
    let is_phone = origin.agent.device != "Computer";
    if !origin.is_registered || is_phone {
        return None;
    }
    let is_mac = origin.agent.platform == "MACOS";
    Some(Device {
        id: context.who.computer_id().into(),
        name: context.who.computer_name().into(),
        os_platform: if is_mac { "OSX" } else { origin.agent.platform },
        os_version: origin.agent.os_version,
        managed: context.who.key.is_multiple_of(2),
        registered: true,
        device_integrator: None,
        disk_encryption_type: "ALL_INTERNAL_VOLUMES",
        screen_lock_type: if is_mac { "BIOMETRIC" } else { "PASSCODE" },
        jailbreak: None,
        secure_hardware_present: true,
    })
}

fn session<'a>(context: &ScenarioContext<'a>) -> AuthenticationContext<'a> {
    let id = context.session_id();
    AuthenticationContext {
        root_session_id: Some(id.clone().into()),
        external_session_id: id.into(),
        ..AuthenticationContext::default()
    }
}

fn transaction<'a>(context: &ScenarioContext<'a>) -> Transaction<'a> {
    let (kind, id) = match context.actor_kind {
        ActorKind::Job => ("JOB", crate::id::object("ptp", context.key)),
        _ => ("WEB", context.request_id()),
    };
    Transaction { kind, id: id.into(), detail: Entries::default() }
}

fn debug_data<'a>(context: &ScenarioContext<'a>) -> Entries<'a> {
    let mut data = Entries(Vec::with_capacity(12));
    if context.actor_kind == ActorKind::Job {
        return data;
    }
    data.put("requestId", context.request_id());
    data.put("dtHash", crate::id::hex(dt_key(context), 64));
    data
}

/// The device token: a browser keeps its own.
fn dt_key(context: &ScenarioContext<'_>) -> u64 {
    match context.actor_kind {
        ActorKind::Attacker | ActorKind::Job => context.key,
        ActorKind::Admin | ActorKind::Person | ActorKind::Service => context.who.key,
    }
}

fn security_context(origin: &Origin) -> SecurityContext<'static> {
    SecurityContext {
        as_number: Some(origin.network.as_number),
        as_org: Some(origin.network.as_org),
        isp: Some(origin.network.isp),
        domain: Some(origin.network.domain),
        is_proxy: Some(false),
        ..SecurityContext::default()
    }
}

fn request(origin: &Origin) -> Request<'static> {
    Request {
        ip_chain: vec![IpAddress {
            ip: origin.ip.clone().into(),
            geographical_context: Some(geography(origin.place)),
            version: if origin.ip.contains(':') { "V6" } else { "V4" },
            source: None,
        }],
    }
}

fn geography(place: &'static Place) -> Geography<'static> {
    Geography {
        city: place.city,
        state: if place.state.is_empty() { None } else { Some(place.state) },
        country: place.country,
        postal_code: place.postal_code,
        geolocation: Geolocation { lat: place.lat, lon: place.lon },
    }
}

impl<'a> Record<'a> {
    /// The request that caused it; Okta writes a `?` also where no query follows.
    pub(crate) fn requested(&mut self, uri: impl Into<crate::log::record::Text<'a>>) {
        let uri = uri.into();
        let url = format!("{uri}?");
        self.debug("requestUri", uri);
        self.debug("threatSuspected", "false");
        self.debug("url", url);
    }

    /// Adds to `debugContext.debugData`.
    pub(crate) fn debug(&mut self, name: &'static str, value: impl Into<crate::log::record::Text<'a>>) {
        self.debug_context.debug_data.put(name, value);
    }
}
