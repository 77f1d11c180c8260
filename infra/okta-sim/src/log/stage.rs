//! The part of a LogEvent that follows from the scene alone: actor, client, session, request, security context.

use crate::log::event_type::EventType;
use crate::log::record::{
    Actor, AuthenticationContext, Client, DebugContext, Device, Entries, Geography, Geolocation, IpAddress, Outcome,
    Record, Request, SecurityContext, Transaction, UserAgent,
};
use crate::log::scene::{Origin, Scene};
use crate::log::story::Cast;
use crate::log::target::acting;
use crate::org::places::Place;
use crate::org::timestamp;

/// A record with everything that its step does not need to say.
pub(crate) fn record<'a>(scene: &Scene<'a>, kind: &'static EventType, published_ms: i64, uuid: &'a str) -> Record<'a> {
    let origin = scene.origin();
    Record {
        actor: actor(scene),
        device: origin.as_ref().and_then(|origin| device(scene, origin)),
        authentication_context: session(scene),
        display_message: kind.message.into(),
        event_type: kind.name,
        outcome: Outcome::success(),
        published: format!("{:.3}", timestamp(published_ms)).into(),
        security_context: origin.as_ref().map_or_else(SecurityContext::default, security_context),
        severity: kind.severity,
        debug_context: DebugContext { debug_data: debug_data(scene) },
        legacy_event_type: kind.legacy,
        transaction: transaction(scene),
        uuid,
        version: "0",
        request: origin.as_ref().map_or_else(Request::default, request),
        target: None,
        client: client(scene, origin),
    }
}

fn actor<'a>(scene: &Scene<'a>) -> Actor<'a> {
    match scene.cast {
        Cast::Admin | Cast::Attacker | Cast::Person => acting(scene.who),
        Cast::Job => Actor {
            id: scene.org.single_id("sps", 0).into(),
            kind: "SystemPrincipal",
            alternate_id: Some("system@okta.com".into()),
            display_name: "Okta System".into(),
            detail_entry: None,
        },
        Cast::Service => {
            let app = scene.service_app();
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

fn client<'a>(scene: &Scene<'a>, origin: Option<Origin>) -> Client<'a> {
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
    let id = (scene.cast == Cast::Service).then(|| scene.service_app().id.as_str().into());
    Client {
        user_agent: Some(UserAgent { raw_user_agent: agent.raw, os: agent.os, browser: agent.browser }),
        // The four letters: what Okta sends for "no zone matched".
        zone: Some(if origin.is_office && scene.key.is_multiple_of(4) { "Corporate Offices" } else { "null" }),
        device: Some(agent.device),
        id,
        geographical_context: Some(geography(origin.place)),
        ip_address: Some(origin.ip.into()),
    }
}

fn device<'a>(scene: &Scene<'a>, origin: &Origin) -> Option<Device<'a>> {
    let is_phone = origin.agent.device != "Computer";
    if !origin.is_registered || is_phone {
        return None;
    }
    let is_mac = origin.agent.platform == "MACOS";
    Some(Device {
        id: scene.who.computer_id().into(),
        name: scene.who.computer_name().into(),
        os_platform: if is_mac { "OSX" } else { origin.agent.platform },
        os_version: origin.agent.os_version,
        managed: scene.who.key.is_multiple_of(2),
        registered: true,
        device_integrator: None,
        disk_encryption_type: "ALL_INTERNAL_VOLUMES",
        screen_lock_type: if is_mac { "BIOMETRIC" } else { "PASSCODE" },
        jailbreak: None,
        secure_hardware_present: true,
    })
}

fn session<'a>(scene: &Scene<'a>) -> AuthenticationContext<'a> {
    let id = scene.session_id();
    AuthenticationContext {
        root_session_id: Some(id.clone().into()),
        external_session_id: id.into(),
        ..AuthenticationContext::default()
    }
}

fn transaction<'a>(scene: &Scene<'a>) -> Transaction<'a> {
    let (kind, id) = match scene.cast {
        Cast::Job => ("JOB", crate::id::object("ptp", scene.key)),
        _ => ("WEB", scene.request_id()),
    };
    Transaction { kind, id: id.into(), detail: Entries::default() }
}

fn debug_data<'a>(scene: &Scene<'a>) -> Entries<'a> {
    let mut data = Entries(Vec::with_capacity(12));
    if scene.cast == Cast::Job {
        return data;
    }
    data.put("requestId", scene.request_id());
    data.put("dtHash", crate::id::hex(dt_key(scene), 64));
    data
}

/// The device token: a browser keeps its own.
fn dt_key(scene: &Scene<'_>) -> u64 {
    match scene.cast {
        Cast::Attacker | Cast::Job => scene.key,
        Cast::Admin | Cast::Person | Cast::Service => scene.who.key,
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
