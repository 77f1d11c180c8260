//! The OCSF vocabulary that okta-lake writes: classes with their activities, and the one event type
//! whose fields are the columns of the lake. It is the single definition from which the Arrow schema,
//! the Parquet files and the Athena tables are made.

mod class;
mod enrichment;
mod event;
mod finding;
mod network;
mod object;
mod principal;
mod release;
mod unmapped;
pub mod v1_3;
mod value;

pub(crate) use class::Own;
pub use class::{Activity, Class, Origin};
pub use enrichment::Enrichment;
pub use event::{Event, Metadata, Product};
pub use finding::{Analytic, Evidence, FindingInfo, RelatedEvent, Trait};
pub use network::{AutonomousSystem, Device, Fingerprint, HttpHeader, HttpRequest, Location, NetworkEndpoint, Os, Url};
pub use object::{
    Api, ApiRequest, AuthFactor, AuthenticationToken, Authorization, Entity, EntityDevice, EntityResult, Group, Job,
    JobFile, Observable, Policy, Resource, Service, WebResource,
};
pub use principal::{Account, Actor, Idp, ProgrammaticCredential, Session, User};
pub use release::Release;
pub use unmapped::Unmapped;
pub use value::Text;
pub(crate) use value::non_empty;

/// The OCSF release that every row is valid against.
pub const VERSION: &str = "1.8.0";
