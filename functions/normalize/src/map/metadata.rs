//! What every event has: class, time, severity, message, metadata.

use jiff::Timestamp;

use super::{Receipt, severity};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Class, Event, Metadata, Product, Text, VERSION};

/// An event with the parts that do not depend on its class.
pub(super) fn event<'a>(
    members: &mut Object<'a>,
    published: Timestamp,
    decision: &Decision,
    receipt: &Receipt<'_>,
) -> Event<'a> {
    let metadata = metadata(members, receipt);
    let (severity_id, severity) = severity::of(metadata.log_level.as_deref());
    let Decision { class, activity, .. } = *decision;
    Event {
        time: published.as_millisecond(),
        class_uid: class.uid().into(),
        class_name: class.caption().into(),
        category_uid: class.category_uid().into(),
        category_name: class.category_caption().into(),
        activity_id: activity.id.into(),
        activity_name: activity.name.into(),
        type_uid: i64::from(class.uid()) * 100 + i64::from(activity.id),
        type_name: class.type_caption(activity).into(),
        severity_id,
        severity: severity.into(),
        message: members.take_text("displayMessage"),
        metadata,
        ..Event::default()
    }
}

fn metadata<'a>(members: &mut Object<'a>, receipt: &Receipt<'_>) -> Metadata<'a> {
    let mut needed = |name| members.take_text(name).unwrap_or_default();
    let (uid, event_code) = (needed("uuid"), needed("eventType"));
    Metadata {
        version: VERSION.into(),
        uid,
        event_code,
        product: okta(),
        profiles: None,
        tenant_uid: Text::Owned(receipt.tenant.to_string()),
        original_time: members.take_text("published"),
        logged_time: Some(receipt.logged.as_millisecond()),
        processed_time: Some(receipt.processed.as_millisecond()),
        log_name: "System Log".into(),
        log_provider: "Okta".into(),
        log_level: members.take_text("severity"),
        log_version: members.take_text("version"),
        source: receipt.route.as_str().into(),
        correlation_uid: transaction_id(members),
    }
}

fn okta<'a>() -> Product<'a> {
    Product { name: Some("Okta".into()), vendor_name: Some("Okta".into()), ..Product::default() }
}

/// Events of one request or job share their transaction.
fn transaction_id<'a>(members: &mut Object<'a>) -> Option<Text<'a>> {
    members.object("transaction")?.take_text("id")
}

/// Names the OCSF profiles whose attributes the event uses.
pub(super) fn place_profiles(event: &mut Event<'_>, class: Class) {
    let actor_needs_host = matches!(
        class,
        Class::BaseEvent | Class::DetectionFinding | Class::WebResourcesActivity | Class::ApplicationLifecycle
    );
    let device_needs_host = !matches!(class, Class::ScheduledJobActivity | Class::DetectionFinding);
    let host = (actor_needs_host && event.actor.is_some()) || (device_needs_host && event.device.is_some());
    let findings = class == Class::DetectionFinding;
    let security_control = event.action_id.is_some()
        || event.authorizations.is_some()
        || event.policy.is_some()
        || (!findings && (event.risk_level_id.is_some() || event.risk_details.is_some() || event.is_alert.is_some()));
    let used = [(host, "host"), (security_control, "security_control")];
    let profiles = used.into_iter().filter(|(is_used, _)| *is_used).map(|(_, profile)| profile.into());
    event.metadata.profiles = super::non_empty(profiles.collect());
}
