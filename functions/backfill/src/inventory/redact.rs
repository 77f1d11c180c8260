//! Secrets that Okta returns are taken out before anything is written: by the member's name, by the entity's own list, and
//! by what a text looks like. Pure.

use serde_json::Value;

/// What stands in the place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Names of members that hold a secret, without underscores and hyphens and in lower case.
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
    "secrets",
    "secretvalue",
    "sessiontoken",
    "sharedsecret",
    "signingsecret",
    "statetoken",
    "tokensecret",
    "totpseed",
    "verificationcode",
];

/// Those of them that also name structures with settings.
const HAVE_SETTINGS: &[&str] =
    &["accesstoken", "answer", "authorization", "hash", "idtoken", "password", "refreshtoken"];

/// Members that hold the secret in a structure of a secret's name.
const HOLDERS: &[&str] = &["data", "plain", "plaintext", "text", "value", "values"];

/// Schemes of Authorization headers.
const SCHEMES: &[&str] = &["Basic", "Bearer", "DPoP", "SSWS"];

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
                .map(|(name, member)| if is_secret_named(name) { below(name, member) } else { anywhere(member) })
                .sum()
        }
        Value::Array(elements) => elements.iter_mut().map(anywhere).sum(),
        Value::String(text) if looks_secret(text) => replace(value),
        Value::String(text) => without_secrets(text).map_or(0, |clean| {
            *text = clean;
            1
        }),
        _ => 0,
    }
}

/// Redacts what a member of a secret's name holds: a text, or the texts of a structure. Of a structure that also has
/// settings, such as a policy's `password`, only what can be the secret itself.
fn below(name: &str, member: &mut Value) -> u64 {
    match member {
        Value::String(text) if text.is_empty() => 0,
        Value::String(_) | Value::Number(_) => replace(member),
        Value::Array(elements) => elements.iter_mut().map(|element| below(name, element)).sum(),
        Value::Object(members) => {
            let has_settings = HAVE_SETTINGS.contains(&plain(name).as_str());
            members
                .iter_mut()
                .map(|(inner, member)| {
                    let is_secret = is_secret(inner) || HOLDERS.contains(&plain(inner).as_str());
                    if is_secret || !has_settings { below(inner, member) } else { anywhere(member) }
                })
                .sum()
        }
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
    SECRET_NAMES.contains(&plain(name).as_str())
}

/// A name without underscores and hyphens, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '_' | '-')).collect::<String>().to_lowercase()
}

/// Takes passwords, tokens of a query and Authorization headers out of a text. Returns none if there are none.
fn without_secrets(text: &str) -> Option<String> {
    let mut clean = String::with_capacity(text.len());
    let (mut is_scheme, mut is_header) = (false, false);
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            clean.push(' ');
        }
        let is_credential =
            is_scheme && word.len() >= 8 && (is_header || !word.bytes().all(|b| b.is_ascii_alphabetic()));
        clean.push_str(&if is_credential { REDACTED.to_owned() } else { clean_address(word) });
        is_header = if is_scheme { false } else { is_header || word.to_lowercase().ends_with("authorization:") };
        is_scheme = SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme));
    }
    (clean != text).then_some(clean)
}

/// An address without its user information and the values of secret parameters; other words as they are.
fn clean_address(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let (address, query) = rest.split_once('?').map_or((rest, None), |(address, query)| (address, Some(query)));
    let (authority, path) = address.find('/').map_or((address, ""), |slash| address.split_at(slash));
    let authority =
        authority.rsplit_once('@').map_or_else(|| authority.to_owned(), |(_, host)| format!("{REDACTED}@{host}"));
    let parameter = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_secret_parameter(name) => format!("{name}={REDACTED}"),
        _ => pair.to_owned(),
    };
    let query = query.map(|query| query.split('&').map(parameter).collect::<Vec<_>>().join("&"));
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{authority}{path}{query}")
}

fn is_secret_parameter(name: &str) -> bool {
    is_secret(name) || matches!(plain(name).as_str(), "key" | "sig" | "signature" | "token" | "code")
}

/// Whether a text is a private key, a token of a known form, or an Authorization header.
fn looks_secret(text: &str) -> bool {
    let text = text.trim();
    let is_pem = text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----");
    let scheme = text.split_once(' ').is_some_and(|(scheme, token)| {
        let is_scheme = SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme));
        is_scheme && token.len() >= 8 && !token.contains(' ')
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
    fn secrets_go_by_structure_and_out_of_texts() {
        let mut record = json!({
            "secret": {"value": "s3cret"}, "secrets": [{"value": "s3cret"}], "password": {"value": "s3cret", "type": "x"},
            "apiKey": {"a": {"b": ["s3cret", 7]}},
            "callback": "https://user:s3cret@hooks.example/okta?token=s3cret&x=1",
            "message": "send Authorization: Bearer s3cretabc with it",
        });
        redact(&mut record, &[]);
        let text = record.to_string();
        assert!(!text.contains("s3cret"), "{text}");
        assert_eq!(record["callback"], "https://[redacted]@hooks.example/okta?token=[redacted]&x=1");
        assert_eq!(
            (&record["message"], &record["password"]["type"]),
            (&json!("send Authorization: Bearer [redacted] with it"), &json!("x"))
        );
    }

    #[test]
    fn what_is_no_secret_stays() {
        let mut record = json!({
            "credentials": {"password": {}, "provider": {"type": "OKTA"}}, "secret": null, "password": "",
            "settings": {"password": {"age": {"maxAgeDays": 90}, "complexity": {"excludeAttributes": ["firstName"]}}},
            "refresh_token": {"rotation_type": "STATIC", "leeway": 0}, "description": "Basic authentication is off",
            "link": "https://acme.okta.com/api/v1/users?after=x&limit=2",
            "id": "00u1abcdefghijklmnop", "passwordChanged": "2026-05-04T10:00:00.000Z", "d": "a day", "tokenWindow": "P30D",
        });
        let before = record.clone();
        assert_eq!(redact(&mut record, &["secret", "nothing.here"]), 0);
        assert_eq!(record, before);
    }
}
