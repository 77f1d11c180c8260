//! Where people may come from: zones, trusted origins, behavior rules.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, linked};
use crate::api::error::ApiError;
use crate::org::policies::ZONES;
use crate::time::iso;

/// `GET /api/v1/zones`.
pub(crate) fn zones<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    linked(all_zones(context), 200, 200)
}

/// `GET /api/v1/zones/{id}`.
pub(crate) fn zone<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    found(context, all_zones(context), "NetworkZone")
}

fn all_zones(context: &EndpointContext<'_>) -> Vec<Value> {
    ZONES
        .iter()
        .enumerate()
        .map(|(position, (name, is_blocking))| zone_at(context, position, name, *is_blocking))
        .collect()
}

fn zone_at(context: &EndpointContext<'_>, position: usize, name: &str, is_blocking: bool) -> Value {
    let id = context.org.zone_id(position);
    let path = format!("/api/v1/zones/{id}");
    let mut zone = json!({
        "type": "IP",
        "id": id,
        "name": name,
        "status": "ACTIVE",
        "usage": if is_blocking { "BLOCKLIST" } else { "POLICY" },
        "created": context.long_ago(),
        "lastUpdated": iso(context.directory.zones_updated_ms[position]),
        "system": name != "Corporate Offices",
        "_links": {"self": context.href(&path), "deactivate": context.href(&format!("{path}/lifecycle/deactivate"))},
    });
    if name == "DefaultEnhancedDynamicZone" {
        let nobody = json!({"include": [], "exclude": []});
        zone["type"] = json!("DYNAMIC_V2");
        zone["asns"] = nobody.clone();
        zone["locations"] = nobody;
        zone["ipServiceCategories"] = json!({"include": ["ALL_ANONYMIZERS"], "exclude": []});
    } else {
        zone["gateways"] = gateways(name);
        zone["proxies"] = Value::Null;
    }
    zone
}

/// The offices' addresses are those that people in the log come from.
fn gateways(name: &str) -> Value {
    match name {
        "BlockedIpZone" => json!([{"type": "RANGE", "value": "203.0.113.8-203.0.113.15"}]),
        "Corporate Offices" => json!([{"type": "CIDR", "value": "198.51.100.0/24"}]),
        _ => Value::Null,
    }
}

/// `GET /api/v1/trustedOrigins`.
pub(crate) fn trusted_origins<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("tos", 0);
    let admin = &context.org.admins()[0].id;
    let path = format!("/api/v1/trustedOrigins/{id}");
    let origin = json!({
        "id": id,
        "name": "Intranet",
        "origin": "https://intranet.acme.example",
        "scopes": [{"type": "CORS"}, {"type": "REDIRECT"}],
        "status": "ACTIVE",
        "created": context.long_ago(),
        "createdBy": admin,
        "lastUpdated": context.long_ago(),
        "lastUpdatedBy": admin,
        "_links": {"self": context.href(&path), "deactivate": context.href(&format!("{path}/lifecycle/deactivate"))},
    });
    linked(vec![origin], 20, 200)
}

/// `GET /api/v1/behaviors`: the first two are those that sign-ins in the log name.
pub(crate) fn behaviors<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let rules = [
        (
            "New Device",
            "ANOMALOUS_DEVICE",
            json!({"maxEventsUsedForEvaluation": 20, "minEventsNeededForEvaluation": 0}),
        ),
        (
            "New Geo-Location",
            "ANOMALOUS_LOCATION",
            json!({
                "maxEventsUsedForEvaluation": 20, "minEventsNeededForEvaluation": 0, "granularity": "LAT_LONG",
                "radiusKilometers": 20,
            }),
        ),
        ("Velocity", "VELOCITY", json!({"velocityKph": 805})),
    ];
    let rule = |(number, (name, kind, settings)): (u64, (&str, &str, Value))| {
        let id = context.org.single_id("bhv", number);
        json!({
            "id": id,
            "name": name,
            "type": kind,
            "settings": settings,
            "status": "ACTIVE",
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
            "_link": context.itself(&format!("/api/v1/behaviors/{id}")),
        })
    };
    linked((0..).zip(rules).map(rule).collect(), 10, 10)
}
