//! Everything that can go wrong with an org, in one type that says what to do about it.

use crate::advice::Disposition;
use crate::credentials::CredentialsError;
use crate::deadline::TooLate;
use crate::jwt::SigningError;
use crate::refusal::Refusal;
use crate::transport::{TlsError, TransportError};

/// An error of any kind, of whoever keeps the secrets.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call to an org came to nothing. No variant can show a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The secret was read but is no usable set of credentials.
    #[error("the secret of the org cannot be used")]
    Credentials(#[from] CredentialsError),
    /// The secret was not read.
    #[error("the secret of the org cannot be read")]
    SecretSource(#[source] BoxError),
    /// A new secret names another org than the one that this client talks to.
    #[error("the secret now names another org, {0}")]
    OtherOrg(String),
    /// The token endpoint refused.
    #[error("the org gives no access token")]
    Token(#[source] Box<Refusal>),
    /// The token endpoint's answer is not what RFC 6749 describes.
    #[error("the org's token endpoint answers nonsense: {0}")]
    TokenAnswer(&'static str),
    /// No scope is granted, or scopes have not been discovered.
    #[error("the app has been granted none of the scopes")]
    NoScope,
    /// The API refused.
    #[error("the org refuses GET {path}")]
    Api {
        /// The path, without its query.
        path: String,
        /// What Okta said.
        #[source]
        refusal: Box<Refusal>,
    },
    /// No answer after every attempt.
    #[error("no answer to {path} after {attempts} attempts")]
    NoAnswer {
        /// The path, without its query.
        path: String,
        /// How often it was tried.
        attempts: u32,
        /// What went wrong last.
        #[source]
        source: TransportError,
    },
    /// An answer that is not JSON, such as a page of a proxy.
    #[error("the answer to {path} is not JSON but {content_type} ({bytes} bytes)")]
    NotJson {
        /// The path, without its query.
        path: String,
        /// What the answer claims to be.
        content_type: String,
        /// Its length.
        bytes: usize,
    },
    /// JSON that ends early, however often it is asked for.
    #[error("the answer to {path} ends early or is broken ({bytes} bytes)")]
    Truncated {
        /// The path, without its query.
        path: String,
        /// Its length.
        bytes: usize,
    },
    /// JSON of another shape than Okta documents.
    #[error("the answer to {path} is not the JSON that is expected (line {line}, column {column})")]
    UnexpectedJson {
        /// The path, without its query.
        path: String,
        /// Where it departs.
        line: usize,
        /// Where it departs.
        column: usize,
    },
    /// A redirect. Okta's API has none, and a secret does not follow one.
    #[error("{path} is redirected to {target}, which is not followed")]
    Redirected {
        /// The path, without its query.
        path: String,
        /// The host that it leads to.
        target: String,
    },
    /// A `next` link that leads elsewhere. It is not followed.
    #[error("the answer to {path} links to {target}, which is not this org")]
    ForeignLink {
        /// The path, without its query.
        path: String,
        /// The host that it leads to.
        target: String,
    },
    /// A `next` link that was followed before.
    #[error("the pages of {path} go round in circles")]
    PageLoop {
        /// The path, without its query.
        path: String,
    },
    /// The next call may only go after the deadline: stop, save, go on later.
    #[error(transparent)]
    TooLate(#[from] TooLate),
    /// A path that is not one of the org's.
    #[error("{0:?} is no path of the org")]
    BadPath(String),
    /// AWS-LC.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// No root certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A user agent that no header can carry.
    #[error("the user agent has characters that no header can carry")]
    UserAgent,
}

impl Error {
    /// What a caller does with it.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Token(refusal) => token_disposition(refusal),
            Self::Api { refusal, .. } => refusal.disposition(),
            Self::NoScope => Disposition::Denied,
            Self::NoAnswer { source: TransportError::TooLarge(_), .. } => Disposition::Rejected,
            Self::SecretSource(_) | Self::NoAnswer { .. } | Self::Truncated { .. } | Self::TooLate(_) => {
                Disposition::Retry
            }
            Self::NotJson { .. } | Self::UnexpectedJson { .. } | Self::PageLoop { .. } | Self::BadPath(_) => {
                Disposition::Rejected
            }
            _ => Disposition::Stop,
        }
    }

    /// What a person does about it.
    pub fn remedy(&self) -> String {
        let fixed = match self {
            Self::Token(refusal) | Self::Api { refusal, .. } => return refusal.remedy(),
            Self::NoAnswer { source, .. } => transport_remedy(source),
            Self::Credentials(_) => "put the secret right: its fields are described in the README",
            Self::SecretSource(_) => {
                "see that the secret exists in this region, that its value was put in, and that this function may read it"
            }
            Self::OtherOrg(_) => "make a secret of its own for the other org: one secret is one tenant",
            Self::NoScope => "grant scopes: Admin Console > Applications > the app > Okta API Scopes",
            Self::TokenAnswer(_) | Self::NotJson { .. } => {
                "see what stands between this machine and Okta: a proxy or a sign-in page answers in its place"
            }
            Self::Redirected { .. } => "see that `org_url` is the org's present address",
            Self::Truncated { .. } => "nothing: it is tried again",
            Self::TooLate(_) => "nothing: the next run goes on from here",
            Self::Tls(_) => "install the system's CA certificates, or name them in SSL_CERT_FILE",
            Self::ForeignLink { .. } | Self::PageLoop { .. } | Self::UnexpectedJson { .. } => {
                "report it: Okta's answer is not what its documentation says"
            }
            Self::BadPath(_) | Self::Signing(_) | Self::UserAgent => "report it: this is a mistake of okta-lake",
        };
        fixed.to_owned()
    }

    /// What Okta said, if it is Okta that refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Token(refusal) | Self::Api { refusal, .. } => Some(refusal),
            _ => None,
        }
    }
}

/// At the token endpoint a refusal without a code concerns the client, not one object or endpoint.
fn token_disposition(refusal: &Refusal) -> Disposition {
    match refusal.disposition() {
        passing @ (Disposition::Retry | Disposition::Denied) => passing,
        _ => Disposition::Stop,
    }
}

fn transport_remedy(error: &TransportError) -> &'static str {
    match error {
        TransportError::Connect(_) => "see that this machine reaches the org on port 443, and that `org_url` is right",
        TransportError::Certificate(_) => {
            "a proxy that inspects TLS stands in between: name its CA certificate in SSL_CERT_FILE"
        }
        TransportError::TooLarge(_) => "ask for smaller pages",
        _ => "nothing: it is tried again",
    }
}
