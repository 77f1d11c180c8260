//! The source endpoint: `client` and `securityContext`.

use super::operating_system::operating_system;
use super::{debug_data, place};
use crate::json::Object;
use crate::ocsf::{AutonomousSystem, Fingerprint, NetworkEndpoint, Text, non_empty};

/// What Okta knows a browser or device by: its keys in `debugData`. The device token (`dtHash`) is
/// what threat hunters follow across sessions.
const FINGERPRINTS: [&str; 2] = ["deviceFingerprint", "dtHash"];

/// Okta itself, where a class requires a source and the event names none, as for jobs.
pub(super) fn okta<'a>() -> NetworkEndpoint<'a> {
    NetworkEndpoint { svc_name: Some("Okta".into()), ..NetworkEndpoint::default() }
}

/// Takes the client's endpoint, `None` if it has no address and no domain: OCSF requires one of them.
pub(super) fn take<'a>(members: &mut Object<'a>) -> Option<NetworkEndpoint<'a>> {
    let ip = client_ip(members);
    let network = members.object("securityContext");
    let domain = network.and_then(|network| network.take_text_if("domain", |name| name != "."));
    if ip.is_none() && domain.is_none() {
        return None;
    }
    let mut endpoint = NetworkEndpoint { ip, domain, ..NetworkEndpoint::default() };
    if let Some(client) = members.object("client") {
        place_client(&mut endpoint, client);
    }
    if let Some(network) = members.object("securityContext") {
        endpoint.autonomous_system = autonomous_system(network);
        endpoint.isp = network.take_text("isp");
    }
    endpoint.fingerprints = debug_data::of(members).and_then(fingerprints);
    Some(endpoint)
}

/// The client's address; of a threat, Okta names the address as the actor.
fn client_ip<'a>(members: &mut Object<'a>) -> Option<Text<'a>> {
    let ip = members.object("client").and_then(|client| place::take_ip(client, "ipAddress"));
    ip.or_else(|| place::take_ip(members.object("actor")?, "id"))
}

fn place_client<'a>(endpoint: &mut NetworkEndpoint<'a>, client: &mut Object<'a>) {
    endpoint.zone = client.take_text("zone");
    endpoint.location = place::location(client);
    endpoint.os = client.object("userAgent").and_then(|agent| agent.take_text("os")).map(operating_system);
    (endpoint.type_id, endpoint.kind) = kind(client).unzip();
}

/// `type_id` and caption of `client.device`. Okta's "Computer" is OCSF's "Desktop".
fn kind<'a>(client: &mut Object<'a>) -> Option<(i32, Text<'a>)> {
    let known = match client.text("device")? {
        "Computer" => (2, "Desktop"),
        "Mobile" => (5, "Mobile"),
        "Tablet" => (4, "Tablet"),
        "Unknown" => (0, "Unknown"),
        _ => return client.take_text("device").map(|word| (99, word)),
    };
    client.take_repeated("device", Some(known.1));
    Some((known.0, known.1.into()))
}

fn autonomous_system<'a>(network: &mut Object<'a>) -> Option<AutonomousSystem<'a>> {
    let number = network.take_integer("asNumber");
    let name = network.take_text("asOrg");
    (number.is_some() || name.is_some()).then_some(AutonomousSystem { number, name })
}

/// Okta does not say how it hashes: the algorithm is named by the key.
fn fingerprints<'a>(debug: &mut Object<'a>) -> Option<Vec<Fingerprint<'a>>> {
    let fingerprint = |key: &&'static str| {
        let value = debug.take_text(key)?;
        Some(Fingerprint { algorithm_id: 99, algorithm: (*key).into(), value })
    };
    non_empty(FINGERPRINTS.iter().filter_map(fingerprint).collect())
}
