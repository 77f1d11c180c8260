//! A client of the Okta API that is a good neighbour: three kinds of credentials, DPoP without configuration, discovered
//! scopes, shared rate limits, errors with a remedy. It knows neither AWS nor OCSF.
//!
//! It claims no more than it knows. [`Pages`] reads a list to an end that is confirmed ([`Walk`]), or ends with the
//! [`Contradiction`] that stands in the way; a success that is not what Okta sends is a [`WrongAnswer`] and is asked for again;
//! a page that Okta cannot make, or that is too large, shrinks and grows again; a link to another name of the org is asked at
//! the org's own address, and the token goes nowhere else; [`Disposition`] says what a refusal means; [`ClockReading`] shows
//! both clocks and whether they agree.
//!
//! ```no_run
//! # async fn example() -> Result<(), okta::Error> {
//! use std::sync::Arc;
//!
//! let secret = okta::SecretString::from(r#"{"org_url": "https://acme.okta.com", "api_token": "..."}"#);
//! let client = okta::Client::new(Arc::new(secret), okta::Options::default()).await?;
//! client.discover_scopes(&["okta.users.read"]).await?;
//! let users = okta::List::new(client.url("/api/v1/users", &[("limit", "200")])?, okta::Shape::List);
//! let mut users = okta::Pages::new(&client, users);
//! while let Some(page) = users.next().await? {
//!     for user in page.records()? {
//!         assert!(user.get().starts_with('{'));
//!     }
//! }
//! assert!(users.walk().is_end_confirmed);
//! # Ok(())
//! # }
//! ```

mod advice;
mod bucket;
mod challenge;
mod client;
mod clock;
mod concurrency;
mod continuation;
mod contradiction;
mod credentials;
mod deadline;
mod dpop;
mod error;
mod exchange;
mod identity;
mod jwk;
mod jwt;
mod key;
mod limit_bucket;
mod link;
mod org;
mod page;
mod page_size;
mod pages;
mod path;
mod pem;
mod progress;
mod proxy;
mod random;
mod rate_headers;
mod rate_limit;
mod refusal;
mod retry;
mod scopes;
mod secret_source;
mod server_time;
mod shape;
mod share;
mod tls;
mod token;
mod token_request;
mod transport;
mod walk;

pub use advice::Disposition;
pub use client::{Client, Options};
pub use clock::{Clock, ScaledClock, SystemClock};
pub use contradiction::Contradiction;
pub use credentials::{CredentialKind, Credentials, CredentialsError};
pub use deadline::{Deadline, TooLate};
pub use error::Error;
pub use identity::{Engine, OrgIdentity};
pub use jwt::SigningError;
pub use key::PrivateKeyError;
pub use limit_bucket::bucket_of;
pub use org::{AllowedHosts, Org, OrgError};
pub use page::Page;
pub use pages::{List, Pages};
pub use progress::{Event, Observer, WaitReason};
pub use proxy::{Proxy, ProxyError};
pub use rate_limit::BucketUsage;
pub use refusal::Refusal;
pub use retry::{Cause, RetryPolicy};
pub use scopes::Grants;
pub use secrecy::SecretString;
pub use secret_source::{BoxError, SecretSource};
pub use server_time::ClockReading;
pub use shape::{Shape, WrongAnswer};
pub use share::{Share, ShareError};
pub use tls::{TlsError, tls_with_bundle};
pub use transport::{Limits, Network, TransportError};
pub use url::Url;
pub use walk::Walk;
