//! The fields of a tenant's secret, and what can be wrong with them. No value of the secret is shown but the host.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::value::RawValue;

use crate::key::PrivateKeyError;
use crate::org::OrgError;

/// A kind of credentials, for reports and choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialKind {
    /// The field of the secret that only this kind has.
    pub field: &'static str,
    /// What people call it, with an article.
    pub name: &'static str,
    /// Whether scopes limit what it may read. An API token has all the rights of the administrator who made it.
    pub has_scopes: bool,
}

/// Why a secret is not a usable set of credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// Not a JSON object.
    #[error("the secret is not a JSON object (line {line}, column {column})")]
    Json {
        /// Where the parser stopped.
        line: usize,
        /// Where the parser stopped.
        column: usize,
    },
    /// A field whose value is not a string.
    #[error("`{0}` in the secret must be a string")]
    NotText(&'static str),
    /// A field that this kind of credentials needs.
    #[error("the secret lacks `{field}`, which {kind} needs")]
    Missing {
        /// The field.
        field: &'static str,
        /// The kind of credentials that the other fields indicate.
        kind: CredentialKind,
    },
    /// None of the fields that indicate a kind.
    #[error("the secret has none of `client_secret`, `private_key` and `api_token`")]
    NoKind,
    /// Fields of two kinds. The client does not guess which one is meant.
    #[error("the secret has both `{0}` and `{1}`: remove the one that is not meant")]
    TwoKinds(&'static str, &'static str),
    /// A character that an HTTP header cannot carry.
    #[error("`{0}` contains characters that are not allowed in it: copy it again")]
    BadCharacters(&'static str),
    /// `key_id` and the JWK's own `kid` differ.
    #[error("`key_id` is not the `kid` of the JWK in `private_key`")]
    TwoKeyIds,
    /// The private key.
    #[error(transparent)]
    PrivateKey(#[from] PrivateKeyError),
    /// The org's address or the tenant.
    #[error(transparent)]
    Org(#[from] OrgError),
}

/// The members of the secret, not yet read: values are copied only into types that wipe them.
pub(crate) struct SecretFields<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> SecretFields<'a> {
    pub(crate) fn parse(json: &'a str) -> Result<Self, CredentialsError> {
        serde_json::from_str(json)
            .map(Self)
            .map_err(|error| CredentialsError::Json { line: error.line(), column: error.column() })
    }

    /// The JSON of a field that is neither absent, null nor blank.
    pub(crate) fn raw(&self, field: &str) -> Option<&'a RawValue> {
        let raw = *self.0.get(field)?;
        let is_empty = raw.get() == "null" || raw.get().strip_prefix('"').is_some_and(is_blank);
        (!is_empty).then_some(raw)
    }

    /// A text without surrounding white space.
    pub(crate) fn text(&self, field: &'static str) -> Result<Option<SecretString>, CredentialsError> {
        let Some(raw) = self.raw(field) else { return Ok(None) };
        let text: SecretString = serde_json::from_str(raw.get()).map_err(|_| CredentialsError::NotText(field))?;
        let trimmed = text.expose_secret().trim();
        Ok((!trimmed.is_empty()).then(|| trimmed.into()))
    }

    /// A text that is public, such as an address.
    pub(crate) fn public(&self, field: &'static str) -> Result<Option<String>, CredentialsError> {
        Ok(self.text(field)?.map(|text| text.expose_secret().to_owned()))
    }

    /// A text that `kind` needs.
    pub(crate) fn required(&self, field: &'static str, kind: CredentialKind) -> Result<SecretString, CredentialsError> {
        self.text(field)?.ok_or(CredentialsError::Missing { field, kind })
    }

    /// A text that `kind` needs and that an HTTP header carries.
    pub(crate) fn header_value(
        &self,
        field: &'static str,
        kind: CredentialKind,
    ) -> Result<SecretString, CredentialsError> {
        let text = self.required(field, kind)?;
        let is_safe = text.expose_secret().bytes().all(|byte| byte.is_ascii_graphic());
        if is_safe { Ok(text) } else { Err(CredentialsError::BadCharacters(field)) }
    }
}

/// Whether a JSON text after its first quote holds nothing but white space.
fn is_blank(rest: &str) -> bool {
    rest.trim_end_matches('"').trim().is_empty()
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_null_or_blank_is_not_given() {
        let fields = SecretFields::parse(r#"{"a": null, "b": " ", "c": "", "d": " x\n", "e": {"f": 1}}"#).unwrap();
        for field in ["a", "b", "c", "g"] {
            assert!(fields.raw(field).is_none(), "{field}");
        }
        assert_eq!(fields.public("d").unwrap().as_deref(), Some("x"));
        assert!(fields.raw("e").is_some());
        assert_eq!(fields.public("e").unwrap_err(), CredentialsError::NotText("e"));
    }
}
