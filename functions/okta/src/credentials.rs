//! What a tenant's secret holds: one of three kinds of credentials, told apart by its fields.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::jwt::SigningKey;
use crate::org::{AllowedHosts, Org, OrgError};
use crate::private_key::{self, PrivateKeyError};

/// Credentials for one org, parsed and checked.
#[derive(Debug)]
pub struct Credentials {
    org: Org,
    display_name: Option<String>,
    pub(crate) method: Method,
    fingerprint: Vec<u8>,
}

/// How the client proves who it is.
#[derive(Debug)]
pub(crate) enum Method {
    /// `client_secret_basic`, for an API service integration.
    ClientSecret { client_id: String, client_secret: SecretString },
    /// `private_key_jwt`, for a service app.
    PrivateKey { client_id: String, key_id: String, key: SigningKey },
    /// `Authorization: SSWS`, the token of an administrator.
    ApiToken(SecretString),
}

/// The kind of a set of credentials, for reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// An API service integration with a client secret.
    ClientSecret,
    /// A service app with a key pair.
    PrivateKey,
    /// An API token: it has all the rights of the administrator who made it, and no scopes.
    ApiToken,
}

/// Why a secret is no usable set of credentials. Never says a value of the secret but the host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// Not JSON, or a field of the wrong type.
    #[error("the secret is not a JSON object of texts (line {line}, column {column})")]
    Json {
        /// Where the reader stopped.
        line: usize,
        /// Where the reader stopped.
        column: usize,
    },
    /// A field that this kind of credentials needs.
    #[error("the secret lacks `{field}`, which {kind} needs")]
    Missing {
        /// The field.
        field: &'static str,
        /// The kind of credentials, as its other fields tell.
        kind: CredentialKind,
    },
    /// None of the fields that tell the kind.
    #[error("the secret has none of `client_secret`, `private_key` and `api_token`")]
    NoKind,
    /// Fields of two kinds: which one is meant is not guessed.
    #[error("the secret has both `{0}` and `{1}`: remove the one that is not meant")]
    TwoKinds(&'static str, &'static str),
    /// A control character or a letter that no header can carry.
    #[error("`{0}` has characters that no such value has: copy it again")]
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

/// The secret as given. Nothing of it is copied that is not wiped again.
#[derive(Deserialize)]
struct Given<'a> {
    org_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    key_id: Option<String>,
    #[serde(borrow)]
    private_key: Option<&'a RawValue>,
    api_token: Option<SecretString>,
    tenant: Option<String>,
    display_name: Option<String>,
}

impl Credentials {
    /// Reads the JSON of a secret.
    pub fn parse(json: &str, allowed: &AllowedHosts) -> Result<Self, CredentialsError> {
        let json = json.trim_start_matches('\u{feff}').trim();
        let given: Given<'_> = serde_json::from_str(json)
            .map_err(|error| CredentialsError::Json { line: error.line(), column: error.column() })?;
        let kind = given.kind()?;
        let org_url = required(given.org_url.as_deref(), "org_url", kind)?;
        let org = Org::parse(org_url, filled(given.tenant.as_deref()), allowed)?;
        let display_name = filled(given.display_name.as_deref()).map(str::to_owned);
        let method = given.method(kind)?;
        let fingerprint = digest(&SHA256, json.as_bytes()).as_ref().to_vec();
        Ok(Self { org, display_name, method, fingerprint })
    }

    /// The org that they are for.
    pub fn org(&self) -> &Org {
        &self.org
    }

    /// What people call the org, when the secret says it.
    pub fn display_name(&self) -> Option<&str> {
        self.display_name.as_deref()
    }

    /// Which of the three kinds they are.
    pub fn kind(&self) -> CredentialKind {
        match self.method {
            Method::ClientSecret { .. } => CredentialKind::ClientSecret,
            Method::PrivateKey { .. } => CredentialKind::PrivateKey,
            Method::ApiToken(_) => CredentialKind::ApiToken,
        }
    }

    /// Whether the secret has changed since.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    /// The values that must not come back in an error's text.
    pub(crate) fn secret_values(&self) -> Vec<SecretString> {
        match &self.method {
            Method::ClientSecret { client_secret, .. } => vec![client_secret.clone()],
            Method::ApiToken(token) => vec![token.clone()],
            Method::PrivateKey { .. } => Vec::new(),
        }
    }
}

impl Given<'_> {
    fn kind(&self) -> Result<CredentialKind, CredentialsError> {
        let given = [
            (CredentialKind::ClientSecret, "client_secret", self.client_secret.as_ref().is_some_and(is_filled)),
            (CredentialKind::PrivateKey, "private_key", self.private_key.is_some_and(|key| key.get() != "\"\"")),
            (CredentialKind::ApiToken, "api_token", self.api_token.as_ref().is_some_and(is_filled)),
        ];
        let mut given = given.into_iter().filter(|(_, _, is_given)| *is_given);
        let (kind, first, _) = given.next().ok_or(CredentialsError::NoKind)?;
        match given.next() {
            Some((_, second, _)) => Err(CredentialsError::TwoKinds(first, second)),
            None => Ok(kind),
        }
    }

    fn method(self, kind: CredentialKind) -> Result<Method, CredentialsError> {
        let client_id = || header_safe(required(self.client_id.as_deref(), "client_id", kind)?, "client_id");
        match kind {
            CredentialKind::ClientSecret => Ok(Method::ClientSecret {
                client_id: client_id()?.to_owned(),
                client_secret: secret_value(self.client_secret.as_ref(), "client_secret", kind)?,
            }),
            CredentialKind::ApiToken => Ok(Method::ApiToken(secret_value(self.api_token.as_ref(), "api_token", kind)?)),
            CredentialKind::PrivateKey => {
                let (key, key_id) = self.signing_key(kind)?;
                Ok(Method::PrivateKey { client_id: client_id()?.to_owned(), key_id, key })
            }
        }
    }

    fn signing_key(&self, kind: CredentialKind) -> Result<(SigningKey, String), CredentialsError> {
        let missing = CredentialsError::Missing { field: "private_key", kind };
        let parsed = private_key::parse(&key_text(self.private_key.ok_or(missing)?)?)?;
        let key_id = match (filled(self.key_id.as_deref()), parsed.key_id) {
            (Some(given), Some(own)) if given != own => return Err(CredentialsError::TwoKeyIds),
            (Some(given), _) => given.to_owned(),
            (None, own) => own.ok_or(CredentialsError::Missing { field: "key_id", kind })?,
        };
        Ok((parsed.key, key_id))
    }
}

/// A JWK may stand in the secret as an object, or as a text like a PEM.
fn key_text(raw: &RawValue) -> Result<Zeroizing<String>, PrivateKeyError> {
    if raw.get().starts_with('"') {
        return serde_json::from_str(raw.get()).map(Zeroizing::new).map_err(|_| PrivateKeyError::UnknownFormat);
    }
    Ok(Zeroizing::new(raw.get().to_owned()))
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn is_filled(secret: &SecretString) -> bool {
    filled(Some(secret.expose_secret())).is_some()
}

fn required<'a>(text: Option<&'a str>, field: &'static str, kind: CredentialKind) -> Result<&'a str, CredentialsError> {
    filled(text).ok_or(CredentialsError::Missing { field, kind })
}

fn secret_value(
    secret: Option<&SecretString>,
    field: &'static str,
    kind: CredentialKind,
) -> Result<SecretString, CredentialsError> {
    let text = required(secret.map(ExposeSecret::expose_secret), field, kind)?;
    // People copy the whole header.
    let text = text.strip_prefix("SSWS ").map_or(text, str::trim);
    Ok(header_safe(text, field)?.into())
}

fn header_safe<'a>(text: &'a str, field: &'static str) -> Result<&'a str, CredentialsError> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text)
    } else {
        Err(CredentialsError::BadCharacters(field))
    }
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientSecret => "an API service integration",
            Self::PrivateKey => "a service app with a private key",
            Self::ApiToken => "an API token",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(secret: &Value) -> Result<Credentials, CredentialsError> {
        Credentials::parse(&secret.to_string(), &AllowedHosts::default())
    }

    fn with(org: Value, fields: Value) -> Value {
        let (Value::Object(mut secret), Value::Object(fields)) = (org, fields) else { panic!("objects") };
        secret.extend(fields);
        Value::Object(secret)
    }

    fn org() -> Value {
        json!({"org_url": "https://acme.okta.com", "display_name": " Acme Inc. "})
    }

    const PEM: &str = include_str!("../tests/keys/rsa.pkcs8.pem");
    const JWK: &str = include_str!("../tests/keys/ec256.jwk.json");

    #[test]
    fn the_fields_tell_the_kind() {
        let jwk: Value = serde_json::from_str(JWK).unwrap();
        let cases = [
            (json!({"client_id": "0oa1", "client_secret": "s"}), CredentialKind::ClientSecret),
            (json!({"client_id": "0oa1", "key_id": "k", "private_key": PEM}), CredentialKind::PrivateKey),
            (json!({"client_id": "0oa1", "private_key": jwk}), CredentialKind::PrivateKey),
            (json!({"client_id": "0oa1", "private_key": JWK, "api_token": null}), CredentialKind::PrivateKey),
            (json!({"api_token": "00abc", "client_secret": "", "future": [1]}), CredentialKind::ApiToken),
        ];
        for (fields, kind) in cases {
            let credentials = parse(&with(org(), fields)).unwrap();
            assert_eq!(credentials.kind(), kind);
            assert_eq!(credentials.org().tenant(), "acme");
            assert_eq!(credentials.display_name(), Some("Acme Inc."));
        }
    }

    #[test]
    fn the_key_id_comes_from_the_field_or_the_jwk() {
        let key_id = |fields: Value| match parse(&with(org(), fields))?.method {
            Method::PrivateKey { key_id, .. } => Ok::<_, CredentialsError>(key_id),
            _ => panic!("no private key"),
        };
        assert_eq!(key_id(json!({"client_id": "0oa1", "private_key": JWK})).unwrap(), "kid-256");
        assert_eq!(key_id(json!({"client_id": "0oa1", "private_key": PEM, "key_id": "k"})).unwrap(), "k");
        let two = key_id(json!({"client_id": "0oa1", "private_key": JWK, "key_id": "k"}));
        assert_eq!(two.unwrap_err(), CredentialsError::TwoKeyIds);
        let none = key_id(json!({"client_id": "0oa1", "private_key": PEM}));
        assert_eq!(none.unwrap_err(), CredentialsError::Missing { field: "key_id", kind: CredentialKind::PrivateKey });
    }

    #[test]
    fn a_pasted_header_or_line_end_is_no_part_of_a_token() {
        let credentials = parse(&with(org(), json!({"api_token": "SSWS 00abc\n"}))).unwrap();
        let Method::ApiToken(token) = &credentials.method else { panic!("no api token") };
        assert_eq!(token.expose_secret(), "00abc");
    }

    #[test]
    fn a_secret_that_is_not_usable_says_which_field() {
        let missing = |field, kind| CredentialsError::Missing { field, kind };
        let cases = [
            (json!({"client_id": "0oa1"}), CredentialsError::NoKind),
            (json!({"client_secret": "s"}), missing("client_id", CredentialKind::ClientSecret)),
            (json!({"private_key": PEM, "key_id": "k"}), missing("client_id", CredentialKind::PrivateKey)),
            (json!({"client_secret": "s", "api_token": "t"}), CredentialsError::TwoKinds("client_secret", "api_token")),
            (json!({"api_token": "a b"}), CredentialsError::BadCharacters("api_token")),
            (json!({"api_token": "t", "org_url": " "}), missing("org_url", CredentialKind::ApiToken)),
            (json!({"api_token": "t", "org_url": "http://acme.okta.com"}), CredentialsError::Org(OrgError::NotHttps)),
            (
                json!({"client_id": "c", "key_id": "k", "private_key": "x"}),
                CredentialsError::PrivateKey(PrivateKeyError::UnknownFormat),
            ),
            (
                json!({"client_id": "c", "key_id": "k", "private_key": 5}),
                CredentialsError::PrivateKey(PrivateKeyError::UnknownFormat),
            ),
        ];
        for (fields, expected) in cases {
            assert_eq!(parse(&with(org(), fields.clone())).unwrap_err(), expected, "{fields}");
        }
        for text in ["", "not json", "[]", "\"text\"", r#"{"api_token": {"planted": 1}}"#] {
            let error = Credentials::parse(text, &AllowedHosts::default()).unwrap_err();
            assert!(matches!(error, CredentialsError::Json { .. }), "{text}: {error}");
        }
    }

    #[test]
    fn no_error_and_no_debug_says_the_secret() {
        let planted = "PLANTED0SECRET";
        let secrets = [
            format!(r#"{{"org_url": "https://acme.okta.com", "api_token": "{planted}"}}"#),
            format!(r#"{{"org_url": "https://acme.okta.com", "client_id": "c", "client_secret": "{planted}"}}"#),
            format!(r#"{{"org_url": "https://acme.okta.com", "client_id": "c", "client_secret": {{"{planted}": 1}}}}"#),
            format!(r#"{{"api_token": "{planted}", "client_secret": "{planted}"}}"#),
            format!(r#"{{"org_url": "https://acme.okta.com", "api_token": "{planted} {planted}"}}"#),
            format!(r#"{{"org_url": "https://acme.okta.com", "client_id": "c", "private_key": "{planted}"}}"#),
            format!(
                r#"{{"org_url": "https://acme.okta.com", "client_id": "c", "private_key": {{"kty": "{planted}"}}}}"#
            ),
            format!(r#"{{"org_url": "https://acme.okta.com", "api_token": "{planted}"#),
            planted.to_owned(),
        ];
        for secret in secrets {
            let result = Credentials::parse(&secret, &AllowedHosts::default());
            let shown = match &result {
                Ok(credentials) => format!("{credentials:?} {credentials:#?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains(planted), "{shown}");
        }
        let key = with(org(), json!({"client_id": "c", "key_id": "k", "private_key": PEM}));
        let shown = format!("{:?}", parse(&key).unwrap());
        assert!(shown.contains("SigningKey(RS256, ***)"), "{shown}");
        assert!(!shown.contains(PEM.lines().nth(1).unwrap()), "{shown}");
    }

    #[test]
    fn a_rotated_secret_is_seen() {
        let of = |token: &str| parse(&with(org(), json!({ "api_token": token }))).unwrap();
        assert!(of("a").is_same_as(&of("a")));
        assert!(!of("a").is_same_as(&of("b")));
    }
}
