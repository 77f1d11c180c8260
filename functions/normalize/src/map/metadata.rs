//! What every event has: class, time, severity, message, metadata.

use super::severity;
use crate::event_type::Decision;
use crate::ingest::IngestContext;
use crate::json::Object;
use crate::ocsf::{Class, Event, Metadata, Product, Text, VERSION, non_empty};
use crate::system_log::LogEvent;

/// An event with the parts that do not depend on its class.
pub(super) fn event<'a>(log: &mut LogEvent<'a>, decision: &Decision, context: &IngestContext<'_>) -> Event<'a> {
    let metadata = metadata(log, context, decision);
    let (severity_id, severity) = severity::of(metadata.log_level.as_ref());
    let Decision { class, activity, .. } = *decision;
    Event {
        time: log.published.as_millisecond(),
        timezone_offset: metadata.original_time.as_deref().and_then(utc_offset),
        class_uid: class.uid().into(),
        class_name: class.caption().into(),
        category_uid: class.category_uid().into(),
        category_name: class.category_caption().into(),
        activity_id: activity.id.into(),
        activity_name: activity.name.into(),
        type_uid: i64::from(class.uid()) * 100 + i64::from(activity.id),
        type_name: class.type_caption(activity).into(),
        severity_id,
        severity,
        message: log.members.take_text("displayMessage"),
        metadata,
        ..Event::default()
    }
}

fn metadata<'a>(log: &mut LogEvent<'a>, context: &IngestContext<'_>, decision: &Decision) -> Metadata<'a> {
    let members = &mut log.members;
    Metadata {
        version: VERSION.into(),
        uid: members.take_text("uuid").unwrap_or_else(|| log.uuid.clone()),
        event_code: members.take_text("eventType").unwrap_or_else(|| log.event_type.clone()),
        product: Product { name: Some("Okta".into()), vendor_name: Some("Okta".into()), ..Product::default() },
        profiles: None,
        labels: labels(members, decision),
        tenant_uid: Text::Owned(context.tenant.to_string()),
        original_time: members.take_text("published"),
        logged_time: Some(context.logged.as_millisecond()),
        processed_time: Some(context.processed.as_millisecond()),
        log_name: "System Log".into(),
        log_provider: "Okta".into(),
        log_level: members.take_text("severity"),
        log_version: members.take_text("version"),
        source: Some(context.path.as_str().into()),
        correlation_uid: transaction_id(members),
    }
}

/// The offset of Okta's own times, which are all UTC.
fn utc_offset(published: &str) -> Option<i32> {
    published.ends_with('Z').then_some(0)
}

/// Events of one request or job share their transaction.
fn transaction_id<'a>(members: &mut Object<'a>) -> Option<Text<'a>> {
    members.object("transaction")?.take_text("id")
}

/// What its class and activity do not say of an event.
fn labels<'a>(members: &Object<'a>, decision: &Decision) -> Option<Vec<Text<'a>>> {
    let step = step(decision);
    non_empty(is_impersonation(members).then_some("impersonation").into_iter().chain(step).map(Text::from).collect())
}

/// Which step of a sign-in it is: to OCSF both are Preauth.
fn step(decision: &Decision) -> Option<&'static str> {
    match decision.subject.name {
        "factor" if decision.class == Class::Authentication => Some("mfa_step"),
        "policy" if decision.class == Class::Authentication => Some("policy_evaluation"),
        _ => None,
    }
}

/// An event of an impersonation (by Okta Support or an admin), in any class; the principal who acted is in `unmapped`
/// under `debugContext.debugData.originalPrincipal`.
fn is_impersonation(members: &Object<'_>) -> bool {
    let debug = members.object_at("debugContext").and_then(|context| context.object_at("debugData"));
    let principal = debug.and_then(|debug| debug.object_at("originalPrincipal"));
    principal.is_some_and(|principal| !principal.is_empty())
}
