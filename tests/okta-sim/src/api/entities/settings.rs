//! What admins set up: policies, zones, authenticators, roles, streams and the org itself. There are few of each, and
//! none ever changes.

use serde_json::{Value, json};

use crate::api::desk::{Desk, Served, linked, one, whole};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};
use crate::org::policies::{POLICIES, ZONES};

/// The largest page of most of these lists.
const MOST: usize = 200;

/// `GET /api/v1/org`.
pub(crate) fn org<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    one(with_times(
        desk,
        json!({
            "id": desk.org.single_id("00o", 1),
            "companyName": "Acme Inc.",
            "subdomain": desk.org.tenant(),
            "status": "ACTIVE",
            "website": "https://acme.example",
            "_links": {"contacts": desk.href("/api/v1/org/contacts"), "preferences": desk.href("/api/v1/org/preferences")},
        }),
    ))
}

/// `GET /api/v1/policies`, which asks for a type.
pub(crate) fn policies<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let missing = || ApiError::Validation("type".to_owned(), "type: The field cannot be left blank".to_owned());
    let kind = desk.call.query("type").ok_or_else(missing)?;
    let of_kind = POLICIES.iter().enumerate().filter(|(_, policy)| policy.kind == kind);
    linked(of_kind.map(|(position, _)| policy(desk, position)).collect(), 20, MOST)
}

/// `GET /api/v1/policies/{id}/rules`.
pub(crate) fn policy_rules<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let found = (0..POLICIES.len()).find(|position| desk.org.policy_id(*position) == desk.id(0));
    let position = found.ok_or_else(|| desk.not_found(0, "Policy"))?;
    let kind = match POLICIES[position].kind {
        "OKTA_SIGN_ON" => "SIGN_ON",
        kind => kind,
    };
    let rules = POLICIES[position].rules.iter().enumerate();
    whole(
        rules
            .map(|(rule, name)| {
                let id = desk.org.rule_id(position, rule);
                let path = format!("/api/v1/policies/{}/rules/{id}", desk.id(0));
                with_times(
                    desk,
                    json!({
                        "id": id, "name": name, "type": kind, "status": "ACTIVE", "priority": rule + 1,
                        "system": *name == "Default Rule" || *name == "Catch-all Rule", "_links": desk.itself(&path),
                    }),
                )
            })
            .collect(),
    )
}

fn policy(desk: &Desk<'_>, position: usize) -> Value {
    let found = &POLICIES[position];
    let id = desk.org.policy_id(position);
    let path = format!("/api/v1/policies/{id}");
    let links = json!({"self": desk.href(&path), "rules": desk.href(&format!("{path}/rules"))});
    with_times(
        desk,
        json!({
            "id": id, "name": found.name, "type": found.kind, "description": format!("{} of the org", found.name),
            "status": "ACTIVE", "priority": 1, "system": found.name == "Default Policy", "_links": links,
        }),
    )
}

/// `GET /api/v1/zones`.
pub(crate) fn zones<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let zones = ZONES.iter().enumerate().map(|(position, (name, is_blocking))| {
        let id = desk.org.zone_id(position);
        let path = format!("/api/v1/zones/{id}");
        with_times(
            desk,
            json!({
                "id": id, "name": name, "type": "IP", "status": "ACTIVE",
                "usage": if *is_blocking { "BLOCKLIST" } else { "POLICY" },
                "system": *name != "Corporate Offices",
                "gateways": [{"type": "CIDR", "value": format!("203.0.113.{}/29", position * 8)}],
                "proxies": Value::Null, "_links": desk.itself(&path),
            }),
        )
    });
    linked(zones.collect(), MOST, MOST)
}

/// `GET /api/v1/logStreams`: one, to Amazon EventBridge.
pub(crate) fn log_streams<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let id = desk.org.single_id("0oa", 77);
    let path = format!("/api/v1/logStreams/{id}");
    let (status, next) =
        if desk.switches.is_stream_disabled { ("INACTIVE", "activate") } else { ("ACTIVE", "deactivate") };
    let stream = with_times(
        desk,
        json!({
            "id": id, "name": "okta-lake", "type": "aws_eventbridge", "status": status,
            "settings": {"accountId": "123456789012", "eventSourceName": "okta-lake", "region": "eu-central-1"},
            "_links": {
                "self": {"href": desk.url(&path), "method": "GET"},
                next: {"href": desk.url(&format!("{path}/lifecycle/{next}")), "method": "POST"},
            },
        }),
    );
    linked(vec![stream], 20, MOST)
}

/// `GET /api/v1/authenticators`, which Classic Engine does not have.
pub(crate) fn authenticators<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    if desk.switches.is_classic {
        return Err(ApiError::FeatureNotEnabled);
    }
    let known = [
        ("okta_email", "email", "Email"),
        ("okta_password", "password", "Password"),
        ("okta_verify", "app", "Okta Verify"),
        ("webauthn", "security_key", "Security Key or Biometric"),
    ];
    named(
        desk,
        "aut",
        "/api/v1/authenticators",
        known.map(|(key, kind, name)| json!({"key": key, "type": kind, "name": name})),
    )
}

/// `GET /api/v1/idps`.
pub(crate) fn idps<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    named(desk, "0oi", "/api/v1/idps", [json!({"name": "Partner IdP", "type": "SAML2"})])
}

/// `GET /api/v1/eventHooks`.
pub(crate) fn event_hooks<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let hook = json!({
        "name": "Lock-outs", "verificationStatus": "VERIFIED",
        "events": {"type": "EVENT_TYPE", "items": ["user.account.lock"]},
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {
            "uri": "https://hooks.acme.example/okta", "method": "POST", "headers": [],
            "authScheme": {"type": "HEADER", "key": "Authorization", "value": "PLANTED-event-hook-secret"},
        }},
    });
    named(desk, "who", "/api/v1/eventHooks", [hook])
}

/// `GET /api/v1/trustedOrigins`.
pub(crate) fn trusted_origins<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let origin = json!({"name": "Intranet", "origin": "https://intranet.acme.example", "scopes": [{"type": "CORS"}]});
    named(desk, "tos", "/api/v1/trustedOrigins", [origin])
}

/// `GET /api/v1/behaviors`.
pub(crate) fn behaviors<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let known = [("New City", "ANOMALOUS_LOCATION"), ("New Device", "ANOMALOUS_DEVICE"), ("Velocity", "VELOCITY")];
    named(
        desk,
        "bhv",
        "/api/v1/behaviors",
        known.map(|(name, kind)| json!({"name": name, "type": kind, "settings": {}})),
    )
}

/// `GET /api/v1/brands`.
pub(crate) fn brands<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    one_of_a_kind(
        desk,
        "bnd",
        "/api/v1/brands",
        json!({"name": "Acme", "isDefault": true, "removePoweredByOkta": false}),
    )
}

/// `GET /api/v1/realms`.
pub(crate) fn realms<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    one_of_a_kind(
        desk,
        "guo",
        "/api/v1/realms",
        json!({"isDefault": true, "profile": {"name": "Default Realm", "realmType": "DEFAULT"}}),
    )
}

/// `GET /api/v1/domains`: the org has none of its own.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn domains<'a>(_: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    Ok(Served::Listing(Listing::of(Vec::new()), Paging::WholeIn("domains")))
}

/// `GET /api/v1/devices`: one for every fourth user.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn devices<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let keys = (0..u64::from(desk.org.config.users)).filter(|user| user.is_multiple_of(4));
    let device = |user: u64| {
        let id = desk.org.single_id("guo", user);
        with_times(
            desk,
            json!({
                "id": id, "status": "ACTIVE", "resourceId": id, "resourceType": "UDDevice",
                "resourceAlternateId": Value::Null,
                "resourceDisplayName": {"value": format!("Laptop {user}"), "sensitive": false},
                "profile": {
                    "displayName": format!("Laptop {user}"), "platform": if user.is_multiple_of(8) { "MACOS" } else { "WINDOWS" },
                    "registered": true, "managed": !user.is_multiple_of(3), "serialNumber": format!("C02{user:07}"),
                    "secureHardwarePresent": true,
                },
                "_links": desk.itself(&format!("/api/v1/devices/{id}")),
            }),
        )
    };
    Ok(Served::Listing(Listing::by(keys, device), Paging::Link(MOST, MOST)))
}

/// `GET /api/v1/iam/roles`: the custom ones.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn roles<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let names = ["Help desk of Berlin", "okta-lake reader"];
    let roles = names.iter().enumerate().map(|(position, name)| {
        let id = desk.org.single_id("cr0", position as u64);
        let path = format!("/api/v1/iam/roles/{id}");
        let links = json!({"self": desk.href(&path), "permissions": desk.href(&format!("{path}/permissions"))});
        with_times(
            desk,
            json!({"id": id, "label": name, "description": format!("{name}, a custom role"), "_links": links}),
        )
    });
    Ok(Served::Listing(Listing::of(roles.collect()), Paging::Body("roles", 100)))
}

/// A list of things that have an id, a name, a status and nothing much besides.
fn named<'a, const N: usize>(
    desk: &Desk<'_>,
    prefix: &str,
    path: &str,
    things: [Value; N],
) -> Result<Served<'a>, ApiError> {
    let complete = |(position, mut thing): (usize, Value)| {
        let id = desk.org.single_id(prefix, position as u64 + 1);
        thing["status"] = json!("ACTIVE");
        thing["_links"] = desk.itself(&format!("{path}/{id}"));
        thing["id"] = json!(id);
        with_times(desk, thing)
    };
    linked(things.into_iter().enumerate().map(complete).collect(), MOST, MOST)
}

/// The one thing of a list, without a status.
fn one_of_a_kind<'a>(desk: &Desk<'_>, prefix: &str, path: &str, mut thing: Value) -> Result<Served<'a>, ApiError> {
    let id = desk.org.single_id(prefix, 1);
    thing["_links"] = desk.itself(&format!("{path}/{id}"));
    thing["id"] = json!(id);
    linked(vec![with_times(desk, thing)], MOST, MOST)
}

fn with_times(desk: &Desk<'_>, mut thing: Value) -> Value {
    thing["created"] = json!(desk.long_ago());
    thing["lastUpdated"] = json!(desk.long_ago());
    thing
}
