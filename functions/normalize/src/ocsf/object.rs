//! What is acted upon or used: services, groups, policies, resources, tokens.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::principal::User;
use super::value::Text;

/// What was signed in to.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Service<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub labels: Option<Vec<Text<'a>>>,
}

/// One factor of an authentication.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct AuthFactor<'a> {
    pub factor_type_id: i32,
    pub factor_type: Text<'a>,
    pub provider: Option<Text<'a>>,
}

/// A token that an authentication gave.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct AuthenticationToken<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub type_id: i32,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
    pub expiration_time: Option<i64>,
}

/// What a policy decided.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Authorization<'a> {
    pub decision: Option<Text<'a>>,
    pub policy: Option<Policy<'a>>,
}

/// A policy or one of its rules.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Policy<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
    pub data: Option<Text<'a>>,
}

/// A group.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Group<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
}

/// What Entity Management manages.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Entity<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub type_id: Option<i32>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
    pub data: Option<Text<'a>>,
    pub user: Option<User<'a>>,
    pub group: Option<Group<'a>>,
    pub policy: Option<Policy<'a>>,
    pub device: Option<EntityDevice<'a>>,
}

/// What an entity has become. Which it is stands in [`Entity`]: the same columns twice would be empty once.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct EntityResult<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub type_id: Option<i32>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
    pub data: Option<Text<'a>>,
}

/// A device as a managed entity: what a target says of it.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct EntityDevice<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub type_id: i32,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
}

/// A resource that something happened to.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Resource<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    pub uid_alt: Option<Text<'a>>,
    pub labels: Option<Vec<Text<'a>>>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
    pub role_id: Option<i32>,
    pub role: Option<Text<'a>>,
    pub data: Option<Text<'a>>,
}

/// A resource on the web.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct WebResource<'a> {
    pub uid: Option<Text<'a>>,
    pub name: Option<Text<'a>>,
    #[serde(rename = "type")]
    pub kind: Option<Text<'a>>,
}

/// An API call.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Api<'a> {
    pub operation: Text<'a>,
    pub service: Option<Service<'a>>,
    pub request: Option<ApiRequest<'a>>,
}

/// The request of an API call.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct ApiRequest<'a> {
    pub uid: Text<'a>,
}

/// A job that ran or will run.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Job<'a> {
    pub name: Text<'a>,
    /// Only in OCSF 1.3.0, which requires it.
    pub file: Option<JobFile<'a>>,
}

/// What a job runs.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct JobFile<'a> {
    pub name: Text<'a>,
    pub type_id: i32,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
}

/// A value that analysts pivot on, and where in the event it stands.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Observable<'a> {
    pub name: Text<'a>,
    pub type_id: i32,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
    pub value: Option<Text<'a>>,
}
