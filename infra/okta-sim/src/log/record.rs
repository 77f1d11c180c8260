//! A LogEvent as it stands on the wire, field by field, nulls included.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};

pub(crate) type Text<'a> = Cow<'a, str>;

/// Names with values, in an order: `detailEntry`, `debugData`, `transaction.detail`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries<'a>(pub(crate) Vec<(&'static str, Text<'a>)>);

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record<'a> {
    pub(crate) actor: Actor<'a>,
    pub(crate) client: Client<'a>,
    pub(crate) device: Option<Device<'a>>,
    pub(crate) authentication_context: AuthenticationContext<'a>,
    pub(crate) display_message: Text<'a>,
    pub(crate) event_type: &'static str,
    pub(crate) outcome: Outcome<'a>,
    pub(crate) published: Text<'a>,
    pub(crate) security_context: SecurityContext<'a>,
    pub(crate) severity: &'static str,
    pub(crate) debug_context: DebugContext<'a>,
    pub(crate) legacy_event_type: Option<&'static str>,
    pub(crate) transaction: Transaction<'a>,
    pub(crate) uuid: &'a str,
    pub(crate) version: &'static str,
    pub(crate) request: Request<'a>,
    pub(crate) target: Option<Vec<Target<'a>>>,
}

#[derive(Debug, Clone, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Actor<'a> {
    pub(crate) id: Text<'a>,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) alternate_id: Option<Text<'a>>,
    pub(crate) display_name: Text<'a>,
    pub(crate) detail_entry: Option<Entries<'a>>,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Client<'a> {
    pub(crate) user_agent: Option<UserAgent<'a>>,
    pub(crate) zone: Option<&'static str>,
    pub(crate) device: Option<&'static str>,
    pub(crate) id: Option<Text<'a>>,
    pub(crate) ip_address: Option<Text<'a>>,
    pub(crate) geographical_context: Option<Geography<'a>>,
}

#[derive(Debug, Clone, Copy, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names)] // Okta's names.
pub(crate) struct UserAgent<'a> {
    pub(crate) raw_user_agent: &'a str,
    pub(crate) os: &'a str,
    pub(crate) browser: &'a str,
}

#[derive(Debug, Clone, Copy, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Geography<'a> {
    pub(crate) city: &'a str,
    pub(crate) state: Option<&'a str>,
    pub(crate) country: &'a str,
    pub(crate) postal_code: &'a str,
    pub(crate) geolocation: Geolocation,
}

#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Geolocation {
    pub(crate) lat: f64,
    pub(crate) lon: f64,
}

/// Not in Okta's schema but in its events; the only part with underscores.
#[derive(Debug, serde::Serialize)]
#[allow(clippy::struct_field_names)] // Okta's names.
pub(crate) struct Device<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) name: Text<'a>,
    pub(crate) os_platform: &'a str,
    pub(crate) os_version: &'a str,
    pub(crate) managed: bool,
    pub(crate) registered: bool,
    /// JSON in a string.
    pub(crate) device_integrator: Option<&'a str>,
    pub(crate) disk_encryption_type: &'a str,
    pub(crate) screen_lock_type: &'a str,
    pub(crate) jailbreak: Option<bool>,
    pub(crate) secure_hardware_present: bool,
}

#[derive(Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticationContext<'a> {
    pub(crate) authentication_provider: Option<&'static str>,
    pub(crate) credential_provider: Option<&'static str>,
    pub(crate) credential_type: Option<&'static str>,
    pub(crate) issuer: Option<Issuer<'a>>,
    pub(crate) interface: Option<&'static str>,
    pub(crate) authentication_step: u8,
    pub(crate) root_session_id: Option<Text<'a>>,
    pub(crate) external_session_id: Text<'a>,
}

#[derive(Debug, serde::Serialize)]
pub(crate) struct Issuer<'a> {
    pub(crate) id: Text<'a>,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

#[derive(Debug, serde::Serialize)]
pub(crate) struct Outcome<'a> {
    pub(crate) result: &'static str,
    pub(crate) reason: Option<Text<'a>>,
}

#[derive(Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecurityContext<'a> {
    pub(crate) as_number: Option<u32>,
    pub(crate) as_org: Option<&'a str>,
    pub(crate) isp: Option<&'a str>,
    pub(crate) domain: Option<&'a str>,
    pub(crate) is_proxy: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) risk: Option<Risk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_behaviors: Option<Vec<Behavior<'a>>>,
}

#[derive(Debug, Clone, Copy, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Risk {
    pub(crate) level: &'static str,
    pub(crate) reasons: &'static [&'static str],
    pub(crate) issuer: Option<&'static str>,
    pub(crate) detection_name: Option<&'static str>,
    pub(crate) previous_level: Option<&'static str>,
}

#[derive(Debug, serde::Serialize)]
pub(crate) struct Behavior<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) name: &'static str,
    pub(crate) result: &'static str,
}

#[derive(Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DebugContext<'a> {
    pub(crate) debug_data: Entries<'a>,
}

#[derive(Debug, serde::Serialize)]
pub(crate) struct Transaction<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) id: Text<'a>,
    pub(crate) detail: Entries<'a>,
}

#[derive(Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request<'a> {
    pub(crate) ip_chain: Vec<IpAddress<'a>>,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IpAddress<'a> {
    pub(crate) ip: Text<'a>,
    pub(crate) geographical_context: Option<Geography<'a>>,
    pub(crate) version: &'static str,
    pub(crate) source: Option<&'static str>,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target<'a> {
    pub(crate) id: Option<Text<'a>>,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) alternate_id: Option<Text<'a>>,
    pub(crate) display_name: Option<Text<'a>>,
    pub(crate) detail_entry: Option<Entries<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) change_details: Option<ChangeDetails<'a>>,
}

#[derive(Debug, serde::Serialize)]
pub(crate) struct ChangeDetails<'a> {
    pub(crate) from: Entries<'a>,
    pub(crate) to: Entries<'a>,
}

impl<'a> Entries<'a> {
    /// Adds a value.
    pub(crate) fn put(&mut self, name: &'static str, value: impl Into<Text<'a>>) {
        self.0.push((name, value.into()));
    }

    /// With one value more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Text<'a>>) -> Self {
        self.put(name, value);
        self
    }

    /// Only this value.
    pub(crate) fn of(name: &'static str, value: impl Into<Text<'a>>) -> Self {
        Self::default().with(name, value)
    }
}

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'a> Target<'a> {
    pub(crate) fn new(kind: &'static str, id: impl Into<Text<'a>>, name: impl Into<Text<'a>>) -> Self {
        Self {
            id: Some(id.into()),
            kind,
            alternate_id: Some("unknown".into()),
            display_name: Some(name.into()),
            detail_entry: None,
            change_details: None,
        }
    }

    pub(crate) fn known_as(mut self, alternate_id: impl Into<Text<'a>>) -> Self {
        self.alternate_id = Some(alternate_id.into());
        self
    }

    pub(crate) fn detailed(mut self, entries: Entries<'a>) -> Self {
        self.detail_entry = Some(entries);
        self
    }

    pub(crate) fn changed(mut self, from: Entries<'a>, to: Entries<'a>) -> Self {
        self.change_details = Some(ChangeDetails { from, to });
        self
    }
}

impl Outcome<'_> {
    pub(crate) const fn success() -> Self {
        Self { result: "SUCCESS", reason: None }
    }
}

impl<'a> Outcome<'a> {
    pub(crate) fn because(result: &'static str, reason: impl Into<Text<'a>>) -> Self {
        Self { result, reason: Some(reason.into()) }
    }
}
