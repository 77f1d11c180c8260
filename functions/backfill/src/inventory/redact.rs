//! Secrets that Okta returns are taken out before anything is written: by the member's name, by the entity's own list, and
//! by what a text looks like. Pure.

use serde_json::Value;

/// What stands in the place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Names of members that hold a secret, without underscores and in lower case. Only texts are redacted: an object of such
/// a name is searched.
const SECRET_NAMES: &[&str] = &[
    "accesstoken",
    "activationtoken",
    "answer",
    "apikey",
    "apitoken",
    "authheader",
    "authorization",
    "authorizationheader",
    "authtoken",
    "bearertoken",
    "clientsecret",
    "hash",
    "idtoken",
    "passcode",
    "passphrase",
    "password",
    "privatekey",
    "recoveryanswer",
    "refreshtoken",
    "registrationtoken",
    "salt",
    "secret",
    "secretaccesskey",
    "secrethash",
    "secretkey",
    "secretvalue",
    "sessiontoken",
    "sharedsecret",
    "signingsecret",
    "statetoken",
    "tokensecret",
    "totpseed",
    "verificationcode",
];

/// What the private part of a JSON Web Key is made of (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1).
const PRIVATE_JWK: &[&str] = &["d", "dp", "dq", "k", "oth", "p", "q", "qi"];

/// Redacts an object: `paths` whatever they hold, then everything that is or looks like a secret. Returns how many.
pub(crate) fn redact(record: &mut Value, paths: &[&str]) -> u64 {
    let listed: u64 = paths.iter().map(|path| at(record, &path.split('.').collect::<Vec<_>>())).sum();
    listed + anywhere(record)
}

/// Redacts what is at a path, in every element of the lists on the way.
fn at(value: &mut Value, path: &[&str]) -> u64 {
    match (value, path) {
        (Value::Array(elements), _) => elements.iter_mut().map(|element| at(element, path)).sum(),
        (Value::Object(members), [name, rest @ ..]) => members.get_mut(*name).map_or(0, |member| at(member, rest)),
        (Value::Null, []) => 0,
        (value, []) => replace(value),
        _ => 0,
    }
}

fn anywhere(value: &mut Value) -> u64 {
    match value {
        Value::Object(members) => {
            let is_key = members.contains_key("kty");
            let is_secret_named = |name: &str| is_secret(name) || is_key && PRIVATE_JWK.contains(&name);
            members
                .iter_mut()
                .map(|(name, member)| match member {
                    Value::String(text) if text.is_empty() => 0,
                    Value::String(_) | Value::Number(_) if is_secret_named(name) => replace(member),
                    Value::Array(elements) if is_secret_named(name) && elements.iter().all(Value::is_string) => {
                        elements.iter_mut().map(replace).sum()
                    }
                    member => anywhere(member),
                })
                .sum()
        }
        Value::Array(elements) => elements.iter_mut().map(anywhere).sum(),
        Value::String(text) if looks_secret(text) => replace(value),
        _ => 0,
    }
}

fn replace(value: &mut Value) -> u64 {
    if *value == REDACTED {
        return 0;
    }
    *value = REDACTED.into();
    1
}

fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(|letter| !matches!(letter, '_' | '-')).collect::<String>().to_lowercase();
    SECRET_NAMES.contains(&name.as_str())
}

/// Whether a text is a private key, a token of a known form, or an Authorization header.
fn looks_secret(text: &str) -> bool {
    let text = text.trim();
    let is_pem = text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----");
    let scheme = ["SSWS ", "Bearer ", "Basic ", "DPoP "].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && text[scheme.len()..].len() >= 8
            && !text[scheme.len()..].contains(' ')
    });
    is_pem || scheme || is_jwt(text) || is_okta_token(text) || is_vendor_token(text)
}

/// Three parts of base64url, the first of which is a JSON object (RFC 7515, section 3.1).
fn is_jwt(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    let is_base64url = |part: &&str| part.len() >= 4 && part.bytes().all(is_url_safe);
    parts.len() == 3 && text.starts_with("eyJ") && parts.iter().all(is_base64url)
}

/// An API token: `00` and forty letters (Okta, "Create an API token").
fn is_okta_token(text: &str) -> bool {
    text.len() == 42 && text.starts_with("00") && text.bytes().all(is_url_safe)
}

/// Tokens that name their maker, as they stand in hooks and app settings.
fn is_vendor_token(text: &str) -> bool {
    let starts = ["xoxb-", "xoxp-", "xapp-", "ghp_", "github_pat_", "glpat-", "sk_live_", "AKIA", "ASIA", "AIza"];
    starts.iter().any(|start| text.starts_with(start)) && text.len() >= 20 && !text.contains(' ')
}

fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_go_by_name_by_list_and_by_looks() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
        let mut record = json!({
            "id": "0oa1", "client_secret": "s3cret", "clientSecret": "s3cret", "name": "Bearer of news",
            "_embedded": {"activation": {"sharedSecret": "JBSWY3DP"}},
            "channel": {"config": {"headers": [{"key": "X-Auth", "value": "s3cret"}, {"key": "Y", "value": "s3cret"}]}},
            "jwk": {"kty": "RSA", "n": "public", "e": "AQAB", "d": "s3cret", "p": "s3cret"},
            "settings": {"notes": jwt, "header": "SSWS 00s3cretabcdefgh", "pem": "-----BEGIN RSA PRIVATE KEY-----\ns3cret"},
            "credentials": {"password": {"hash": {"value": "x"}}, "secrets": ["s3cret"], "secret": ["s3cret"]},
        });
        redact(
            &mut record,
            &["channel.config.headers.value", "credentials.password.hash.value", "credentials.secrets"],
        );
        let text = record.to_string();
        assert!(!text.contains("s3cret") && !text.contains(jwt) && !text.contains("JBSWY3DP"), "{text}");
        assert_eq!((&record["name"], &record["jwk"]["n"]), (&"Bearer of news".into(), &"public".into()));
        assert_eq!(record["channel"]["config"]["headers"][0]["key"], "X-Auth");
    }

    #[test]
    fn what_is_no_secret_stays() {
        let mut record = json!({
            "credentials": {"password": {}, "provider": {"type": "OKTA"}}, "secret": null, "password": "",
            "id": "00u1abcdefghijklmnop", "passwordChanged": "2026-05-04T10:00:00.000Z", "d": "a day", "tokenWindow": "P30D",
        });
        let before = record.clone();
        assert_eq!(redact(&mut record, &["secret", "nothing.here"]), 0);
        assert_eq!(record, before);
    }
}
