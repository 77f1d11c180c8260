//! What a kind of credentials has to provide: a row of the table in `credentials.rs`, and how it proves who calls.

use std::fmt;

use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;
use zeroize::Zeroizing;

use crate::credentials::fields::{CredentialKind, CredentialsError, SecretFields};
use crate::jwt::SigningError;

/// A row of the table of kinds.
pub(crate) struct Row {
    pub(crate) kind: CredentialKind,
    /// Reads the fields of this kind.
    pub(crate) parse: fn(&SecretFields<'_>) -> Result<Method, CredentialsError>,
}

/// How calls are authorized.
pub(crate) enum Method {
    /// The credential itself goes into `Authorization`.
    Direct { scheme: &'static str, token: SecretString },
    /// The client proves its identity to the token endpoint and gets an access token.
    Exchanged(Box<dyn ClientProof>),
}

/// Proves to the token endpoint who the client is.
pub(crate) trait ClientProof: fmt::Debug + Send + Sync {
    /// A new proof: a server may refuse one that it has seen.
    fn prove(&self, token_endpoint: &Url, now: Timestamp) -> Result<Proof, SigningError>;
}

/// What a token request carries to prove the client's identity.
#[derive(Default)]
pub(crate) struct Proof {
    /// The value of `Authorization`.
    pub(crate) authorization: Option<Zeroizing<String>>,
    /// Further fields of the form.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// The values in it that no error may show.
    pub(crate) secrets: Vec<SecretString>,
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct { scheme, .. } => write!(f, "{scheme} ***"),
            Self::Exchanged(proof) => proof.fmt(f),
        }
    }
}
