//! LogEvent to OCSF event. The table says what an event is; here every class says, in a file of its
//! own, where its fields go. A field that is taken is placed; the rest is `unmapped`.

mod account_change;
mod actor;
mod api_activity;
mod authentication;
mod authorize_session;
mod behaviors;
mod debug_data;
mod detection_finding;
mod device;
mod endpoint;
mod enrichments;
mod entity_management;
mod factor;
mod group_management;
mod http_request;
mod ip_service;
mod leftovers;
mod metadata;
mod named;
mod observables;
mod operating_system;
mod origin;
mod outcome;
mod place;
mod policy;
mod principal;
mod privileges;
mod profiles;
mod protocol;
mod risk;
mod scheduled_job_activity;
mod severity;
mod target;
mod target_types;
mod user_access;
mod web_resources_activity;

use behaviors::Behavior;

use crate::event_type::{self, Basis, Decision};
use crate::ingest::IngestContext;
use crate::json::Object;
use crate::ocsf::{Class, Event};
use crate::system_log::LogEvent;

/// The mapping's version: it goes up when the same event would give another row.
pub const MAPPING_VERSION: u32 = 2;

/// A row, and whether the table knew its type.
#[derive(Debug)]
pub struct Normalized<'a> {
    /// The row.
    pub event: Event<'a>,
    /// How its class was found.
    pub basis: Basis,
}

/// Maps one event. Every LogEvent has an OCSF form: this cannot fail.
pub fn normalize<'a>(mut log: LogEvent<'a>, context: &IngestContext<'_>) -> Normalized<'a> {
    let (decision, basis) = event_type::decide(&log.event_type);
    let mut event = metadata::event(&mut log, &decision, context);
    let mut members = log.members;
    event.raw_data = Some(log.raw.into());
    let target_types = target::types(&members);
    outcome::place(&mut event, &mut members, &decision);
    actor::place(&mut event, &mut members);
    device::place(&mut event, &mut members);
    origin::place(&mut event, &mut members, decision.class);
    let behaviors = enrichments::place(&mut event, &mut members, decision.class);
    risk::place(&mut event, &mut members, decision.class);
    place_class(&mut event, &mut members, &decision, behaviors);
    let others = enrichments::place_rest(&mut event, &mut members, decision.class);
    observables::place(&mut event, &members, &others);
    profiles::place(&mut event, decision.class);
    event.unmapped = leftovers::of(&members, &target_types);
    Normalized { event, basis }
}

fn place_class<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision, behaviors: Vec<Behavior<'a>>) {
    match decision.class {
        Class::BaseEvent => {}
        Class::ScheduledJobActivity => scheduled_job_activity::place(event, members, decision),
        Class::DetectionFinding => detection_finding::place(event, members, decision, behaviors),
        Class::AccountChange => account_change::place(event, members),
        Class::Authentication => authentication::place(event, members, decision),
        Class::AuthorizeSession => authorize_session::place(event, members, decision),
        Class::EntityManagement => entity_management::place(event, members, decision),
        Class::UserAccess => user_access::place(event, members, decision),
        Class::GroupManagement => group_management::place(event, members, decision),
        Class::WebResourcesActivity => web_resources_activity::place(event, members, decision),
        Class::ApiActivity => api_activity::place(event, members),
    }
}
