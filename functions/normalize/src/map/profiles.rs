//! OCSF profiles: attributes that a class has only if `metadata.profiles` says so.

use crate::ocsf::{Class, Event, Own, non_empty};

/// Names the profiles whose attributes the event uses.
pub(super) fn place(event: &mut Event<'_>, class: Class) {
    let used = [(uses_host(event, class), "host"), (uses_security_control(event, class), "security_control")];
    let profiles = used.into_iter().filter(|(is_used, _)| *is_used).map(|(_, profile)| profile.into());
    event.metadata.profiles = non_empty(profiles.collect());
}

fn uses_host(event: &Event<'_>, class: Class) -> bool {
    (event.actor.is_some() && !class.owns(Own::Actor)) || (event.device.is_some() && !class.owns(Own::Device))
}

fn uses_security_control(event: &Event<'_>, class: Class) -> bool {
    let has_risk = event.risk_level_id.is_some() || event.risk_details.is_some() || event.is_alert.is_some();
    let is_decided = event.action_id.is_some() || event.authorizations.is_some();
    is_decided || (has_risk && !class.owns(Own::Risk))
}
