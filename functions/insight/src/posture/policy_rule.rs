//! Policies and their rules: which are in force, what they look at, and what in them is not known here.

use serde_json::Value;

use crate::inventory::Record;
use crate::posture::case::Case;
use crate::posture::fields::Fields;
use crate::posture::outcome::{Answer, Outcome, Unjudged, concerns, unknown};

/// The members of `conditions` in Okta's management document (2026.06).
const CONDITIONS: &[&str] = &[
    "app",
    "apps",
    "authContext",
    "authProvider",
    "beforeScheduledAction",
    "clients",
    "context",
    "device",
    "elCondition",
    "entityRisk",
    "grantTypes",
    "groups",
    "identityProvider",
    "mdmEnrollment",
    "network",
    "people",
    "platform",
    "risk",
    "riskDetectionTypes",
    "riskScore",
    "scopes",
    "userIdentifier",
    "userStatus",
    "userType",
    "users",
];

/// Whether a policy or a rule is in force.
pub(crate) fn is_active(record: &Record) -> bool {
    record.text("/status") == "ACTIVE"
}

/// The policy of a rule, if it is in force and of this type; the check is not about others.
pub(crate) fn policy_of<'a>(case: &Case<'a>, rule: &Record, kind: &str) -> Result<&'a Record, Unjudged> {
    let id = rule.parent.as_deref().unwrap_or_default();
    let policy = case.org().find("policy", id).ok_or_else(|| unknown("the rule's policy was not read"))?;
    concerns(policy.text("/type") == kind && is_active(policy))?;
    Ok(policy)
}

/// Goes on only with a rule in force that lets somebody in, of a policy of this type.
pub(crate) fn allowing<'a>(case: &Case<'a>, rule: &Record, kind: &str) -> Result<&'a Record, Unjudged> {
    let policy = policy_of(case, rule, kind)?;
    concerns(is_active(rule) && allows(rule)?)?;
    Ok(policy)
}

/// Whether a rule lets in whom it matches.
pub(crate) fn allows(rule: &Record) -> Result<bool, Unjudged> {
    let access = ["/actions/signon/access", "/actions/appSignOn/access"].map(|pointer| rule.text(pointer));
    match access.iter().find(|text| !text.is_empty()) {
        Some(&"ALLOW") => Ok(true),
        Some(&"DENY") => Ok(false),
        Some(other) => Err(unknown(format!("the access `{other}` is not known here"))),
        None => Err(unknown("Okta sent no access of this rule")),
    }
}

/// The active policies of a type.
pub(crate) fn policies<'a>(case: &Case<'a>, kind: &'a str) -> impl Iterator<Item = &'a Record> {
    let all = case.org().records("policy").iter();
    all.filter(move |policy| policy.text("/type") == kind && is_active(policy))
}

/// The active rules of a policy, the first to be asked first.
pub(crate) fn rules<'a>(case: &Case<'a>, policy: &str) -> Vec<&'a Record> {
    let children = case.org().children("policy_rule", policy);
    let mut rules: Vec<&Record> = children.iter().copied().filter(|rule| is_active(rule)).collect();
    rules.sort_by_key(|rule| rule.number("/priority").unwrap_or(i64::MAX));
    rules
}

/// A condition that is not known here: nobody can say whom the rule matches.
pub(crate) fn unknown_condition(rule: &Record) -> Option<&str> {
    let conditions = rule.json.pointer("/conditions")?.as_object()?;
    let set = conditions.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str());
    set.into_iter().find(|name| !CONDITIONS.contains(name))
}

/// A failure of a rule is certain only if it is known whom the rule matches.
pub(crate) fn certain(rule: &Record, answer: Answer) -> Answer {
    match (answer, unknown_condition(rule)) {
        (Ok(Outcome::Fail(words)), Some(name)) => {
            let name = crate::posture::words::name(name);
            Err(unknown(format!("{words}; but the rule has a condition `{name}` that is not known here")))
        }
        (answer, _) => answer,
    }
}

/// Whether a rule looks at the network, if Okta says it.
pub(crate) fn looks_at_network(rule: &Record) -> Option<bool> {
    let listed =
        !rule.list("/conditions/network/include").is_empty() || !rule.list("/conditions/network/exclude").is_empty();
    match rule.text("/conditions/network/connection") {
        connection if connection == "ZONE" || (connection.is_empty() && listed) => Some(true),
        "" | "ANYWHERE" => Some(false),
        _ => None,
    }
}

/// The conditions of a rule that are set.
pub(crate) fn set_conditions(rule: &Record) -> Vec<(&str, &Value)> {
    let conditions = rule.json.pointer("/conditions").and_then(Value::as_object);
    let all = conditions.into_iter().flatten().map(|(name, value)| (name.as_str(), value));
    all.filter(|(_, value)| is_set(value)).collect()
}

/// Whether a condition restricts anything: empty lists, nulls and `ANYWHERE` do not.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => text != "ANYWHERE" && text != "ANY",
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => members.values().any(is_set),
    }
}
