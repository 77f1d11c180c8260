//! LogEvent to OCSF event. The table says what an event is; here every class says, in a file of its
//! own, where its fields go. A field that is taken is placed; the rest is `unmapped`.

mod account_change;
mod actor;
mod api_activity;
mod application_lifecycle;
mod authentication;
mod authorize_session;
mod behaviors;
mod debug_data;
mod detection_finding;
mod device;
mod endpoint;
mod entity_management;
mod factor;
mod group_management;
mod http_request;
mod leftovers;
mod metadata;
mod observables;
mod origin;
mod outcome;
mod policy;
mod principal;
mod privileges;
mod profiles;
mod protocol;
mod risk;
mod scheduled_job_activity;
mod severity;
mod target;
mod user_access;
mod web_resources_activity;

use jiff::Timestamp;

use crate::event_type::{self, Basis, Decision};
use crate::json::Object;
use crate::ocsf::{Class, Event};
use crate::system_log::LogEvent;
use crate::tenant::Tenant;

/// The mapping's version: it goes up when the same event would give another row.
pub const MAPPING_VERSION: u32 = 1;

/// How an event reached okta-lake; `metadata.source` of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Okta Log Streaming through EventBridge.
    Stream,
    /// The System Log API, following the polling cursor.
    Poll,
    /// The System Log API, a bounded range.
    History,
    /// The System Log API, when an hour was sealed: the event had come by no other way.
    Repair,
}

impl Route {
    /// The route as rows name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Poll => "poll",
            Self::History => "history",
            Self::Repair => "repair",
        }
    }

    /// The route that rows name so.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Stream, Self::Poll, Self::History, Self::Repair].into_iter().find(|route| route.as_str() == name)
    }
}

/// What is known of an event from outside it.
#[derive(Debug, Clone)]
pub struct Receipt<'a> {
    /// The org it came from.
    pub tenant: &'a Tenant,
    /// How it came.
    pub route: Route,
    /// When it was received: the queue's time of arrival or the answer's.
    pub logged: Timestamp,
    /// When it is being normalized.
    pub processed: Timestamp,
}

/// A row, and whether the table knew its type.
#[derive(Debug)]
pub struct Normalized<'a> {
    /// The row.
    pub event: Event<'a>,
    /// How its class was found.
    pub basis: Basis,
}

/// Maps one event. Every LogEvent has an OCSF form: this cannot fail.
pub fn normalize<'a>(mut log: LogEvent<'a>, receipt: &Receipt<'_>) -> Normalized<'a> {
    let (decision, basis) = event_type::decide(&log.event_type);
    let mut event = metadata::event(&mut log, &decision, receipt);
    let mut members = log.members;
    event.raw_data = log.raw.into();
    outcome::place(&mut event, &mut members, decision.class);
    actor::place(&mut event, &mut members);
    device::place(&mut event, &mut members);
    origin::place(&mut event, &mut members, decision.class);
    risk::place(&mut event, &mut members, decision.class);
    place_class(&mut event, &mut members, &decision);
    observables::place(&mut event, &members);
    profiles::place(&mut event, decision.class);
    event.unmapped = leftovers::of(&members);
    Normalized { event, basis }
}

fn place_class<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    match decision.class {
        Class::BaseEvent => {}
        Class::ScheduledJobActivity => scheduled_job_activity::place(event, members, decision),
        Class::DetectionFinding => detection_finding::place(event, members),
        Class::AccountChange => account_change::place(event, members),
        Class::Authentication => authentication::place(event, members, decision),
        Class::AuthorizeSession => authorize_session::place(event, members, decision),
        Class::EntityManagement => entity_management::place(event, members, decision),
        Class::UserAccess => user_access::place(event, members, decision),
        Class::GroupManagement => group_management::place(event, members, decision),
        Class::WebResourcesActivity => web_resources_activity::place(event, members, decision),
        Class::ApplicationLifecycle => application_lifecycle::place(event, members, decision),
        Class::ApiActivity => api_activity::place(event, members),
    }
}

/// A non-empty list or none: OCSF has no empty arrays.
fn non_empty<T>(values: Vec<T>) -> Option<Vec<T>> {
    (!values.is_empty()).then_some(values)
}
