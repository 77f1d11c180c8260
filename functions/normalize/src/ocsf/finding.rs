//! Detection findings: what was found and the evidence for it.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::network::{HttpRequest, NetworkEndpoint};
use super::principal::User;
use super::value::Text;

/// What was found.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct FindingInfo<'a> {
    pub uid: Text<'a>,
    pub title: Option<Text<'a>>,
    pub types: Option<Vec<Text<'a>>>,
    pub created_time: Option<i64>,
    pub analytic: Option<Analytic<'a>>,
    pub traits: Option<Vec<Trait<'a>>>,
    pub related_events: Option<Vec<RelatedEvent<'a>>>,
}

/// Another event that the finding is about.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct RelatedEvent<'a> {
    pub uid: Text<'a>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
    pub created_time: Option<i64>,
}

/// What found it.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Analytic<'a> {
    pub name: Text<'a>,
    pub type_id: i32,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
}

/// A characteristic of what was found, such as a behavior that was new.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Trait<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Text<'a>,
    pub values: Option<Vec<Text<'a>>>,
}

/// What shows it.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Evidence<'a> {
    pub name: Option<Text<'a>>,
    pub user: Option<User<'a>>,
    pub src_endpoint: Option<NetworkEndpoint<'a>>,
    pub http_request: Option<HttpRequest<'a>>,
}
