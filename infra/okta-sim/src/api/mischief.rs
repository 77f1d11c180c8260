//! The faults that are in force.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::api::answer::Answer;
use crate::api::desk::Switches;
use crate::api::page::link;
use crate::fault::{Fault, FaultKind, PLANTED};

/// The faults that are in force, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Mischief {
    faults: Mutex<Vec<Fault>>,
}

/// Where faults lead: nobody's host (RFC 2606).
pub(crate) const ELSEWHERE: &str = "https://elsewhere.example";

const HTML: &str = "<!DOCTYPE html><html><head><title>Gateway</title></head>\
                    <body><h1>We will be right back</h1></body></html>";

impl Mischief {
    pub(crate) fn add(&self, fault: Fault) {
        self.with(|faults| faults.push(fault));
    }

    pub(crate) fn clear(&self) {
        self.with(Vec::clear);
    }

    /// The next fault for an answer to this path; it is used up by one.
    pub(crate) fn take(&self, path: &str) -> Option<FaultKind> {
        self.with(|faults| {
            let applies = |fault: &Fault| fault.kind.is_of_answers() && concerns(fault, path);
            let position = faults.iter().position(applies)?;
            let kind = faults[position].kind.clone();
            match &mut faults[position].times {
                Some(1) => drop(faults.remove(position)),
                Some(times) => *times = times.saturating_sub(1),
                None => {}
            }
            Some(kind)
        })
    }

    /// Whether no role is enough for this path.
    pub(crate) fn denies(&self, path: &str) -> bool {
        self.any(|fault| fault.kind == FaultKind::RoleMissing && concerns(fault, path))
    }

    /// Whether this path is not licensed.
    pub(crate) fn is_unlicensed(&self, path: &str) -> bool {
        self.any(|fault| fault.kind == FaultKind::Unlicensed && concerns(fault, path))
    }

    /// By how many seconds the org's clock is off.
    pub(crate) fn skew_s(&self) -> i64 {
        self.with(|faults| {
            let skews = faults.iter().filter_map(|fault| match fault.kind {
                FaultKind::ClockSkew(seconds) => Some(seconds),
                _ => None,
            });
            skews.sum()
        })
    }

    pub(crate) fn switches(&self) -> Switches {
        Switches {
            is_classic: self.any(|fault| fault.kind == FaultKind::ClassicEngine),
            is_stream_disabled: self.any(|fault| fault.kind == FaultKind::StreamDisabled),
        }
    }

    fn any(&self, wanted: impl Fn(&Fault) -> bool) -> bool {
        self.with(|faults| faults.iter().any(wanted))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Vec<Fault>) -> T) -> T {
        act(&mut self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Faults concern the API unless they name another path.
fn concerns(fault: &Fault, path: &str) -> bool {
    match &fault.under {
        Some(under) => path.starts_with(under.as_str()),
        None => !path.starts_with("/oauth2/v1/token") && !path.starts_with("/.well-known"),
    }
}

/// What is answered instead, without a look at the request.
pub(crate) fn instead(kind: &FaultKind, path: &str) -> Option<Answer> {
    match kind {
        FaultKind::Html => Some(Answer::typed(200, "text/html;charset=utf-8", HTML.to_owned())),
        FaultKind::Redirect => Some(Answer::empty(302).with("location", format!("{ELSEWHERE}{path}"))),
        // A gateway's 5xx has a body that is no JSON; Okta's own 500 is not simulated by this.
        FaultKind::ServerError(status) => Some(Answer::typed(*status, "text/html", HTML.to_owned())),
        _ => None,
    }
}

/// What becomes of a good answer.
pub(crate) fn spoil(kind: &FaultKind, mut answer: Answer, url: &str, org_url: &str) -> Answer {
    match kind {
        FaultKind::Truncated => {
            answer.body.truncate(answer.body.len() * 2 / 3);
            answer
        }
        FaultKind::SecretsPlanted => planted(answer),
        FaultKind::NextElsewhere => next(answer, &url.replacen(org_url, ELSEWHERE, 1)),
        FaultKind::NextLoop => next(answer, url),
        _ => answer,
    }
}

/// The answer with secrets in every object: by name, nested, in lists, and by looks alone.
fn planted(mut answer: Answer) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    plant(&mut body);
    answer.body = body.to_string().into_bytes();
    answer
}

fn plant(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(plant),
        Value::Object(members) if members.contains_key("id") || members.contains_key("_links") => {
            let secrets = json!({
                "client_secret": PLANTED,
                "sharedSecret": PLANTED,
                "activation": {"factor": [{"passCode": PLANTED, "privateKey": PLANTED}]},
                "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "public", "d": PLANTED}]},
                "note": format!("-----BEGIN EC PRIVATE KEY-----\n{PLANTED}\n-----END EC PRIVATE KEY-----"),
                "header": format!("Bearer {PLANTED}"),
                "token": format!("00{PLANTED:a<40}"),
                "jwt": format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{PLANTED}"),
            });
            members.insert("planted".to_owned(), secrets);
            for name in ["roles", "value", "permissions", "resource-sets"] {
                members.get_mut(name).into_iter().for_each(plant);
            }
        }
        Value::Object(members) => members.values_mut().for_each(plant),
        _ => {}
    }
}

/// The answer with another next link, in the header or in the body, wherever its own is.
fn next(mut answer: Answer, url: &str) -> Answer {
    if let Ok(mut body) = serde_json::from_slice::<serde_json::Value>(&answer.body)
        && body["_links"].is_object()
    {
        body["_links"]["next"] = serde_json::json!({"href": url});
        answer.body = body.to_string().into_bytes();
        return answer;
    }
    answer.headers.retain(|(name, value)| *name != "link" || !value.ends_with("rel=\"next\""));
    answer.with("link", link(url, "next"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_used_up_where_it_belongs() {
        let mischief = Mischief::default();
        mischief.add(FaultKind::Cut.times(2).under("/api/v1/users"));
        assert_eq!(mischief.take("/api/v1/groups"), None);
        assert_eq!(mischief.take("/api/v1/users/00u1"), Some(FaultKind::Cut));
        assert_eq!(mischief.take("/api/v1/users"), Some(FaultKind::Cut));
        assert_eq!(mischief.take("/api/v1/users"), None);
    }

    #[test]
    fn tokens_are_only_concerned_when_named() {
        let mischief = Mischief::default();
        mischief.add(FaultKind::Html.always());
        assert_eq!(mischief.take("/oauth2/v1/token"), None);
        assert_eq!(mischief.take("/oauth2/v1/clients"), Some(FaultKind::Html));
        mischief.clear();
        mischief.add(FaultKind::Html.always().under("/oauth2"));
        assert_eq!(mischief.take("/oauth2/v1/token"), Some(FaultKind::Html));
    }
}
