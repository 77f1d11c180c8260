//! What a tenant's secret holds: credentials of one of the kinds in a table. A new kind is a file in `credentials/` and
//! a row here.

mod api_token;
mod client_secret;
mod fields;
mod method;
mod private_key;

use aws_lc_rs::digest::{SHA256, digest};

pub use crate::credentials::fields::{CredentialKind, CredentialsError};
pub(crate) use crate::credentials::method::{ClientProof, Method, Proof};

use crate::credentials::fields::SecretFields;
use crate::credentials::method::Row;
use crate::org::{AllowedHosts, Org};

/// Sorted by the field that indicates the kind.
const KINDS: &[Row] = &[api_token::ROW, client_secret::ROW, private_key::ROW];

/// Credentials for one org, parsed and checked.
#[derive(Debug)]
pub struct Credentials {
    org: Org,
    display_name: Option<String>,
    kind: CredentialKind,
    pub(crate) method: Method,
    fingerprint: Vec<u8>,
}

impl Credentials {
    /// Reads the JSON of a secret.
    pub fn parse(json: &str, allowed: &AllowedHosts) -> Result<Self, CredentialsError> {
        let json = json.trim_start_matches('\u{feff}').trim();
        let fields = SecretFields::parse(json)?;
        let row = row(&fields)?;
        let missing = CredentialsError::Missing { field: "org_url", kind: row.kind };
        let org_url = fields.public("org_url")?.ok_or(missing)?;
        Ok(Self {
            org: Org::parse(&org_url, fields.public("tenant")?.as_deref(), allowed)?,
            display_name: fields.public("display_name")?,
            kind: row.kind,
            method: (row.parse)(&fields)?,
            fingerprint: digest(&SHA256, json.as_bytes()).as_ref().to_vec(),
        })
    }

    /// The org that they are for.
    pub fn org(&self) -> &Org {
        &self.org
    }

    /// What people call the org, if the secret has a name for it.
    pub fn display_name(&self) -> Option<&str> {
        self.display_name.as_deref()
    }

    /// Which kind of credentials they are.
    pub fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// Whether `other` was read from the same secret, unchanged.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

/// The one kind whose field is given.
fn row(fields: &SecretFields<'_>) -> Result<&'static Row, CredentialsError> {
    let mut given = KINDS.iter().filter(|row| fields.raw(row.kind.field).is_some());
    let first = given.next().ok_or(CredentialsError::NoKind)?;
    match given.next() {
        Some(second) => Err(CredentialsError::TwoKinds(first.kind.field, second.kind.field)),
        None => Ok(first),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::key::PrivateKeyError;
    use crate::org::OrgError;

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
            (json!({"client_id": "0oa1", "client_secret": "s"}), client_secret::ROW.kind),
            (json!({"client_id": "0oa1", "key_id": "k", "private_key": PEM}), private_key::ROW.kind),
            (json!({"client_id": "0oa1", "private_key": jwk}), private_key::ROW.kind),
            (json!({"client_id": "0oa1", "private_key": JWK, "api_token": null}), private_key::ROW.kind),
            (json!({"api_token": "00abc", "client_secret": "", "future": [1]}), api_token::ROW.kind),
        ];
        for (fields, kind) in cases {
            let credentials = parse(&with(org(), fields)).unwrap();
            assert_eq!(credentials.kind(), kind);
            assert_eq!(credentials.org().tenant(), "acme");
            assert_eq!(credentials.display_name(), Some("Acme Inc."));
        }
    }

    #[test]
    fn a_secret_that_is_not_usable_says_which_field() {
        let missing = |field, kind| CredentialsError::Missing { field, kind };
        let cases = [
            (json!({"client_id": "0oa1"}), CredentialsError::NoKind),
            (json!({"client_secret": "s"}), missing("client_id", client_secret::ROW.kind)),
            (json!({"private_key": PEM, "key_id": "k"}), missing("client_id", private_key::ROW.kind)),
            (json!({"client_secret": "s", "api_token": "t"}), CredentialsError::TwoKinds("api_token", "client_secret")),
            (json!({"api_token": "a b"}), CredentialsError::BadCharacters("api_token")),
            (json!({"api_token": "t", "org_url": " "}), missing("org_url", api_token::ROW.kind)),
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
        let secret = with(org(), json!({"api_token": {"planted": 1}}));
        assert_eq!(parse(&secret).unwrap_err(), CredentialsError::NotText("api_token"));
        for text in ["", "not json", "[]", "\"text\""] {
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

    #[test]
    fn the_kinds_are_sorted_and_each_has_a_field_of_its_own() {
        let unsorted = KINDS.windows(2).find(|pair| pair[0].kind.field >= pair[1].kind.field);
        assert!(unsorted.is_none(), "in KINDS, move {}", unsorted.map_or("", |pair| pair[1].kind.field));
    }
}
