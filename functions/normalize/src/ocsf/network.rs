//! From where: endpoints, devices, requests.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::value::Text;

/// The endpoint that a request came from.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct NetworkEndpoint<'a> {
    pub ip: Option<Text<'a>>,
    pub domain: Option<Text<'a>>,
    pub svc_name: Option<Text<'a>>,
    pub zone: Option<Text<'a>>,
    pub type_id: Option<i32>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
    pub os: Option<Os<'a>>,
    pub location: Option<Location<'a>>,
    pub autonomous_system: Option<AutonomousSystem<'a>>,
    pub isp: Option<Text<'a>>,
    pub fingerprints: Option<Vec<Fingerprint<'a>>>,
}

/// What distinguishes one browser or device from others.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Fingerprint<'a> {
    pub algorithm_id: i32,
    pub algorithm: Text<'a>,
    pub value: Text<'a>,
}

/// A place on the map.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Location<'a> {
    pub city: Option<Text<'a>>,
    pub region: Option<Text<'a>>,
    pub country: Option<Text<'a>>,
    pub postal_code: Option<Text<'a>>,
    pub lat: Option<f64>,
    pub long: Option<f64>,
}

/// An autonomous system.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct AutonomousSystem<'a> {
    pub number: Option<i64>,
    pub name: Option<Text<'a>>,
}

/// An operating system.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Os<'a> {
    pub name: Text<'a>,
    pub type_id: i32,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
    pub version: Option<Text<'a>>,
}

/// A device.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Device<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub ip: Option<Text<'a>>,
    pub type_id: i32,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
    pub os: Option<Os<'a>>,
    pub location: Option<Location<'a>>,
    pub is_managed: Option<bool>,
    pub is_trusted: Option<bool>,
}

/// An HTTP request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct HttpRequest<'a> {
    pub uid: Option<Text<'a>>,
    pub user_agent: Option<Text<'a>>,
    pub url: Option<Url<'a>>,
    pub x_forwarded_for: Option<Vec<Text<'a>>>,
    pub http_headers: Option<Vec<HttpHeader<'a>>>,
}

/// A header of an HTTP request.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct HttpHeader<'a> {
    pub name: Text<'a>,
    pub value: Text<'a>,
}

/// A URL.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Url<'a> {
    pub url_string: Option<Text<'a>>,
    pub path: Option<Text<'a>>,
}
