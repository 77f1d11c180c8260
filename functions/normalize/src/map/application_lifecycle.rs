//! Application Lifecycle [6002]: apps come, change and go. The class has no source endpoint, so the
//! client is the device.

use super::{debug_data, device, target};
use crate::event_type::Decision;
use crate::json::Object;
use crate::ocsf::{Event, Product};

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>, decision: &Decision) {
    device::place_client(event, members);
    debug_data::place_risk(event, members);
    let app = target::find_subject(members, decision.subject).and_then(target::take_named);
    let target::Named { uid, name } =
        app.unwrap_or(target::Named { uid: None, name: Some(decision.subject.entity_type.into()) });
    event.app = Some(Product { uid, name, ..Product::default() });
}
