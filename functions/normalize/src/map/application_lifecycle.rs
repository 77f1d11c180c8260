//! Application Lifecycle [6002]: apps come, change and go.

use super::{named, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Event, Product};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    let app = target::find_subject(members, decision.subject).and_then(named::take_named);
    let nameless = || named::Named { uid: None, name: Some(decision.subject.entity_type.into()) };
    let named::Named { uid, name } = app.unwrap_or_else(nameless);
    event.app = Some(Product { name, uid, ..Product::default() });
}
