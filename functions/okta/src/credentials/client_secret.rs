//! An API service integration with a client secret (`client_secret_basic`).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use zeroize::Zeroizing;

use crate::credentials::fields::{CredentialKind, CredentialsError, SecretFields};
use crate::credentials::method::{ClientProof, Method, Proof, Row};
use crate::jwt::SigningError;

const FIELD: &str = "client_secret";
const KIND: CredentialKind = CredentialKind { field: FIELD, name: "an API service integration", has_scopes: true };

pub(crate) const ROW: Row = Row { kind: KIND, parse };

struct ClientSecret {
    client_id: SecretString,
    client_secret: SecretString,
}

fn parse(fields: &SecretFields<'_>) -> Result<Method, CredentialsError> {
    Ok(Method::Exchanged(Box::new(ClientSecret {
        client_id: fields.header_value("client_id", KIND)?,
        client_secret: fields.header_value(FIELD, KIND)?,
    })))
}

impl ClientProof for ClientSecret {
    fn prove(&self, _token_endpoint: &Url, _now: Timestamp) -> Result<Proof, SigningError> {
        let pair = Zeroizing::new(format!("{}:{}", self.client_id.expose_secret(), self.client_secret.expose_secret()));
        let basic = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        Ok(Proof {
            authorization: Some(Zeroizing::new(format!("Basic {}", *basic))),
            fields: Vec::new(),
            secrets: vec![self.client_secret.clone(), basic.as_str().into()],
        })
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSecret").finish_non_exhaustive()
    }
}
