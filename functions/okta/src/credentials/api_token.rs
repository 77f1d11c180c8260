//! An API token: `Authorization: SSWS`, with all the rights of the administrator who made it.

use secrecy::ExposeSecret;

use crate::credentials::fields::{CredentialKind, CredentialsError, SecretFields};
use crate::credentials::method::{Method, Row};

const FIELD: &str = "api_token";
const SCHEME: &str = "SSWS";
const KIND: CredentialKind = CredentialKind { field: FIELD, name: "an API token", has_scopes: false };

pub(crate) const ROW: Row = Row { kind: KIND, parse };

fn parse(fields: &SecretFields<'_>) -> Result<Method, CredentialsError> {
    let given = fields.required(FIELD, KIND)?;
    // People copy the whole header.
    let token = given.expose_secret().strip_prefix("SSWS ").unwrap_or(given.expose_secret()).trim();
    if token.is_empty() {
        return Err(CredentialsError::Missing { field: FIELD, kind: KIND });
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(CredentialsError::BadCharacters(FIELD));
    }
    Ok(Method::Direct { scheme: SCHEME, token: token.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_header_or_line_end_is_not_part_of_a_token() {
        for text in ["00abc", " 00abc\\n", "SSWS 00abc", "SSWS  00abc "] {
            let json = format!(r#"{{"api_token": "{text}"}}"#);
            let method = parse(&SecretFields::parse(&json).unwrap()).unwrap();
            assert!(matches!(method, Method::Direct { token, .. } if token.expose_secret() == "00abc"), "{text}");
        }
    }
}
