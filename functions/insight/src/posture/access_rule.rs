//! What a rule of an app's sign-in policy demands of somebody.

use serde_json::Value;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::fields::Fields;
use crate::posture::outcome::{Unjudged, unknown};
use crate::posture::span;

const METHOD: &str = "/actions/appSignOn/verificationMethod";

/// Whether a rule lets in with one factor.
pub(crate) fn takes_one_factor(rule: &Record) -> Result<bool, Unjudged> {
    match method(rule)? {
        Method::Assurance(method) => match method.text("/factorMode") {
            "1FA" => Ok(true),
            "2FA" => Ok(false),
            other => Err(unknown(format!("the factor mode {other:?} is not known here"))),
        },
        Method::Chains(chains) => Ok(chains.iter().any(|chain| chain.list("/next").is_empty())),
    }
}

/// Whether every way in through a rule is bound to the page that asks.
pub(crate) fn resists_phishing(rule: &Record) -> Result<bool, Unjudged> {
    Ok(match method(rule)? {
        // Constraints are alternatives: each one must demand it.
        Method::Assurance(method) => {
            let constraints = method.list("/constraints");
            let demands = |one: &Value| one.text("/possession/phishingResistant") == "REQUIRED";
            !constraints.is_empty() && constraints.iter().all(demands)
        }
        Method::Chains(chains) => chains.iter().all(chain_resists),
    })
}

/// The minutes after which a rule asks again; none if it never does.
pub(crate) fn reauthenticates_after(rule: &Record) -> Result<Option<i64>, Unjudged> {
    let every = match method(rule)? {
        Method::Assurance(method) => method.text("/reauthenticateIn"),
        Method::Chains(_) => rule.text("/actions/appSignOn/verificationMethod/reauthenticateIn"),
    };
    if every.is_empty() {
        return Ok(None);
    }
    span::minutes(every).map(Some).ok_or_else(|| unknown(format!("{every:?} is no duration")))
}

/// The sign-in policy of an app.
pub(crate) fn policy_of_app(app: &Record) -> Option<&str> {
    app.linked("/_links/accessPolicy/href")
}

/// An app of Okta's own, which only a super admin's token is shown.
pub(crate) fn own_app<'a>(case: &Case<'a>, name: &str) -> Result<&'a Record, Unjudged> {
    let hidden = || unknown(format!("Okta shows its app `{name}` only to a token of a super admin"));
    case.org().records("app").iter().find(|app| app.text("/name") == name).ok_or_else(hidden)
}

enum Method<'a> {
    Assurance(&'a Value),
    Chains(&'a [Value]),
}

fn method(rule: &Record) -> Result<Method<'_>, Unjudged> {
    let method = rule.json.pointer(METHOD).ok_or_else(|| unknown("Okta sent no verification method of this rule"))?;
    match method.text("/type") {
        "ASSURANCE" => Ok(Method::Assurance(method)),
        "AUTH_METHOD_CHAIN" if !method.list("/chains").is_empty() => Ok(Method::Chains(method.list("/chains"))),
        other => Err(unknown(format!("the verification method {other:?} is not known here"))),
    }
}

/// One step that cannot be passed on is enough; the methods of a step are alternatives.
fn chain_resists(chain: &Value) -> bool {
    let methods = chain.list("/authenticationMethods");
    let here = !methods.is_empty() && methods.iter().all(method_resists);
    let next = chain.list("/next");
    here || (!next.is_empty() && next.iter().all(chain_resists))
}

fn method_resists(method: &Value) -> bool {
    method.text("/phishingResistant") == "REQUIRED"
        || matches!(method.text("/key"), "webauthn" | "smart_card_idp")
        || method.text("/method") == "signed_nonce"
}
