//! Where events go: log streams, hooks, shared signals.

use crate::inventory::entity::{Entity, Envelope, list};
use crate::inventory::table::scopes::LIMIT;

#[rustfmt::skip]
pub(super) const ENTITIES: &[Entity] = &[
    list("log_stream", "/api/v1/logStreams", "okta.logStreams.read").query(LIMIT).redacted(&["settings.token"]).event_types(&["system.log_stream."]),
    list("event_hook", "/api/v1/eventHooks", "okta.eventHooks.read").redacted(&["channel.config.authScheme.value", "channel.config.headers.value"]).event_types(&["event_hook."]),
    list("inline_hook", "/api/v1/inlineHooks", "okta.inlineHooks.read").redacted(&["channel.config.authScheme.value", "channel.config.headers.value", "channel.config.clientSecret"]).event_types(&["inline_hook."]),
    list("hook_key", "/api/v1/hook-keys", "okta.inlineHooks.read").event_types(&["system.hook.key."]),
    list("ssf_stream", "/api/v1/ssf/stream", "ssf.read").key(&["stream_id"]).redacted(&["delivery.authorization_header"]).envelope(Envelope::ListOrOne),
    list("security_events_provider", "/api/v1/security-events-providers", "okta.securityEventsProviders.read"),
];
