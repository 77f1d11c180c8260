//! Who is told what happens: log streams, event hooks, inline hooks.

use serde_json::{Value, json};

use crate::api::desk::{Desk, Served, found, linked, whole};
use crate::api::error::ApiError;

/// `GET /api/v1/logStreams`: one, to Amazon EventBridge.
pub(crate) fn log_streams<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    linked(vec![stream(desk)], 20, 200)
}

/// `GET /api/v1/logStreams/{id}`.
pub(crate) fn log_stream<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    found(desk, vec![stream(desk)], "LogStream")
}

fn stream(desk: &Desk<'_>) -> Value {
    let id = desk.org.single_id("0oa", 77);
    let path = format!("/api/v1/logStreams/{id}");
    let (status, next) =
        if desk.switches.is_stream_disabled { ("INACTIVE", "activate") } else { ("ACTIVE", "deactivate") };
    json!({
        "id": id,
        "name": "okta-lake",
        "type": "aws_eventbridge",
        "status": status,
        "created": desk.long_ago(),
        "lastUpdated": desk.long_ago(),
        "settings": {"accountId": "123456789012", "eventSourceName": "okta-lake", "region": "eu-central-1"},
        "_links": {
            "self": {"href": desk.url(&path), "method": "GET"},
            next: {"href": desk.url(&format!("{path}/lifecycle/{next}")), "method": "POST"},
        },
    })
}

/// `GET /api/v1/eventHooks`: the one that the log tells of, with the secret that Okta sends along.
pub(crate) fn event_hooks<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let id = desk.org.single_id("who", 0);
    let path = format!("/api/v1/eventHooks/{id}");
    whole(vec![json!({
        "id": id,
        "name": "Ticketing",
        "description": "Opens a ticket for each lock-out",
        "status": "ACTIVE",
        "verificationStatus": "VERIFIED",
        "created": desk.long_ago(),
        "createdBy": desk.org.admins()[0].id,
        "lastUpdated": desk.long_ago(),
        "events": {"type": "EVENT_TYPE", "items": ["user.account.lock"], "filter": null},
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {
            "uri": "https://hooks.acme.example/okta",
            "method": "POST",
            "headers": [{"key": "X-Team", "value": "it-support"}],
            "authScheme": {"type": "HEADER", "key": "Authorization", "value": "PLANTED-event-hook-secret"},
        }},
        "_links": {
            "self": desk.href(&path),
            "verify": desk.href(&format!("{path}/lifecycle/verify")),
            "deactivate": desk.href(&format!("{path}/lifecycle/deactivate")),
        },
    })])
}

/// `GET /api/v1/inlineHooks`: the one that the log tells of.
pub(crate) fn inline_hooks<'a>(desk: &'a Desk<'a>) -> Result<Served<'a>, ApiError> {
    let id = desk.org.single_id("cal", 0);
    let path = format!("/api/v1/inlineHooks/{id}");
    whole(vec![json!({
        "id": id,
        "name": "Add cost centre",
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "status": "ACTIVE",
        "created": desk.long_ago(),
        "lastUpdated": desk.long_ago(),
        "channel": {"type": "HTTP", "version": "1.0.0", "config": {
            "uri": "https://hooks.acme.example/tokens",
            "method": "POST",
            "headers": [],
            "authScheme": {"type": "HEADER", "key": "Authorization"},
        }},
        "_links": {"self": desk.href(&path), "execute": desk.href(&format!("{path}/execute"))},
    })])
}
