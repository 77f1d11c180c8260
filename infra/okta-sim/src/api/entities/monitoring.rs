//! Who is told what happens: log streams, event hooks, inline hooks.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, found, linked, one, whole};
use crate::api::error::ApiError;
use crate::fault::kind::LogStreamSpec;

/// `GET /api/v1/logStreams`: the one to okta-lake's bus, or those that a fault says.
pub(crate) fn log_streams<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    linked(all_streams(context), 20, 200)
}

/// `GET /api/v1/logStreams/{id}`.
pub(crate) fn log_stream<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    found(context, all_streams(context), "LogStream")
}

fn all_streams(context: &EndpointContext<'_>) -> Vec<Value> {
    let streams = context.state.log_streams.clone().unwrap_or_else(|| vec![LogStreamSpec::default()]);
    (77..).zip(&streams).map(|(number, spec)| stream(context, number, spec)).collect()
}

fn stream(context: &EndpointContext<'_>, number: u64, spec: &LogStreamSpec) -> Value {
    let id = context.org.single_id("0oa", number);
    let path = format!("/api/v1/logStreams/{id}");
    let is_active = spec.is_active && !context.state.is_stream_disabled;
    let (status, next) = if is_active { ("ACTIVE", "deactivate") } else { ("INACTIVE", "activate") };
    json!({
        "id": id,
        "name": spec.name,
        "type": "aws_eventbridge",
        "status": status,
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "settings": {"accountId": spec.account, "eventSourceName": spec.event_source, "region": spec.region},
        "_links": {
            "self": {"href": context.url(&path), "method": "GET"},
            next: {"href": context.url(&format!("{path}/lifecycle/{next}")), "method": "POST"},
        },
    })
}

/// `GET /api/v1/eventHooks`: the one that the log tells of, with the secret that Okta sends along.
pub(crate) fn event_hooks<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("who", 0);
    let path = format!("/api/v1/eventHooks/{id}");
    whole(vec![json!({
        "id": id,
        "name": "Ticketing",
        "description": "Opens a ticket for each lock-out",
        "status": "ACTIVE",
        "verificationStatus": "VERIFIED",
        "created": context.long_ago(),
        "createdBy": context.org.admins()[0].id,
        "lastUpdated": context.long_ago(),
        "events": {"type": "EVENT_TYPE", "items": ["user.account.lock"], "filter": null},
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {
            "uri": "https://hooks.acme.example/okta",
            "method": "POST",
            "headers": [{"key": "X-Team", "value": "it-support"}],
            "authScheme": {"type": "HEADER", "key": "Authorization", "value": "PLANTED-event-hook-secret"},
        }},
        "_links": {
            "self": context.href(&path),
            "verify": context.href(&format!("{path}/lifecycle/verify")),
            "deactivate": context.href(&format!("{path}/lifecycle/deactivate")),
        },
    })])
}

/// `GET /api/v1/inlineHooks`: the one that the log tells of.
pub(crate) fn inline_hooks<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("cal", 0);
    let path = format!("/api/v1/inlineHooks/{id}");
    whole(vec![json!({
        "id": id,
        "name": "Add cost centre",
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "status": "ACTIVE",
        "created": context.long_ago(),
        "lastUpdated": context.long_ago(),
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {
            "uri": "https://hooks.acme.example/tokens",
            "method": "POST",
            "headers": [],
            "authScheme": {"type": "HEADER", "key": "Authorization"},
        }},
        "_links": {"self": context.href(&path), "execute": context.href(&format!("{path}/execute"))},
    })])
}

/// `GET /api/v1/hook-keys`: `isUsed` is a boolean, whatever the document says.
pub(crate) fn hook_keys<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let key = |(number, name): (u64, &str)| {
        json!({
            "id": context.org.single_id("HKY", number),
            "keyId": context.org.single_id("kid", 800 + number),
            "name": name,
            "isUsed": number == 0,
            "created": context.long_ago(),
            "lastUpdated": context.long_ago(),
        })
    };
    whole((0..).zip(["Inline hooks", "Unused"]).map(key).collect())
}

/// `GET /api/v1/ssf/stream`: one stream, in a list.
pub(crate) fn ssf_stream<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let events = json!(["https://schemas.openid.net/secevent/caep/event-type/session-revoked"]);
    whole(vec![json!({
        "stream_id": context.org.single_id("esc", 0),
        "iss": context.org_url,
        "aud": "https://receiver.acme.example",
        "format": "iss_sub",
        "min_verification_interval": 60,
        "delivery": {
            "method": "urn:ietf:rfc:8935", "endpoint_url": "https://receiver.acme.example/events",
            "authorization_header": "PLANTED-ssf-authorization",
        },
        "events_requested": events, "events_delivered": events, "events_supported": events,
    })])
}

/// `GET /api/v1/ssf/stream/status`.
pub(crate) fn ssf_status<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    one(json!({"stream_id": context.org.single_id("esc", 0), "status": "enabled"}))
}

/// `GET /api/v1/security-events-providers`.
pub(crate) fn event_providers<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("sse", 0);
    let links = context.itself(&format!("/api/v1/security-events-providers/{id}"));
    whole(vec![json!({
        "id": id, "name": "Endpoint protection", "type": "okta",
        "status": context.pick("ACTIVE", "ACTIVE", "INACTIVE"),
        "settings": {"well_known_url": "https://edr.example/.well-known/ssf-configuration", "issuer": "https://edr.example", "jwks_url": "https://edr.example/keys"},
        "_links": links,
    })])
}
