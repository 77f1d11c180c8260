//! Everything that can go wrong with an org, in one type that says what to do about it.

use crate::advice::Disposition;
use crate::contradiction::Contradiction;
use crate::credentials::CredentialsError;
use crate::deadline::TooLate;
use crate::jwt::SigningError;
use crate::refusal::Refusal;
use crate::secret_source::BoxError;
use crate::shape::WrongAnswer;
use crate::tls::TlsError;
use crate::transport::TransportError;

/// Why a call to an org failed. No variant can show a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The secret was read but is not a usable set of credentials.
    #[error("the secret of the org cannot be used")]
    Credentials(#[from] CredentialsError),
    /// The secret was not read.
    #[error("the secret of the org cannot be read")]
    SecretSource(#[source] BoxError),
    /// A new secret names another org than the one that this client calls.
    #[error("the secret now names another org, {0}")]
    OtherOrg(String),
    /// The token endpoint refused.
    #[error("the org gives no access token")]
    Token(#[source] Box<Refusal>),
    /// A value that an HTTP header cannot carry.
    #[error("{0} has characters that no HTTP header can carry")]
    HeaderValue(&'static str),
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
    /// The host answers, but nothing shows that it is an Okta org.
    #[error("{host} does not answer like an Okta org (HTTP 404 to {path}, without Okta's error code and request id)")]
    NotAnOrg {
        /// The host.
        host: String,
        /// The path, without its query.
        path: String,
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
    /// An answer with a success status that is not what Okta sends, however often it is asked for.
    #[error("a wrong answer to {path}, {attempts} times")]
    WrongAnswer {
        /// The path, without its query.
        path: String,
        /// How often it was tried.
        attempts: u32,
        /// What is wrong with the last one.
        #[source]
        source: WrongAnswer,
    },
    /// Okta's answers contradict themselves, also when asked again: the list may have more records than were read.
    #[error("the answers to {path} contradict themselves")]
    Contradiction {
        /// The path, without its query.
        path: String,
        /// In what.
        #[source]
        source: Contradiction,
    },
    /// JSON of another shape than the caller expects.
    #[error("the answer to {path} is not the JSON that is expected (line {line}, column {column})")]
    UnexpectedJson {
        /// The path, without its query.
        path: String,
        /// Where it differs.
        line: usize,
        /// Where it differs.
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
    /// An address or cursor of the caller that is not this org's. Nothing is sent there.
    #[error("{path} is at {target}, which is not this org")]
    ForeignAddress {
        /// The path, without its query.
        path: String,
        /// The host that it leads to.
        target: String,
    },
    /// The next call may only go after the deadline: stop, save, go on later.
    #[error(transparent)]
    TooLate(#[from] TooLate),
    /// A path that is not one of the org's.
    #[error("{0:?} is not a path of the org")]
    BadPath(String),
    /// AWS-LC.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// No root certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl Error {
    /// What a caller does with it.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Token(refusal) => token_disposition(refusal),
            Self::Api { refusal, .. } => refusal.disposition(),
            Self::NoScope => Disposition::Denied,
            Self::NoAnswer { source, .. } => transport_disposition(source),
            Self::SecretSource(_) | Self::WrongAnswer { .. } | Self::TooLate(_) => Disposition::Retry,
            Self::Contradiction { .. } | Self::UnexpectedJson { .. } => Disposition::Contradicted,
            Self::ForeignAddress { .. } | Self::BadPath(_) => Disposition::Rejected,
            Self::Credentials(_)
            | Self::OtherOrg(_)
            | Self::HeaderValue(_)
            | Self::NotAnOrg { .. }
            | Self::Redirected { .. }
            | Self::Signing(_)
            | Self::Tls(_) => Disposition::Stop,
        }
    }

    /// What a person does about it.
    pub fn remedy(&self) -> String {
        let fixed = match self {
            Self::Token(refusal) | Self::Api { refusal, .. } => return refusal.remedy(),
            Self::NoAnswer { source, .. } => transport_remedy(source),
            Self::Credentials(_) => "correct the secret: the README describes its fields",
            Self::SecretSource(_) => {
                "check that the secret exists in this region, that it has a value, and that this function may read it"
            }
            Self::OtherOrg(_) => "create a separate secret for the other org: one secret is one tenant",
            Self::NoScope => "grant scopes: Admin Console > Applications > the app > Okta API Scopes",
            Self::WrongAnswer { .. } => {
                "check what stands between this machine and Okta, such as a proxy or a sign-in page; otherwise nothing: it \
                 is tried again"
            }
            Self::NotAnOrg { .. } => "correct `org_url`: the host is not an Okta org, or not any more",
            Self::Redirected { .. } => "check that `org_url` is the org's present address",
            Self::TooLate(_) => "nothing: the next run goes on from here",
            Self::Tls(_) => "install the system's CA certificates, or name a bundle of them in SSL_CERT_FILE",
            Self::Contradiction { source: Contradiction::RefusedLater { .. }, .. } | Self::ForeignAddress { .. } => {
                "nothing: the list is read again from its first page"
            }
            Self::Contradiction { .. } => {
                "check what stands between this machine and Okta; otherwise report it with the path: the list is read again"
            }
            Self::UnexpectedJson { .. } => "report it: Okta's answer is not what its documentation says",
            Self::BadPath(_) | Self::Signing(_) | Self::HeaderValue(_) => "report it: this is a mistake of okta-lake",
        };
        fixed.to_owned()
    }

    /// What Okta said, if it is Okta that refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Token(refusal)
            | Self::Api { refusal, .. }
            | Self::Contradiction { source: Contradiction::RefusedLater { refusal, .. }, .. } => Some(refusal),
            _ => None,
        }
    }
}

/// At the token endpoint a refusal without a code concerns the client, not one object or endpoint.
fn token_disposition(refusal: &Refusal) -> Disposition {
    match refusal.disposition() {
        passing @ (Disposition::Retry | Disposition::Denied) => passing,
        Disposition::Stop
        | Disposition::NotOffered
        | Disposition::NotApplicable
        | Disposition::NotFound
        | Disposition::Rejected
        | Disposition::Contradicted => Disposition::Stop,
    }
}

fn transport_disposition(error: &TransportError) -> Disposition {
    match error {
        TransportError::TooLarge(_) => Disposition::Rejected,
        TransportError::Connect(_)
        | TransportError::Certificate(_)
        | TransportError::Proxy(_)
        | TransportError::Cut(_)
        | TransportError::Body(_)
        | TransportError::Unpack(_)
        | TransportError::Timeout(_) => Disposition::Retry,
    }
}

fn transport_remedy(error: &TransportError) -> &'static str {
    match error {
        TransportError::Connect(_) => {
            "check that this machine reaches the org on port 443 (through HTTPS_PROXY, if it needs one), and that \
             `org_url` is right"
        }
        TransportError::Certificate(_) => {
            "a proxy that inspects TLS stands in between: name its CA certificate in SSL_CERT_FILE"
        }
        TransportError::Proxy(_) => {
            "correct HTTPS_PROXY: the address of the proxy, its user name and password; see that it lets the org's host pass"
        }
        TransportError::TooLarge(_) => "report it: a single answer of the org is larger than okta-lake keeps in memory",
        TransportError::Cut(_) | TransportError::Body(_) | TransportError::Unpack(_) | TransportError::Timeout(_) => {
            "nothing: it is tried again"
        }
    }
}
