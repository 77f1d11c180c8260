//! OCSF profiles: attributes that a class has only if `metadata.profiles` says so.

use super::non_empty;
use crate::ocsf::{Class, Event};

/// Names the profiles whose attributes the event uses.
pub(super) fn place(event: &mut Event<'_>, class: Class) {
    let used = [(uses_host(event, class), "host"), (uses_security_control(event, class), "security_control")];
    let profiles = used.into_iter().filter(|(is_used, _)| *is_used).map(|(_, profile)| profile.into());
    event.metadata.profiles = non_empty(profiles.collect());
}

/// `actor` and `device` are of the profile `host` in the classes that have them not of their own.
fn uses_host(event: &Event<'_>, class: Class) -> bool {
    let has_actor = !matches!(
        class,
        Class::BaseEvent | Class::DetectionFinding | Class::WebResourcesActivity | Class::ApplicationLifecycle
    );
    let has_device = matches!(class, Class::ScheduledJobActivity | Class::DetectionFinding);
    (!has_actor && event.actor.is_some()) || (!has_device && event.device.is_some())
}

/// A finding has its risk and its alert of its own.
fn uses_security_control(event: &Event<'_>, class: Class) -> bool {
    let has_risk = event.risk_level_id.is_some() || event.risk_details.is_some() || event.is_alert.is_some();
    let is_decided = event.action_id.is_some() || event.authorizations.is_some();
    is_decided || (has_risk && class != Class::DetectionFinding)
}
