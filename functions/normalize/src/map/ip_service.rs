//! What kind of network an address belongs to: proxies, VPNs and other services that hide who is behind them.

use super::debug_data;
use crate::json::{Json, Object};
use crate::ocsf::Text;

/// A service that the address belongs to.
pub(super) struct IpService<'a> {
    /// `VPN`, `Proxy`, `Tor` and so on, in Okta's words.
    pub(super) kind: Text<'a>,
    /// Who runs it.
    pub(super) operator: Option<Text<'a>>,
    /// All that Okta says of it, as JSON.
    pub(super) data: String,
}

/// The services: `securityContext.ipDetails.ipServiceCategories`, and `debugData.tunnels`, an array or the text of one.
/// They are looked at only.
pub(super) fn all<'a>(members: &Object<'a>) -> Vec<IpService<'a>> {
    let details = members.object_at("securityContext").and_then(|network| network.object_at("ipDetails"));
    let mut services = details.and_then(|details| details.get("ipServiceCategories")).map_or_else(Vec::new, services);
    match debug_data::at(members).and_then(|debug| debug.get("tunnels")) {
        Some(Json::Text(text)) => {
            // What cannot be read is no service; the text stays as it is.
            let tunnels = Json::parse(text).map_or(Json::Null, Json::into_owned);
            services.extend(self::services(&tunnels));
        }
        Some(tunnels) => services.extend(self::services(tunnels)),
        None => {}
    }
    services
}

fn services<'a>(list: &Json<'a>) -> Vec<IpService<'a>> {
    let Json::Array(list) = list else { return Vec::new() };
    let service = |json: &Json<'a>| {
        let service = json.as_object()?;
        Some(IpService {
            kind: service.peek_text("type")?,
            operator: service.peek_text("operator"),
            data: json.to_string(),
        })
    };
    list.iter().filter_map(service).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_stand_in_three_forms() {
        for event in [
            r#"{"securityContext":{"ipDetails":{"ipServiceCategories":[{"type":"VPN","operator":"X","isAnonymous":true}]}}}"#,
            r#"{"debugContext":{"debugData":{"tunnels":"[{\"anonymous\":true,\"operator\":\"X\",\"type\":\"VPN\"}]"}}}"#,
            r#"{"debugContext":{"debugData":{"tunnels":[{"operator":"X","type":"VPN"},{"type":null},7]}}}"#,
        ] {
            let json = Json::parse(event).unwrap();
            let services = all(json.as_object().unwrap());
            let found: Vec<_> = services.iter().map(|it| (it.kind.as_ref(), it.operator.as_deref())).collect();
            assert_eq!(found, [("VPN", Some("X"))], "{event}");
        }
        let broken = Json::parse(r#"{"debugContext":{"debugData":{"tunnels":"[{"}}}"#).unwrap();
        assert!(all(broken.as_object().unwrap()).is_empty());
    }
}
