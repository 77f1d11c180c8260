//! Secrets in every object of an answer.

use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::fault::kind::PLANTED;

/// The answer with these secrets in every object.
pub(super) fn planted(mut answer: Answer, secrets: &Value) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    plant(&mut body, secrets);
    answer.body = body.to_string().into_bytes();
    answer
}

fn plant(value: &mut Value, secrets: &Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| plant(element, secrets)),
        Value::Object(members) if members.contains_key("id") || members.contains_key("_links") => {
            members.insert("planted".to_owned(), secrets.clone());
            for name in ["roles", "value", "permissions", "resource-sets"] {
                members.get_mut(name).into_iter().for_each(|member| plant(member, secrets));
            }
        }
        Value::Object(members) => members.values_mut().for_each(|member| plant(member, secrets)),
        _ => {}
    }
}

/// Secrets by name, nested, in lists, and by looks alone.
pub(super) fn by_name_and_looks() -> Value {
    json!({
        "client_secret": PLANTED,
        "sharedSecret": PLANTED,
        "activation": {"factor": [{"passCode": PLANTED, "privateKey": PLANTED}]},
        "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "public", "d": PLANTED}]},
        "note": format!("-----BEGIN EC PRIVATE KEY-----\n{PLANTED}\n-----END EC PRIVATE KEY-----"),
        "header": format!("Bearer {PLANTED}"),
        "token": format!("00{PLANTED:a<40}"),
        "jwt": format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{PLANTED}"),
    })
}

/// Secrets below a secret's name, in an address, and within a sentence.
pub(super) fn in_structures() -> Value {
    json!({
        "secret": {"value": PLANTED},
        "secrets": [{"value": PLANTED}],
        "callback": format!("https://user:{PLANTED}@hooks.example/okta?token={PLANTED}"),
        "message": format!("send Authorization: Bearer {PLANTED} with it"),
    })
}
