//! The event: every attribute of every class that okta-lake writes, at most one event's worth set.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::enrichment::Enrichment;
use super::finding::{Evidence, FindingInfo};
use super::network::{Device, HttpRequest, NetworkEndpoint};
use super::object::{
    Api, AuthFactor, AuthenticationToken, Authorization, Entity, EntityResult, Group, Job, Observable, Policy,
    Resource, Service, WebResource,
};
use super::principal::{Actor, Session, User};
use super::unmapped::Unmapped;
use super::value::Text;

/// One row of the lake. Times are milliseconds since the epoch; pairs `x_id`/`x` are an OCSF enum's
/// value and caption.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // The attributes are OCSF's own; schema.ocsf.io documents them.
pub struct Event<'a> {
    pub time: i64,
    pub timezone_offset: Option<i32>,
    pub class_uid: i32,
    pub class_name: Text<'a>,
    pub category_uid: i32,
    pub category_name: Text<'a>,
    pub activity_id: i32,
    pub activity_name: Text<'a>,
    pub type_uid: i64,
    pub type_name: Text<'a>,
    pub severity_id: i32,
    pub severity: Text<'a>,
    pub status_id: Option<i32>,
    pub status: Option<Text<'a>>,
    pub status_code: Option<Text<'a>>,
    pub status_detail: Option<Text<'a>>,
    pub message: Option<Text<'a>>,
    pub metadata: Metadata<'a>,
    pub actor: Option<Actor<'a>>,
    pub user: Option<User<'a>>,
    pub src_endpoint: Option<NetworkEndpoint<'a>>,
    pub device: Option<Device<'a>>,
    pub http_request: Option<HttpRequest<'a>>,
    pub session: Option<Session<'a>>,
    pub service: Option<Service<'a>>,
    pub auth_protocol_id: Option<i32>,
    pub auth_protocol: Option<Text<'a>>,
    pub auth_factors: Option<Vec<AuthFactor<'a>>>,
    pub is_mfa: Option<bool>,
    pub is_remote: Option<bool>,
    pub authentication_token: Option<AuthenticationToken<'a>>,
    pub account_switch_type_id: Option<i32>,
    pub account_switch_type: Option<Text<'a>>,
    pub comment: Option<Text<'a>>,
    pub entity: Option<Entity<'a>>,
    pub entity_result: Option<EntityResult<'a>>,
    pub group: Option<Group<'a>>,
    pub subgroup: Option<Group<'a>>,
    pub privileges: Option<Vec<Text<'a>>>,
    pub policies: Option<Vec<Policy<'a>>>,
    pub authorizations: Option<Vec<Authorization<'a>>>,
    pub action_id: Option<i32>,
    pub action: Option<Text<'a>>,
    pub disposition_id: Option<i32>,
    pub disposition: Option<Text<'a>>,
    pub resource: Option<Resource<'a>>,
    pub resources: Option<Vec<Resource<'a>>>,
    pub web_resources: Option<Vec<WebResource<'a>>>,
    pub api: Option<Api<'a>>,
    pub job: Option<Job<'a>>,
    pub finding_info: Option<FindingInfo<'a>>,
    pub evidences: Option<Vec<Evidence<'a>>>,
    pub is_alert: Option<bool>,
    pub risk_level_id: Option<i32>,
    pub risk_level: Option<Text<'a>>,
    pub risk_details: Option<Text<'a>>,
    pub enrichments: Option<Vec<Enrichment<'a>>>,
    pub observables: Option<Vec<Observable<'a>>>,
    pub unmapped: Option<Unmapped<'a>>,
    pub raw_data: Option<Text<'a>>,
}

/// Where an event came from and how it got here.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Metadata<'a> {
    pub version: Text<'a>,
    pub uid: Text<'a>,
    pub event_code: Text<'a>,
    pub product: Product<'a>,
    pub profiles: Option<Vec<Text<'a>>>,
    pub labels: Option<Vec<Text<'a>>>,
    pub tenant_uid: Text<'a>,
    pub original_time: Option<Text<'a>>,
    pub logged_time: Option<i64>,
    pub processed_time: Option<i64>,
    pub log_name: Text<'a>,
    pub log_provider: Text<'a>,
    pub log_level: Option<Text<'a>>,
    pub log_version: Option<Text<'a>>,
    pub source: Option<Text<'a>>,
    pub correlation_uid: Option<Text<'a>>,
}

/// A product: Okta itself.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // OCSF's own attributes.
pub struct Product<'a> {
    pub name: Option<Text<'a>>,
    pub uid: Option<Text<'a>>,
    pub vendor_name: Option<Text<'a>>,
}
