//! Okta System Log events to OCSF rows. Pure: no AWS, no HTTP, no clock; what comes in are bytes and
//! the time of their receipt, what comes out is an [`ocsf::Event`] or the reason why there is none.

pub mod envelope;
pub mod event_type;
pub mod ingest;
pub mod json;
pub mod map;
pub mod ocsf;
pub mod subject;
mod surrogates;
pub mod system_log;
pub mod tenant;

pub use envelope::{Envelope, EnvelopeError};
pub use ingest::{IngestContext, IngestPath};
pub use map::{MAPPING_VERSION, Normalized, normalize};
pub use system_log::{LogEvent, LogEventError, hour_of};
pub use tenant::{Tenant, TenantError};
