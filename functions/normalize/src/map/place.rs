//! Where something is: its address and its place on the map.

use std::net::IpAddr;

use crate::json::Object;
use crate::ocsf::{Location, Text};

/// OCSF's `ip_t` is at most this long; an IPv6 address that ends in an IPv4 one can be longer.
const LONGEST_IP: usize = 40;

/// Takes an IP address; what is none stays.
pub(super) fn take_ip<'a>(object: &mut Object<'a>, key: &str) -> Option<Text<'a>> {
    object.take_text_if(key, is_ip)
}

/// Whether `text` is an IP address as OCSF has them.
pub(super) fn is_ip(text: &str) -> bool {
    text.len() <= LONGEST_IP && text.parse::<IpAddr>().is_ok()
}

/// Takes `geographicalContext`; a place needs more than coordinates to be one in OCSF.
pub(super) fn location<'a>(owner: &mut Object<'a>) -> Option<Location<'a>> {
    let context = owner.object("geographicalContext")?;
    let mut location = Location {
        city: context.take_text("city"),
        region: context.take_text("state"),
        country: context.take_text("country"),
        postal_code: context.take_text("postalCode"),
        ..Location::default()
    };
    if location == Location::default() {
        return None;
    }
    if let Some(coordinates) = context.object("geolocation") {
        location.lat = coordinates.take_float("lat", -90.0..=90.0);
        location.long = coordinates.take_float("lon", -180.0..=180.0);
    }
    Some(location)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    #[test]
    fn only_what_is_an_address_is_taken() {
        let text = r#"{"a":"192.0.2.1","b":"null","c":"192.0.2.256","d":7,"e":"2001:db8::1",
            "f":"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"}"#;
        let mut json = Json::parse(text).unwrap();
        let object = json.as_object_mut().unwrap();
        let taken = ["a", "b", "c", "d", "e", "f"].map(|key| take_ip(object, key).is_some());
        assert_eq!(taken, [true, false, false, false, true, false]);
    }
}
