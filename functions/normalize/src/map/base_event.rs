//! Base Event [0]: what no OCSF class fits. Only who and from where have a place.

use super::{debug_data, device};
use crate::json::Object;
use crate::ocsf::Event;

pub(super) fn place<'a>(event: &mut Event<'a>, members: &mut Object<'a>) {
    device::place_client(event, members);
    debug_data::place_risk(event, members);
}
